//! All that is known of a person: handed out, and erased.

use axum::{Json, extract::State};
use ringtrue_domain::PhoneNumber;
use ringtrue_wire::admin::{
    person::{ErasedResponse, PersonRequest},
    problem::Problem,
};
use serde_json::Value;

use super::holder::{At, May, PlaceParams, needs, required};
use crate::{
    http::{ApiError, JsonBody},
    person_record,
    state::App,
};

fn number(request: PersonRequest) -> Result<PhoneNumber, ApiError> {
    let number = required("phoneNumber", request.phone_number)?;
    Ok(PhoneNumber::normalize("phoneNumber", &number)?)
}

/// All that is known of a person, in the clear. The audit log says that it was asked for.
#[utoipa::path(post, path = "/admin/v1/projects/{project}/{environment}/person/export", tag = "people", request_body = PersonRequest, security(("accessKey" = [])),
    params(PlaceParams),
    responses((status = 200, description = "Identities with their events, verifications with their history, and the sandbox’s messages", body = Object), (status = "4XX", body = Problem, content_type = "application/problem+json"), (status = "5XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn export(
    State(app): State<App>,
    _: May<needs::Erase>,
    at: At,
    JsonBody { value, .. }: JsonBody<PersonRequest>,
) -> Result<Json<Value>, ApiError> {
    let record = app.engine.export_person(at.by(), at.scope(), number(value)?).await?;
    Ok(Json(person_record::told(&record, app.engine.wall(), &at.project.name, at.environment)))
}

/// Erases all that is known of a person in this environment. Counts stay, since they say nothing about anybody. It cannot be
/// undone.
#[utoipa::path(post, path = "/admin/v1/projects/{project}/{environment}/person/erase", tag = "people", request_body = PersonRequest, security(("accessKey" = [])),
    params(PlaceParams),
    responses((status = 200, body = ErasedResponse), (status = "4XX", body = Problem, content_type = "application/problem+json"), (status = "5XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn erase(
    State(app): State<App>,
    _: May<needs::Erase>,
    at: At,
    JsonBody { value, .. }: JsonBody<PersonRequest>,
) -> Result<Json<ErasedResponse>, ApiError> {
    let gone = app.engine.erase_person(at.by(), at.scope(), number(value)?).await?;
    let (identities, verifications) = (gone.identities.len(), gone.verifications.len());
    Ok(Json(ErasedResponse { identities, verifications }))
}
