//! One-time codes: `mobile/otp/*` (device API §4).

use axum::{Json, extract::State};
use ringtrue_domain::flow::{Nudge, Reply};
use ringtrue_wire::{
    device::{Envelope, OtpFinish, OtpStart},
    error::ErrorBody,
};

use super::{
    call::FromDevice,
    envelope::{Place, envelope},
};
use crate::{
    http::{ApiError, body::OptionalJsonBody},
    state::App,
};

/// Sends a one-time code, another one, or one to another number.
#[utoipa::path(post, path = "/v1/client/mobile/otp/start", tag = "device", request_body = OtpStart,
    security(("authToken" = [])),
    responses((status = 200, body = Envelope), (status = "4XX", body = ErrorBody), (status = "5XX", body = ErrorBody)))]
pub(crate) async fn start(
    State(app): State<App>,
    FromDevice(call): FromDevice,
    OptionalJsonBody { value: body, .. }: OptionalJsonBody<OtpStart>,
) -> Result<Json<Envelope>, ApiError> {
    let answer = app.engine.start_code(call, body.mobile_number.as_deref()).await?;
    Ok(Json(envelope(answer.reply, Place::Start { waits: false })))
}

/// Takes the code that the person typed.
#[utoipa::path(post, path = "/v1/client/mobile/otp/finish", tag = "device", request_body = OtpFinish,
    security(("authToken" = [])),
    responses((status = 200, body = Envelope), (status = "4XX", body = ErrorBody), (status = "5XX", body = ErrorBody)))]
pub(crate) async fn finish(
    State(app): State<App>,
    FromDevice(call): FromDevice,
    OptionalJsonBody { value: body, .. }: OptionalJsonBody<OtpFinish>,
) -> Result<Json<Envelope>, ApiError> {
    let Some(entry) = body.otp.filter(|entry| !entry.trim().is_empty()) else {
        // Nothing was entered: that is no try, but the token must be good all the same.
        let (stored, now) = app.engine.device_flow(&call).await?;
        let reply = stored.flow.device_outcome(now).unwrap_or(Reply::TryAgain(Nudge::WrongCode));
        return Ok(Json(envelope(reply, Place::CodeEntry)));
    };
    let answer = app.engine.enter_code(call, entry).await?;
    Ok(Json(envelope(answer.reply, Place::CodeEntry)))
}
