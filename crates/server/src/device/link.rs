//! Instant links as the waiting page asks for them: `mobile/instantlink/start` (device API §5).

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, header},
};
use ringtrue_wire::{
    device::{Envelope, LinkStart},
    error::ErrorBody,
};

use super::{
    call::FromDevice,
    envelope::{Place, envelope},
};
use crate::{
    http::{ApiError, body::OptionalJsonBody, useragent},
    state::App,
};

/// Sends an instant link, another one, or one to another number.
#[utoipa::path(post, path = "/v1/client/mobile/instantlink/start", tag = "device", request_body = LinkStart,
    security(("authToken" = [])),
    responses((status = 200, body = Envelope), (status = "4XX", body = ErrorBody), (status = "5XX", body = ErrorBody)))]
pub(crate) async fn start(
    State(app): State<App>,
    FromDevice(call): FromDevice,
    headers: HeaderMap,
    OptionalJsonBody { value: body, .. }: OptionalJsonBody<LinkStart>,
) -> Result<Json<Envelope>, ApiError> {
    let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    let asked_from = agent.and_then(useragent::in_words);
    let answer = app.engine.start_link(call, body.mobile_number.as_deref(), asked_from).await?;
    // On a phone the flow goes on in the tab that the link opens; there `data: {}` would wait for ever.
    let waits = !answer.flow.terms().retry_page && body.is_mobile != Some(true);
    Ok(Json(envelope(answer.reply, Place::Start { waits })))
}
