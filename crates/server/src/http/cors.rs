//! Cross-origin calls of the device API: any page may ask and read its answer, no cookies are used (device API §14). Which
//! pages a project lets call is asked when its flow is known; a refusal, too, must be readable.

use axum::{
    extract::Request,
    http::{HeaderValue, Method, StatusCode, header},
    response::{IntoResponse as _, Response},
};

/// Who may read an answer, errors too: without it they look like network failures.
pub(super) const ANY: HeaderValue = HeaderValue::from_static("*");
/// The names are listed because the standard excludes `authorization` from `*`.
const HEADERS: HeaderValue = HeaderValue::from_static(
    "accept, authorization, content-type, pa-challenge, pa-kid, pa-sig-version, pa-signature, pa-version",
);

/// Paths that pages of any origin call.
const OPEN: [&str; 2] = ["/v1/client/", "/v1/sandbox/"];

/// Whether pages of any origin call this path.
pub(super) fn is_open(path: &str) -> bool {
    OPEN.iter().any(|prefix| path.starts_with(prefix))
}

/// Whether a browser asks beforehand what it may.
pub(super) fn is_preflight(request: &Request) -> bool {
    request.method() == Method::OPTIONS
        && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}

/// What it is answered.
pub(super) fn preflight() -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("POST, GET"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HEADERS);
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("7200"));
    response
}
