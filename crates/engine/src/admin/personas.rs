//! A project's own sandbox personas: all of them at once, or one by one.

use std::collections::BTreeSet;

use ringtrue_domain::{
    FieldError, PersonName, PhoneNumber, ProjectId, identity::LineChange, member::Permission,
};

use super::projects::Rewritten;
use crate::{
    Engine, Error,
    model::{By, Expect, Persona, PersonaStep, Project, StoredProject},
    simulated::MAX_STEPS,
};

/// Personas of one project at most, besides the built-in ones.
pub const MAX_PERSONAS: usize = 1000;
/// Days after its enrolment within which a persona's timeline ends: ten years.
pub const MAX_AFTER_DAYS: u32 = 3660;
/// Characters of the line that tells what a persona is for, at most.
const MAX_OUTCOME: usize = 200;

/// Which persona somebody means to write over.
#[derive(Debug, Clone, Copy)]
pub enum Over<'a> {
    /// Whichever has the number, or none.
    Any,
    /// None: the number must be free yet.
    Nothing,
    /// This one, as somebody saw it; the new one may have another number.
    Seen(&'a Persona),
}

/// A persona that was put.
#[derive(Debug)]
pub struct PutPersona {
    /// As it is kept: its number in E.164, its names trimmed.
    pub persona: Persona,
    /// The project's version.
    pub version: u64,
    /// Whether there was none before.
    pub created: bool,
}

impl Engine {
    /// Whoever exists in a project's sandbox: its own personas, then the built-in ones that it does not replace.
    pub fn personas<'a>(&'a self, project: &'a Project) -> Vec<&'a Persona> {
        self.parts.personas.all(project)
    }

    /// Replaces a project's own sandbox personas, at most [`MAX_PERSONAS`], each number once; answers the project as it
    /// is then.
    ///
    /// # Errors
    ///
    /// [`Error::Field`] names `personas` and says which of them; [`Error::Stale`] when there is another version of the
    /// project than the one that was meant.
    pub async fn set_personas(
        &self,
        by: impl Into<By<'_>>,
        id: ProjectId,
        personas: Vec<Persona>,
        meant: Expect,
    ) -> Result<StoredProject, Error> {
        let by = by.into();
        by.must(Permission::ManageProjects)?;
        let personas = all_checked(personas)?;
        let write = |project: &mut Project| {
            if project.settings.personas == personas {
                return Ok(None);
            }
            let before = std::mem::replace(&mut project.settings.personas, personas.clone()).len();
            Ok(Some(("personas", Some(before.to_string()), Some(personas.len().to_string()))))
        };
        Ok(self.rewrite_meant(by, id, meant, write).await?.0)
    }

    /// Writes one persona of a project; the others stay, whoever writes them meanwhile.
    ///
    /// # Errors
    ///
    /// [`Error::Field`] names `phone`, `firstName`, `lastName`, `outcome` or `timeline`; [`Error::Stale`] when the persona
    /// that somebody saw is not there as they saw it, or the project has another version than the one that was meant.
    pub async fn put_persona(
        &self,
        by: impl Into<By<'_>>,
        id: ProjectId,
        persona: Persona,
        over: Over<'_>,
        meant: Expect,
    ) -> Result<PutPersona, Error> {
        let by = by.into();
        by.must(Permission::ManageProjects)?;
        let persona = checked(persona)?;
        let write = |project: &mut Project| put(&mut project.settings.personas, &persona, over);
        let (stored, change) = self.rewrite_meant(by, id, meant, write).await?;
        let created = matches!(change, Some((_, None, _)));
        Ok(PutPersona { persona, version: stored.version, created })
    }

    /// Removes a project's own persona of a number, if there is one; a built-in one takes its place where it has the
    /// number. Answers whether there was one.
    ///
    /// # Errors
    ///
    /// [`Error::Stale`] when there is another version of the project than the one that was meant.
    pub async fn remove_persona(
        &self,
        by: impl Into<By<'_>>,
        id: ProjectId,
        phone: &PhoneNumber,
        meant: Expect,
    ) -> Result<bool, Error> {
        let by = by.into();
        by.must(Permission::ManageProjects)?;
        let write = |project: &mut Project| {
            let own = &mut project.settings.personas;
            let Some(place) = place(own, phone) else { return Ok(None) };
            Ok(Some(("persona", Some(told(&own.remove(place))), None)))
        };
        Ok(self.rewrite_meant(by, id, meant, write).await?.1.is_some())
    }
}

fn place(own: &[Persona], phone: &PhoneNumber) -> Option<usize> {
    own.iter().position(|one| one.phone == *phone)
}

fn put(own: &mut Vec<Persona>, persona: &Persona, over: Over<'_>) -> Result<Option<Rewritten>, Error> {
    let same_number = place(own, &persona.phone);
    let at = match over {
        Over::Any => same_number,
        Over::Nothing => None,
        Over::Seen(seen) => place(own, &seen.phone).filter(|place| own[*place] == *seen),
    };
    let is_there = same_number.is_some_and(|place| own[place] == *persona);
    if is_there && at.is_none_or(|at| Some(at) == same_number) {
        // Whoever clicks twice put it with the first click.
        return Ok(None);
    }
    if matches!(over, Over::Seen(_)) && at.is_none() {
        return Err(Error::Stale);
    }
    if same_number.is_some() && same_number != at {
        return Err(FieldError::new("phone", "is another persona’s already").into());
    }
    let before = at.map(|place| told(&own[place]));
    match at {
        Some(place) => own[place] = persona.clone(),
        None if own.len() >= MAX_PERSONAS => {
            return Err(FieldError::new("personas", "must be at most 1,000 of a project").into());
        }
        None => own.push(persona.clone()),
    }
    Ok(Some(("persona", before, Some(told(persona)))))
}

