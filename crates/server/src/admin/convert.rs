//! From the model to what the admin API says. People of production are masked as on the pages of the portal.

use ringtrue_domain::{
    PhoneNumber,
    flow::{Environment, PossessionType, Proof},
    identity::{Identity, Stream},
    text::CallerText,
};
use ringtrue_engine::model::{Content, Delivery, DeliveryState, StoredEvent};
use ringtrue_wire::admin::{
    delivery::DeliveryResponse,
    identity::{EventSummary, IdentitySummary},
};

use crate::portal::caller_text;

/// Rows of a list when nobody says how many, and at most.
pub(super) const PAGE_ROWS: usize = 50;
pub(super) const MAX_ROWS: u32 = 100;

/// A number: whole for the sandbox's personas, who are nobody.
pub(super) fn number(phone: &PhoneNumber, environment: Environment) -> String {
    match environment {
        Environment::Sandbox => phone.expose().to_owned(),
        Environment::Production => phone.masked(),
    }
}

/// A caller's own text, which may be an e-mail address.
pub(super) fn own_text(text: Option<&CallerText>, environment: Environment) -> Option<String> {
    text.map(|text| caller_text(text, environment))
}

pub(super) fn identity(identity: &Identity) -> IdentitySummary {
    let ended = match identity.stream {
        Stream::Ended { by, at } => Some((by, at)),
        Stream::Open => None,
    };
    let line = &identity.line;
    IdentitySummary {
        identity_id: identity.id.to_string(),
        phone_number: number(&identity.phone, identity.environment),
        client_customer_id: own_text(identity.client_customer_id.as_ref(), identity.environment),
        active: identity.active,
        ended_by: ended.map(|(by, _)| by.as_str().to_owned()),
        ended_at: ended.map(|(_, at)| at.to_string()),
        carrier: line.carrier.clone(),
        line_type: line.line_type.map(|kind| kind.as_str().to_owned()),
        country_code: line.country.clone(),
        created_at: identity.created_at.to_string(),
        verified_at: identity.verified_at.to_string(),
    }
}

pub(super) fn event(stored: &StoredEvent, environment: Environment) -> EventSummary {
    let event = &stored.event;
    EventSummary {
        event_id: event.id.to_string(),
        cursor: stored.cursor,
        event_type: event.what.event_type().as_str().to_owned(),
        event: event.what.sentence().to_owned(),
        identity_id: event.identity.to_string(),
        phone_number: number(&event.phone, environment),
        at: event.at.to_string(),
        muted: stored.muted,
    }
}

pub(super) fn delivery(delivery: &Delivery) -> DeliveryResponse {
    let open = delivery.state == DeliveryState::Open;
    DeliveryResponse {
        delivery_id: delivery.id.to_string(),
        kind: match delivery.content {
            Content::Events { .. } => "events",
            Content::Test => "test",
        }
        .to_owned(),
        state: state(delivery.state).to_owned(),
        events: delivery.events(),
        attempts: delivery.attempts,
        created_at: delivery.created_at.to_string(),
        due_at: open.then(|| delivery.due_at.to_string()),
    }
}

/// All states of a delivery, and what they are called.
pub(super) const STATES: [DeliveryState; 4] =
    [DeliveryState::Open, DeliveryState::Delivered, DeliveryState::Failed, DeliveryState::Empty];

pub(super) const fn state(state: DeliveryState) -> &'static str {
    match state {
        DeliveryState::Open => "open",
        DeliveryState::Delivered => "delivered",
        DeliveryState::Failed => "failed",
        DeliveryState::Empty => "empty",
    }
}

/// All ways to prove possession, and what they are called.
pub(super) const METHODS: [PossessionType; 3] =
    [PossessionType::Desktop, PossessionType::Mobile, PossessionType::None];

pub(super) const fn method(method: PossessionType) -> &'static str {
    match method {
        PossessionType::Desktop => "desktop",
        PossessionType::Mobile => "mobile",
        PossessionType::None => "none",
    }
}

pub(super) const fn proof(proof: Proof) -> &'static str {
    match proof {
        Proof::Code => "code",
        Proof::Link => "link",
        Proof::Network => "network",
        Proof::Persona => "persona",
    }
}
