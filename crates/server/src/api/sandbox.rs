//! `/v3/sandbox/*`: outbox, clock, handset and webhook of a project, for sandbox credentials.

pub(super) mod events;

use axum::{Json, extract::State, response::Response};
use ringtrue_domain::sms::segments;
use ringtrue_engine::{By, ClockReading, model::OutboxMessage};
use ringtrue_wire::{
    error::ErrorBody,
    sandbox::{
        AdvanceClockRequest, ClockResponse, HandsetLinkResponse, SandboxMessage, SandboxWebhookResponse,
    },
};
use serde::Deserialize;

use crate::{
    http::{
        ApiError, Authenticated, JsonBody,
        idempotent::{IdempotencyHeader, IdempotencyKey, answer_once, json_text, to_json},
        parts::{Query, whole_number},
    },
    pages::handset::handset_url,
    state::App,
};

#[derive(Deserialize)]
pub(crate) struct MessagesQuery {
    to: Option<String>,
    limit: Option<String>,
}

/// What sandbox would have sent, newest first.
#[utoipa::path(get, path = "/v3/sandbox/messages", tag = "sandbox", security(("bearer" = [])),
    params(
        ("to" = Option<String>, Query, description = "one number, E.164"),
        ("limit" = Option<u8>, Query, description = "1 to 100 messages; default 20"),
    ),
    responses((status = 200, body = Vec<SandboxMessage>), (status = "4XX", body = ErrorBody), (status = "5XX", body = ErrorBody)))]
pub(crate) async fn messages(
    State(app): State<App>,
    caller: Authenticated,
    Query(query): Query<MessagesQuery>,
) -> Result<Json<Vec<SandboxMessage>>, ApiError> {
    caller.sandbox_only()?;
    let limit = whole_number("limit", query.limit.as_deref(), 1..=100)?;
    let kept = app.engine.outbox(caller.0.project.id, query.to.as_deref(), limit).await?;
    Ok(Json(kept.into_iter().map(message).collect()))
}

/// Shows the project's sandbox clock.
#[utoipa::path(get, path = "/v3/sandbox/clock", tag = "sandbox", security(("bearer" = [])),
    responses((status = 200, body = ClockResponse), (status = "4XX", body = ErrorBody), (status = "5XX", body = ErrorBody)))]
pub(crate) async fn clock(
    State(app): State<App>,
    caller: Authenticated,
) -> Result<Json<ClockResponse>, ApiError> {
    caller.sandbox_only()?;
    Ok(Json(reading(&app.engine.sandbox_clock(caller.0.project.id).await?)))
}

/// Moves the project's sandbox clock forward.
#[utoipa::path(post, path = "/v3/sandbox/clock", tag = "sandbox", request_body = AdvanceClockRequest,
    security(("bearer" = [])), params(IdempotencyHeader),
    responses((status = 200, body = ClockResponse), (status = "4XX", body = ErrorBody), (status = "5XX", body = ErrorBody)))]
pub(crate) async fn advance(
    State(app): State<App>,
    caller: Authenticated,
    key: IdempotencyKey,
    body: JsonBody<AdvanceClockRequest>,
) -> Result<Response, ApiError> {
    caller.sandbox_only()?;
    let key = key.with(&caller, &body.raw)?;
    let seconds =
        body.value.advance_seconds.ok_or_else(|| ApiError::field("advanceSeconds", "is required"))?;
    let render = |clock: &ClockReading| to_json(&reading(clock));
    let project = caller.0.project.id;
    Ok(json_text(app.engine.advance_sandbox_clock(By::Nobody, project, seconds, key.as_ref(), render).await?))
}

/// Gives the address of the project's virtual handset, good for a day.
#[utoipa::path(post, path = "/v3/sandbox/handset", tag = "sandbox", security(("bearer" = [])),
    params(IdempotencyHeader),
    responses((status = 200, body = HandsetLinkResponse), (status = "4XX", body = ErrorBody), (status = "5XX", body = ErrorBody)))]
pub(crate) async fn handset(
    State(app): State<App>,
    caller: Authenticated,
    key: IdempotencyKey,
) -> Result<Response, ApiError> {
    const DAY_SECONDS: i64 = 24 * 60 * 60;
    caller.sandbox_only()?;
    let key = key.with(&caller, b"")?;
    let answer = async {
        let url = handset_url(&app, caller.0.project.id, DAY_SECONDS).map_err(ringtrue_engine::Error::Bug)?;
        Ok(HandsetLinkResponse { url })
    };
    answer_once(&app, key.as_ref(), answer).await
}

/// Says what webhook deliveries of the project's sandbox say of themselves, for tools that post events in the server's
/// place (`ringtrue listen`).
#[utoipa::path(get, path = "/v3/sandbox/webhook", tag = "sandbox", security(("bearer" = [])),
    responses((status = 200, body = SandboxWebhookResponse), (status = "4XX", body = ErrorBody), (status = "5XX", body = ErrorBody)))]
pub(crate) async fn webhook(
    State(app): State<App>,
    caller: Authenticated,
) -> Result<Json<SandboxWebhookResponse>, ApiError> {
    caller.sandbox_only()?;
    let project_id = caller.0.project.id.to_string();
    Ok(Json(SandboxWebhookResponse { project_id, issuer: app.webhook_issuer.clone() }))
}

/// A kept message on the wire.
pub(crate) fn message(kept: OutboxMessage) -> SandboxMessage {
    SandboxMessage {
        id: kept.id.to_string(),
        to: kept.to.expose().to_owned(),
        kind: if kept.link.is_some() { "link" } else { "otp" }.to_owned(),
        code: kept.code.map(|code| code.expose().to_owned()),
        link: kept.link.map(|link| link.expose().to_owned()),
        sent_at: kept.sent_at.to_string(),
        segments: segments(kept.body.expose()).count,
        body: kept.body.expose().to_owned(),
    }
}

/// A clock on the wire.
pub(crate) fn reading(clock: &ClockReading) -> ClockResponse {
    ClockResponse { now: clock.now.to_string(), advanced_seconds: clock.advanced_seconds }
}
