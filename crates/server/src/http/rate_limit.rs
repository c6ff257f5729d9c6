//! Requests per second and credential (server API §1), by GCRA.

use std::{num::NonZeroU32, sync::Arc, time::Duration};

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use governor::{
    Quota, RateLimiter,
    clock::{Clock as _, DefaultClock},
    middleware::StateInformationMiddleware,
    state::keyed::DashMapStateStore,
};
use ringtrue_domain::CredentialId;

use super::{ApiError, Code};

type Keyed =
    RateLimiter<CredentialId, DashMapStateStore<CredentialId>, DefaultClock, StateInformationMiddleware>;

/// The limiter; absent where the operator switched it off.
#[derive(Clone)]
pub(crate) struct Limiter(Option<(Arc<Keyed>, u32)>);

/// What a caller is told about its limit.
pub(crate) struct Allowance {
    limit: u32,
    remaining: u32,
    reset_seconds: u64,
}

impl Limiter {
    /// A limiter of this many requests per second and credential, with as many at once; 0 switches it off.
    pub(crate) fn new(per_second: u32) -> Self {
        Self(NonZeroU32::new(per_second).map(|rate| {
            let keyed = RateLimiter::dashmap(Quota::per_second(rate)).with_middleware();
            (Arc::new(keyed), per_second)
        }))
    }

    /// Counts a request.
    pub(crate) fn check(&self, credential: CredentialId) -> Result<Option<Allowance>, (ApiError, Allowance)> {
        let Some((keyed, limit)) = &self.0 else { return Ok(None) };
        match keyed.check_key(&credential) {
            Ok(state) => Ok(Some(Allowance {
                limit: *limit,
                remaining: state.remaining_burst_capacity(),
                reset_seconds: 1,
            })),
            Err(not_until) => {
                let pause =
                    not_until.wait_time_from(DefaultClock::default().now()).max(Duration::from_millis(1));
                let error =
                    ApiError::new(Code::TooMany, format!("rate limit: at most {limit} requests per second"));
                let reset_seconds = pause.as_secs() + 1;
                Err((error.after(pause), Allowance { limit: *limit, remaining: 0, reset_seconds }))
            }
        }
    }

    /// Forgets credentials that have been quiet; called now and then.
    pub(crate) fn tidy(&self) {
        if let Some((keyed, _)) = &self.0 {
            keyed.retain_recent();
        }
    }
}

impl Allowance {
    /// Adds `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers).
    pub(crate) fn describe(&self, headers: &mut HeaderMap) {
        let policy = format!("\"credential\";q={};w=1", self.limit);
        let state = format!("\"credential\";r={};t={}", self.remaining, self.reset_seconds);
        for (name, text) in [("ratelimit-policy", policy), ("ratelimit", state)] {
            if let Ok(value) = HeaderValue::from_str(&text) {
                headers.insert(HeaderName::from_static(name), value);
            }
        }
    }
}
