//! What is still missing before real people can be verified, and a way to try each of it.

use askama::Template;
use axum::{extract::State, response::Response};
use ringtrue_domain::flow::Environment;
use ringtrue_engine::SourceAnswer;
use serde::Deserialize;

use super::{
    desk::{Place, Section, Shell},
    fault::{PageError, Problem, mistake},
    flash::{Flash, go},
    form_page,
    guard::{self, Form, Posted},
    looks::Moment,
    parts::filled,
    session::Permission,
};
use crate::{readiness::Readiness, state::App};

#[derive(Template)]
#[expect(clippy::struct_excessive_bools, reason = "each is one line of the list")]
#[template(path = "portal/go_live.html")]
struct GoLivePage {
    shell: Shell,
    path: String,
    may_try: bool,
    missing: usize,
    /// Whether a sender is configured that reaches phones.
    has_gateway: bool,
    arrived: Option<Moment>,
    /// A text is under way; what its code is compared with.
    sent: Option<String>,
    answered: Option<Moment>,
    webhook: String,
    has_webhook: bool,
    delivered: Option<Moment>,
    credentials: String,
    has_credential: bool,
    settings: String,
    /// No origin is named: any page may call.
    any_page: bool,
    /// Nothing limits how often a number is verified.
    no_limit: bool,
    origin: String,
    has_tls: bool,
    number: String,
    problem: Option<Problem>,
}

impl GoLivePage {
    fn is_wrong(&self, field: &str) -> bool {
        self.problem.as_ref().is_some_and(|problem| problem.is_of(field))
    }
}

/// The list.
pub(super) async fn show(State(app): State<App>, place: Place) -> Result<Response, PageError> {
    shown(&app, &place, None, String::new(), None).await
}

async fn shown(
    app: &App,
    place: &Place,
    sent: Option<String>,
    number: String,
    problem: Option<Problem>,
) -> Result<Response, PageError> {
    production_only(place)?;
    let looks = &place.desk.looks;
    let there = Readiness::of(app, place.project.id, place.project.settings.trials).await?;
    let is_wrong = problem.is_some();
    let page = GoLivePage {
        shell: place.shell(Section::GoLive),
        path: place.path("go-live"),
        may_try: place.may(Permission::ManageProjects),
        missing: there.missing().count(),
        has_gateway: there.has_gateway,
        arrived: there.trials.message_arrived_at.map(|at| looks.moment(at)),
        sent,
        answered: there.trials.source_answered_at.map(|at| looks.moment(at)),
        webhook: place.path("webhook"),
        has_webhook: there.has_webhook,
        delivered: there.delivered_at.map(|at| looks.moment(at)),
        credentials: place.path("credentials"),
        has_credential: there.has_credential,
        settings: place.path("settings"),
        any_page: place.project.settings.origins.is_empty(),
        no_limit: place.project.settings.limits.per_number.is_empty(),
        origin: app.origin.clone(),
        has_tls: there.has_tls,
        number,
        problem,
    };
    form_page(&page, is_wrong)
}

fn production_only(place: &Place) -> Result<(), PageError> {
    match place.environment {
        Environment::Production => Ok(()),
        Environment::Sandbox => Err(PageError::not_found("page in sandbox")),
    }
}

#[derive(Deserialize)]
pub(super) struct Message {
    number: String,
}

impl Form for Message {
    const NEEDS: Permission = Permission::ManageProjects;
}

/// Sends a text. No redirect: the page asks for the code in it.
pub(super) async fn message(
    State(app): State<App>,
    place: Place,
    Posted(given): Posted<Message>,
) -> Result<Response, PageError> {
    production_only(&place)?;
    let by = place.desk.visitor.signed_in();
    match mistake(app.engine.try_message(by, place.project.id, &given.number).await)? {
        Ok(code) => shown(&app, &place, Some(proof(&place, code.expose())), String::new(), None).await,
        Err(problem) => shown(&app, &place, None, given.number, Some(problem)).await,
    }
}

#[derive(Deserialize)]
pub(super) struct Arrived {
    code: String,
    proof: String,
}

impl Form for Arrived {
    const NEEDS: Permission = Permission::ManageProjects;
}

/// Takes the code that arrived.
pub(super) async fn arrived(
    State(app): State<App>,
    place: Place,
    Posted(given): Posted<Arrived>,
) -> Result<Response, PageError> {
    production_only(&place)?;
    let code = filled(&given.code).unwrap_or_default();
    if !guard::is_same(&proof(&place, code), &given.proof) {
        let text = "This is not the code in the text. Look again, or send another text.".to_owned();
        return shown(&app, &place, Some(given.proof), String::new(), Some(Problem::new("code", text))).await;
    }
    app.engine.message_arrived(place.desk.visitor.signed_in(), place.project.id).await?;
    go(&place.path("go-live"), &Flash::good("The text arrived."))
}

/// What a code is compared with. It stays in the page instead of the store: whoever types it wants to know whether texts
/// arrive, and would only deceive themselves.
fn proof(place: &Place, code: &str) -> String {
    guard::bound(&place.desk.visitor, &format!("text of a trial {} {code}", place.project.id))
}

#[derive(Deserialize)]
pub(super) struct Source {
    #[serde(rename = "sourceNumber")]
    number: String,
    #[serde(rename = "firstName")]
    first_name: String,
    #[serde(rename = "lastName")]
    last_name: String,
}

impl Form for Source {
    const NEEDS: Permission = Permission::ManageProjects;
}

/// Asks the identity source.
pub(super) async fn source(
    State(app): State<App>,
    place: Place,
    Posted(given): Posted<Source>,
) -> Result<Response, PageError> {
    production_only(&place)?;
    let by = place.desk.visitor.signed_in();
    let name = [given.first_name.as_str(), given.last_name.as_str()];
    let asked = app.engine.try_identity(by, place.project.id, &given.number, name).await;
    // The other form of the page has a field of this name.
    let problem =
        |problem: Problem| if problem.is_of("number") { problem.in_field("sourceNumber") } else { problem };
    let flash = match mistake(asked)? {
        Err(wrong) => return shown(&app, &place, None, String::new(), Some(problem(wrong))).await,
        Ok(SourceAnswer::Known { name_matches: true }) => {
            Flash::good("The source answered: it knows the number, and the name is its owner’s.")
        }
        Ok(SourceAnswer::Known { name_matches: false }) => Flash::good(
            "The source answered: it knows the number, and says that it belongs to somebody else.",
        ),
        Ok(SourceAnswer::Unknown) => Flash::bad("The source answered, but knows no such number."),
    };
    go(&place.path("go-live"), &flash)
}
