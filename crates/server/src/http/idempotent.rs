//! `Idempotency-Key` at the border.

use axum::{
    extract::FromRequestParts,
    http::{HeaderValue, header, request::Parts},
    response::{IntoResponse as _, Response},
};
use ringtrue_engine::{Key, Replay};
use serde::Serialize;
use utoipa::IntoParams;

use super::{ApiError, Authenticated};
use crate::state::App;

/// The header as the OpenAPI document shows it at each route that takes it.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "its fields are only described")]
pub(crate) struct IdempotencyHeader {
    /// the same key, path and body within 24 h get the first answer
    #[param(rename = "Idempotency-Key")]
    key: Option<String>,
}

/// The header and the path, to be combined with the body.
pub(crate) struct IdempotencyKey {
    header: Option<HeaderValue>,
    path: String,
}

impl<S: Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, ApiError> {
        let header = parts.headers.get("idempotency-key").cloned();
        Ok(Self { header, path: parts.uri.path().to_owned() })
    }
}

impl IdempotencyKey {
    /// The key of this request, when it has one.
    pub(crate) fn with(&self, caller: &Authenticated, raw: &[u8]) -> Result<Option<Key>, ApiError> {
        let Some(header) = &self.header else { return Ok(None) };
        Ok(Some(Key::new(caller.scope(), header.as_bytes(), &self.path, raw)?))
    }
}

/// The answer to a request that ends in the same state however often it is carried out: the first one, when the key was
/// used before.
///
/// The answer is remembered after what `answer` changed, in a unit of its own. A request that was cut off in between, or
/// that comes twice at the same moment, is carried out again; its callers get one and the same answer.
pub(crate) async fn answer_once<T: Serialize>(
    app: &App,
    key: Option<&Key>,
    answer: impl Future<Output = Result<T, ApiError>>,
) -> Result<Response, ApiError> {
    let Some(key) = key else { return Ok(axum::Json(answer.await?).into_response()) };
    if let Some(Replay::Answer(first)) = app.engine.replay(key).await? {
        return Ok(json_text(first));
    }
    Ok(json_text(app.engine.remember(key, to_json(&answer.await?)).await?))
}

/// The body of an answer.
pub(crate) fn to_json<T: Serialize>(value: &T) -> String {
    // Wire types are plain structs of strings, numbers and maps with string keys.
    serde_json::to_string(value).expect("a wire type is always JSON")
}

/// A 200 with a body that is JSON already.
pub(crate) fn json_text(body: String) -> Response {
    ([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], body).into_response()
}
