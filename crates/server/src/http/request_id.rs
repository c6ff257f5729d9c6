//! `x-request-id` on every response, taken over when the caller sent a sane one.

use std::sync::atomic::{AtomicU64, Ordering};

use axum::{
    extract::Request,
    http::{HeaderName, HeaderValue},
};
use tracing::Span;

/// The header's name.
pub(super) const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// The id that the caller gave the request, if it is a sane one.
pub(super) fn taken_over(request: &Request) -> Option<HeaderValue> {
    request.headers().get(HEADER).filter(|value| is_sane(value)).cloned()
}

/// The request's span. The query stays out of it: it can hold a token.
pub(super) fn span(id: &HeaderValue, request: &Request) -> Span {
    tracing::info_span!(
        "request",
        request.id = id.to_str().unwrap_or_default(),
        http.method = %request.method(),
        http.route = route(request),
    )
}

/// The route's pattern where there is one: the path itself can hold a link's token.
fn route(request: &Request) -> &str {
    request.extensions().get::<axum::extract::MatchedPath>().map_or("-", |path| path.as_str())
}

fn is_sane(value: &HeaderValue) -> bool {
    (1..=64).contains(&value.len())
        && value.as_bytes().iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
}

/// Makes ids that no other process has: a random half, and a count.
pub(crate) struct RequestIds {
    process: u64,
    next: AtomicU64,
}

impl RequestIds {
    /// `random` tells this process from others.
    pub(crate) fn new(random: [u8; 8]) -> Self {
        Self { process: u64::from_ne_bytes(random), next: AtomicU64::new(1) }
    }

    /// The next one.
    pub(super) fn fresh(&self) -> HeaderValue {
        let id = format!("{:016x}{:016x}", self.process, self.next.fetch_add(1, Ordering::Relaxed));
        HeaderValue::try_from(id).unwrap_or_else(|_| HeaderValue::from_static("none"))
    }
}
