//! `x-request-id` on every response, taken over when the caller sent a sane one.

use std::sync::atomic::{AtomicU64, Ordering};

use axum::{
    extract::{Request, State},
    http::{HeaderName, HeaderValue},
    middleware::Next,
    response::Response,
};
use tracing::Instrument as _;

use crate::state::App;

const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// Gives the request an id, a span and an access line. The query stays out of it: it can hold a token.
pub(crate) async fn layer(State(app): State<App>, request: Request, next: Next) -> Response {
    let id = request
        .headers()
        .get(HEADER)
        .filter(|value| is_sane(value))
        .cloned()
        .unwrap_or_else(|| app.request_ids.fresh());
    let span = tracing::info_span!(
        "request",
        request.id = id.to_str().unwrap_or_default(),
        http.method = %request.method(),
        http.route = route(&request),
    );
    let mut response = async {
        let response = next.run(request).await;
        tracing::debug!(http.status = response.status().as_u16(), "answered");
        response
    }
    .instrument(span)
    .await;
    response.headers_mut().insert(HEADER, id);
    response
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

    fn fresh(&self) -> HeaderValue {
        let id = format!("{:016x}{:016x}", self.process, self.next.fetch_add(1, Ordering::Relaxed));
        HeaderValue::try_from(id).unwrap_or_else(|_| HeaderValue::from_static("none"))
    }
}
