//! Where the events of an environment go.

use std::time::Duration;

use axum::{Json, extract::State, http::StatusCode, response::Response};
use ringtrue_domain::member::Permission;
use ringtrue_engine::{
    WebhookReport,
    model::{PauseReason, SigningSecret},
};
use ringtrue_wire::admin::{
    problem::Problem,
    webhook::{
        PutWebhookRequest, RotateSecretRequest, WebhookResponse, WebhookSecret, WebhookSecretsResponse,
        WebhookTestResponse,
    },
};

use super::{
    holder::{At, May, PlaceParams, needs, none, required},
    precondition::{Precondition, PreconditionHeaders, tagged},
};
use crate::{
    cli::outcome_in_words,
    http::{ApiError, JsonBody, body::OptionalJsonBody},
    state::App,
};

const DEFAULT_OVERLAP_HOURS: u32 = 24;

/// The webhook and how it is doing; its `ETag` is for the next change.
#[utoipa::path(get, path = "/admin/v1/projects/{project}/{environment}/webhook", tag = "webhooks", security(("accessKey" = [])),
    params(PlaceParams),
    responses((status = 200, body = WebhookResponse), (status = "4XX", body = Problem, content_type = "application/problem+json"), (status = "5XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn show(
    State(app): State<App>,
    _: May<needs::SeeProjects>,
    at: At,
) -> Result<Response, ApiError> {
    exists(&app, &at).await?;
    shown(&app, &at, StatusCode::OK).await
}

/// Lets events go to an address. The first time (201) this makes the secret; later another address takes over, with the
/// same secret, and a pause ends.
#[utoipa::path(put, path = "/admin/v1/projects/{project}/{environment}/webhook", tag = "webhooks", request_body = PutWebhookRequest, security(("accessKey" = [])),
    params(PlaceParams, PreconditionHeaders),
    responses((status = 200, body = WebhookResponse), (status = 201, body = WebhookResponse), (status = "4XX", body = Problem, content_type = "application/problem+json"), (status = "5XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn put(
    State(app): State<App>,
    _: May<needs::ManageWebhooks>,
    at: At,
    Precondition(meant): Precondition,
    JsonBody { value, .. }: JsonBody<PutWebhookRequest>,
) -> Result<Response, ApiError> {
    let url = required("url", value.url)?;
    let known = app.engine.store().webhook(at.scope()).await.map_err(ringtrue_engine::Error::from)?;
    app.engine.save_webhook(at.by(), at.scope(), &url, meant).await?;
    shown(&app, &at, if known.is_none() { StatusCode::CREATED } else { StatusCode::OK }).await
}

/// Removes the webhook. What was not delivered will not be.
#[utoipa::path(delete, path = "/admin/v1/projects/{project}/{environment}/webhook", tag = "webhooks", security(("accessKey" = [])),
    params(PlaceParams),
    responses((status = 204), (status = "4XX", body = Problem, content_type = "application/problem+json"), (status = "5XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn remove(
    State(app): State<App>,
    _: May<needs::ManageWebhooks>,
    at: At,
) -> Result<StatusCode, ApiError> {
    exists(&app, &at).await?;
    app.engine.remove_webhook(at.by(), at.scope()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sends a `TEST` event once, whether or not the webhook is paused.
#[utoipa::path(post, path = "/admin/v1/projects/{project}/{environment}/webhook/test", tag = "webhooks", security(("accessKey" = [])),
    params(PlaceParams),
    responses((status = 200, body = WebhookTestResponse), (status = "4XX", body = Problem, content_type = "application/problem+json"), (status = "5XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn test(
    State(app): State<App>,
    _: May<needs::ManageWebhooks>,
    at: At,
) -> Result<Json<WebhookTestResponse>, ApiError> {
    exists(&app, &at).await?;
    let (delivery, attempt) = app.engine.test_webhook(at.by(), at.scope()).await?;
    Ok(Json(WebhookTestResponse {
        delivery_id: delivery.id.to_string(),
        delivered: attempt.outcome.is_success(),
        outcome: outcome_in_words(&attempt.outcome),
        duration_ms: attempt.duration_ms,
    }))
}

/// The secrets that sign. Who looked is in the audit log.
#[utoipa::path(get, path = "/admin/v1/projects/{project}/{environment}/webhook/secrets", tag = "webhooks", security(("accessKey" = [])),
    params(PlaceParams),
    responses((status = 200, body = WebhookSecretsResponse), (status = "4XX", body = Problem, content_type = "application/problem+json"), (status = "5XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn secrets(
    State(app): State<App>,
    _: May<needs::ManageWebhooks>,
    at: At,
) -> Result<Json<WebhookSecretsResponse>, ApiError> {
    exists(&app, &at).await?;
    Ok(told(&app.engine.webhook_secrets(at.by(), at.scope()).await?))
}

/// Makes a new secret; the old one signs too until the overlap is over. While two sign, no third is made.
#[utoipa::path(post, path = "/admin/v1/projects/{project}/{environment}/webhook/secrets", tag = "webhooks", request_body = Option<RotateSecretRequest>, security(("accessKey" = [])),
    params(PlaceParams),
    responses((status = 200, body = WebhookSecretsResponse), (status = "4XX", body = Problem, content_type = "application/problem+json"), (status = "5XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn rotate(
    State(app): State<App>,
    _: May<needs::ManageWebhooks>,
    at: At,
    OptionalJsonBody { value, .. }: OptionalJsonBody<RotateSecretRequest>,
) -> Result<Json<WebhookSecretsResponse>, ApiError> {
    exists(&app, &at).await?;
    let hours = value.overlap_hours.unwrap_or(DEFAULT_OVERLAP_HOURS);
    let overlap = Duration::from_hours(hours.into());
    Ok(told(&app.engine.rotate_webhook_secret(at.by(), at.scope(), overlap).await?.secrets))
}

/// Ends a rotation's overlap: only the newest secret signs from now on.
#[utoipa::path(post, path = "/admin/v1/projects/{project}/{environment}/webhook/secrets/finish", tag = "webhooks", security(("accessKey" = [])),
    params(PlaceParams),
    responses((status = 200, body = WebhookSecretsResponse), (status = "4XX", body = Problem, content_type = "application/problem+json"), (status = "5XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn finish(
    State(app): State<App>,
    _: May<needs::ManageWebhooks>,
    at: At,
) -> Result<Json<WebhookSecretsResponse>, ApiError> {
    exists(&app, &at).await?;
    Ok(told(&app.engine.finish_webhook_rotation(at.by(), at.scope()).await?.secrets))
}

/// Sends nothing any more until it is resumed. Events are kept, and wait.
#[utoipa::path(post, path = "/admin/v1/projects/{project}/{environment}/webhook/pause", tag = "webhooks", security(("accessKey" = [])),
    params(PlaceParams),
    responses((status = 200, body = WebhookResponse), (status = "4XX", body = Problem, content_type = "application/problem+json"), (status = "5XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn pause(
    State(app): State<App>,
    _: May<needs::ManageWebhooks>,
    at: At,
) -> Result<Response, ApiError> {
    exists(&app, &at).await?;
    app.engine.pause_webhook(at.by(), at.scope(), PauseReason::Asked).await?;
    shown(&app, &at, StatusCode::OK).await
}

/// Goes on where sending stopped.
#[utoipa::path(post, path = "/admin/v1/projects/{project}/{environment}/webhook/resume", tag = "webhooks", security(("accessKey" = [])),
    params(PlaceParams),
    responses((status = 200, body = WebhookResponse), (status = "4XX", body = Problem, content_type = "application/problem+json"), (status = "5XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn resume(
    State(app): State<App>,
    _: May<needs::ManageWebhooks>,
    at: At,
) -> Result<Response, ApiError> {
    exists(&app, &at).await?;
    app.engine.resume_webhook(at.by(), at.scope()).await?;
    shown(&app, &at, StatusCode::OK).await
}

async fn exists(app: &App, at: &At) -> Result<(), ApiError> {
    let known = app.engine.store().webhook(at.scope()).await.map_err(ringtrue_engine::Error::from)?;
    known.map(drop).ok_or_else(|| none("webhook"))
}

async fn shown(app: &App, at: &At, status: StatusCode) -> Result<Response, ApiError> {
    let WebhookReport { webhook, version, health, waiting, waiting_more } =
        app.engine.webhook(at.scope()).await?;
    // Callers put tokens into paths and queries.
    let whole = at.may(Permission::ManageWebhooks);
    let url = if whole { webhook.url.expose().to_owned() } else { webhook.url.origin() };
    let reason = |why| match why {
        PauseReason::Asked => "asked",
        PauseReason::Gone => "gone",
        PauseReason::Failing { .. } => "failing",
    };
    let shown = WebhookResponse {
        url,
        created_at: webhook.created_at.to_string(),
        paused_at: webhook.paused.map(|paused| paused.at.to_string()),
        pause_reason: webhook.paused.map(|paused| reason(paused.why).to_owned()),
        rotating: webhook.secrets.len() > 1,
        waiting,
        waiting_is_more: waiting_more,
        failures: health.failures,
        failing_since: health.failing_since.map(|at| at.to_string()),
        succeeded_at: health.succeeded_at.map(|at| at.to_string()),
    };
    Ok(tagged(status, version, shown))
}

fn told(secrets: &[SigningSecret]) -> Json<WebhookSecretsResponse> {
    let told = |secret: &SigningSecret| WebhookSecret {
        secret: secret.value.expose().to_owned(),
        created_at: secret.created_at.to_string(),
        retires_at: secret.retires_at.map(|at| at.to_string()),
    };
    Json(WebhookSecretsResponse { secrets: secrets.iter().map(told).collect() })
}
