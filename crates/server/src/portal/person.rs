//! All that is known of one person, by their number: to hand it out, and to erase it.
//!
//! What is asked for stands in forms only, never in an address.

use askama::Template;
use axum::{
    extract::State,
    http::header,
    response::{IntoResponse as _, Response},
};
use ringtrue_domain::{FlowId, IdentityId, PhoneNumber};
use ringtrue_engine::Person;
use serde::Deserialize;

use super::{
    desk::{Place, Section, Shell},
    fault::{PageError, Problem, mistake},
    flash::{Flash, go},
    form_page,
    guard::{Form, Posted},
    parts::{Number, counted},
    session::Permission,
};
use crate::{person_record, state::App};

/// Verifications that the page names; the export has all.
const NAMED: usize = 20;

#[derive(Template)]
#[template(path = "portal/person.html")]
struct PersonPage {
    shell: Shell,
    path: String,
    /// None before somebody has asked for a number.
    found: Option<Found>,
    problem: Option<Problem>,
}

struct Found {
    number: Number,
    /// For the forms: what the page was asked with, so that it holds a number only where somebody typed it.
    whom: (&'static str, String),
    known: bool,
    identities: Vec<(String, String)>,
    verifications: Vec<(String, String)>,
    more: Option<String>,
    has_messages: bool,
}

/// Of whom: by number, by an identity, or by a verification.
#[derive(Deserialize)]
pub(super) struct Whom {
    #[serde(default)]
    number: String,
    identity: Option<IdentityId>,
    verification: Option<FlowId>,
}

impl Whom {
    /// The field that says the same again.
    fn field(&self) -> (&'static str, String) {
        match (self.identity, self.verification) {
            (Some(id), _) => ("identity", id.to_string()),
            (None, Some(id)) => ("verification", id.to_string()),
            (None, None) => ("number", self.number.clone()),
        }
    }
}

impl Form for Whom {
    const NEEDS: Permission = Permission::Erase;
}

/// The number; a mistake in what was typed is told beside the form.
async fn number(app: &App, place: &Place, whom: &Whom) -> Result<Result<PhoneNumber, Problem>, PageError> {
    let scope = place.scope();
    if let Some(id) = whom.identity {
        let found = app.engine.store().identity_by_id(scope, id).await?;
        return Ok(Ok(found.ok_or_else(|| PageError::not_found("identity"))?.identity.phone));
    }
    if let Some(id) = whom.verification {
        return Ok(Ok(app.engine.unmask_verification(scope, id).await?.phone));
    }
    let number = PhoneNumber::normalize("number", &whom.number);
    mistake(number.map_err(ringtrue_engine::Error::from))
}

/// A form to ask for somebody.
pub(super) async fn ask(place: Place) -> Result<Response, PageError> {
    place.must(Permission::Erase)?;
    shown(&place, None, None)
}

/// What there is of somebody.
pub(super) async fn find(
    State(app): State<App>,
    place: Place,
    Posted(whom): Posted<Whom>,
) -> Result<Response, PageError> {
    match number(&app, &place, &whom).await? {
        Ok(phone) => {
            let person = app.engine.person(place.desk.visitor.signed_in(), place.scope(), phone).await?;
            shown(&place, Some((&person, &whom)), None)
        }
        Err(problem) => shown(&place, None, Some(problem)),
    }
}

fn shown(
    place: &Place,
    person: Option<(&Person, &Whom)>,
    problem: Option<Problem>,
) -> Result<Response, PageError> {
    let is_wrong = problem.is_some();
    let page = PersonPage {
        shell: place.below(Section::Identities, "What is known of a person"),
        path: place.path("person"),
        found: person.map(|(person, whom)| found(place, person, whom)),
        problem,
    };
    form_page(&page, is_wrong)
}

fn found(place: &Place, person: &Person, whom: &Whom) -> Found {
    let links = |part: &str, ids: Vec<String>| -> Vec<_> {
        ids.into_iter().map(|id| (place.path(&format!("{part}/{id}")), id)).collect()
    };
    let more = person.verifications.len().checked_sub(NAMED).filter(|more| *more > 0);
    Found {
        number: Number::of(&person.phone, place.environment),
        whom: whom.field(),
        known: !person.is_unknown(),
        identities: links("identities", person.identities.iter().map(ToString::to_string).collect()),
        verifications: links(
            "verifications",
            person.verifications.iter().take(NAMED).map(ToString::to_string).collect(),
        ),
        more: more.map(|more| counted(more as u64, "verification")),
        has_messages: person.has_messages,
    }
}

/// All of it, as a file.
pub(super) async fn export(
    State(app): State<App>,
    place: Place,
    Posted(whom): Posted<Whom>,
) -> Result<Response, PageError> {
    let phone = match number(&app, &place, &whom).await? {
        Ok(phone) => phone,
        Err(problem) => return shown(&place, None, Some(problem)),
    };
    let by = place.desk.visitor.signed_in();
    let record = app.engine.export_person(by, place.scope(), phone).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        // The number is not in the name: folders of downloads are seen by many.
        (header::CONTENT_DISPOSITION, "attachment; filename=\"person.json\""),
    ];
    let record = person_record::told(&record, app.engine.wall(), &place.project.name, place.environment);
    let text =
        serde_json::to_string_pretty(&record).map_err(|error| ringtrue_engine::Error::Bug(error.into()))?;
    Ok((headers, text + "\n").into_response())
}

/// Erases it.
pub(super) async fn erase(
    State(app): State<App>,
    place: Place,
    Posted(whom): Posted<Whom>,
) -> Result<Response, PageError> {
    let phone = match number(&app, &place, &whom).await? {
        Ok(phone) => phone,
        Err(problem) => return shown(&place, None, Some(problem)),
    };
    let by = place.desk.visitor.signed_in();
    match mistake(app.engine.erase_person(by, place.scope(), phone).await)? {
        Ok(gone) => {
            let text = format!(
                "Erased: {} and {}, with everything that belongs to them.",
                counted(gone.identities.len() as u64, "identity"),
                counted(gone.verifications.len() as u64, "verification"),
            );
            go(&place.path("person"), &Flash::good(text))
        }
        Err(problem) => shown(&place, None, Some(problem)),
    }
}
