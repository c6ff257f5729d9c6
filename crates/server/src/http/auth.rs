//! Who calls the server API, and whether it may call so often.

use std::{
    sync::{Arc, OnceLock},
    time::Instant,
};

use axum::{
    extract::{FromRequestParts, Request},
    http::{HeaderMap, header, request::Parts},
};
use ringtrue_domain::{CredentialId, flow::Environment, member::AccessKeyId};
use ringtrue_engine::model::{Caller, KeyScope, LimitKind};

use super::{ApiError, Code, rate_limit::Allowance};
use crate::{console::Noted, state::App};

/// The token of `Authorization: Bearer …`; the scheme in any case (RFC 9110 §11.1).
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty() && token.len() <= 4096).then_some(token)
}

/// A caller whose token is good and whose credential is within its limit.
pub(crate) struct Authenticated(pub(crate) Caller);

impl Authenticated {
    /// Whose idempotency keys they are.
    pub(crate) fn scope(&self) -> KeyScope {
        self.0.scope()
    }

    /// Only sandbox credentials may go on.
    pub(crate) fn sandbox_only(&self) -> Result<(), ApiError> {
        match self.0.environment {
            Environment::Sandbox => Ok(()),
            Environment::Production => {
                Err(ApiError::new(Code::Forbidden, "only sandbox credentials may call this"))
            }
        }
    }
}

impl FromRequestParts<App> for Authenticated {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let missing =
            || ApiError::new(Code::Unauthorized, "Authorization: needs a bearer token from POST /token");
        let token = bearer(&parts.headers).ok_or_else(missing)?;
        let caller = app.engine.caller(token).await?;
        if let Some(noted) = Noted::of(app, &parts.extensions) {
            noted.is_of(caller.scope());
        }
        if let Err(refused) = count(app, parts, Counted::Credential(caller.credential)) {
            let now = app.engine.now(caller.clock_ahead_micros);
            app.engine.note_refusal(caller.scope(), LimitKind::Requests, now);
            return Err(refused);
        }
        Ok(Self(caller))
    }
}

/// Whose requests are counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Counted {
    /// Those of a back end.
    Credential(CredentialId),
    /// Those of automation.
    AccessKey(AccessKeyId),
    /// Those of whoever posts to a feed, by its place in the configuration.
    Feed(usize),
}

/// Counts a request, and notes for its answer how the caller stands.
pub(crate) fn count(app: &App, parts: &mut Parts, who: Counted) -> Result<(), ApiError> {
    let (allowance, refused) = match app.limiter.check(who, Instant::now()) {
        Ok(allowance) => (allowance, None),
        Err((error, allowance)) => (Some(allowance), Some(error)),
    };
    if let Some((meter, allowance)) = parts.extensions.get::<Meter>().zip(allowance) {
        // A request is counted once.
        let _ = meter.0.set(allowance);
    }
    refused.map_or(Ok(()), Err)
}

/// Where a call's allowance is noted for its answer, whatever the answer is.
#[derive(Clone)]
pub(super) struct Meter(Arc<OnceLock<Allowance>>);

impl Meter {
    /// Whether calls of this path are counted.
    pub(super) fn is_for(path: &str) -> bool {
        ["/v3/", "/feed/", "/admin/"].iter().any(|prefix| path.starts_with(prefix))
    }

    /// Gives a request a meter.
    pub(super) fn install(request: &mut Request) -> Self {
        let meter = Self(Arc::default());
        request.extensions_mut().insert(meter.clone());
        meter
    }

    /// Tells the caller how it stands, if it was counted.
    pub(super) fn describe(&self, headers: &mut HeaderMap) {
        if let Some(allowance) = self.0.get() {
            allowance.describe(headers);
        }
    }
}
