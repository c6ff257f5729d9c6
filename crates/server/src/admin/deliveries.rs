//! Posts to a webhook: what came of them, and sending some again.

use axum::{Json, extract::State};
use jiff::Timestamp;
use ringtrue_domain::{DeliveryId, member::Permission};
use ringtrue_engine::{
    DeliveryReport,
    model::{Attempt, DeliveryQuery, Outcome, ReplayOf},
};
use ringtrue_wire::admin::{
    delivery::{
        DeliveryAttempt, DeliveryListResponse, DeliveryReportResponse, ReplayRequest, ReplayResponse,
    },
    problem::Problem,
};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    convert::{MAX_ROWS, PAGE_ROWS, STATES, delivery, state},
    holder::{At, Id, May, PlaceParams, needs, none, read},
};
use crate::{
    cli::outcome_in_words,
    http::{
        ApiError, JsonBody,
        parts::{Query, given, whole_number},
    },
    state::App,
};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct DeliveriesQuery {
    /// `open`, `delivered`, `failed` or `empty`; absent: all
    state: Option<String>,
    /// `next` of the page before
    before: Option<String>,
    /// 1 to 100; default 50
    limit: Option<String>,
}

/// Deliveries, newest first.
#[utoipa::path(get, path = "/admin/v1/projects/{project}/{environment}/deliveries", tag = "webhooks", security(("accessKey" = [])),
    params(PlaceParams, DeliveriesQuery),
    responses((status = 200, body = DeliveryListResponse), (status = "4XX", body = Problem, content_type = "application/problem+json"), (status = "5XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn list(
    State(app): State<App>,
    _: May<needs::SeeProjects>,
    at: At,
    Query(query): Query<DeliveriesQuery>,
) -> Result<Json<DeliveryListResponse>, ApiError> {
    let limit = whole_number("limit", query.limit.as_deref(), 1..=MAX_ROWS)?.unwrap_or(PAGE_ROWS);
    let before = read("before", "must be next of the page before", given(query.before.as_deref()))?;
    let wanted = given(query.state.as_deref());
    let known = |text| STATES.into_iter().find(|one| state(*one) == text);
    let unknown = || ApiError::field("state", "must be open, delivered, failed or empty");
    let state = wanted.map(|text| known(text).ok_or_else(unknown)).transpose()?;
    let found = app.engine.deliveries(at.scope(), DeliveryQuery { state, before, limit }).await?;
    let next = found.last().filter(|_| found.len() == limit).map(|last| last.id.to_string());
    Ok(Json(DeliveryListResponse { deliveries: found.iter().map(delivery).collect(), next }))
}

/// A delivery, what is in it and what came of it.
#[utoipa::path(get, path = "/admin/v1/projects/{project}/{environment}/deliveries/{id}", tag = "webhooks", security(("accessKey" = [])),
    params(PlaceParams, ("id" = String, Path, description = "`deliveryId`")),
    responses((status = 200, body = DeliveryReportResponse), (status = "4XX", body = Problem, content_type = "application/problem+json"), (status = "5XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn show(
    State(app): State<App>,
    _: May<needs::SeeProjects>,
    at: At,
    Id(id): Id<DeliveryId>,
) -> Result<Json<DeliveryReportResponse>, ApiError> {
    exists(&app, &at, id).await?;
    let DeliveryReport { delivery: of, events, attempts } = app.engine.delivery(at.scope(), id).await?;
    // An endpoint may repeat what it was sent.
    let may_read = at.may(Permission::ManageWebhooks);
    Ok(Json(DeliveryReportResponse {
        delivery: delivery(&of),
        event_ids: events.iter().map(|stored| stored.event.id.to_string()).collect(),
        attempts: attempts.iter().map(|one| attempt(one, may_read)).collect(),
    }))
}

fn attempt(attempt: &Attempt, may_read: bool) -> DeliveryAttempt {
    let answer = match &attempt.outcome {
        Outcome::Answered(answer) => Some(answer),
        Outcome::NoAnswer { .. } => None,
    };
    DeliveryAttempt {
        number: attempt.number,
        at: attempt.at.to_string(),
        duration_ms: attempt.duration_ms,
        delivered: attempt.outcome.is_success(),
        outcome: outcome_in_words(&attempt.outcome),
        status: answer.map(|answer| answer.status),
        body: answer.filter(|_| may_read).map(|answer| answer.body.expose().to_owned()),
    }
}

/// Sends deliveries again, under the ids that they have: one, all that were given up, or all of a range of time.
#[utoipa::path(post, path = "/admin/v1/projects/{project}/{environment}/deliveries/replay", tag = "webhooks", request_body = ReplayRequest, security(("accessKey" = [])),
    params(PlaceParams),
    responses((status = 200, body = ReplayResponse), (status = "4XX", body = Problem, content_type = "application/problem+json"), (status = "5XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn replay(
    State(app): State<App>,
    _: May<needs::ManageWebhooks>,
    at: At,
    JsonBody { value, .. }: JsonBody<ReplayRequest>,
) -> Result<Json<ReplayResponse>, ApiError> {
    const INSTANT: &str = "must be an instant such as 2026-03-01T12:00:00Z";
    let id: Option<DeliveryId> =
        read("deliveryId", "must be the id of a delivery", value.delivery_id.as_deref())?;
    let from: Option<Timestamp> = read("from", INSTANT, value.from.as_deref())?;
    let until: Option<Timestamp> = read("until", INSTANT, value.until.as_deref())?;
    let of = match (id, value.failed.unwrap_or_default(), from) {
        (Some(id), false, None) => {
            exists(&app, &at, id).await?;
            ReplayOf::One(id)
        }
        (None, true, None) => ReplayOf::Failed,
        (None, false, Some(from)) => ReplayOf::Between(from, until.unwrap_or(Timestamp::MAX)),
        _ => return Err(ApiError::field("deliveryId", "or failed or from must be given, and one only")),
    };
    let replayed = app.engine.replay_deliveries(at.by(), at.scope(), of).await?;
    Ok(Json(ReplayResponse { opened: replayed.opened, paused: replayed.paused }))
}

async fn exists(app: &App, at: &At, id: DeliveryId) -> Result<(), ApiError> {
    let known = app.engine.store().delivery(at.scope(), id).await.map_err(ringtrue_engine::Error::from)?;
    known.map(drop).ok_or_else(|| none("delivery"))
}
