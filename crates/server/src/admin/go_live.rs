//! What is missing before real people can be verified, and trying it. Production only.

use axum::{Json, extract::State, http::StatusCode};
use ringtrue_domain::FieldError;
use ringtrue_engine::{Error, SourceAnswer};
use ringtrue_wire::admin::{
    go_live::{GoLiveResponse, TryMessageRequest, TryMessageResponse, TrySourceRequest, TrySourceResponse},
    problem::Problem,
};

use super::holder::{At, May, PlaceParams, needs, required};
use crate::{
    http::{ApiError, JsonBody},
    readiness::Readiness,
    state::App,
};

/// What is missing before real people can be verified.
#[utoipa::path(get, path = "/admin/v1/projects/{project}/{environment}/go-live", tag = "projects", security(("accessKey" = [])),
    params(PlaceParams),
    responses((status = 200, body = GoLiveResponse), (status = "4XX", body = Problem, content_type = "application/problem+json"), (status = "5XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn show(
    State(app): State<App>,
    _: May<needs::SeeProjects>,
    at: At,
) -> Result<Json<GoLiveResponse>, ApiError> {
    at.production_only()?;
    let there = Readiness::of(&app, at.project.id, at.project.settings.trials).await?;
    let missing: Vec<_> = there.missing().map(str::to_owned).collect();
    Ok(Json(GoLiveResponse {
        ready: missing.is_empty(),
        missing,
        has_gateway: there.has_gateway,
        message_arrived_at: there.trials.message_arrived_at.map(|at| at.to_string()),
        source_answered_at: there.trials.source_answered_at.map(|at| at.to_string()),
        has_webhook: there.has_webhook,
        delivered_at: there.delivered_at.map(|at| at.to_string()),
        has_credential: there.has_credential,
        has_https: there.has_tls,
    }))
}

/// Sends a text with a code to a phone of yours. Each costs money: ten of a project and thirty of the installation within
/// ten minutes, trials of the identity source among them.
#[utoipa::path(post, path = "/admin/v1/projects/{project}/{environment}/go-live/message", tag = "projects", request_body = TryMessageRequest, security(("accessKey" = [])),
    params(PlaceParams),
    responses((status = 200, body = TryMessageResponse), (status = "4XX", body = Problem, content_type = "application/problem+json"), (status = "5XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn message(
    State(app): State<App>,
    _: May<needs::ManageProjects>,
    at: At,
    JsonBody { value, .. }: JsonBody<TryMessageRequest>,
) -> Result<Json<TryMessageResponse>, ApiError> {
    at.production_only()?;
    let number = required("phoneNumber", value.phone_number)?;
    let code = app.engine.try_message(at.by(), at.project.id, &number).await.map_err(in_our_words)?;
    Ok(Json(TryMessageResponse { code: code.expose().to_owned() }))
}

/// Writes down that a text of a trial arrived: whoever read its code on the phone says so.
#[utoipa::path(post, path = "/admin/v1/projects/{project}/{environment}/go-live/message/arrived", tag = "projects", security(("accessKey" = [])),
    params(PlaceParams),
    responses((status = 204), (status = "4XX", body = Problem, content_type = "application/problem+json"), (status = "5XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn arrived(
    State(app): State<App>,
    _: May<needs::ManageProjects>,
    at: At,
) -> Result<StatusCode, ApiError> {
    at.production_only()?;
    app.engine.message_arrived(at.by(), at.project.id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Asks the identity source about a number and a name, under the same limit as texts.
#[utoipa::path(post, path = "/admin/v1/projects/{project}/{environment}/go-live/source", tag = "projects", request_body = TrySourceRequest, security(("accessKey" = [])),
    params(PlaceParams),
    responses((status = 200, body = TrySourceResponse), (status = "4XX", body = Problem, content_type = "application/problem+json"), (status = "5XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn source(
    State(app): State<App>,
    _: May<needs::ManageProjects>,
    at: At,
    JsonBody { value, .. }: JsonBody<TrySourceRequest>,
) -> Result<Json<TrySourceResponse>, ApiError> {
    at.production_only()?;
    let number = required("phoneNumber", value.phone_number)?;
    let first = required("firstName", value.first_name)?;
    let last = required("lastName", value.last_name)?;
    let asked = app.engine.try_identity(at.by(), at.project.id, &number, [&first, &last]).await;
    Ok(Json(match asked.map_err(in_our_words)? {
        SourceAnswer::Known { name_matches } => {
            TrySourceResponse { known: true, name_matches: Some(name_matches) }
        }
        SourceAnswer::Unknown => TrySourceResponse { known: false, name_matches: None },
    }))
}

/// The field of a number has another name here than in the portal.
fn in_our_words(error: Error) -> ApiError {
    match error {
        Error::Field(FieldError { field: "number", rule }) => FieldError::new("phoneNumber", rule).into(),
        other => other.into(),
    }
}
