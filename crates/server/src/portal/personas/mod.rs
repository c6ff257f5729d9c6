//! Who exists in a sandbox: the project's own personas, which can be changed here, and the built-in ones.
//!
//! Numbers stand in addresses here, since those of sandbox belong to nobody.

mod edit;
mod file;
mod timeline;

pub(super) use edit::{edit, remove, save};
pub(super) use file::{ask_file, download, take_file};

use askama::Template;
use axum::{extract::State, response::Response};
use ringtrue_domain::{PhoneNumber, flow::Conduct};
use ringtrue_engine::model::Persona;
use serde::Deserialize;

use super::{
    desk::{Place, Section, Shell},
    fault::PageError,
    guard::{Form, Posted},
    page,
    parts::{Asked, Number, PAGE_ROWS, Pager, counted, filled},
    session::Permission,
};
use crate::state::App;

#[derive(Template)]
#[template(path = "portal/personas.html")]
struct PersonasPage {
    shell: Shell,
    path: String,
    may_set: bool,
    /// How many the project has of its own.
    own: usize,
    /// What was looked for.
    search: Option<String>,
    rows: Vec<Row>,
    /// Whether there are more than are shown of those that were looked for.
    more: bool,
    built_in: Vec<Row>,
    pager: Pager,
}

struct Row {
    edit: Option<String>,
    number: Number,
    name: String,
    outcome: String,
    does: String,
}

impl Row {
    fn of(persona: &Persona, place: &Place, edit: bool) -> Self {
        let address = || place.path(&format!("personas/edit?number={}", in_address(&persona.phone)));
        Self {
            edit: edit.then(address),
            number: Number::of(&persona.phone, place.environment),
            name: format!("{} {}", persona.first_name, persona.last_name),
            outcome: persona.outcome.clone(),
            does: does(persona),
        }
    }
}

/// A number as it stands in a query, where a bare `+` reads as a space.
fn in_address(phone: &PhoneNumber) -> String {
    phone.expose().replacen('+', "%2B", 1)
}

#[derive(Deserialize)]
pub(super) struct After {
    after: Option<String>,
}

/// The project's own by number, page by page; then the built-in ones.
pub(super) async fn list(
    State(app): State<App>,
    place: Place,
    Asked(After { after }): Asked<After>,
) -> Result<Response, PageError> {
    place.sandbox_only()?;
    let after = after.as_deref().map(|text| PhoneNumber::normalize("after", text)).transpose();
    let after = after.map_err(|_| PageError::not_found("page of personas"))?;
    let mut own: Vec<_> = place.project.settings.personas.iter().collect();
    own.sort_unstable_by(|one, other| one.phone.cmp(&other.phone));
    if let Some(after) = &after {
        own.retain(|persona| persona.phone > *after);
    }
    let more = own.len() > PAGE_ROWS;
    own.truncate(PAGE_ROWS);
    let key = own.last().filter(|_| more).map(|last| ("after", in_address(&last.phone)));
    let pager = Pager::oldest_first(&place.path("personas"), after.is_none(), key);
    let built_in = if after.is_none() { built_in(&app, &place) } else { Vec::new() };
    shown(&place, &own, &built_in, pager, None)
}

fn built_in<'a>(app: &'a App, place: &'a Place) -> Vec<&'a Persona> {
    let own = &place.project.settings.personas;
    let mut all = app.engine.personas(&place.project);
    all.retain(|persona| own.iter().all(|own| own.phone != persona.phone));
    all
}

fn shown(
    place: &Place,
    own: &[&Persona],
    built_in: &[&Persona],
    pager: Pager,
    search: Option<String>,
) -> Result<Response, PageError> {
    let may_set = place.may(Permission::ManageProjects);
    page(&PersonasPage {
        shell: place.shell(Section::Personas),
        path: place.path("personas"),
        may_set,
        own: place.project.settings.personas.len(),
        search,
        rows: own.iter().take(PAGE_ROWS).map(|one| Row::of(one, place, may_set)).collect(),
        more: own.len() > PAGE_ROWS,
        built_in: built_in.iter().map(|one| Row::of(one, place, false)).collect(),
        pager,
    })
}

