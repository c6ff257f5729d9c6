//! Which flow a device call is about, and from which page it comes.

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header, request::Parts},
};
use ringtrue_domain::FlowId;
use ringtrue_engine::DeviceCall;

use crate::{
    http::{ApiError, Code, auth::bearer},
    state::App,
};

/// A call with an authToken.
pub(crate) struct FromDevice(pub(crate) DeviceCall);

pub(crate) fn unauthorized() -> ApiError {
    ApiError::new(Code::Unauthorized, "the authToken is missing, wrong or expired")
}

impl FromRequestParts<App> for FromDevice {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let token = bearer(&parts.headers).ok_or_else(unauthorized)?;
        let flow = app.tokens.flow(token).ok_or_else(unauthorized)?;
        Ok(Self(call_of(app, flow, &parts.headers)))
    }
}

/// A call about a flow, with the origin that its browser sent. The demo's own page may always call.
pub(crate) fn call_of(app: &App, flow: FlowId, headers: &HeaderMap) -> DeviceCall {
    let mut sent = headers.get_all(header::ORIGIN).iter();
    let origin = match (sent.next(), sent.next()) {
        (None, _) => None,
        (Some(origin), None) => Some(origin.to_str().unwrap_or_default().to_owned()),
        // Browsers send one. Empty is no page's.
        (Some(_), Some(_)) => Some(String::new()),
    };
    let is_demo = |origin: &String| app.demo.is_some() && *origin == app.origin;
    DeviceCall { flow, origin: origin.filter(|origin| !is_demo(origin)) }
}
