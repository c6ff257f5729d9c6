//! Enrolled people and numbers.

use axum::{Json, extract::State, http::StatusCode};
use ringtrue_domain::{IdentityId, PhoneNumber};
use ringtrue_engine::MAX_OF_NUMBER;
use ringtrue_wire::admin::{
    identity::{EventPageResponse, IdentityPageResponse, IdentitySearchRequest, IdentitySummary},
    problem::Problem,
};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    convert::{MAX_ROWS, PAGE_ROWS, event, identity},
    holder::{At, Id, May, PlaceParams, needs, read, required},
};
use crate::{
    http::{
        ApiError, JsonBody,
        parts::{Query, given, whole_number},
    },
    state::App,
};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct IdentitiesQuery {
    /// `next` of the page before
    after: Option<String>,
    /// 1 to 100; default 50
    limit: Option<String>,
}

/// Identities in the order of their enrolment, inactive ones too.
#[utoipa::path(get, path = "/admin/v1/projects/{project}/{environment}/identities", tag = "people", security(("accessKey" = [])),
    params(PlaceParams, IdentitiesQuery),
    responses((status = 200, body = IdentityPageResponse), (status = "4XX", body = Problem, content_type = "application/problem+json"), (status = "5XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn list(
    State(app): State<App>,
    _: May<needs::SeeIdentities>,
    at: At,
    Query(query): Query<IdentitiesQuery>,
) -> Result<Json<IdentityPageResponse>, ApiError> {
    let limit = whole_number("limit", query.limit.as_deref(), 1..=MAX_ROWS)?.unwrap_or(PAGE_ROWS);
    let after: Option<IdentityId> =
        read("after", "must be next of the page before", given(query.after.as_deref()))?;
    let store = app.engine.store();
    let mut found =
        store.identities(at.scope(), after, limit + 1, true).await.map_err(ringtrue_engine::Error::from)?;
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().filter(|_| more).map(|last| last.id.to_string());
    Ok(Json(IdentityPageResponse { identities: found.iter().map(identity).collect(), next }))
}

/// The identities of a number, at most 1,000. A POST, because addresses are kept in logs.
#[utoipa::path(post, path = "/admin/v1/projects/{project}/{environment}/identities/search", tag = "people", request_body = IdentitySearchRequest, security(("accessKey" = [])),
    params(PlaceParams),
    responses((status = 200, body = IdentityPageResponse), (status = "4XX", body = Problem, content_type = "application/problem+json"), (status = "5XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn search(
    State(app): State<App>,
    _: May<needs::SeeIdentities>,
    at: At,
    JsonBody { value, .. }: JsonBody<IdentitySearchRequest>,
) -> Result<Json<IdentityPageResponse>, ApiError> {
    let number = required("phoneNumber", value.phone_number)?;
    let phone = PhoneNumber::normalize("phoneNumber", &number)?;
    let store = app.engine.store();
    let found = store.identities_of(at.scope(), &phone, MAX_OF_NUMBER).await;
    let found = found.map_err(ringtrue_engine::Error::from)?;
    Ok(Json(IdentityPageResponse { identities: found.iter().map(identity).collect(), next: None }))
}

/// An identity.
#[utoipa::path(get, path = "/admin/v1/projects/{project}/{environment}/identities/{id}", tag = "people", security(("accessKey" = [])),
    params(PlaceParams, ("id" = String, Path, description = "`identityId`")),
    responses((status = 200, body = IdentitySummary), (status = "4XX", body = Problem, content_type = "application/problem+json"), (status = "5XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn show(
    State(app): State<App>,
    _: May<needs::SeeIdentities>,
    at: At,
    Id(id): Id<IdentityId>,
) -> Result<Json<IdentitySummary>, ApiError> {
    Ok(Json(identity(&app.engine.identity(at.scope(), &id.to_string()).await?)))
}

/// Lets changes of the number lead to events again.
#[utoipa::path(post, path = "/admin/v1/projects/{project}/{environment}/identities/{id}/activate", tag = "people", security(("accessKey" = [])),
    params(PlaceParams, ("id" = String, Path, description = "`identityId`")),
    responses((status = 200, body = IdentitySummary), (status = "4XX", body = Problem, content_type = "application/problem+json"), (status = "5XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn activate(
    State(app): State<App>,
    _: May<needs::ManageIdentities>,
    at: At,
    Id(id): Id<IdentityId>,
) -> Result<Json<IdentitySummary>, ApiError> {
    app.engine.activate(at.by(), at.scope(), &id.to_string()).await?;
    Ok(Json(identity(&app.engine.identity(at.scope(), &id.to_string()).await?)))
}

/// Lets nothing more be told of the identity, not even what happened already and was not delivered yet.
#[utoipa::path(post, path = "/admin/v1/projects/{project}/{environment}/identities/{id}/deactivate", tag = "people", security(("accessKey" = [])),
    params(PlaceParams, ("id" = String, Path, description = "`identityId`")),
    responses((status = 200, body = IdentitySummary), (status = "4XX", body = Problem, content_type = "application/problem+json"), (status = "5XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn deactivate(
    State(app): State<App>,
    _: May<needs::ManageIdentities>,
    at: At,
    Id(id): Id<IdentityId>,
) -> Result<Json<IdentitySummary>, ApiError> {
    app.engine.deactivate(at.by(), at.scope(), &id.to_string()).await?;
    Ok(Json(identity(&app.engine.identity(at.scope(), &id.to_string()).await?)))
}

/// Removes the identity and everything personal with it.
#[utoipa::path(delete, path = "/admin/v1/projects/{project}/{environment}/identities/{id}", tag = "people", security(("accessKey" = [])),
    params(PlaceParams, ("id" = String, Path, description = "`identityId`")),
    responses((status = 204), (status = "4XX", body = Problem, content_type = "application/problem+json"), (status = "5XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn disenroll(
    State(app): State<App>,
    _: May<needs::ManageIdentities>,
    at: At,
    Id(id): Id<IdentityId>,
) -> Result<StatusCode, ApiError> {
    app.engine.disenrol(at.by(), at.scope(), &id.to_string()).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct BeforeQuery {
    /// `next` of the page before
    before: Option<String>,
}

/// What became of an identity's number, newest first.
#[utoipa::path(get, path = "/admin/v1/projects/{project}/{environment}/identities/{id}/events", tag = "people", security(("accessKey" = [])),
    params(PlaceParams, ("id" = String, Path, description = "`identityId`"), BeforeQuery),
    responses((status = 200, body = EventPageResponse), (status = "4XX", body = Problem, content_type = "application/problem+json"), (status = "5XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn events(
    State(app): State<App>,
    _: May<needs::SeeIdentities>,
    at: At,
    Id(id): Id<IdentityId>,
    Query(query): Query<BeforeQuery>,
) -> Result<Json<EventPageResponse>, ApiError> {
    let before = read("before", "must be next of the page before", given(query.before.as_deref()))?;
    app.engine.identity(at.scope(), &id.to_string()).await?;
    let found = app.engine.store().events_of(at.scope(), id, before, PAGE_ROWS + 1).await;
    let mut found = found.map_err(ringtrue_engine::Error::from)?;
    let more = found.len() > PAGE_ROWS;
    found.truncate(PAGE_ROWS);
    let next = found.last().filter(|_| more).map(|last| last.cursor);
    Ok(Json(EventPageResponse {
        events: found.iter().map(|stored| event(stored, at.environment)).collect(),
        next,
    }))
}
