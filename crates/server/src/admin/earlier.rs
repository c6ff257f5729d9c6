//! Lists that begin with the newest and go on by key.

use std::str::FromStr;

use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    convert::{MAX_ROWS, PAGE_ROWS},
    holder::read,
};
use crate::http::{
    ApiError,
    parts::{given, whole_number},
};

/// Which page of a list is asked for.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Earlier {
    /// `next` of the page before
    before: Option<String>,
    /// 1 to 100; default 50
    limit: Option<String>,
}

impl Earlier {
    /// The key before which its rows come, and how many there are at most.
    pub(super) fn read<K: FromStr>(&self) -> Result<(Option<K>, usize), ApiError> {
        let limit = whole_number("limit", self.limit.as_deref(), 1..=MAX_ROWS)?.unwrap_or(PAGE_ROWS);
        let before = read("before", "must be next of the page before", given(self.before.as_deref()))?;
        Ok((before, limit))
    }
}

/// Cuts rows, of which one more was asked for, to `limit`; the last one, if there are more behind it.
pub(super) fn cut<T>(rows: &mut Vec<T>, limit: usize) -> Option<&T> {
    let more = rows.len() > limit;
    rows.truncate(limit);
    rows.last().filter(|_| more)
}
