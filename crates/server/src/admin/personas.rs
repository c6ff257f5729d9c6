//! A project's own sandbox personas: all of them as one thing, or one by its number.

use axum::{extract::State, http::StatusCode, response::Response};
use ringtrue_domain::{
    FieldError, PhoneNumber, ProjectId, RiskCode,
    flow::Conduct,
    identity::{LineChange, Told},
};
use ringtrue_engine::{
    Error, MAX_AFTER_DAYS, Over,
    model::{Expect, Persona, PersonaStep, StoredProject},
};
use ringtrue_wire::admin::{
    persona::{self as wire, PersonaListResponse, PutPersonasRequest},
    problem::Problem,
};

use super::{
    holder::{Holder, Id, May, Of, needs, none, required, stored},
    precondition::{Precondition, PreconditionHeaders, tagged},
};
use crate::{
    http::{ApiError, JsonBody, body::MAX_BATCH_BYTES},
    state::App,
};

/// The personas that a project has of its own; the `ETag` is the project's, for the next change.
#[utoipa::path(get, path = "/admin/v1/projects/{id}/personas", tag = "sandbox", security(("accessKey" = [])),
    params(("id" = String, Path, description = "the project")),
    responses((status = 200, body = PersonaListResponse), (status = "4XX", body = Problem, content_type = "application/problem+json"), (status = "5XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn list(
    State(app): State<App>,
    _: May<needs::SeeProjects>,
    Id(id): Id<ProjectId>,
) -> Result<Response, ApiError> {
    Ok(listed(stored(&app, id).await?))
}

/// Replaces the personas that a project has of its own. The built-in ones stay; one of the project's with the same number
/// goes first.
#[utoipa::path(put, path = "/admin/v1/projects/{id}/personas", tag = "sandbox", request_body = PutPersonasRequest, security(("accessKey" = [])),
    params(("id" = String, Path, description = "the project"), PreconditionHeaders),
    responses((status = 200, body = PersonaListResponse), (status = "4XX", body = Problem, content_type = "application/problem+json"), (status = "5XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn put(
    State(app): State<App>,
    _: May<needs::ManageProjects>,
    holder: Holder,
    Id(id): Id<ProjectId>,
    Precondition(expected): Precondition,
    JsonBody { value, .. }: JsonBody<PutPersonasRequest, MAX_BATCH_BYTES>,
) -> Result<Response, ApiError> {
    stored(&app, id).await?;
    let mut personas = Vec::new();
    for (number, one) in (1..).zip(required("personas", value.personas)?) {
        let persona =
            meant(one).map_err(|error| FieldError::new("personas", format!("entry {number}: {error}")))?;
        personas.push(persona);
    }
    Ok(listed(app.engine.set_personas(holder.by(), id, personas, expected).await?))
}

/// One of them; the `ETag` is the project's.
#[utoipa::path(get, path = "/admin/v1/projects/{id}/personas/{phone}", tag = "sandbox", security(("accessKey" = [])),
    params(("id" = String, Path, description = "the project"), ("phone" = String, Path, description = "its number, E.164")),
    responses((status = 200, body = wire::Persona), (status = "4XX", body = Problem, content_type = "application/problem+json"), (status = "5XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn show(
    _: May<needs::SeeProjects>,
    Of(StoredProject { version, project }, phone): Of<String>,
) -> Result<Response, ApiError> {
    let phone = PhoneNumber::normalize("phone", &phone)?;
    let known = project.settings.personas.into_iter().find(|one| one.phone == phone);
    let persona = known.ok_or_else(|| none("persona of this project's own"))?;
    Ok(tagged(StatusCode::OK, version, told(persona)))
}

/// Makes a number be this persona (201 when the project had none with it); the others stay, whoever writes them meanwhile.
#[utoipa::path(put, path = "/admin/v1/projects/{id}/personas/{phone}", tag = "sandbox", request_body = wire::Persona, security(("accessKey" = [])),
    params(("id" = String, Path, description = "the project"), ("phone" = String, Path, description = "its number, E.164"), PreconditionHeaders),
    responses((status = 200, body = wire::Persona), (status = 201, body = wire::Persona), (status = "4XX", body = Problem, content_type = "application/problem+json"), (status = "5XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn put_one(
    State(app): State<App>,
    _: May<needs::ManageProjects>,
    holder: Holder,
    Of(StoredProject { project, .. }, phone): Of<String>,
    Precondition(expected): Precondition,
    JsonBody { mut value, .. }: JsonBody<wire::Persona, MAX_BATCH_BYTES>,
) -> Result<Response, ApiError> {
    let phone = PhoneNumber::normalize("phone", &phone)?;
    if value.phone_number.is_empty() {
        phone.expose().clone_into(&mut value.phone_number);
    }
    let persona = meant(value)?;
    if persona.phone != phone {
        return Err(ApiError::field("phoneNumber", "must be the number of the path, or left out"));
    }
    let (over, version) = match expected {
        // Of the persona, not of the project, which is there.
        Expect::Absent => (Over::Nothing, Expect::Any),
        other => (Over::Any, other),
    };
    let put = match app.engine.put_persona(holder.by(), project.id, persona, over, version).await {
        Ok(put) if expected == Expect::Absent && !put.created => return Err(Error::Stale.into()),
        Err(Error::Field(error)) if error.field == "phone" => return Err(Error::Stale.into()),
        done => done?,
    };
    let status = if put.created { StatusCode::CREATED } else { StatusCode::OK };
    Ok(tagged(status, put.version, told(put.persona)))
}

/// Lets the project have no persona of its own with a number. What is not there any more is gone all the same (204); a
/// built-in persona stays.
#[utoipa::path(delete, path = "/admin/v1/projects/{id}/personas/{phone}", tag = "sandbox", security(("accessKey" = [])),
    params(("id" = String, Path, description = "the project"), ("phone" = String, Path, description = "its number, E.164"), PreconditionHeaders),
    responses((status = 204), (status = "4XX", body = Problem, content_type = "application/problem+json"), (status = "5XX", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn remove(
    State(app): State<App>,
    _: May<needs::ManageProjects>,
    holder: Holder,
    Of(StoredProject { project, .. }, phone): Of<String>,
    Precondition(expected): Precondition,
) -> Result<StatusCode, ApiError> {
    let phone = PhoneNumber::normalize("phone", &phone)?;
    app.engine.remove_persona(holder.by(), project.id, &phone, expected).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn listed(StoredProject { version, project }: StoredProject) -> Response {
    let personas = project.settings.personas.into_iter().map(told).collect();
    tagged(StatusCode::OK, version, PersonaListResponse { personas })
}

fn told(persona: Persona) -> wire::Persona {
    let step = |step: &PersonaStep| {
        let told = step.change.told();
        let owned = |text: Option<&str>| text.map(str::to_owned);
        wire::PersonaStep {
            after_days: step.after_days.into(),
            event_type: told.event.unwrap_or_default().to_owned(),
            new_phone_number: owned(told.new_phone_number),
            carrier: owned(told.carrier),
            new_carrier: owned(told.new_carrier),
            line_type: owned(told.line_type),
            new_line_type: owned(told.new_line_type),
        }
    };
    wire::Persona {
        phone_number: persona.phone.expose().to_owned(),
        first_name: persona.first_name,
        last_name: persona.last_name,
        outcome: persona.outcome,
        conduct: Some(persona.conduct.as_str().to_owned()),
        ownership_fails: persona.ownership_fails,
        network: persona.network,
        risks: persona.risks.iter().map(|risk| risk.as_str().to_owned()).collect(),
        timeline: persona.timeline.iter().map(step).collect(),
    }
}

/// A persona as it was asked for; names and lengths are the engine's to judge.
fn meant(persona: wire::Persona) -> Result<Persona, FieldError> {
    let conduct = persona.conduct.as_deref().map_or(Some(Conduct::Ordinary), Conduct::parse);
    let wrong = || FieldError::new("conduct", "must be ordinary, unaided or refuses");
    let risks = persona.risks.iter().map(|risk| {
        RiskCode::parse(risk)
            .ok_or_else(|| FieldError::new("risks", "must be a list of voip_line, sim_swapped or both"))
    });
    let timeline = (1..).zip(&persona.timeline).map(|(number, step)| {
        meant_step(step).map_err(|error| FieldError::new("timeline", format!("step {number}: {error}")))
    });
    Ok(Persona {
        phone: PhoneNumber::normalize("phoneNumber", &persona.phone_number)?,
        conduct: conduct.ok_or_else(wrong)?,
        risks: risks.collect::<Result<_, _>>()?,
        timeline: timeline.collect::<Result<_, _>>()?,
        first_name: persona.first_name,
        last_name: persona.last_name,
        outcome: persona.outcome,
        ownership_fails: persona.ownership_fails,
        network: persona.network,
    })
}

fn meant_step(step: &wire::PersonaStep) -> Result<PersonaStep, FieldError> {
    let told = Told {
        event: Some(&step.event_type),
        new_phone_number: step.new_phone_number.as_deref(),
        carrier: step.carrier.as_deref(),
        new_carrier: step.new_carrier.as_deref(),
        line_type: step.line_type.as_deref(),
        new_line_type: step.new_line_type.as_deref(),
    };
    let days = u32::try_from(step.after_days).ok().filter(|days| *days <= MAX_AFTER_DAYS);
    let wrong = || FieldError::new("afterDays", "must be 0 to 3660");
    Ok(PersonaStep { after_days: days.ok_or_else(wrong)?, change: LineChange::parse("eventType", told)? })
}
