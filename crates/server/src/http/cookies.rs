//! Reading and writing cookies.

use axum::http::{HeaderMap, HeaderValue, header};

use super::ApiError;

/// The value of a cookie that the browser sent.
pub(crate) fn read<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find_map(|(known, value)| (known == name).then_some(value))
}

/// A `Set-Cookie`. Text that no header may hold is our own mistake.
pub(crate) fn set(text: &str) -> Result<HeaderValue, ApiError> {
    Ok(HeaderValue::from_str(text).map_err(|error| ringtrue_engine::Error::Bug(error.into()))?)
}
