//! Projects: all of them, a new one, and what can be set about one.

use askama::Template;
use axum::{extract::State, response::Response};
use ringtrue_domain::ProjectId;
use ringtrue_engine::{
    Error, ProjectRules,
    model::{Expect, Limits, PerNumber, Project, StoredProject},
};
use serde::Deserialize;

use super::{
    desk::{Desk, Place, Section, Shell},
    fault::{PageError, Problem, mistake},
    flash::{Flash, go},
    form_page,
    guard::{Form, Posted},
    links::Links,
    looks::Moment,
    parts::{Copyable, filled},
    session::Permission,
};
use crate::state::App;

#[derive(Template)]
#[template(path = "portal/projects.html")]
struct ProjectsPage {
    shell: Shell,
    rows: Vec<ProjectRow>,
    may_create: bool,
    fresh_id: String,
    name: String,
    problem: Option<Problem>,
}

struct ProjectRow {
    href: String,
    name: String,
    id: Copyable,
    created: Moment,
}

/// All projects, newest first.
pub(super) async fn list(State(app): State<App>, desk: Desk) -> Result<Response, PageError> {
    listed(&app, &desk, String::new(), None)
}

fn listed(app: &App, desk: &Desk, name: String, problem: Option<Problem>) -> Result<Response, PageError> {
    let row = |project: &Project| ProjectRow {
        href: sandbox_page(project, "integrate"),
        name: project.name.clone(),
        id: Copyable::new(&project.id, "project id"),
        created: desk.looks.moment(project.created_at),
    };
    let wrong = problem.is_some();
    let page = ProjectsPage {
        shell: desk.shell(Section::Projects, "Projects"),
        rows: desk.projects.iter().rev().map(row).collect(),
        may_create: desk.visitor.may(Permission::ManageProjects),
        fresh_id: app.engine.fresh_project_id().to_string(),
        name,
        problem,
    };
    form_page(&page, wrong)
}

/// A page of a project's sandbox.
fn sandbox_page(project: &Project, page: &str) -> String {
    format!("/portal/p/{}/sandbox/{page}", project.id)
}

#[derive(Deserialize)]
pub(super) struct NewProject {
    /// The id that it will have: the same form, sent again, makes no second one.
    id: Option<String>,
    name: String,
}

impl Form for NewProject {
    const NEEDS: Permission = Permission::ManageProjects;
}

/// Makes a project.
pub(super) async fn create(
    State(app): State<App>,
    desk: Desk,
    Posted(new): Posted<NewProject>,
) -> Result<Response, PageError> {
    let id = new.id.as_deref().map(str::parse::<ProjectId>).transpose();
    let id = id.map_err(|_| PageError::not_found("form"))?.unwrap_or_else(|| app.engine.fresh_project_id());
    let put = app.engine.put_project(desk.by(), id, &new.name, ProjectRules::default(), Expect::Absent).await;
    // Whoever clicks twice made it with the first click.
    let project = match put {
        Err(Error::Stale) => Ok(app.engine.store().project(id).await?),
        other => mistake(other)?.map(|put| Some(put.stored.project)),
    };
    match project {
        Ok(Some(project)) => {
            let text = format!("Project {} was created. Next: a credential for your back end.", project.name);
            go(&sandbox_page(&project, "integrate"), &Flash::good(text))
        }
        Ok(None) => Err(PageError::not_found("project")),
        Err(problem) => listed(&app, &desk, new.name, Some(problem)),
    }
}

#[derive(Template)]
#[template(path = "portal/settings.html")]
struct SettingsPage {
    shell: Shell,
    path: String,
    may_set: bool,
    id: Copyable,
    created: Moment,
    /// The page of the personas, and how many the project has of its own.
    personas: (String, usize),
    links: Links,
    /// What the form changes: another one means that somebody else was faster.
    version: Option<u64>,
    given: Settings,
    origins: String,
    problem: Option<Problem>,
}

/// The fields of the form, as they are typed.
#[derive(Deserialize)]
pub(super) struct Settings {
    /// Which version they were typed over.
    version: Option<u64>,
    name: String,
    #[serde(rename = "boundHost")]
    bound_host: String,
    /// A box that is not ticked is not sent.
    #[serde(rename = "retryPage")]
    retry_page: Option<String>,
    #[serde(rename = "numberChange")]
    number_change: String,
    #[serde(rename = "resendPauseSeconds")]
    resend_pause_seconds: String,
    #[serde(rename = "perHour", default)]
    per_hour: String,
    #[serde(rename = "perDay", default)]
    per_day: String,
    #[serde(default)]
    countries: String,
}

impl Form for Settings {
    const NEEDS: Permission = Permission::ManageProjects;
}

