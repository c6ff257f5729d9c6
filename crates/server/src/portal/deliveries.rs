//! What was posted to a webhook, newest first.

use askama::Template;
use axum::{extract::State, response::Response};
use ringtrue_domain::DeliveryId;
use ringtrue_engine::model::{Content, Delivery, DeliveryQuery, DeliveryState};
use serde::Deserialize;

use super::{
    desk::{Link, Place, Section, Shell},
    fault::PageError,
    looks::Moment,
    page,
    parts::{Asked, PAGE_ROWS, Pager, counted},
    session::Permission,
};
use crate::state::App;

const STATES: [DeliveryState; 4] =
    [DeliveryState::Open, DeliveryState::Delivered, DeliveryState::Failed, DeliveryState::Empty];

/// In addresses and as the class of a mark.
pub(super) const fn name(state: DeliveryState) -> &'static str {
    match state {
        DeliveryState::Open => "open",
        DeliveryState::Delivered => "delivered",
        DeliveryState::Failed => "failed",
        DeliveryState::Empty => "empty",
    }
}

/// The state that an address names.
pub(super) fn named(text: &str) -> Option<DeliveryState> {
    STATES.into_iter().find(|state| text == name(*state))
}

/// What is in a delivery.
pub(super) fn content(delivery: &Delivery) -> String {
    match delivery.content {
        Content::Test => "Test".to_owned(),
        Content::Events { .. } => counted(delivery.events(), "event"),
    }
}

pub(super) const fn label(state: DeliveryState) -> &'static str {
    match state {
        DeliveryState::Open => "Waiting",
        DeliveryState::Delivered => "Delivered",
        DeliveryState::Failed => "Given up",
        DeliveryState::Empty => "Empty",
    }
}

#[derive(Template)]
#[template(path = "portal/deliveries.html")]
struct DeliveriesPage {
    shell: Shell,
    path: String,
    webhook: String,
    filters: Vec<Link>,
    filtered: bool,
    rows: Vec<DeliveryRow>,
    /// The file of all of them.
    csv: String,
    pager: Pager,
    may_replay: bool,
}

/// A delivery as lists show it.
pub(super) struct DeliveryRow {
    pub(super) href: String,
    pub(super) id: String,
    pub(super) state: &'static str,
    pub(super) label: &'static str,
    pub(super) content: String,
    pub(super) attempts: u32,
    pub(super) created: Moment,
    pub(super) next: Option<Moment>,
}

impl DeliveryRow {
    pub(super) fn of(delivery: &Delivery, place: &Place) -> Self {
        let looks = &place.desk.looks;
        let open = delivery.state == DeliveryState::Open;
        Self {
            href: place.path(&format!("deliveries/{}", delivery.id)),
            id: delivery.id.to_string(),
            state: name(delivery.state),
            label: label(delivery.state),
            content: content(delivery),
            attempts: delivery.attempts,
            created: looks.moment(delivery.created_at),
            next: open.then(|| looks.moment(delivery.due_at)),
        }
    }
}

#[derive(Deserialize)]
pub(super) struct Filter {
    state: Option<String>,
    before: Option<String>,
}

/// The deliveries of a state, or all, newest first.
pub(super) async fn list(
    State(app): State<App>,
    place: Place,
    Asked(filter): Asked<Filter>,
) -> Result<Response, PageError> {
    let state = filter.state.as_deref().and_then(named);
    let before = filter.before.as_deref().map(str::parse::<DeliveryId>).transpose();
    let before = before.map_err(|_| PageError::not_found("page of deliveries"))?;
    let query = DeliveryQuery { state, before, limit: PAGE_ROWS + 1 };
    let mut found = app.engine.deliveries(place.scope(), query).await?;
    let more = found.len() > PAGE_ROWS;
    found.truncate(PAGE_ROWS);
    let path = place.path("deliveries");
    let address = |state: Option<DeliveryState>| match state {
        Some(state) => format!("{path}?state={}", name(state)),
        None => path.clone(),
    };
    let link = |one: Option<DeliveryState>| Link {
        href: address(one),
        label: one.map_or("All", label).to_owned(),
        current: one == state,
    };
    let key = found.last().filter(|_| more).map(|last| ("before", last.id.to_string()));
    page(&DeliveriesPage {
        shell: place.shell(Section::Deliveries),
        filters: std::iter::once(None).chain(STATES.map(Some)).map(link).collect(),
        filtered: state.is_some(),
        rows: found.iter().map(|delivery| DeliveryRow::of(delivery, &place)).collect(),
        csv: address(state).replacen(&path, &format!("{path}.csv"), 1),
        pager: Pager::newest_first(&address(state), before.is_none(), key),
        may_replay: place.may(Permission::ManageWebhooks),
        webhook: place.path("webhook"),
        path,
    })
}
