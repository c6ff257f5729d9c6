//! Logos of projects, at addresses that change with their content.

use axum::{
    body::Body,
    extract::State,
    http::{HeaderName, HeaderValue, header},
    response::{IntoResponse as _, Response},
};
use ringtrue_domain::{ProjectId, secret::Digest};
use ringtrue_engine::model::Project;

use crate::{
    http::{ApiError, Code, parts::Path},
    state::App,
};

/// Where a project's logo is, if it has one.
pub(crate) fn logo_address(project: &Project) -> Option<String> {
    let digest = project.settings.logo?;
    Some(format!("/logo/{}/{}", project.id, digest.to_hex()))
}

/// The logo. Another one has another address, so browsers never ask again.
pub(super) async fn show(
    State(app): State<App>,
    Path((project, digest)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    let none = || ApiError::new(Code::NotFound, "no such path");
    let project: ProjectId = project.parse().map_err(|_| none())?;
    let asked = Digest::from_hex(&digest).ok_or_else(none)?;
    let (known, logo) = app.engine.logo(project).await?.ok_or_else(none)?;
    if known != asked {
        return Err(none());
    }
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(logo.kind().media_type())),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable")),
        (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
    ];
    Ok((headers, Body::from(logo.into_bytes())).into_response())
}
