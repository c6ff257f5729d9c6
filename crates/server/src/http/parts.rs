//! Path and query of a request. What cannot be read of them is answered like any other mistake.

use std::ops::RangeInclusive;

use axum::{
    extract::{self, FromRequestParts},
    http::request::Parts,
};
use ringtrue_domain::FieldError;
use serde::de::DeserializeOwned;

use super::{ApiError, Code};

/// Fields of the query.
pub(crate) struct Query<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        match extract::Query::from_request_parts(parts, state).await {
            Ok(extract::Query(fields)) => Ok(Self(fields)),
            Err(_) => Err(ApiError::field("query", "cannot be read, or names a field twice")),
        }
    }
}

/// Variable parts of the path.
pub(crate) struct Path<T>(pub(crate) T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        match extract::Path::from_request_parts(parts, state).await {
            Ok(extract::Path(parts)) => Ok(Self(parts)),
            // Not UTF-8 when decoded: nothing of ours is called that.
            Err(_) => Err(ApiError::new(Code::NotFound, "no such path")),
        }
    }
}

/// A value of the query. SDKs send a parameter that has none as an empty one.
pub(crate) fn given(text: Option<&str>) -> Option<&str> {
    text.filter(|text| !text.is_empty())
}

/// A number of the query.
pub(crate) fn whole_number(
    field: &'static str,
    text: Option<&str>,
    range: RangeInclusive<u32>,
) -> Result<Option<usize>, FieldError> {
    let wrong = || FieldError::new(field, format!("must be {} to {}", range.start(), range.end()));
    let Some(text) = given(text) else { return Ok(None) };
    let number = text.parse().ok().filter(|number| range.contains(number)).ok_or_else(wrong)?;
    Ok(Some(usize::try_from(number).map_err(|_| wrong())?))
}

/// A yes or no of the query; default no.
pub(crate) fn switch(field: &'static str, text: Option<&str>) -> Result<bool, FieldError> {
    match given(text) {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => Err(FieldError::new(field, "must be true or false")),
    }
}
