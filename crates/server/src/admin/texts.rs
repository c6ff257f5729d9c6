//! What a project says in its own words.

use axum::{Json, extract::State};
use ringtrue_domain::{
    ProjectId,
    sms::{Phrase, Wording},
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
    let mut words = wording.landing;
    let mut said = |phrase| words.take(phrase);
    Text {
        language: wording.language,
        countries: wording.countries,
        code_text: wording.code,
        link_text: wording.link,
        landing_title: said(Phrase::Title),
        landing_text: said(Phrase::Text),
        landing_button: said(Phrase::Button),
        landing_note: said(Phrase::Note),
        landing_asked_by: said(Phrase::AskedBy),
        landing_started: said(Phrase::Started),
        landing_asked_on: said(Phrase::AskedOn),
        landing_just_now: said(Phrase::JustNow),
        landing_minute_ago: said(Phrase::MinuteAgo),
        landing_minutes_ago: said(Phrase::MinutesAgo),
        landing_done_title: said(Phrase::DoneTitle),
        landing_done_text: said(Phrase::DoneText),
        landing_gone_title: said(Phrase::GoneTitle),
        landing_gone_used: said(Phrase::GoneUsed),
        landing_gone_expired: said(Phrase::GoneExpired),
        landing_gone_cancelled: said(Phrase::GoneCancelled),
        landing_gone_replaced: said(Phrase::GoneReplaced),
        landing_gone_ended: said(Phrase::GoneEnded),
        landing_gone_refused: said(Phrase::GoneRefused),
        landing_gone_note: said(Phrase::GoneNote),
        landing_footer: said(Phrase::Footer),
    }
}

fn meant(text: Text) -> Wording {
    let said = [
        (Phrase::Title, text.landing_title),
        (Phrase::Text, text.landing_text),
        (Phrase::Button, text.landing_button),
        (Phrase::Note, text.landing_note),
        (Phrase::AskedBy, text.landing_asked_by),
        (Phrase::Started, text.landing_started),
        (Phrase::AskedOn, text.landing_asked_on),
        (Phrase::JustNow, text.landing_just_now),
        (Phrase::MinuteAgo, text.landing_minute_ago),
        (Phrase::MinutesAgo, text.landing_minutes_ago),
        (Phrase::DoneTitle, text.landing_done_title),
        (Phrase::DoneText, text.landing_done_text),
        (Phrase::GoneTitle, text.landing_gone_title),
        (Phrase::GoneUsed, text.landing_gone_used),
        (Phrase::GoneExpired, text.landing_gone_expired),
        (Phrase::GoneCancelled, text.landing_gone_cancelled),
        (Phrase::GoneReplaced, text.landing_gone_replaced),
        (Phrase::GoneEnded, text.landing_gone_ended),
        (Phrase::GoneRefused, text.landing_gone_refused),
        (Phrase::GoneNote, text.landing_gone_note),
        (Phrase::Footer, text.landing_footer),
    ];
    Wording {
        language: text.language,
        countries: text.countries,
        code: text.code_text,
        link: text.link_text,
        landing: said.into_iter().filter_map(|(phrase, said)| Some((phrase, said?))).collect(),
    }
}
