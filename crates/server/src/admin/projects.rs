//! Projects and their settings, as one thing that can be put again and again.

use axum::{Json, extract::State, http::StatusCode, response::Response};
use ringtrue_domain::ProjectId;
use ringtrue_engine::{
    ProjectRules,
    model::{Limits, PerNumber, Project, StoredProject},
};
use ringtrue_wire::admin::{
    problem::Problem,
    project::{ProjectListResponse, ProjectResponse, PutProjectRequest, VerificationsPerNumber},
};

use super::{
    holder::{Holder, Id, May, needs, required, stored},
    precondition::{Precondition, PreconditionHeaders, tagged},
};
use crate::{
    http::{ApiError, JsonBody},
    state::App,
};

/// All projects, oldest first.
#[utoipa::path(get, path = "/admin/v1/projects", tag = "projects", security(("accessKey" = [])),
    responses((status = 200, body = ProjectListResponse), (status = "4XX", body = Problem, content_type = "application/problem+json"), (status = "5XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn list(
    State(app): State<App>,
    _: May<needs::SeeProjects>,
) -> Result<Json<ProjectListResponse>, ApiError> {
    let projects = app.engine.store().projects().await.map_err(ringtrue_engine::Error::from)?;
    Ok(Json(ProjectListResponse { projects: projects.into_iter().map(told).collect() }))
}

/// A project; its `ETag` is for the next change.
#[utoipa::path(get, path = "/admin/v1/projects/{id}", tag = "projects", security(("accessKey" = [])),
    params(("id" = String, Path, description = "the project")),
    responses((status = 200, body = ProjectResponse), (status = "4XX", body = Problem, content_type = "application/problem+json"), (status = "5XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn show(
    State(app): State<App>,
    _: May<needs::SeeProjects>,
    Id(id): Id<ProjectId>,
) -> Result<Response, ApiError> {
    let StoredProject { version, project } = stored(&app, id).await?;
    Ok(tagged(StatusCode::OK, version, told(project)))
}

/// Makes a project be called and set up so. The id is the caller's choice, any UUID: one that there is not yet is created
/// (201), so that the call can be repeated. Settings that are absent are the environment's defaults again.
#[utoipa::path(put, path = "/admin/v1/projects/{id}", tag = "projects", request_body = PutProjectRequest, security(("accessKey" = [])),
    params(("id" = String, Path, description = "the project, a UUID"), PreconditionHeaders),
    responses((status = 200, body = ProjectResponse), (status = 201, body = ProjectResponse), (status = "4XX", body = Problem, content_type = "application/problem+json"), (status = "5XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn put(
    State(app): State<App>,
    _: May<needs::ManageProjects>,
    holder: Holder,
    Id(id): Id<ProjectId>,
    Precondition(meant): Precondition,
    JsonBody { value, .. }: JsonBody<PutProjectRequest>,
) -> Result<Response, ApiError> {
    let VerificationsPerNumber { per_hour, per_day } = value.verifications_per_number.unwrap_or_default();
    let rules = ProjectRules {
        bound_host: value.bound_host,
        retry_page: value.retry_page.unwrap_or_default(),
        number_change: value.number_change,
        resend_pause_seconds: value.resend_pause_seconds,
        limits: Limits {
            per_number: PerNumber { per_hour, per_day },
            countries: value.countries.unwrap_or_default(),
        },
    };
    let name = required("name", value.name)?;
    let put = app.engine.put_project(holder.by(), id, &name, rules, meant).await?;
    let status = if put.created { StatusCode::CREATED } else { StatusCode::OK };
    Ok(tagged(status, put.stored.version, told(put.stored.project)))
}

fn told(project: Project) -> ProjectResponse {
    let settings = project.settings;
    let per_number = settings.limits.per_number;
    ProjectResponse {
        id: project.id.to_string(),
        name: project.name,
        bound_host: settings.bound_host,
        retry_page: settings.retry_page,
        number_change: settings.number_change,
        resend_pause_seconds: settings.resend_pause_seconds,
        verifications_per_number: (!per_number.is_empty())
            .then_some(VerificationsPerNumber { per_hour: per_number.per_hour, per_day: per_number.per_day }),
        countries: settings.limits.countries,
        created_at: project.created_at.to_string(),
    }
}
