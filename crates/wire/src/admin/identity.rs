//! Enrolled people and numbers, and what became of them. People of production are masked.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An enrolled person and number.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct IdentitySummary {
    /// The identity.
    #[schema(example = "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b")]
    pub identity_id: String,
    /// The number; masked in production.
    #[schema(example = "+12…14")]
    pub phone_number: String,
    /// The caller’s id of the person; masked in production.
    #[schema(value_type = String)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_customer_id: Option<String>,
    /// Whether the caller wants to hear of changes.
    pub active: bool,
    /// What ended the stream of events, such as `DISCONNECT`.
    #[schema(value_type = String)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_by: Option<String>,
    /// When that was.
    #[schema(value_type = String)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<String>,
    /// The operator.
    #[schema(value_type = String)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carrier: Option<String>,
    /// The kind of line.
    #[schema(value_type = String)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line_type: Option<String>,
    /// ISO 3166-1 alpha-2.
    #[schema(value_type = String)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country_code: Option<String>,
    /// When it was first enrolled (RFC 3339, UTC).
    #[schema(example = "2026-03-01T12:00:00Z")]
    pub created_at: String,
    /// When it was last verified or enrolled.
    #[schema(example = "2026-03-01T12:00:00Z")]
    pub verified_at: String,
}

/// Identities in the order of their enrolment.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct IdentityPageResponse {
    /// A page of them.
    pub identities: Vec<IdentitySummary>,
    /// While there are more: `after` of the next page.
    #[schema(value_type = String)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// Whose identities are looked for.
#[derive(Debug, Default, Clone, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct IdentitySearchRequest {
    /// The number, as people write it.
    #[schema(required, value_type = String, example = "+12001004014")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_number: Option<String>,
}

/// What became of an enrolled number.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EventSummary {
    /// The event.
    #[schema(example = "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b")]
    pub event_id: String,
    /// Its place in the environment’s stream.
    pub cursor: u64,
    /// Such as `PORT`.
    #[schema(example = "PORT")]
    pub event_type: String,
    /// The same in words.
    pub event: String,
    /// Whose.
    #[schema(example = "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b")]
    pub identity_id: String,
    /// The number; masked in production.
    pub phone_number: String,
    /// When (RFC 3339, UTC).
    #[schema(example = "2026-03-01T12:00:00Z")]
    pub at: String,
    /// Whether it is not delivered, since the identity was deactivated.
    pub muted: bool,
}

/// Events, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EventPageResponse {
    /// A page of them.
    pub events: Vec<EventSummary>,
    /// While there may be more: `before` of the next page.
    #[schema(value_type = u64)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<u64>,
}
