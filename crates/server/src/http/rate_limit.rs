//! Requests per second and credential (server API §1).

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use ringtrue_engine::NumberLimit;

use super::{
    ApiError, Code,
    auth::Counted,
    gcra::{Buckets, Taken},
};

/// The limiter; absent where the operator switched it off.
#[derive(Clone)]
pub(crate) struct Limiter(Option<Arc<Limited>>);

struct Limited {
    /// Of all nodes together.
    limit: u32,
    here: Mutex<Here>,
    /// Whether this node's share of the limit is still to come.
    joining: AtomicBool,
}

/// What this node allows.
struct Here {
    buckets: Buckets<Counted>,
    /// When this node's share ends unless it is taken again; a node that is alone has all for ever.
    good_until: Option<Instant>,
}

/// What a caller is told about a limit.
#[derive(Debug)]
pub(crate) struct Allowance {
    /// What is limited.
    policy: &'static str,
    limit: u32,
    window_seconds: u32,
    remaining: u32,
    reset_seconds: u64,
}

impl Limiter {
    /// A limiter of this many requests per second and credential, with as many at once; 0 switches it off. A node that
    /// is alone has all of it at once, one of several begins with next to nothing and waits for its share.
    pub(crate) fn new(per_second: u32, alone: bool, now: Instant) -> Self {
        Self((per_second > 0).then(|| {
            let buckets = Buckets::new(if alone { per_second } else { 0 }, now);
            let here = Here { buckets, good_until: if alone { None } else { Some(now) } };
            Arc::new(Limited { limit: per_second, here: Mutex::new(here), joining: AtomicBool::new(!alone) })
        }))
    }

    /// Counts a request.
    pub(crate) fn check(
        &self,
        who: Counted,
        now: Instant,
    ) -> Result<Option<Allowance>, (ApiError, Allowance)> {
        let Some(limited) = &self.0 else { return Ok(None) };
        let limit = limited.limit;
        let taken = {
            let mut here = limited.here();
            if here.good_until.is_some_and(|until| now >= until) {
                here.buckets.set_rate(0, now);
            }
            here.buckets.take(who, now)
        };
        match taken {
            Taken::Left(remaining) => Ok(Some(Allowance::of_credential(limit, remaining, 1))),
            Taken::NoneFor(pause) => {
                let pause = pause.max(Duration::from_millis(1));
                let error =
                    ApiError::new(Code::TooMany, format!("rate limit: at most {limit} requests per second"));
                let reset_seconds = pause.as_secs() + 1;
                Err((error.after(pause), Allowance::of_credential(limit, 0, reset_seconds)))
            }
        }
    }

    /// Requests per second and credential of all nodes together; 0 without a limit.
    pub(crate) fn limit(&self) -> u32 {
        self.0.as_ref().map_or(0, |limited| limited.limit)
    }

    /// What this node may let through of the limit, until when. One per second is let through in any case: a node that
    /// refuses everybody would help nobody.
    pub(crate) fn set_share(&self, per_second: u32, good_until: Instant, now: Instant) {
        if let Some(limited) = &self.0 {
            let mut here = limited.here();
            here.buckets.set_rate(per_second, now);
            here.good_until = Some(good_until);
        }
    }

    /// Whether this node's share is still to come: others should be asked meanwhile.
    pub(crate) fn is_joining(&self) -> bool {
        self.0.as_ref().is_some_and(|limited| limited.joining.load(Ordering::Relaxed))
    }

    /// This node has its share, or must do without.
    pub(crate) fn has_joined(&self) {
        if let Some(limited) = &self.0 {
            limited.joining.store(false, Ordering::Relaxed);
        }
    }

    /// Forgets credentials that have been quiet; called now and then.
    pub(crate) fn tidy(&self, now: Instant) {
        if let Some(limited) = &self.0 {
            limited.here().buckets.tidy(now);
        }
    }
}

impl Limited {
    fn here(&self) -> MutexGuard<'_, Here> {
        // The buckets are whole after every statement, so a panic elsewhere leaves nothing half-done.
        self.here.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Allowance {
    const fn of_credential(limit: u32, remaining: u32, reset_seconds: u64) -> Self {
        Self { policy: "credential", limit, window_seconds: 1, remaining, reset_seconds }
    }

    /// That of a number that was verified too often.
    pub(crate) fn of_number(limit: NumberLimit) -> Self {
        let reset_seconds = limit.retry_after.as_secs() + u64::from(limit.retry_after.subsec_nanos() > 0);
        let NumberLimit { most, window_seconds, .. } = limit;
        Self { policy: "number", limit: most, window_seconds, remaining: 0, reset_seconds }
    }

    /// Adds `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers), before those of another limit.
    pub(crate) fn describe(&self, headers: &mut HeaderMap) {
        let policy = format!("\"{}\";q={};w={}", self.policy, self.limit, self.window_seconds);
        let state = format!("\"{}\";r={};t={}", self.policy, self.remaining, self.reset_seconds);
        for (name, mut text) in [("ratelimit-policy", policy), ("ratelimit", state)] {
            if let Some(other) = headers.get(name).and_then(|value| value.to_str().ok()) {
                text = format!("{text}, {other}");
            }
            if let Ok(value) = HeaderValue::from_str(&text) {
                headers.insert(HeaderName::from_static(name), value);
            }
        }
    }
}
