//! Calls about one identity: activate, deactivate, disenroll, cross-domain.

use axum::{Json, extract::State, response::Response};
use ringtrue_engine::{By, Key};
use ringtrue_wire::{
    error::ErrorBody,
    identity::{CrossDomainResponse, IdentityRequest, LinkedIdentity, SuccessResponse},
};

use crate::{
    api::caller_text,
    http::{
        ApiError, Authenticated,
        body::OptionalJsonBody,
        idempotent::{IdempotencyHeader, IdempotencyKey, answer_once},
        parts::Path,
    },
    state::App,
};

/// The idempotency key of a call whose body says nothing but which request it is.
fn checked(
    key: &IdempotencyKey,
    caller: &Authenticated,
    body: OptionalJsonBody<IdentityRequest>,
) -> Result<Option<Key>, ApiError> {
    let key = key.with(caller, &body.raw)?;
    caller_text("clientRequestId", body.value.client_request_id)?;
    Ok(key)
}

const DONE: SuccessResponse = SuccessResponse { success: true };

/// Lets changes of the identity's number lead to events again. What happened meanwhile is not told.
#[utoipa::path(post, path = "/v3/identity/{id}/activate", tag = "identity", request_body = Option<IdentityRequest>,
    security(("bearer" = [])), params(("id" = String, Path, description = "`identityId`"), IdempotencyHeader),
    responses((status = 200, body = SuccessResponse), (status = "4XX", body = ErrorBody), (status = "5XX", body = ErrorBody)))]
pub(crate) async fn activate(
    State(app): State<App>,
    caller: Authenticated,
    key: IdempotencyKey,
    Path(id): Path<String>,
    body: OptionalJsonBody<IdentityRequest>,
) -> Result<Response, ApiError> {
    let key = checked(&key, &caller, body)?;
    let answer = async {
        app.engine.activate(By::Nobody, caller.0.scope(), &id).await?;
        Ok(DONE)
    };
    answer_once(&app, key.as_ref(), answer).await
}

/// Lets nothing more be told of the identity, not even what happened already and was not delivered yet.
#[utoipa::path(post, path = "/v3/identity/{id}/deactivate", tag = "identity", request_body = Option<IdentityRequest>,
    security(("bearer" = [])), params(("id" = String, Path, description = "`identityId`"), IdempotencyHeader),
    responses((status = 200, body = SuccessResponse), (status = "4XX", body = ErrorBody), (status = "5XX", body = ErrorBody)))]
pub(crate) async fn deactivate(
    State(app): State<App>,
    caller: Authenticated,
    key: IdempotencyKey,
    Path(id): Path<String>,
    body: OptionalJsonBody<IdentityRequest>,
) -> Result<Response, ApiError> {
    let key = checked(&key, &caller, body)?;
    let answer = async {
        app.engine.deactivate(By::Nobody, caller.0.scope(), &id).await?;
        Ok(DONE)
    };
    answer_once(&app, key.as_ref(), answer).await
}

/// Removes the identity and everything personal with it.
#[utoipa::path(delete, path = "/v3/identity/{id}", tag = "identity", security(("bearer" = [])),
    params(("id" = String, Path, description = "`identityId`")),
    responses((status = 200, body = SuccessResponse), (status = "4XX", body = ErrorBody), (status = "5XX", body = ErrorBody)))]
pub(crate) async fn disenroll(
    State(app): State<App>,
    caller: Authenticated,
    Path(id): Path<String>,
) -> Result<Json<SuccessResponse>, ApiError> {
    app.engine.disenrol(By::Nobody, caller.0.scope(), &id).await?;
    Ok(Json(DONE))
}

/// The identities of the same number in the projects that this one is linked with; at most 1,000, and `more` says
/// whether there are more.
#[utoipa::path(post, path = "/v3/identity/{id}/cross-domain", tag = "identity",
    request_body = Option<IdentityRequest>, security(("bearer" = [])),
    params(("id" = String, Path, description = "`identityId`"), IdempotencyHeader),
    responses((status = 200, body = CrossDomainResponse), (status = "4XX", body = ErrorBody), (status = "5XX", body = ErrorBody)))]
pub(crate) async fn cross_domain(
    State(app): State<App>,
    caller: Authenticated,
    key: IdempotencyKey,
    Path(id): Path<String>,
    body: OptionalJsonBody<IdentityRequest>,
) -> Result<Response, ApiError> {
    let key = checked(&key, &caller, body)?;
    let answer = async {
        let linked = app.engine.linked_identities(&caller.0, &id).await?;
        let identities: Vec<_> = (linked.identities.into_iter())
            .map(|linked| LinkedIdentity {
                client_name: linked.project_name,
                identity_id: linked.id.to_string(),
                pcid: linked.project.to_string(),
            })
            .collect();
        let count = identities.len();
        Ok(CrossDomainResponse { count, identites: identities.clone(), identities, more: linked.more })
    };
    answer_once(&app, key.as_ref(), answer).await
}
