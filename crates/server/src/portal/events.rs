//! The events of an environment, newest first.

use askama::Template;
use axum::{extract::State, response::Response};
use ringtrue_domain::{LineType, flow::Environment, identity::What};
use ringtrue_engine::model::StoredEvent;
use serde::Deserialize;

use super::{
    desk::{Place, Section, Shell},
    fault::PageError,
    looks::Moment,
    page,
    parts::{Asked, Number, PAGE_ROWS, Pager},
    session::Permission,
};
use crate::state::App;

/// An event in words.
pub(super) struct EventRow {
    pub(super) kind: &'static str,
    pub(super) sentence: &'static str,
    pub(super) detail: String,
    pub(super) at: Moment,
    pub(super) muted: bool,
    pub(super) identity: String,
    pub(super) number: Number,
}

impl EventRow {
    pub(super) fn of(stored: &StoredEvent, place: &Place) -> Self {
        let event = &stored.event;
        Self {
            kind: event.what.event_type().as_str(),
            sentence: event.what.sentence(),
            detail: detail(&event.what, place),
            at: place.desk.looks.moment(event.at),
            muted: stored.muted,
            identity: place.path(&format!("identities/{}", event.identity)),
            number: Number::of(&event.phone, place.environment),
        }
    }
}

pub(super) fn detail(what: &What, place: &Place) -> String {
    let from_to = |from: Option<&str>, to: Option<&str>| match (from, to) {
        (Some(from), Some(to)) => format!("from {from} to {to}"),
        (None, Some(to)) => format!("to {to}"),
        (Some(from), None) => format!("from {from}"),
        (None, None) => String::new(),
    };
    match what {
        What::Port { carrier, new_carrier } => from_to(carrier.as_deref(), new_carrier.as_deref()),
        What::LineTypeChange { from, to } => from_to(from.map(LineType::as_str), Some(to.as_str())),
        What::PhoneNumberChange { new: Some(new) } => match place.environment {
            Environment::Sandbox => from_to(None, Some(new.expose())),
            Environment::Production => from_to(None, Some(&format!("{new:?}"))),
        },
        What::PhoneNumberChange { new: None }
        | What::Disconnect
        | What::MovedOutOfCoverage
        | What::SimSwap => String::new(),
    }
}

#[derive(Template)]
#[template(path = "portal/events.html")]
struct EventsPage {
    shell: Shell,
    rows: Vec<EventRow>,
    /// The file of all of them.
    csv: String,
    pager: Pager,
    /// Where the first one can be made, in sandbox.
    simulate: Option<String>,
    identities: String,
}

#[derive(Deserialize)]
pub(super) struct Until {
    until: Option<u64>,
}

/// Those up to a cursor, newest first. Cursors have no gaps when they are given out, so a page is a range of them; old
/// ones that are no longer kept leave a page shorter.
pub(super) async fn list(
    State(app): State<App>,
    place: Place,
    Asked(Until { until }): Asked<Until>,
) -> Result<Response, PageError> {
    place.must(Permission::SeeIdentities)?;
    let store = app.engine.store();
    let last = store.lane(place.scope()).await?.map_or(0, |lane| lane.last);
    let end = until.map_or(last, |until| until.min(last));
    let begin = end.saturating_sub(PAGE_ROWS as u64);
    let mut found = store.events(place.scope(), begin, end, PAGE_ROWS).await?;
    found.reverse();
    // Before a page that lost events there are none.
    let key = (begin > 0 && !found.is_empty()).then(|| ("until", begin.to_string()));
    page(&EventsPage {
        shell: place.shell(Section::Events),
        rows: found.iter().map(|stored| EventRow::of(stored, &place)).collect(),
        csv: place.path("events.csv"),
        pager: Pager::newest_first(&place.path("events"), until.is_none(), key),
        simulate: place.sandbox_only().is_ok().then(|| place.path("outbox")),
        identities: place.path("identities"),
    })
}
