//! The flow that a device call is about.

use axum::{extract::FromRequestParts, http::request::Parts};
use ringtrue_domain::FlowId;

use crate::{
    http::{ApiError, Code, auth::bearer},
    state::App,
};

/// The flow of the call's authToken.
pub(crate) struct DeviceCall(pub(crate) FlowId);

pub(crate) fn unauthorized() -> ApiError {
    ApiError::new(Code::Unauthorized, "the authToken is missing, wrong or expired")
}

impl FromRequestParts<App> for DeviceCall {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let token = bearer(&parts.headers).ok_or_else(unauthorized)?;
        app.tokens.flow(token).map(Self).ok_or_else(unauthorized)
    }
}
