//! What only sandbox has: the messages that were not sent, the clock, and changes of numbers.

use askama::Template;
use axum::{extract::State, response::Response};
use ringtrue_domain::{
    FieldError,
    identity::{EventType, LineChange, Told},
};
use ringtrue_engine::{Error, MAX_AFTER_SECONDS, SimulatedStep, model::OutboxMessage};
use serde::Deserialize;

use super::{
    desk::{Place, Section, Shell},
    fault::{PageError, Problem, mistake, sentence},
    flash::{Flash, go},
    form_page,
    guard::{Form, Posted},
    looks::Moment,
    parts::{Asked, Copyable, Number, filled, span},
    session::Permission,
};
use crate::{pages::handset::handset_url, state::App};

/// Messages of one page: all that are shown, since a flow has five at most.
const SHOWN: usize = 100;
const HOUR_SECONDS: i64 = 60 * 60;
const DAY_SECONDS: u32 = 24 * 60 * 60;

#[derive(Template)]
#[template(path = "portal/outbox.html")]
struct OutboxPage {
    shell: Shell,
    path: String,
    integrate: String,
    personas: String,
    handset: Option<String>,
    /// Codes and links are for those who control the sandbox.
    may_control: bool,
    rows: Vec<MessageRow>,
    searched: bool,
    clock: Moment,
    ahead: Option<String>,
    kinds: [&'static str; 6],
    typed: Simulated,
    problem: Option<Problem>,
}

struct MessageRow {
    to: Number,
    text: String,
    code: Option<Copyable>,
    link: Option<Copyable>,
    sent: Moment,
}

#[derive(Deserialize)]
pub(super) struct Beside {
    identity: Option<String>,
}

/// The newest messages, the clock, and what can be let happen.
pub(super) async fn show(
    State(app): State<App>,
    place: Place,
    Asked(Beside { identity }): Asked<Beside>,
) -> Result<Response, PageError> {
    let typed = Simulated { identity: identity.unwrap_or_default(), ..Simulated::default() };
    drawn(&app, &place, None, typed, None).await
}

async fn drawn(
    app: &App,
    place: &Place,
    to: Option<&str>,
    typed: Simulated,
    problem: Option<Problem>,
) -> Result<Response, PageError> {
    place.sandbox_only()?;
    let may_control = place.may(Permission::UseSandbox);
    let (kept, problem) = match mistake(app.engine.outbox(place.project.id, to, Some(SHOWN)).await)? {
        Ok(kept) => (kept, problem),
        Err(wrong) => (Vec::new(), Some(wrong)),
    };
    let looks = &place.desk.looks;
    let row = |message: &OutboxMessage| MessageRow {
        to: Number::of(&message.to, place.environment),
        text: message.body.expose().to_owned(),
        code: message.code.as_ref().map(|code| Copyable::new(code.expose(), "code")),
        link: message.link.as_ref().map(|link| Copyable::new(link.expose(), "link")),
        sent: looks.moment(message.sent_at),
    };
    let clock = app.engine.sandbox_clock(place.project.id).await?;
    let handset = if may_control {
        Some(handset_url(app, place.project.id, HOUR_SECONDS).map_err(Error::Bug)?)
    } else {
        None
    };
    let wrong = problem.is_some();
    let page = OutboxPage {
        shell: place.shell(Section::Outbox),
        path: place.path("outbox"),
        integrate: place.path("integrate"),
        personas: place.path("personas"),
        handset,
        may_control,
        rows: if may_control { kept.iter().map(row).collect() } else { Vec::new() },
        searched: to.is_some(),
        clock: looks.moment(clock.now),
        ahead: (clock.advanced_seconds > 0).then(|| span(clock.advanced_seconds)),
        kinds: EventType::CHANGES.map(EventType::as_str),
        typed,
        problem,
    };
    form_page(&page, wrong)
}

#[derive(Deserialize)]
pub(super) struct Find {
    to: String,
}

impl Form for Find {
    const NEEDS: Permission = Permission::UseSandbox;
}

/// The messages to a number.
pub(super) async fn find(
    State(app): State<App>,
    place: Place,
    Posted(Find { to }): Posted<Find>,
) -> Result<Response, PageError> {
    drawn(&app, &place, filled(&to), Simulated::default(), None).await
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Unit {
    Minutes,
    Hours,
    Days,
}

#[derive(Deserialize)]
pub(super) struct Advance {
    by: i64,
    unit: Unit,
}

impl Form for Advance {
    const NEEDS: Permission = Permission::UseSandbox;
}

/// Moves the sandbox clock forward.
pub(super) async fn advance(
    State(app): State<App>,
    place: Place,
    Posted(Advance { by, unit }): Posted<Advance>,
) -> Result<Response, PageError> {
    place.sandbox_only()?;
    let seconds = match unit {
        Unit::Minutes => 60,
        Unit::Hours => HOUR_SECONDS,
        Unit::Days => i64::from(DAY_SECONDS),
    };
    let seconds = by.saturating_mul(seconds);
    let (by, project) = (place.by(), place.project.id);
    let moved = app.engine.advance_sandbox_clock(by, project, seconds, None, |_| String::new()).await;
    let flash = match mistake(moved)? {
        Ok(_) => Flash::good(format!("The sandbox clock was moved forward by {}.", span(seconds))),
        Err(_) => Flash::bad("The clock can be moved forward only, by at most ten years at once."),
    };
    go(&place.path("outbox"), &flash)
}

/// A change of a number, as it is typed.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Simulated {
    identity: String,
    event_type: String,
    new_carrier: String,
    new_line_type: String,
    new_phone_number: String,
    after_days: String,
}

impl Form for Simulated {
    const NEEDS: Permission = Permission::UseSandbox;
}

impl Simulated {
    fn step(&self) -> Result<SimulatedStep, FieldError> {
        let change = LineChange::parse(
            "eventType",
            Told {
                event: Some(&self.event_type),
                new_phone_number: Some(&self.new_phone_number),
                new_carrier: Some(&self.new_carrier),
                new_line_type: Some(&self.new_line_type),
                ..Told::default()
            },
        )?;
        let wrong = || FieldError::new("afterDays", "must be 0 to 3660");
        let days: u32 = filled(&self.after_days).unwrap_or("0").parse().map_err(|_| wrong())?;
        let after_seconds = days.checked_mul(DAY_SECONDS).filter(|after| *after <= MAX_AFTER_SECONDS);
        Ok(SimulatedStep { after_seconds: after_seconds.ok_or_else(wrong)?, change })
    }
}

/// Lets something become of an identity's number.
pub(super) async fn simulate(
    State(app): State<App>,
    place: Place,
    Posted(typed): Posted<Simulated>,
) -> Result<Response, PageError> {
    place.sandbox_only()?;
    let step = match typed.step() {
        Ok(step) => step,
        Err(error) => {
            let problem = Problem::new(error.field, sentence(&error.to_string()));
            return drawn(&app, &place, None, typed, Some(problem)).await;
        }
    };
    let (now, id) = (step.after_seconds == 0, typed.identity.trim());
    let count = |events: &[ringtrue_domain::EventId]| events.len().to_string();
    let events = match app.engine.simulate(place.by(), place.scope(), id, &[step], None, count).await {
        Ok(events) => events,
        Err(Error::UnknownIdentity) => {
            let problem =
                Problem::new("identity", "There is no identity with this id in sandbox.".to_owned());
            return drawn(&app, &place, None, typed, Some(problem)).await;
        }
        Err(other) => return Err(other.into()),
    };
    let text = match (now, events.as_str()) {
        (true, "0") => {
            "It happened, but led to no event: the identity is not watched, or it was known already."
        }
        (true, _) => "It happened; the event is on its way.",
        (false, _) => "It will happen when the sandbox clock gets there.",
    };
    go(&place.path(&format!("identities/{id}")), &Flash::good(text))
}
