//! `GET /v3/events`: what became of enrolled numbers, for those who cannot receive webhooks; and the body of both.

use std::time::Duration;

use axum::{Json, extract::State};
use ringtrue_domain::identity::{EventType, What};
use ringtrue_engine::{Beginning, Cursor, EventPage, MAX_EVENTS, model::ChangeEvent, ports::Payload};
use ringtrue_wire::{
    error::ErrorBody,
    event::{Event, EventsResponse},
};
use serde::Deserialize;
use tokio::time::{Instant, sleep_until};

use crate::{
    http::{
        ApiError, Authenticated,
        parts::{Query, given, whole_number},
    },
    state::App,
};

/// The store is asked again after this even when nobody wakes the caller.
const POLL: Duration = Duration::from_secs(1);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EventsQuery {
    after: Option<String>,
    limit: Option<String>,
    wait_seconds: Option<String>,
}

/// Events behind a cursor, oldest first: the same ones that a webhook gets, with the same ids.
///
/// Without `after` the oldest that are kept come first. `after=latest` answers at once, without events, with the cursor
/// behind the newest one: whoever goes on from there gets only what happens from now on. With `waitSeconds` the answer
/// comes as soon as there is an event. Of deactivated identities nothing is shown.
#[utoipa::path(get, path = "/v3/events", tag = "identity", security(("bearer" = [])),
    params(
        ("after" = Option<String>, Query, description = "the `cursor` of an earlier answer, or `latest`"),
        ("limit" = Option<u8>, Query, description = "1 to 100 events; default 100"),
        ("waitSeconds" = Option<u8>, Query, description = "how long to wait when there is none, 0 to 30; default 0"),
    ),
    responses((status = 200, body = EventsResponse), (status = "4XX", body = ErrorBody), (status = "5XX", body = ErrorBody)))]
pub(crate) async fn events(
    State(app): State<App>,
    caller: Authenticated,
    Query(query): Query<EventsQuery>,
) -> Result<Json<EventsResponse>, ApiError> {
    let limit = whole_number("limit", query.limit.as_deref(), 1..=100)?.unwrap_or(MAX_EVENTS);
    let wait = whole_number("waitSeconds", query.wait_seconds.as_deref(), 0..=30)?.unwrap_or(0);
    let end = Instant::now() + Duration::from_secs(wait as u64);
    let page = match app.engine.event_beginning(caller.scope(), given(query.after.as_deref())).await? {
        Beginning::Latest(cursor) => EventPage { events: Vec::new(), cursor, more: false },
        Beginning::After(cursor) => wait_for(&app, &caller, cursor, limit, end).await?,
    };
    let EventPage { events, cursor, more } = page;
    Ok(Json(EventsResponse { events: events.iter().map(event).collect(), cursor: cursor.to_text(), more }))
}

/// Looks until there is an event, the time is over, or the node ends.
async fn wait_for(
    app: &App,
    caller: &Authenticated,
    mut after: Cursor,
    limit: usize,
    end: Instant,
) -> Result<EventPage, ApiError> {
    let scope = caller.scope();
    // From before the first look, so that nothing falls between.
    let watch = app.engine.watch_events(scope);
    // Whoever is sent away comes back, to another node if the load balancer has noticed. If it has not, they may stay
    // until the doors are closed; another turn would bring them here once more.
    let steps = &app.drain;
    let sent_away = if steps.told.is_cancelled() { &steps.closed } else { &steps.told };
    loop {
        let page = app.engine.events_after(scope, after, limit).await?;
        if !page.events.is_empty() || Instant::now() >= end {
            return Ok(page);
        }
        after = page.cursor;
        tokio::select! {
            () = watch.changed() => {}
            () = sleep_until(end.min(Instant::now() + POLL)) => {}
            () = sent_away.cancelled() => return Ok(page),
        }
    }
}

/// An event on the wire.
fn event(event: &ChangeEvent) -> Event {
    let id = event.identity.to_string();
    let mut wire = Event {
        identity_id: Some(id.clone()),
        prove_id: Some(id),
        client_customer_id: event.client_customer_id.as_ref().map(|text| text.as_str().to_owned()),
        phone_number: Some(event.phone.expose().to_owned()),
        ..about_nobody(event.id.to_string(), event.what.sentence(), event.what.event_type(), event.at)
    };
    match &event.what {
        What::PhoneNumberChange { new } => {
            wire.new_phone_number = new.as_ref().map(|phone| phone.expose().to_owned());
        }
        What::Port { carrier, new_carrier } => {
            wire.carrier.clone_from(carrier);
            wire.new_carrier.clone_from(new_carrier);
        }
        What::LineTypeChange { from, to } => {
            wire.line_type = from.map(|kind| kind.as_str().to_owned());
            wire.new_line_type = Some(to.as_str().to_owned());
        }
        What::Disconnect | What::MovedOutOfCoverage | What::SimSwap => {}
    }
    wire
}

/// The body of a webhook's delivery.
pub(crate) fn render(payload: &Payload<'_>) -> Vec<u8> {
    let events: Vec<Event> = match payload {
        Payload::Events(events) => events.iter().map(event).collect(),
        Payload::Test { id, at } => {
            vec![about_nobody(id.to_string(), "This is a test.", EventType::Test, *at)]
        }
    };
    // Wire types are plain structs of strings.
    serde_json::to_vec(&events).expect("a wire type is always JSON")
}

fn about_nobody(id: String, sentence: &str, kind: EventType, at: jiff::Timestamp) -> Event {
    Event {
        event_id: id,
        event: sentence.to_owned(),
        event_type: kind.as_str().to_owned(),
        event_timestamp: at.to_string(),
        identity_id: None,
        prove_id: None,
        client_customer_id: None,
        phone_number: None,
        new_phone_number: None,
        carrier: None,
        new_carrier: None,
        line_type: None,
        new_line_type: None,
    }
}