impl Settings {
    fn of(StoredProject { version, project }: &StoredProject) -> Self {
        let settings = &project.settings;
        let number_change = match settings.number_change {
            None => "default",
            Some(true) => "yes",
            Some(false) => "no",
        };
        Self {
            version: Some(*version),
            name: project.name.clone(),
            bound_host: settings.bound_host.clone().unwrap_or_default(),
            retry_page: settings.retry_page.then(|| "on".to_owned()),
            number_change: number_change.to_owned(),
            resend_pause_seconds: typed(settings.resend_pause_seconds),
            per_hour: typed(settings.limits.per_number.per_hour),
            per_day: typed(settings.limits.per_number.per_day),
            countries: settings.limits.countries.join(", "),
        }
    }

    fn rules(&self) -> Result<ProjectRules, Problem> {
        let number = |field, name: &str, text: &str| {
            let wrong = |_| Problem::new(field, format!("{name} must be a whole number, or empty."));
            filled(text).map(str::parse).transpose().map_err(wrong)
        };
        let pause = number("resendPauseSeconds", "Resend pause seconds", &self.resend_pause_seconds)?;
        let often = |text: &str| number("verificationsPerNumber", "Verifications of one number", text);
        let per_number = PerNumber { per_hour: often(&self.per_hour)?, per_day: often(&self.per_day)? };
        let countries = self.countries.split([',', ' ']).filter(|one| !one.is_empty());
        Ok(ProjectRules {
            bound_host: filled(&self.bound_host).map(str::to_owned),
            retry_page: self.retry_page.is_some(),
            number_change: match self.number_change.as_str() {
                "yes" => Some(true),
                "no" => Some(false),
                _ => None,
            },
            resend_pause_seconds: pause,
            limits: Limits { per_number, countries: countries.map(str::to_owned).collect() },
        })
    }
}

/// A number as it is typed; empty for none.
fn typed(number: Option<u32>) -> String {
    number.map(|number| number.to_string()).unwrap_or_default()
}

/// What is set.
pub(super) async fn settings(State(app): State<App>, place: Place) -> Result<Response, PageError> {
    let stored = app.engine.store().stored_project(place.project.id).await?;
    let given = Settings::of(&stored.ok_or_else(|| PageError::not_found("project"))?);
    show_settings(&place, given, String::new(), None, None)
}

/// What is set, beside what is wrong with the other project that was to be linked.
pub(super) async fn settings_with(
    app: &App,
    place: &Place,
    other: String,
    problem: Problem,
) -> Result<Response, PageError> {
    let stored = app.engine.store().stored_project(place.project.id).await?;
    let given = Settings::of(&stored.ok_or_else(|| PageError::not_found("project"))?);
    show_settings(place, given, other, None, Some(problem))
}

fn show_settings(
    place: &Place,
    given: Settings,
    other: String,
    origins: Option<String>,
    problem: Option<Problem>,
) -> Result<Response, PageError> {
    let wrong = problem.is_some();
    let page = SettingsPage {
        shell: place.shell(Section::Settings),
        path: place.path("settings"),
        may_set: place.may(Permission::ManageProjects),
        id: Copyable::new(&place.project.id, "project id"),
        created: place.desk.looks.moment(place.project.created_at),
        personas: (sandbox_page(&place.project, "personas"), place.project.settings.personas.len()),
        links: Links::of(place, other),
        version: given.version,
        given,
        origins: origins.unwrap_or_else(|| place.project.settings.origins.join("\n")),
        problem,
    };
    form_page(&page, wrong)
}

#[derive(Deserialize)]
pub(super) struct Origins {
    origins: String,
}

impl Form for Origins {
    const NEEDS: Permission = Permission::ManageProjects;
}

/// Says which pages may call.
pub(super) async fn set_origins(
    State(app): State<App>,
    place: Place,
    Posted(typed): Posted<Origins>,
) -> Result<Response, PageError> {
    let named: Vec<_> = typed.origins.split_whitespace().map(str::to_owned).collect();
    match mistake(app.engine.set_origins(place.by(), place.project.id, &named).await)? {
        Ok(()) => go(&place.path("settings"), &Flash::good("Saved. It holds for verifications from now on.")),
        Err(problem) => {
            let stored = app.engine.store().stored_project(place.project.id).await?;
            let given = Settings::of(&stored.ok_or_else(|| PageError::not_found("project"))?);
            show_settings(&place, given, String::new(), Some(typed.origins), Some(problem))
        }
    }
}

/// Sets it anew.
pub(super) async fn set(
    State(app): State<App>,
    place: Place,
    Posted(given): Posted<Settings>,
) -> Result<Response, PageError> {
    let rules = match given.rules() {
        Ok(rules) => rules,
        Err(problem) => return show_settings(&place, given, String::new(), None, Some(problem)),
    };
    let (by, id, meant) = (place.by(), place.project.id, given.version.map_or(Expect::Any, Expect::Version));
    match mistake(app.engine.put_project(by, id, &given.name, rules, meant).await)? {
        Ok(_) => go(&place.path("settings"), &Flash::good("The settings were saved.")),
        Err(problem) => show_settings(&place, given, String::new(), None, Some(problem)),
    }
}

impl SettingsPage {
    fn is_wrong(&self, field: &str) -> bool {
        self.problem.as_ref().is_some_and(|problem| problem.is_of(field))
    }
}
