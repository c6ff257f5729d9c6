//! One persona of a project: a form with all that makes it.

use askama::Template;
use axum::{extract::State, response::Response};
use ringtrue_domain::{FieldError, PhoneNumber, RiskCode, flow::Conduct};
use ringtrue_engine::{
    Error, Over,
    model::{Expect, Persona},
};
use serde::Deserialize;

use super::timeline;
use crate::{
    portal::{
        desk::{Place, Section, Shell},
        fault::{PageError, Problem, mistake},
        flash::{Flash, go},
        form_page,
        guard::{Form, Posted},
        parts::{Asked, filled},
        session::Permission,
    },
    state::App,
};

#[derive(Template)]
#[template(path = "portal/persona.html")]
struct PersonaPage {
    shell: Shell,
    path: String,
    given: Given,
    /// The number that it has so far; none for a new one.
    number: Option<String>,
    problem: Option<Problem>,
}

impl PersonaPage {
    fn is_wrong(&self, field: &str) -> bool {
        self.problem.as_ref().is_some_and(|problem| problem.is_of(field))
    }
}

#[derive(Deserialize)]
pub(in crate::portal) struct Which {
    #[serde(default)]
    number: String,
}

/// One of the project's own, or an empty one.
pub(in crate::portal) async fn edit(place: Place, Asked(which): Asked<Which>) -> Result<Response, PageError> {
    place.must(Permission::ManageProjects)?;
    place.sandbox_only()?;
    let Some(number) = filled(&which.number) else { return edited(&place, Given::fresh(), None) };
    let number = PhoneNumber::normalize("number", number).ok();
    let known = place.project.settings.personas.iter().find(|one| Some(&one.phone) == number.as_ref());
    let known = known.ok_or_else(|| PageError::not_found("persona of this project’s own"))?;
    edited(&place, Given::of(known)?, None)
}

fn edited(place: &Place, given: Given, problem: Option<Problem>) -> Result<Response, PageError> {
    let is_wrong = problem.is_some();
    let number = given.was()?.map(|was| was.phone.expose().to_owned());
    let title = if number.is_none() { "New persona" } else { "Persona" };
    let page = PersonaPage {
        shell: place.below(Section::Personas, title),
        path: place.path("personas"),
        given,
        number,
        problem,
    };
    form_page(&page, is_wrong)
}

/// The fields, as they are typed.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::portal) struct Given {
    /// The persona as it was when the form was opened, as JSON; empty for a new one. Another one by now means that
    /// somebody else was faster.
    #[serde(default)]
    was: String,
    phone: String,
    first_name: String,
    last_name: String,
    outcome: String,
    conduct: String,
    /// A box that is not ticked is not sent.
    ownership_fails: Option<String>,
    network: String,
    voip_line: Option<String>,
    sim_swapped: Option<String>,
    timeline: String,
}

impl Form for Given {
    const NEEDS: Permission = Permission::ManageProjects;
}

impl Given {
    fn fresh() -> Self {
        Self {
            was: String::new(),
            phone: String::new(),
            first_name: String::new(),
            last_name: String::new(),
            outcome: String::new(),
            conduct: Conduct::Ordinary.as_str().to_owned(),
            ownership_fails: None,
            network: String::new(),
            voip_line: None,
            sim_swapped: None,
            timeline: String::new(),
        }
    }

    fn of(persona: &Persona) -> Result<Self, PageError> {
        let ticked = |on: bool| on.then(|| "on".to_owned());
        Ok(Self {
            was: serde_json::to_string(persona).map_err(|error| Error::Bug(error.into()))?,
            phone: persona.phone.expose().to_owned(),
            first_name: persona.first_name.clone(),
            last_name: persona.last_name.clone(),
            outcome: persona.outcome.clone(),
            conduct: persona.conduct.as_str().to_owned(),
            ownership_fails: ticked(persona.ownership_fails),
            network: match persona.network {
                None => "",
                Some(true) => "succeeds",
                Some(false) => "fails",
            }
            .to_owned(),
            voip_line: ticked(persona.risks.contains(&RiskCode::VoipLine)),
            sim_swapped: ticked(persona.risks.contains(&RiskCode::SimSwapped)),
            timeline: timeline::write(&persona.timeline),
        })
    }

    fn was(&self) -> Result<Option<Persona>, PageError> {
        let was = filled(&self.was).map(serde_json::from_str).transpose();
        was.map_err(|_| PageError::not_found("form"))
    }

    fn persona(&self, was: Option<&Persona>) -> Result<Persona, FieldError> {
        let typed = self.timeline.replace("\r\n", "\n");
        let timeline = match was {
            // What nobody touched stays as it is, even where a line cannot tell all of it.
            Some(was) if timeline::write(&was.timeline) == typed => was.timeline.clone(),
            Some(_) | None => timeline::read(&typed)?,
        };
        let conduct = Conduct::parse(&self.conduct);
        let risks = [(&self.voip_line, RiskCode::VoipLine), (&self.sim_swapped, RiskCode::SimSwapped)];
        Ok(Persona {
            phone: PhoneNumber::normalize("phone", &self.phone)?,
            first_name: self.first_name.clone(),
            last_name: self.last_name.clone(),
            outcome: self.outcome.clone(),
            conduct: conduct.ok_or_else(|| FieldError::new("conduct", "must be one of those"))?,
            ownership_fails: self.ownership_fails.is_some(),
            network: match self.network.as_str() {
                "succeeds" => Some(true),
                "fails" => Some(false),
                _ => None,
            },
            risks: risks.into_iter().filter(|(ticked, _)| ticked.is_some()).map(|(_, risk)| risk).collect(),
            timeline,
        })
    }
}

/// Keeps it.
pub(in crate::portal) async fn save(
    State(app): State<App>,
    place: Place,
    Posted(given): Posted<Given>,
) -> Result<Response, PageError> {
    place.sandbox_only()?;
    let was = given.was()?;
    let over = was.as_ref().map_or(Over::Nothing, Over::Seen);
    let saved = match given.persona(was.as_ref()) {
        Ok(persona) => app.engine.put_persona(place.by(), place.project.id, persona, over, Expect::Any).await,
        Err(error) => Err(error.into()),
    };
    if let Err(Error::Stale) = saved {
        let text = "Somebody else has changed or removed this persona since you opened it. Nothing was saved: \
                    open it again from the list.";
        return edited(&place, given, Some(Problem::new("form", text.to_owned())));
    }
    match mistake(saved)? {
        Ok(_) => go(
            &place.path("personas"),
            &Flash::good("The persona was saved. It exists in sandbox from now on."),
        ),
        Err(problem) => edited(&place, given, Some(problem)),
    }
}

#[derive(Deserialize)]
pub(in crate::portal) struct Remove {
    number: String,
}

impl Form for Remove {
    const NEEDS: Permission = Permission::ManageProjects;
}

/// Takes it away.
pub(in crate::portal) async fn remove(
    State(app): State<App>,
    place: Place,
    Posted(Remove { number }): Posted<Remove>,
) -> Result<Response, PageError> {
    place.sandbox_only()?;
    let number = PhoneNumber::normalize("number", &number)?;
    app.engine.remove_persona(place.by(), place.project.id, &number, Expect::Any).await?;
    go(&place.path("personas"), &Flash::good("The persona was removed."))
}
