//! The credentials of back ends.

use axum::{Json, extract::State, http::StatusCode};
use ringtrue_domain::CredentialId;
use ringtrue_engine::{MadeCredential, model::Credential};
use ringtrue_wire::admin::{
    credential::{
        CredentialCreatedResponse, CredentialListResponse, CredentialNameRequest, CredentialResponse,
    },
    problem::Problem,
};

use super::holder::{At, Id, May, Once, PlaceParams, needs, none};
use crate::{
    http::{ApiError, JsonBody, body::OptionalJsonBody, idempotent::IdempotencyHeader},
    state::App,
};

/// The credentials of an environment, revoked ones too, without their secrets.
#[utoipa::path(get, path = "/admin/v1/projects/{project}/{environment}/credentials", tag = "projects", security(("accessKey" = [])),
    params(PlaceParams),
    responses((status = 200, body = CredentialListResponse), (status = "4XX", body = Problem, content_type = "application/problem+json"), (status = "5XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn list(
    State(app): State<App>,
    _: May<needs::SeeProjects>,
    at: At,
) -> Result<Json<CredentialListResponse>, ApiError> {
    let known = app.engine.store().credentials(at.scope()).await.map_err(ringtrue_engine::Error::from)?;
    Ok(Json(CredentialListResponse { credentials: known.into_iter().map(told).collect() }))
}

/// Creates a credential. Its secret is in this answer only: with an `Idempotency-Key` the same request makes no second
/// one, and its answer has no secret any more.
#[utoipa::path(post, path = "/admin/v1/projects/{project}/{environment}/credentials", tag = "projects", request_body = Option<CredentialNameRequest>, security(("accessKey" = [])),
    params(PlaceParams, IdempotencyHeader),
    responses((status = 201, body = CredentialCreatedResponse), (status = 200, body = CredentialCreatedResponse), (status = "4XX", body = Problem, content_type = "application/problem+json"), (status = "5XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn create(
    State(app): State<App>,
    _: May<needs::ManageCredentials>,
    at: At,
    once: Once,
    OptionalJsonBody { value, raw }: OptionalJsonBody<CredentialNameRequest>,
) -> Result<(StatusCode, Json<CredentialCreatedResponse>), ApiError> {
    let name = value.name.as_deref();
    let made = if let Some(key) = at.key(once, &raw)? {
        app.engine.create_credential_once(at.by(), at.scope(), name, &key).await?
    } else {
        let fresh = app.engine.create_credential(at.by(), at.project.id, at.environment, name).await?;
        MadeCredential::Fresh(fresh)
    };
    let (status, id, secret) = match made {
        MadeCredential::Fresh(fresh) => (StatusCode::CREATED, fresh.id, Some(fresh.secret)),
        MadeCredential::Before(id) => (StatusCode::OK, id, None),
    };
    let client_secret = secret.map(|secret| secret.expose().to_owned());
    Ok((status, Json(CredentialCreatedResponse { client_id: id.to_string(), client_secret })))
}

/// Gives a credential another name, or none.
#[utoipa::path(patch, path = "/admin/v1/projects/{project}/{environment}/credentials/{id}", tag = "projects", request_body = CredentialNameRequest, security(("accessKey" = [])),
    params(PlaceParams, ("id" = String, Path, description = "`clientId`")),
    responses((status = 200, body = CredentialResponse), (status = "4XX", body = Problem, content_type = "application/problem+json"), (status = "5XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn rename(
    State(app): State<App>,
    _: May<needs::ManageCredentials>,
    at: At,
    Id(id): Id<CredentialId>,
    JsonBody { value, .. }: JsonBody<CredentialNameRequest>,
) -> Result<Json<CredentialResponse>, ApiError> {
    known(&app, &at, id).await?;
    let named = app.engine.name_credential(at.by(), id, value.name.as_deref()).await?;
    Ok(Json(told(named)))
}

/// Revokes a credential; its tokens stop at once. Revoking it again changes nothing.
#[utoipa::path(delete, path = "/admin/v1/projects/{project}/{environment}/credentials/{id}", tag = "projects", security(("accessKey" = [])),
    params(PlaceParams, ("id" = String, Path, description = "`clientId`")),
    responses((status = 204), (status = "4XX", body = Problem, content_type = "application/problem+json"), (status = "5XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn revoke(
    State(app): State<App>,
    _: May<needs::ManageCredentials>,
    at: At,
    Id(id): Id<CredentialId>,
) -> Result<StatusCode, ApiError> {
    known(&app, &at, id).await?;
    app.engine.revoke_credential(at.by(), id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// One of another project or environment is none here.
async fn known(app: &App, at: &At, id: CredentialId) -> Result<(), ApiError> {
    let known = app.engine.store().credential(id).await.map_err(ringtrue_engine::Error::from)?;
    let here = |one: &Credential| (one.project, one.environment) == (at.project.id, at.environment);
    known.filter(here).map(drop).ok_or_else(|| none("credential"))
}

fn told(credential: Credential) -> CredentialResponse {
    CredentialResponse {
        client_id: credential.id.to_string(),
        name: credential.name.map(|name| name.as_str().to_owned()),
        created_at: credential.created_at.to_string(),
        used_at: credential.used_at.map(|at| at.to_string()),
        revoked_at: credential.revoked_at.map(|at| at.to_string()),
    }
}
