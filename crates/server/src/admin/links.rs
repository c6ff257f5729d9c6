//! Projects that see each other's identities of the same number.

use axum::{Json, extract::State, http::StatusCode};
use ringtrue_domain::ProjectId;
use ringtrue_engine::{ProjectLink, model::StoredProject};
use ringtrue_wire::admin::{
    link::{ProjectLinkListResponse, ProjectLinkResponse},
    problem::Problem,
};

use super::holder::{Holder, Id, May, Of, needs, stored};
use crate::{http::ApiError, state::App};

/// The projects that one is linked with, or that want to be linked with it. A link has an effect while both sides want it:
/// each is then told, by number, that the other has identities, and which; for sandbox and for production.
#[utoipa::path(get, path = "/admin/v1/projects/{id}/links", tag = "projects", security(("accessKey" = [])),
    params(("id" = String, Path, description = "the project")),
    responses((status = 200, body = ProjectLinkListResponse), (status = "4XX", body = Problem, content_type = "application/problem+json"), (status = "5XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn list(
    State(app): State<App>,
    _: May<needs::SeeProjects>,
    Id(id): Id<ProjectId>,
) -> Result<Json<ProjectLinkListResponse>, ApiError> {
    let project = stored(&app, id).await?.project;
    let all = app.engine.store().projects().await.map_err(ringtrue_engine::Error::from)?;
    let links = ProjectLink::of(&project, &all).into_iter().map(told).collect();
    Ok(Json(ProjectLinkListResponse { links }))
}

/// Lets a project want a link with another one; it has an effect once the other one wants it too.
#[utoipa::path(put, path = "/admin/v1/projects/{id}/links/{other}", tag = "projects", security(("accessKey" = [])),
    params(("id" = String, Path, description = "the project"), ("other" = String, Path, description = "the other project")),
    responses((status = 200, body = ProjectLinkResponse), (status = "4XX", body = Problem, content_type = "application/problem+json"), (status = "5XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn put(
    State(app): State<App>,
    _: May<needs::ManageProjects>,
    holder: Holder,
    Of(StoredProject { project, .. }, other): Of<ProjectId>,
) -> Result<Json<ProjectLinkResponse>, ApiError> {
    let other = stored(&app, other).await?.project;
    app.engine.link_project(holder.by(), project.id, other.id, true).await?;
    let project = stored(&app, project.id).await?.project;
    Ok(Json(told(ProjectLink::between(&project, &other))))
}

/// Lets a project want no link with another one any more: neither sees the other's identities from then on.
#[utoipa::path(delete, path = "/admin/v1/projects/{id}/links/{other}", tag = "projects", security(("accessKey" = [])),
    params(("id" = String, Path, description = "the project"), ("other" = String, Path, description = "the other project")),
    responses((status = 204), (status = "4XX", body = Problem, content_type = "application/problem+json"), (status = "5XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn remove(
    State(app): State<App>,
    _: May<needs::ManageProjects>,
    holder: Holder,
    Of(StoredProject { project, .. }, other): Of<ProjectId>,
) -> Result<StatusCode, ApiError> {
    let other = stored(&app, other).await?.project;
    app.engine.link_project(holder.by(), project.id, other.id, false).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn told(link: ProjectLink) -> ProjectLinkResponse {
    ProjectLinkResponse {
        linked: link.is_mutual(),
        project_id: link.project.to_string(),
        name: link.name,
        wanted: link.wanted,
        wanted_by_other: link.wanted_by_other,
    }
}
