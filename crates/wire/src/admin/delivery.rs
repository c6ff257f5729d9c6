//! Posts to a webhook.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A delivery.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeliveryResponse {
    /// `webhook-id`
    #[schema(example = "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b")]
    pub delivery_id: String,
    /// `events` or `test`
    #[schema(example = "events")]
    pub kind: String,
    /// `open`, `delivered`, `failed` or `empty`
    #[schema(example = "delivered")]
    pub state: String,
    /// How many it was packed with.
    pub events: u64,
    /// Attempts so far.
    pub attempts: u32,
    /// When it was packed (RFC 3339, UTC).
    #[schema(example = "2026-03-01T12:00:00Z")]
    pub created_at: String,
    /// When it is tried (again), while it is open.
    #[schema(value_type = String)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<String>,
}

/// Deliveries, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeliveryListResponse {
    /// A page of them.
    pub deliveries: Vec<DeliveryResponse>,
    /// While there are more: `before` of the next page.
    #[schema(value_type = String)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// An attempt.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeliveryAttempt {
    /// 1 for the first.
    pub number: u32,
    /// When it began (RFC 3339, UTC).
    #[schema(example = "2026-03-01T12:00:00Z")]
    pub at: String,
    /// How long it took.
    pub duration_ms: u32,
    /// Whether the endpoint took it.
    pub delivered: bool,
    /// What came back, in words.
    #[schema(example = "answered 200")]
    pub outcome: String,
    /// The endpoint’s HTTP status, if it answered.
    #[schema(value_type = u16)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The beginning of its answer, for roles that manage webhooks.
    #[schema(value_type = String)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
}

/// A delivery, what is in it and what came of it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeliveryReportResponse {
    /// The delivery.
    pub delivery: DeliveryResponse,
    /// Its events; none for a test, or when they were erased.
    pub event_ids: Vec<String>,
    /// Oldest first.
    pub attempts: Vec<DeliveryAttempt>,
}

/// What is sent again, under the ids that it has: one of the three.
#[derive(Debug, Default, Clone, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ReplayRequest {
    /// One delivery.
    #[schema(value_type = String)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delivery_id: Option<String>,
    /// All that were given up.
    #[schema(value_type = bool)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed: Option<bool>,
    /// All that were packed from then on (RFC 3339).
    #[schema(value_type = String)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// With `from`: and before then; default: now.
    #[schema(value_type = String)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

/// What a replay came to.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReplayResponse {
    /// Deliveries that were opened again; those that were open are tried anyway.
    pub opened: u64,
    /// Whether the webhook is paused: nothing is sent until it is resumed.
    pub paused: bool,
}
