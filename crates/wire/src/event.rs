//! What became of enrolled numbers (contract: webhooks.md): the same events by webhook and by `GET /v3/events`.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What became of an enrolled number. A webhook's body is an array of these.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    /// Unique; the same however often the event is sent.
    pub event_id: String,
    /// One sentence for people.
    #[schema(example = "The phone number moved to another carrier.")]
    pub event: String,
    /// `PHONE_NUMBER_CHANGE`, `DISCONNECT`, `PORT`, `LINE_TYPE_CHANGE`, `MOVED_OUT_OF_COVERAGE`, `SIM_SWAP` or `TEST`.
    #[schema(example = "PORT")]
    pub event_type: String,
    /// When it was detected (RFC 3339, UTC).
    #[schema(example = "2026-03-01T12:00:00Z")]
    pub event_timestamp: String,
    /// The identity; absent in `TEST`.
    #[schema(value_type = String)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity_id: Option<String>,
    /// The same.
    #[schema(value_type = String)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prove_id: Option<String>,
    /// As enrolled.
    #[schema(value_type = String)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_customer_id: Option<String>,
    /// The number that the identity was verified with, E.164; absent in `TEST`.
    #[schema(value_type = String, example = "+12001004031")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone_number: Option<String>,
    /// `PHONE_NUMBER_CHANGE`: the person's new number, E.164, if known.
    #[schema(value_type = String)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new_phone_number: Option<String>,
    /// `PORT`: the operator before, if known.
    #[schema(value_type = String)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carrier: Option<String>,
    /// `PORT`: the operator after, if known.
    #[schema(value_type = String)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new_carrier: Option<String>,
    /// `LINE_TYPE_CHANGE`: the kind of line before, if known.
    #[schema(value_type = String)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line_type: Option<String>,
    /// `LINE_TYPE_CHANGE`: the kind of line after.
    #[schema(value_type = String)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new_line_type: Option<String>,
}

/// Events behind a place in the stream of a project's environment.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
pub struct EventsResponse {
    /// Oldest first.
    pub events: Vec<Event>,
    /// The place behind the last one, to go on from with `after`.
    pub cursor: String,
    /// Whether there are more already.
    pub more: bool,
}
