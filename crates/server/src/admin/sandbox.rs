//! What only sandbox has: messages that were not sent, the clock, changes of numbers.

use axum::{Json, extract::State, response::Response};
use ringtrue_domain::{EventId, IdentityId};
use ringtrue_engine::ClockReading;
use ringtrue_wire::{
    admin::problem::Problem,
    sandbox::{
        AdvanceClockRequest, ClockResponse, SandboxEventRequest, SandboxEventResponse, SandboxMessage,
    },
};
use serde::Deserialize;
use utoipa::IntoParams;

use super::holder::{At, Id, May, Once, PlaceParams, needs, required};
use crate::{
    api::{message, reading, simulated_steps},
    http::{
        ApiError, JsonBody,
        body::MAX_BATCH_BYTES,
        idempotent::{IdempotencyHeader, json_text, to_json},
        parts::{Query, given, whole_number},
    },
    state::App,
};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct MessagesQuery {
    /// one number, E.164
    to: Option<String>,
    /// 1 to 100; default 20
    limit: Option<String>,
}

/// What sandbox would have sent, newest first, with codes and links.
#[utoipa::path(get, path = "/admin/v1/projects/{project}/{environment}/outbox", tag = "sandbox", security(("accessKey" = [])),
    params(PlaceParams, MessagesQuery),
    responses((status = 200, body = Vec<SandboxMessage>), (status = "4XX", body = Problem, content_type = "application/problem+json"), (status = "5XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn messages(
    State(app): State<App>,
    _: May<needs::UseSandbox>,
    at: At,
    Query(query): Query<MessagesQuery>,
) -> Result<Json<Vec<SandboxMessage>>, ApiError> {
    at.sandbox_only()?;
    let limit = whole_number("limit", query.limit.as_deref(), 1..=100)?;
    let kept = app.engine.outbox(at.project.id, given(query.to.as_deref()), limit).await?;
    Ok(Json(kept.into_iter().map(message).collect()))
}

/// The project's sandbox clock.
#[utoipa::path(get, path = "/admin/v1/projects/{project}/{environment}/clock", tag = "sandbox", security(("accessKey" = [])),
    params(PlaceParams),
    responses((status = 200, body = ClockResponse), (status = "4XX", body = Problem, content_type = "application/problem+json"), (status = "5XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn clock(
    State(app): State<App>,
    _: May<needs::SeeProjects>,
    at: At,
) -> Result<Json<ClockResponse>, ApiError> {
    at.sandbox_only()?;
    Ok(Json(reading(&app.engine.sandbox_clock(at.project.id).await?)))
}

/// Moves the project's sandbox clock forward.
#[utoipa::path(post, path = "/admin/v1/projects/{project}/{environment}/clock", tag = "sandbox", request_body = AdvanceClockRequest, security(("accessKey" = [])),
    params(PlaceParams, IdempotencyHeader),
    responses((status = 200, body = ClockResponse), (status = "4XX", body = Problem, content_type = "application/problem+json"), (status = "5XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn advance(
    State(app): State<App>,
    _: May<needs::UseSandbox>,
    at: At,
    once: Once,
    JsonBody { value, raw }: JsonBody<AdvanceClockRequest>,
) -> Result<Response, ApiError> {
    at.sandbox_only()?;
    let key = at.key(once, &raw)?;
    let seconds = required("advanceSeconds", value.advance_seconds)?;
    let render = |clock: &ClockReading| to_json(&reading(clock));
    let project = at.project.id;
    let answer = app.engine.advance_sandbox_clock(at.by(), project, seconds, key.as_ref(), render).await?;
    Ok(json_text(answer))
}

/// Lets something become of a sandbox identity's number, now or later on the project's clock; `identityId` of the body is
/// not needed.
#[utoipa::path(post, path = "/admin/v1/projects/{project}/{environment}/identities/{id}/changes", tag = "sandbox", request_body = SandboxEventRequest, security(("accessKey" = [])),
    params(PlaceParams, ("id" = String, Path, description = "`identityId`"), IdempotencyHeader),
    responses((status = 200, body = SandboxEventResponse), (status = "4XX", body = Problem, content_type = "application/problem+json"), (status = "5XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn simulate(
    State(app): State<App>,
    _: May<needs::UseSandbox>,
    at: At,
    Id(id): Id<IdentityId>,
    once: Once,
    JsonBody { value, raw }: JsonBody<SandboxEventRequest, MAX_BATCH_BYTES>,
) -> Result<Response, ApiError> {
    at.sandbox_only()?;
    let key = at.key(once, &raw)?;
    let (_, steps) = simulated_steps(value)?;
    let render = |events: &[EventId]| {
        let event_ids = events.iter().map(ToString::to_string).collect();
        to_json(&SandboxEventResponse { success: true, event_ids })
    };
    let id = id.to_string();
    Ok(json_text(app.engine.simulate(at.by(), at.scope(), &id, &steps, key.as_ref(), render).await?))
}
