//! Cross-origin calls of the device API: any page may call, no cookies are used (device API §14).

use axum::{
    extract::Request,
    http::{HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};

const ANY: HeaderValue = HeaderValue::from_static("*");
/// The names are listed because the standard excludes `authorization` from `*`.
const HEADERS: HeaderValue = HeaderValue::from_static(
    "accept, authorization, content-type, pa-challenge, pa-kid, pa-sig-version, pa-signature, pa-version",
);

/// Paths that pages of any origin call.
const OPEN: [&str; 2] = ["/v1/client/", "/v1/sandbox/"];

/// Answers preflights and lets every answer be read, errors too: without it they look like network failures.
pub(crate) async fn layer(request: Request, next: Next) -> Response {
    if !OPEN.iter().any(|prefix| request.uri().path().starts_with(prefix)) {
        return next.run(request).await;
    }
    let preflight = request.method() == Method::OPTIONS
        && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = if preflight {
        let mut response = StatusCode::NO_CONTENT.into_response();
        let headers = response.headers_mut();
        headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("POST, GET"));
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HEADERS);
        headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("7200"));
        response
    } else {
        next.run(request).await
    };
    response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, ANY);
    response
}
