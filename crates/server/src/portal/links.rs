//! The projects that one is linked with, on its settings page.

use axum::{extract::State, response::Response};
use ringtrue_domain::ProjectId;
use ringtrue_engine::ProjectLink;
use serde::Deserialize;

use super::{
    desk::Place,
    fault::{PageError, Problem, mistake},
    flash::{Flash, go},
    guard::{Form, Posted},
    projects,
    session::Permission,
};
use crate::state::App;

/// Projects that can be chosen from; with more of them, the id is typed.
const MAX_CHOICES: usize = 100;

/// What the page says of links.
pub(super) struct Links {
    pub(super) rows: Vec<LinkRow>,
    /// The other projects, the newest first; none where they are too many for a list.
    pub(super) choices: Option<Vec<(String, String)>>,
    /// What was typed.
    pub(super) other: String,
}

pub(super) struct LinkRow {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) mark: &'static str,
    pub(super) label: &'static str,
    /// What the label means.
    pub(super) hint: &'static str,
    pub(super) wanted: bool,
}

impl Links {
    pub(super) fn of(place: &Place, other: String) -> Self {
        let all = &place.desk.projects;
        let rows: Vec<_> = ProjectLink::of(&place.project, all).into_iter().map(LinkRow::of).collect();
        let is_free = |id: &str| rows.iter().all(|row| row.id != id);
        let choices = all.iter().rev().filter(|one| one.id != place.project.id);
        let choices = choices.map(|one| (one.id.to_string(), one.name.clone()));
        let choices: Vec<_> = choices.filter(|(id, _)| is_free(id)).take(MAX_CHOICES + 1).collect();
        Self { rows, choices: (choices.len() <= MAX_CHOICES).then_some(choices), other }
    }
}

impl LinkRow {
    fn of(link: ProjectLink) -> Self {
        let (mark, label, hint) = match (link.wanted, link.wanted_by_other) {
            (true, true) => ("delivered", "Linked", "Both projects want it."),
            (true, false) => ("open", "Waiting", "The other project does not want it yet."),
            (false, _) => ("open", "Asked for", "The other project wants it."),
        };
        Self { id: link.project.to_string(), name: link.name, mark, label, hint, wanted: link.wanted }
    }
}

/// The other project.
#[derive(Deserialize)]
pub(super) struct Other {
    other: String,
}

impl Form for Other {
    const NEEDS: Permission = Permission::ManageProjects;
}

/// Wants a link.
pub(super) async fn link(
    State(app): State<App>,
    place: Place,
    Posted(Other { other }): Posted<Other>,
) -> Result<Response, PageError> {
    let Some(known) = known(&place, &other) else {
        let problem = Problem::new("other", "There is no other project with this id.".to_owned());
        return projects::settings_with(&app, &place, other, problem).await;
    };
    let text = match mistake(app.engine.link_project(place.by(), place.project.id, known.0, true).await)? {
        Ok(true) => format!("Linked: this project and {} see each other’s identities.", known.1),
        Ok(false) => format!("Noted. It takes effect once {} is linked with this project too.", known.1),
        Err(problem) => return projects::settings_with(&app, &place, other, problem).await,
    };
    go(&place.path("settings"), &Flash::good(text))
}

/// Wants none any more.
pub(super) async fn unlink(
    State(app): State<App>,
    place: Place,
    Posted(Other { other }): Posted<Other>,
) -> Result<Response, PageError> {
    let (id, name) = known(&place, &other).ok_or_else(|| PageError::not_found("project"))?;
    app.engine.link_project(place.by(), place.project.id, id, false).await?;
    let text = format!("Not linked any more: neither this project nor {name} sees the other’s identities.");
    go(&place.path("settings"), &Flash::good(text))
}

fn known(place: &Place, other: &str) -> Option<(ProjectId, String)> {
    let id: ProjectId = other.trim().parse().ok().filter(|id| *id != place.project.id)?;
    let known = place.desk.projects.iter().find(|one| one.id == id)?;
    Some((id, known.name.clone()))
}
