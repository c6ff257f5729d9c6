//! One delivery: what is in it, what came of each attempt, and sending it again.

use askama::Template;
use axum::{extract::State, response::Response};
use ringtrue_domain::DeliveryId;
use ringtrue_engine::{
    DeliveryReport,
    model::{Attempt, Content, Outcome, ReplayOf, StoredEvent},
};
use serde::Deserialize;

use super::{
    chart::{Chart, Shape, csv_file},
    deliveries::DeliveryRow,
    desk::{Place, Section, Shell},
    fault::{PageError, mistake},
    flash::{Flash, go},
    guard::{Form, Posted},
    looks::Moment,
    page,
    parts::{Copyable, Id},
    session::Permission,
    webhook::hint,
};
use crate::{cli::outcome_in_words, state::App};

#[derive(Template)]
#[template(path = "portal/delivery.html")]
struct DeliveryPage {
    shell: Shell,
    row: DeliveryRow,
    id: Copyable,
    replay: String,
    may_replay: bool,
    may_read: bool,
    events: Vec<EventRow>,
    is_test: bool,
    attempts: Vec<AttemptRow>,
    hint: &'static str,
    chart: Option<Chart>,
}

struct EventRow {
    kind: &'static str,
    identity: String,
    identity_id: String,
    at: Moment,
    muted: bool,
}

struct AttemptRow {
    number: u32,
    at: Moment,
    duration_ms: u32,
    good: bool,
    outcome: String,
    headers: Vec<(String, String)>,
    body: String,
}

async fn report(app: &App, place: &Place, id: &str) -> Result<DeliveryReport, PageError> {
    let none = || PageError::not_found("delivery");
    let id: DeliveryId = id.parse().map_err(|_| none())?;
    app.engine.store().delivery(place.scope(), id).await?.ok_or_else(none)?;
    Ok(app.engine.delivery(place.scope(), id).await?)
}

/// One delivery: what is in it, and each attempt.
pub(super) async fn show(State(app): State<App>, place: Place, Id(id): Id) -> Result<Response, PageError> {
    let DeliveryReport { delivery, events, attempts } = report(&app, &place, &id).await?;
    let looks = &place.desk.looks;
    let may_read = place.may(Permission::ManageWebhooks);
    let event = |stored: &StoredEvent| EventRow {
        kind: stored.event.what.event_type().as_str(),
        identity: place.path(&format!("identities/{}", stored.event.identity)),
        identity_id: stored.event.identity.to_string(),
        at: looks.moment(stored.event.at),
        muted: stored.muted,
    };
    let attempt = |attempt: &Attempt| {
        // An endpoint may repeat what it was sent.
        let answer = match &attempt.outcome {
            Outcome::Answered(answer) if may_read => Some(answer),
            Outcome::Answered(_) | Outcome::NoAnswer { .. } => None,
        };
        AttemptRow {
            number: attempt.number,
            at: looks.moment(attempt.at),
            duration_ms: attempt.duration_ms,
            good: attempt.outcome.is_success(),
            outcome: outcome_in_words(&attempt.outcome),
            headers: answer
                .map(|answer| {
                    answer.headers.iter().map(|(n, v)| (n.clone(), v.expose().to_owned())).collect()
                })
                .unwrap_or_default(),
            body: answer.map(|answer| answer.body.expose().to_owned()).unwrap_or_default(),
        }
    };
    page(&DeliveryPage {
        shell: place.below(Section::Deliveries, "Delivery"),
        row: DeliveryRow::of(&delivery, &place),
        id: Copyable::new(&delivery.id, "webhook-id"),
        replay: place.path("deliveries/replay"),
        may_replay: place.may(Permission::ManageWebhooks),
        may_read,
        events: events.iter().map(event).collect(),
        is_test: delivery.content == Content::Test,
        hint: attempts.last().map_or("", |last| hint(&last.outcome)),
        chart: (attempts.len() > 1).then(|| durations(&attempts, &place, delivery.id)),
        attempts: attempts.iter().rev().map(attempt).collect(),
    })
}

fn durations(attempts: &[Attempt], place: &Place, id: DeliveryId) -> Chart {
    let labels = attempts.iter().map(|attempt| attempt.number.to_string());
    let values = attempts.iter().map(|attempt| u64::from(attempt.duration_ms));
    Chart::new("Time to answer", "ms", Shape::Bars, "Attempt", labels.collect())
        .with("Duration", values.collect())
        .csv_at(place.path(&format!("deliveries/{id}/attempts.csv")))
}

/// The figures of the chart.
pub(super) async fn attempts_csv(
    State(app): State<App>,
    place: Place,
    Id(id): Id,
) -> Result<Response, PageError> {
    let report = report(&app, &place, &id).await?;
    let csv = durations(&report.attempts, &place, report.delivery.id).to_csv()?;
    Ok(csv_file("attachment; filename=\"attempts.csv\"", csv))
}

/// Which are sent again: one, or all that were given up.
#[derive(Deserialize)]
pub(super) struct Replay {
    id: Option<String>,
}

impl Form for Replay {
    const NEEDS: Permission = Permission::ManageWebhooks;
}

/// Sends some again.
pub(super) async fn replay(
    State(app): State<App>,
    place: Place,
    Posted(Replay { id }): Posted<Replay>,
) -> Result<Response, PageError> {
    let none = || PageError::not_found("delivery");
    let id = id.map(|id| id.parse::<DeliveryId>()).transpose().map_err(|_| none())?;
    let to = match id {
        Some(id) => place.path(&format!("deliveries/{id}")),
        None => place.path("deliveries"),
    };
    let of = id.map_or(ReplayOf::Failed, ReplayOf::One);
    let flash = match mistake(app.engine.replay_deliveries(place.by(), place.scope(), of).await)? {
        Err(problem) => Flash::bad(problem.text),
        Ok(done) if done.paused => {
            Flash::bad("The webhook is paused: what was opened again is sent once you resume it.")
        }
        Ok(done) if done.opened == 0 => {
            Flash::good("Nothing had to be opened again: it is being tried anyway.")
        }
        Ok(done) => {
            let deliveries = if done.opened == 1 { "delivery" } else { "deliveries" };
            Flash::good(format!("{} {deliveries} will be sent again, under the same ids.", done.opened))
        }
    };
    go(&to, &flash)
}
