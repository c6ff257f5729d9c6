//! Where links of a project may lead, and which pages may call.

use axum::{Json, extract::State};
use ringtrue_domain::ProjectId;
use ringtrue_wire::admin::{
    problem::Problem,
    text::{Origins, Targets},
};

use super::{
    holder::{Holder, Id, May, needs},
    texts::project,
};
use crate::{
    http::{ApiError, JsonBody},
    state::App,
};

/// Where links of a project may lead.
#[utoipa::path(get, path = "/admin/v1/projects/{id}/targets", tag = "projects", security(("accessKey" = [])),
    params(("id" = String, Path, description = "the project")),
    responses((status = 200, body = Targets), (status = "4XX", body = Problem, content_type = "application/problem+json"), (status = "5XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn targets(
    State(app): State<App>,
    _: May<needs::SeeProjects>,
    Id(id): Id<ProjectId>,
) -> Result<Json<Targets>, ApiError> {
    Ok(Json(Targets { targets: project(&app, id).await?.settings.targets }))
}

/// Says where links of a project may lead: a verification whose `finalTargetUrl` is elsewhere is refused.
#[utoipa::path(put, path = "/admin/v1/projects/{id}/targets", tag = "projects", request_body = Targets, security(("accessKey" = [])),
    params(("id" = String, Path, description = "the project")),
    responses((status = 200, body = Targets), (status = "4XX", body = Problem, content_type = "application/problem+json"), (status = "5XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn put_targets(
    State(app): State<App>,
    _: May<needs::ManageProjects>,
    holder: Holder,
    Id(id): Id<ProjectId>,
    JsonBody { value, .. }: JsonBody<Targets>,
) -> Result<Json<Targets>, ApiError> {
    project(&app, id).await?;
    app.engine.set_targets(holder.by(), id, &value.targets).await?;
    Ok(Json(Targets { targets: project(&app, id).await?.settings.targets }))
}

/// Which pages may call the device API of a project’s verifications.
#[utoipa::path(get, path = "/admin/v1/projects/{id}/origins", tag = "projects", security(("accessKey" = [])),
    params(("id" = String, Path, description = "the project")),
    responses((status = 200, body = Origins), (status = "4XX", body = Problem, content_type = "application/problem+json"), (status = "5XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn origins(
    State(app): State<App>,
    _: May<needs::SeeProjects>,
    Id(id): Id<ProjectId>,
) -> Result<Json<Origins>, ApiError> {
    Ok(Json(Origins { origins: project(&app, id).await?.settings.origins }))
}

/// Says which pages may call the device API of a project’s verifications, by their origins; it holds for verifications
/// from then on. A call whose `Origin` is another one is refused; one without, which no browser sends, is not. Origins
/// with http count in sandbox and on loopback hosts only.
#[utoipa::path(put, path = "/admin/v1/projects/{id}/origins", tag = "projects", request_body = Origins, security(("accessKey" = [])),
    params(("id" = String, Path, description = "the project")),
    responses((status = 200, body = Origins), (status = "4XX", body = Problem, content_type = "application/problem+json"), (status = "5XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn put_origins(
    State(app): State<App>,
    _: May<needs::ManageProjects>,
    holder: Holder,
    Id(id): Id<ProjectId>,
    JsonBody { value, .. }: JsonBody<Origins>,
) -> Result<Json<Origins>, ApiError> {
    project(&app, id).await?;
    app.engine.set_origins(holder.by(), id, &value.origins).await?;
    Ok(Json(Origins { origins: project(&app, id).await?.settings.origins }))
}
