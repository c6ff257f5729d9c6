//! The virtual handset: a page that looks like a phone, and what it calls with the key of its address.

use axum::{
    Json, Router,
    extract::State,
    http::HeaderMap,
    middleware,
    response::{Redirect, Response},
    routing::{get, put},
};
use ringtrue_engine::{By, ClockReading, model::Project};
use ringtrue_wire::{
    handset::{Messages, NetworkSwitch, Number, Numbers},
    sandbox::{AdvanceClockRequest, ClockResponse},
};
use serde::Deserialize;

use super::assets::{Handset, serve};
use crate::{
    api::{message, reading},
    http::{
        ApiError, Code, JsonBody,
        auth::bearer,
        error, headers,
        idempotent::{json_text, to_json},
        parts::{Path, Query},
    },
    state::App,
};

/// The address of a project's handset. The key is in the fragment, which browsers send to nobody.
pub(crate) fn handset_url(
    app: &App,
    project: ringtrue_domain::ProjectId,
    good_for_seconds: i64,
) -> anyhow::Result<String> {
    let key = app.tokens.mint_handset(project, app.engine.wall().as_second() + good_for_seconds)?;
    Ok(format!("{}/handset/#key={key}", app.origin))
}

pub(crate) async fn redirect() -> Redirect {
    Redirect::permanent("/handset/")
}

pub(crate) async fn index(headers: HeaderMap) -> Response {
    serve::<Handset>("index.html", &headers)
}

pub(crate) async fn file(Path(file): Path<String>, headers: HeaderMap) -> Response {
    serve::<Handset>(&file, &headers)
}

/// What the page calls.
pub(crate) fn api_routes() -> Router<App> {
    Router::new()
        .route("/v1/handset/messages", get(messages))
        .route("/v1/handset/numbers", get(numbers))
        .route("/v1/handset/network", put(network))
        .route("/v1/handset/clock", get(clock).post(advance))
        .method_not_allowed_fallback(error::wrong_method)
        .layer(middleware::from_fn(headers::calls_of_pages))
}

async fn project(app: &App, headers: &HeaderMap) -> Result<Project, ApiError> {
    let wrong = || ApiError::new(Code::Unauthorized, "the handset's key is missing, wrong or expired");
    let key = bearer(headers).ok_or_else(wrong)?;
    let id = app.tokens.handset(key, app.engine.wall().as_second()).ok_or_else(wrong)?;
    app.engine.store().project(id).await.map_err(ringtrue_engine::Error::from)?.ok_or_else(wrong)
}

#[derive(Deserialize)]
struct MessagesQuery {
    to: Option<String>,
}

async fn messages(
    State(app): State<App>,
    headers: HeaderMap,
    Query(query): Query<MessagesQuery>,
) -> Result<Json<Messages>, ApiError> {
    let project = project(&app, &headers).await?;
    let kept = app.engine.outbox(project.id, query.to.as_deref(), None).await?;
    Ok(Json(Messages { messages: kept.into_iter().map(message).collect() }))
}

async fn numbers(State(app): State<App>, headers: HeaderMap) -> Result<Json<Numbers>, ApiError> {
    let project = project(&app, &headers).await?;
    let numbers = app.engine.handset_numbers(&project).await?;
    let numbers = numbers.into_iter().map(|number| Number {
        phone_number: number.phone.expose().to_owned(),
        name: number.name,
        outcome: number.outcome,
        silent_network_auth: number.network,
    });
    Ok(Json(Numbers { numbers: numbers.collect() }))
}

async fn network(
    State(app): State<App>,
    headers: HeaderMap,
    body: JsonBody<NetworkSwitch>,
) -> Result<Json<NetworkSwitch>, ApiError> {
    let project = project(&app, &headers).await?;
    let to = body.value.to.ok_or_else(|| ApiError::field("to", "is required"))?;
    let enabled = body.value.enabled.ok_or_else(|| ApiError::field("enabled", "is required"))?;
    let phone = app.engine.set_handset(&project, &to, enabled).await?;
    Ok(Json(NetworkSwitch { to: Some(phone.expose().to_owned()), enabled: Some(enabled) }))
}

async fn clock(State(app): State<App>, headers: HeaderMap) -> Result<Json<ClockResponse>, ApiError> {
    let project = project(&app, &headers).await?;
    Ok(Json(reading(&app.engine.sandbox_clock(project.id).await?)))
}

async fn advance(
    State(app): State<App>,
    headers: HeaderMap,
    body: JsonBody<AdvanceClockRequest>,
) -> Result<Response, ApiError> {
    let project = project(&app, &headers).await?;
    let seconds =
        body.value.advance_seconds.ok_or_else(|| ApiError::field("advanceSeconds", "is required"))?;
    let render = |clock: &ClockReading| to_json(&reading(clock));
    Ok(json_text(app.engine.advance_sandbox_clock(By::Nobody, project.id, seconds, None, render).await?))
}
