//! Versions at the border: `ETag` with what is read, `If-Match` and `If-None-Match` with what is put (RFC 9110 §13.1).

use axum::{
    Json,
    extract::FromRequestParts,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse as _, Response},
};
use ringtrue_engine::model::Expect;
use serde::Serialize;
use utoipa::IntoParams;

use crate::{http::ApiError, state::App};

/// The headers as the document shows them.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "its fields are only described")]
pub(super) struct PreconditionHeaders {
    /// the `ETag` of an earlier answer: whoever was slower gets 412. Without it, the last one wins
    #[param(rename = "If-Match")]
    if_match: Option<String>,
    /// `*`: only if there is none yet
    #[param(rename = "If-None-Match")]
    if_none_match: Option<String>,
}

/// Which version a request means to change.
pub(super) struct Precondition(pub(super) Expect);

impl FromRequestParts<App> for Precondition {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, ApiError> {
        meant(&parts.headers).map(Self)
    }
}

fn meant(headers: &HeaderMap) -> Result<Expect, ApiError> {
    let text = |name: HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or_default().trim());
    match (text(header::IF_MATCH), text(header::IF_NONE_MATCH)) {
        (None, None) => Ok(Expect::Any),
        (Some(tag), None) => {
            let version = tag.strip_prefix('"').and_then(|tag| tag.strip_suffix('"')?.parse().ok());
            let wrong = || ApiError::field("If-Match", "must be the ETag of an earlier answer");
            version.filter(|version| *version > 0).map(Expect::Version).ok_or_else(wrong)
        }
        (None, Some("*")) => Ok(Expect::Absent),
        (None, Some(_)) => Err(ApiError::field("If-None-Match", "must be *")),
        (Some(_), Some(_)) => Err(ApiError::field("If-None-Match", "must not be given besides If-Match")),
    }
}

/// An answer with the version of what it shows.
pub(super) fn tagged<T: Serialize>(status: StatusCode, version: u64, body: T) -> Response {
    let mut response = (status, Json(body)).into_response();
    if let Ok(tag) = HeaderValue::from_str(&format!("\"{version}\"")) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(pairs: &[(HeaderName, &str)]) -> Option<Expect> {
        let pairs = pairs.iter().map(|(name, value)| (name.clone(), value.parse().expect("it is a value")));
        meant(&pairs.collect()).ok()
    }

    #[test]
    fn preconditions_are_one_of_two() {
        use header::{IF_MATCH, IF_NONE_MATCH};
        assert_eq!(given(&[]), Some(Expect::Any));
        assert_eq!(given(&[(IF_MATCH, "\"7\"")]), Some(Expect::Version(7)));
        assert_eq!(given(&[(IF_NONE_MATCH, "*")]), Some(Expect::Absent));
        for tag in ["7", "*", "\"0\"", "W/\"7\"", "\"7\", \"8\"", "\"x\"", ""] {
            assert_eq!(given(&[(IF_MATCH, tag)]), None, "{tag}");
        }
        assert_eq!(given(&[(IF_NONE_MATCH, "\"7\"")]), None);
        assert_eq!(given(&[(IF_MATCH, "\"7\""), (IF_NONE_MATCH, "*")]), None);
    }
}