/// A persona in a line of the audit log, which outlives it: somebody may have given it the number of a person.
fn told(persona: &Persona) -> String {
    let name = PersonName::parse(&persona.first_name, &persona.last_name);
    let name = name.map(|name| name.masked()).unwrap_or_default();
    format!("{} {name}", persona.phone.masked()).trim_end().to_owned()
}

fn all_checked(personas: Vec<Persona>) -> Result<Vec<Persona>, FieldError> {
    if personas.len() > MAX_PERSONAS {
        return Err(FieldError::new("personas", "must be at most 1,000"));
    }
    let mut numbers = BTreeSet::new();
    let mut all = Vec::with_capacity(personas.len());
    for (number, persona) in (1..).zip(personas) {
        let wrong = |error: FieldError| FieldError::new("personas", format!("entry {number}: {error}"));
        let persona = checked(persona).map_err(wrong)?;
        if !numbers.insert(persona.phone.clone()) {
            return Err(wrong(FieldError::new("phone", "is another persona’s already")));
        }
        all.push(persona);
    }
    Ok(all)
}

/// A persona as it is kept.
fn checked(persona: Persona) -> Result<Persona, FieldError> {
    let phone = PhoneNumber::normalize("phone", persona.phone.expose())?;
    let name = PersonName::parse(&persona.first_name, &persona.last_name)?;
    let outcome = persona.outcome.trim().to_owned();
    if outcome.chars().count() > MAX_OUTCOME || outcome.chars().any(char::is_control) {
        return Err(FieldError::new("outcome", "must be at most 200 characters without control characters"));
    }
    if persona.timeline.len() > MAX_STEPS {
        return Err(FieldError::new("timeline", "must be at most 50 steps"));
    }
    let step = |(number, step): (usize, PersonaStep)| {
        let wrong = |error: FieldError| FieldError::new("timeline", format!("step {number}: {error}"));
        if step.after_days > MAX_AFTER_DAYS {
            return Err(wrong(FieldError::new("after_days", "must be 0 to 3660")));
        }
        let change = LineChange::parse("change", step.change.told()).map_err(wrong)?;
        Ok(PersonaStep { change, ..step })
    };
    let timeline = (1..).zip(persona.timeline).map(step).collect::<Result<_, _>>()?;
    let mut risks = persona.risks;
    risks.sort_unstable();
    risks.dedup();
    let (first_name, last_name) = (name.first().to_owned(), name.last().to_owned());
    Ok(Persona { phone, first_name, last_name, outcome, risks, timeline, ..persona })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn persona(number: &str, outcome: &str) -> Persona {
        let text = format!(
            r#"{{"phone": "{number}", "first_name": "Ann", "last_name": "Lee", "outcome": "{outcome}"}}"#
        );
        serde_json::from_str(&text).unwrap()
    }

    /// What becomes of two personas, as numbers and outcomes; none when nothing is written.
    fn after(new: &Persona, over: Over<'_>) -> Result<Option<String>, String> {
        let mut own = vec![persona("+12001004001", "a"), persona("+12001004002", "b")];
        let wrote = put(&mut own, new, over).map_err(|error| error.to_string())?;
        let all = own.iter().map(|one| format!("{}{}", &one.phone.expose()[11..], one.outcome));
        Ok(wrote.map(|_| all.collect::<Vec<_>>().join(" ")))
    }

    #[test]
    fn a_persona_is_put_over_the_one_that_was_meant() {
        let (a, b) = (persona("+12001004001", "a"), persona("+12001004002", "b"));
        let (other, third) = (persona("+12001004001", "x"), persona("+12001004003", "c"));
        let written = |text: &str| Ok(Some(text.to_owned()));
        let taken = || Err("phone: is another persona’s already".to_owned());
        let stale = || Err(Error::Stale.to_string());
        for (new, over, becomes) in [
            (&third, Over::Any, written("1a 2b 3c")),
            (&third, Over::Nothing, written("1a 2b 3c")),
            (&third, Over::Seen(&a), written("3c 2b")),
            (&other, Over::Any, written("1x 2b")),
            (&other, Over::Nothing, taken()),
            (&other, Over::Seen(&a), written("1x 2b")),
            (&other, Over::Seen(&b), taken()),
            (&third, Over::Seen(&other), stale()),
            (&b, Over::Seen(&a), taken()),
            // Everything is so already, as after a second click.
            (&a, Over::Any, Ok(None)),
            (&a, Over::Nothing, Ok(None)),
            (&a, Over::Seen(&a), Ok(None)),
            (&a, Over::Seen(&other), Ok(None)),
        ] {
            assert_eq!(after(new, over), becomes, "{new:?} over {over:?}");
        }
    }

    #[test]
    fn the_log_has_nobodys_number() {
        assert_eq!(told(&persona("+12001004001", "a")), "+12…01 A… L…");
    }
}
