//! Lists as files: CSV (RFC 4180), read page by page while it is sent, so that neither memory nor a reader of the store is
//! held for the whole of one.
//!
//! Whether all lines fit into one file is known before its first byte, by a walk along the keys, so that no file ends as
//! if there were no more. Where they do not fit, a page offers the list in parts, each of which goes on behind the key
//! that the one before ended at.

mod cells;
mod key;
mod stream;
#[cfg(test)]
mod tests;
mod walk;

pub(super) mod audit;
pub(super) mod deliveries;
pub(super) mod events;
pub(super) mod identities;
pub(super) mod verifications;

use askama::Template;
use async_trait::async_trait;
use axum::{
    body::Body,
    http::header,
    response::{IntoResponse as _, Response},
};
use ringtrue_engine::Error;
use serde::Deserialize;
use tokio_util::sync::CancellationToken;

use super::{desk::Shell, fault::PageError, page, parts::filled};
use crate::{
    http::{ApiError, Code},
    state::App,
};
use key::Key;

/// Lines of a file at most, without its head; the pages say so too.
const MAX_LINES: usize = 50_000;
/// Rows that are read at once, where a row costs little.
const PAGE_LINES: usize = 1000;

/// A list that can be had as a file.
#[async_trait]
pub(super) trait List: Send + Sync + 'static {
    /// What its rows are told apart by, in its order.
    type Key: Key;
    type Row: Send;
    /// The file's name, without its ending.
    const NAME: &'static str;
    const NEWEST_FIRST: bool;

    /// Names of the columns.
    fn head(&self) -> Vec<String>;

    /// Some rows behind a key, or from the first one on.
    async fn page(&self, behind: Option<Self::Key>) -> Result<Rows<Self::Key, Self::Row>, Error>;

    /// Their keys alone, where that is cheaper.
    async fn keys(&self, behind: Option<Self::Key>) -> Result<Rows<Self::Key, ()>, Error> {
        let page = self.page(behind).await?;
        Ok(Rows { rows: page.rows.into_iter().map(|(key, _)| (key, ())).collect(), next: page.next })
    }

    /// The cells of a row, masked as on the list's page.
    fn cells(&self, row: &Self::Row) -> Vec<String>;
}

/// A page of a list.
pub(super) struct Rows<K, R> {
    pub(super) rows: Vec<(K, R)>,
    /// Where to go on; none: there are no more. A page may have one and be empty.
    pub(super) next: Option<K>,
}

impl<K: Copy, R> Rows<K, R> {
    /// Up to `limit` rows of one more that was asked for.
    fn cut(mut rows: Vec<(K, R)>, limit: usize) -> Self {
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| more).map(|(key, _)| *key);
        Self { rows, next }
    }
}

/// Which part of a list is wanted; all of it where nothing is said.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Part {
    /// The key behind which it begins.
    behind: String,
    /// Its last key.
    last: String,
}

/// How the parts of a list are asked for: a form that says again what the list was asked for by.
pub(super) struct Asking {
    pub(super) shell: Shell,
    pub(super) path: String,
    pub(super) method: &'static str,
    pub(super) fields: Vec<(&'static str, String)>,
}

#[derive(Template)]
#[template(path = "portal/file_parts.html")]
struct PartsPage {
    shell: Shell,
    path: String,
    method: &'static str,
    fields: Vec<(&'static str, String)>,
    /// Behind which key this part begins, and its last one.
    behind: String,
    last: String,
}

/// The file, or the page that offers its parts.
pub(super) async fn answer<L: List>(
    app: &App,
    list: L,
    part: &Part,
    asking: Asking,
) -> Result<Response, PageError> {
    let (behind, until) = (read(&part.behind)?, read(&part.last)?);
    let closed = app.drain.closed.clone();
    let is_part = behind.is_some() || until.is_some();
    if until.is_some() {
        return Ok(file(list, behind, until, is_part, closed));
    }
    let walked = tokio::select! {
        biased;
        () = closed.cancelled() => return Err(ApiError::new(Code::Unavailable, "this server is stopping").into()),
        walked = walk::along(&list, behind, MAX_LINES) => walked?,
    };
    // What has come in between is no part of it: it ends where the walk ended, and begins where it began.
    let behind = if L::NEWEST_FIRST { walked.first.map(Key::following) } else { behind };
    if !walked.more {
        return Ok(file(list, behind, walked.last, is_part, closed));
    }
    let text = |key: Option<L::Key>| key.map(|key| key.to_string()).unwrap_or_default();
    let Asking { shell, path, method, fields } = asking;
    page(&PartsPage { shell, path, method, fields, behind: text(behind), last: text(walked.last) })
}

fn read<K: Key>(text: &str) -> Result<Option<K>, PageError> {
    let none = |_| PageError::not_found("part of the list");
    filled(text).map(|text| text.parse().map_err(none)).transpose()
}

fn file<L: List>(
    list: L,
    behind: Option<L::Key>,
    until: Option<L::Key>,
    is_part: bool,
    closed: CancellationToken,
) -> Response {
    let part = if is_part { "-part" } else { "" };
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{}{part}.csv\"", L::NAME)),
    ];
    let lines = stream::Lines::new(list, behind, until, MAX_LINES, closed);
    (headers, Body::from_stream(lines.into_stream())).into_response()
}
