//! A project's logo.

use axum::{
    body::{Body, Bytes},
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use ringtrue_domain::{MAX_LOGO_BYTES, ProjectId};
use ringtrue_wire::admin::problem::Problem;

use super::{
    holder::{Holder, Id, May, needs, none},
    texts::project,
};
use crate::{
    http::{ApiError, body},
    state::App,
};

/// The logo that the page of a link shows: an image.
#[utoipa::path(get, path = "/admin/v1/projects/{id}/logo", tag = "projects", security(("accessKey" = [])),
    params(("id" = String, Path, description = "the project")),
    responses((status = 200, description = "the image", body = String, content_type = "image/*"), (status = "4XX", body = Problem, content_type = "application/problem+json"), (status = "5XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn show(
    State(app): State<App>,
    _: May<needs::SeeProjects>,
    Id(id): Id<ProjectId>,
) -> Result<Response, ApiError> {
    project(&app, id).await?;
    let (_, logo) = app.engine.logo(id).await?.ok_or_else(|| none("logo"))?;
    let kind = HeaderValue::from_static(logo.kind().media_type());
    Ok(([(header::CONTENT_TYPE, kind)], Body::from(logo.into_bytes())).into_response())
}

/// Gives a project a logo: the body is the image itself, PNG, JPEG or WebP, of at most 64 kB and 1024 × 1024 pixels.
#[utoipa::path(put, path = "/admin/v1/projects/{id}/logo", tag = "projects", security(("accessKey" = [])),
    request_body(content = String, content_type = "image/*", description = "the image"),
    params(("id" = String, Path, description = "the project")),
    responses((status = 204), (status = "4XX", body = Problem, content_type = "application/problem+json"), (status = "5XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn put(
    State(app): State<App>,
    _: May<needs::ManageProjects>,
    holder: Holder,
    Id(id): Id<ProjectId>,
    body: Body,
) -> Result<StatusCode, ApiError> {
    let image: Bytes = body::read(body, MAX_LOGO_BYTES).await?;
    project(&app, id).await?;
    app.engine.put_logo(holder.by(), id, image.into()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes a project's logo away, if it has one.
#[utoipa::path(delete, path = "/admin/v1/projects/{id}/logo", tag = "projects", security(("accessKey" = [])),
    params(("id" = String, Path, description = "the project")),
    responses((status = 204), (status = "4XX", body = Problem, content_type = "application/problem+json"), (status = "5XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn remove(
    State(app): State<App>,
    _: May<needs::ManageProjects>,
    holder: Holder,
    Id(id): Id<ProjectId>,
) -> Result<StatusCode, ApiError> {
    project(&app, id).await?;
    app.engine.remove_logo(holder.by(), id).await?;
    Ok(StatusCode::NO_CONTENT)
}
