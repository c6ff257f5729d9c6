//! Headers that every response of a kind carries.

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, header},
    middleware::Next,
    response::Response,
};

/// Whether a path belongs to one of the APIs.
pub(super) fn is_api(path: &str) -> bool {
    path == "/token" || ["/v3/", "/v1/", "/feed/", "/admin/"].iter().any(|prefix| path.starts_with(prefix))
}

/// Answers of the APIs are never kept or guessed at.
pub(super) fn never_kept(headers: &mut HeaderMap) {
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
}

/// The same for what pages of ours call.
pub(crate) async fn calls_of_pages(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    never_kept(response.headers_mut());
    response
}

/// Pages run our own files only and cannot be framed; addresses with tokens go to nobody as referrer.
pub(crate) async fn page(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data:; object-src 'none'; \
             base-uri 'none'; frame-ancestors 'none'",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=()"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}
