//! `GET /v3/identity`, `/v3/identity/{id}` and `/v3/identity/{number}/lookup`

use axum::{Json, extract::State};
use ringtrue_wire::{
    error::ErrorBody,
    identity::{IdentityListResponse, IdentityLookupResponse, IdentityResponse},
};
use serde::Deserialize;

use super::convert::{reference, response};
use crate::{
    http::{
        ApiError, Authenticated,
        parts::{Path, Query, given, switch, whole_number},
    },
    state::App,
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ListQuery {
    limit: Option<String>,
    start_key: Option<String>,
    show_inactive: Option<String>,
}

/// Lists identities in the order in which they were enrolled.
#[utoipa::path(get, path = "/v3/identity", tag = "identity", security(("bearer" = [])),
    params(
        ("limit" = Option<u8>, Query, description = "1 to 100 identities; default 100"),
        ("startKey" = Option<String>, Query, description = "the `lastKey` of the page before"),
        ("showInactive" = Option<bool>, Query, description = "inactive ones too; default false"),
    ),
    responses((status = 200, body = IdentityListResponse), (status = "4XX", body = ErrorBody), (status = "5XX", body = ErrorBody)))]
pub(crate) async fn list(
    State(app): State<App>,
    caller: Authenticated,
    Query(query): Query<ListQuery>,
) -> Result<Json<IdentityListResponse>, ApiError> {
    let limit = whole_number("limit", query.limit.as_deref(), 1..=100)?;
    let inactive_too = switch("showInactive", query.show_inactive.as_deref())?;
    let start_key = given(query.start_key.as_deref());
    let page = app.engine.identities(&caller.0, start_key, limit, inactive_too).await?;
    let results = page.ids.into_iter().map(reference).collect();
    Ok(Json(IdentityListResponse { results, last_key: page.last_key }))
}

/// What is known of an identity.
#[utoipa::path(get, path = "/v3/identity/{id}", tag = "identity", security(("bearer" = [])),
    params(("id" = String, Path, description = "`identityId`")),
    responses((status = 200, body = IdentityResponse), (status = "4XX", body = ErrorBody), (status = "5XX", body = ErrorBody)))]
pub(crate) async fn get(
    State(app): State<App>,
    caller: Authenticated,
    Path(id): Path<String>,
) -> Result<Json<IdentityResponse>, ApiError> {
    Ok(Json(response(app.engine.identity(caller.0.scope(), &id).await?)))
}

/// The identities of a number, inactive ones too; at most 1,000, and `more` says whether there are more.
#[utoipa::path(get, path = "/v3/identity/{number}/lookup", tag = "identity", security(("bearer" = [])),
    params(("number" = String, Path, description = "the number, percent-encoded: `%2B12001004031`")),
    responses((status = 200, body = IdentityLookupResponse), (status = "4XX", body = ErrorBody), (status = "5XX", body = ErrorBody)))]
pub(crate) async fn lookup(
    State(app): State<App>,
    caller: Authenticated,
    Path(number): Path<String>,
) -> Result<Json<IdentityLookupResponse>, ApiError> {
    let found = app.engine.identities_of(&caller.0, &number).await?;
    let items = found.identities.into_iter().map(response).collect();
    Ok(Json(IdentityLookupResponse { items, more: found.more }))
}
