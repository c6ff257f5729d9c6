//! Who calls the server API, and whether it may call so often.

use std::time::Instant;

use axum::{
    extract::{FromRequestParts, Request, State},
    http::{HeaderMap, header, request::Parts},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use ringtrue_domain::flow::Environment;
use ringtrue_engine::model::{Caller, KeyScope};

use super::{ApiError, Code};
use crate::state::App;

/// The token of `Authorization: Bearer …`; the scheme in any case (RFC 9110 §11.1).
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty() && token.len() <= 4096).then_some(token)
}

/// Lets a request through when its token is good and its credential within its limit.
pub(crate) async fn layer(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let Some(token) = bearer(request.headers()) else {
        return ApiError::new(Code::Unauthorized, "Authorization: needs a bearer token from POST /token")
            .into_response();
    };
    let caller = match app.engine.caller(token).await {
        Ok(caller) => caller,
        Err(error) => return ApiError::from(error).into_response(),
    };
    let allowance = match app.limiter.check(caller.credential, Instant::now()) {
        Ok(allowance) => allowance,
        Err((error, allowance)) => {
            let mut response = error.into_response();
            allowance.describe(response.headers_mut());
            return response;
        }
    };
    request.extensions_mut().insert(Authenticated(caller));
    let mut response = next.run(request).await;
    if let Some(allowance) = allowance {
        allowance.describe(response.headers_mut());
    }
    response
}

/// The caller that [`layer`] let through.
#[derive(Clone)]
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

impl<S: Sync> FromRequestParts<S> for Authenticated {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, ApiError> {
        // A route outside the layer would be our mistake; it must not be an open door.
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or_else(|| ApiError::new(Code::Unauthorized, "not authorized"))
    }
}
