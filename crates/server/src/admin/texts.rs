//! What a project says in its own words.

use axum::{Json, extract::State};
use ringtrue_domain::{
    ProjectId,
    sms::{LandingWords, Wording},
};
use ringtrue_engine::model::Project;
use ringtrue_wire::admin::{
    problem::Problem,
    text::{Text, Texts},
};

use super::holder::{Holder, Id, May, needs, none};
use crate::{
    http::{ApiError, JsonBody, body::MAX_BATCH_BYTES},
    state::App,
};

pub(super) async fn project(app: &App, id: ProjectId) -> Result<Project, ApiError> {
    let known = app.engine.store().project(id).await.map_err(ringtrue_engine::Error::from)?;
    known.ok_or_else(|| none("project"))
}

/// The texts of a project.
#[utoipa::path(get, path = "/admin/v1/projects/{id}/texts", tag = "projects", security(("accessKey" = [])),
    params(("id" = String, Path, description = "the project")),
    responses((status = 200, body = Texts), (status = "4XX", body = Problem, content_type = "application/problem+json"), (status = "5XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn show(
    State(app): State<App>,
    _: May<needs::SeeProjects>,
    Id(id): Id<ProjectId>,
) -> Result<Json<Texts>, ApiError> {
    let texts = project(&app, id).await?.settings.wordings.into_iter().map(told).collect();
    Ok(Json(Texts { texts }))
}

/// Replaces the texts of a project; they hold for verifications from then on. A text that comes with a call goes first.
#[utoipa::path(put, path = "/admin/v1/projects/{id}/texts", tag = "projects", request_body = Texts, security(("accessKey" = [])),
    params(("id" = String, Path, description = "the project")),
    responses((status = 200, body = Texts), (status = "4XX", body = Problem, content_type = "application/problem+json"), (status = "5XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn put(
    State(app): State<App>,
    _: May<needs::ManageProjects>,
    holder: Holder,
    Id(id): Id<ProjectId>,
    JsonBody { value, .. }: JsonBody<Texts, MAX_BATCH_BYTES>,
) -> Result<Json<Texts>, ApiError> {
    project(&app, id).await?;
    app.engine.set_wordings(holder.by(), id, value.texts.into_iter().map(meant).collect()).await?;
    let texts = project(&app, id).await?.settings.wordings.into_iter().map(told).collect();
    Ok(Json(Texts { texts }))
}

fn told(wording: Wording) -> Text {
    let landing = wording.landing;
    Text {
        language: wording.language,
        countries: wording.countries,
        code_text: wording.code,
        link_text: wording.link,
        landing_title: landing.title,
        landing_text: landing.text,
        landing_button: landing.button,
        landing_note: landing.note,
    }
}

fn meant(text: Text) -> Wording {
    Wording {
        language: text.language,
        countries: text.countries,
        code: text.code_text,
        link: text.link_text,
        landing: LandingWords {
            title: text.landing_title,
            text: text.landing_text,
            button: text.landing_button,
            note: text.landing_note,
        },
    }
}