#[derive(Deserialize)]
pub(super) struct Find {
    search: String,
}

impl Form for Find {
    const NEEDS: Permission = Permission::SeeProjects;
}

/// Those with a part of a number or of a name.
pub(super) async fn find(
    State(app): State<App>,
    place: Place,
    Posted(Find { search }): Posted<Find>,
) -> Result<Response, PageError> {
    place.sandbox_only()?;
    let wanted = filled(&search).unwrap_or_default();
    let mut own: Vec<_> = place.project.settings.personas.iter().filter(|one| fits(one, wanted)).collect();
    own.sort_unstable_by(|one, other| one.phone.cmp(&other.phone));
    let mut built_in = built_in(&app, &place);
    built_in.retain(|one| fits(one, wanted));
    let pager = Pager::oldest_first("", true, None);
    shown(&place, &own, &built_in, pager, Some(wanted.to_owned()))
}

/// Whether a persona has this in its number or in its name.
fn fits(persona: &Persona, wanted: &str) -> bool {
    let is_number = |c: char| c.is_ascii_digit() || "+-.() ".contains(c);
    if wanted.chars().all(is_number) && wanted.contains(|c: char| c.is_ascii_digit()) {
        let digits: String = wanted.chars().filter(char::is_ascii_digit).collect();
        return persona.phone.expose().contains(&digits);
    }
    let name = format!("{} {}", persona.first_name, persona.last_name).to_lowercase();
    name.contains(&wanted.to_lowercase())
}

/// How a persona behaves, in sentences.
fn does(persona: &Persona) -> String {
    let mut told = vec![match persona.conduct {
        Conduct::Ordinary => "Does what is asked.".to_owned(),
        Conduct::Unaided => "Succeeds without a device.".to_owned(),
        Conduct::Refuses => "Possession fails, whatever is entered or clicked.".to_owned(),
    }];
    if persona.ownership_fails {
        told.push("Ownership fails.".to_owned());
    }
    match persona.network {
        Some(true) => told.push("Silent network authentication succeeds.".to_owned()),
        Some(false) => told.push("Silent network authentication fails.".to_owned()),
        None => {}
    }
    let risks: Vec<_> = persona.risks.iter().map(|risk| risk.reason().0.to_string()).collect();
    if !risks.is_empty() {
        told.push(format!("Risk fails with {}.", risks.join(" and ")));
    }
    if let Some(first) = persona.timeline.iter().min_by_key(|step| step.after_days) {
        let steps = counted(persona.timeline.len() as u64, "change");
        let days = counted(first.after_days.into(), "day");
        told.push(format!("{steps} of the number, the first after {days}."));
    }
    told.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn persona(rest: &str) -> Persona {
        let text = format!(
            r#"{{"phone": "+12001004999", "first_name": "Zoë", "last_name": "Lee", "outcome": ""{rest}}}"#
        );
        serde_json::from_str(&text).expect("it is a persona")
    }

    #[test]
    fn a_persona_is_found_by_a_part_of_its_number_or_name() {
        for wanted in ["+12001004999", "200 100-4999", "4999", "zoë", "ZOË L", "lee", ""] {
            assert!(fits(&persona(""), wanted), "{wanted}");
        }
        for wanted in ["4998", "+44", "ann", "4999x"] {
            assert!(!fits(&persona(""), wanted), "{wanted}");
        }
    }

    #[test]
    fn what_it_does_is_told_in_sentences() {
        assert_eq!(does(&persona("")), "Does what is asked.");
        let rest = r#", "conduct": "unaided", "ownership_fails": true, "network": false,
            "risks": ["voip_line", "sim_swapped"], "timeline": [
                {"after_days": 90, "change": "disconnected"}, {"after_days": 1, "change": "sim_swapped"}]"#;
        assert_eq!(
            does(&persona(rest)),
            "Succeeds without a device. Ownership fails. Silent network authentication fails. \
             Risk fails with 9134 and 9135. 2 changes of the number, the first after 1 day."
        );
    }
}
