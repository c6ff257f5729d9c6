//! Where the events of an environment go.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where events are to go.
#[derive(Debug, Default, Clone, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct PutWebhookRequest {
    /// Address that takes POST.
    #[schema(required, value_type = String, example = "https://shop.example/events")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// A webhook and how it is doing.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WebhookResponse {
    /// The address; only scheme, host and port for roles that may not set it.
    #[schema(example = "https://shop.example/events")]
    pub url: String,
    /// When it was first saved (RFC 3339, UTC).
    #[schema(example = "2026-03-01T12:00:00Z")]
    pub created_at: String,
    /// Since when nothing is sent.
    #[schema(value_type = String)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paused_at: Option<String>,
    /// Why: `asked`, `gone` (the endpoint answered 410) or `failing`.
    #[schema(value_type = String)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pause_reason: Option<String>,
    /// Whether two secrets sign.
    pub rotating: bool,
    /// Events that were not delivered yet.
    pub waiting: u64,
    /// Whether there are more than that.
    pub waiting_is_more: bool,
    /// Failed attempts after the last good one.
    pub failures: u32,
    /// The first of them.
    #[schema(value_type = String)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failing_since: Option<String>,
    /// The last good attempt.
    #[schema(value_type = String)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub succeeded_at: Option<String>,
}

/// A secret that deliveries are signed with.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WebhookSecret {
    /// `whsec_` and base64.
    pub secret: String,
    /// When it was made (RFC 3339, UTC).
    #[schema(example = "2026-03-01T12:00:00Z")]
    pub created_at: String,
    /// When it signs no more; absent: until it is rotated.
    #[schema(value_type = String)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retires_at: Option<String>,
}

/// The secrets that sign: one, or two during a rotation.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WebhookSecretsResponse {
    /// Oldest first.
    pub secrets: Vec<WebhookSecret>,
}

/// How to change the secret.
#[derive(Debug, Default, Clone, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct RotateSecretRequest {
    /// Hours for which the old one signs too, 0 to 720; default 24.
    #[schema(value_type = u32, example = 24)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overlap_hours: Option<u32>,
}

/// What came of a test.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WebhookTestResponse {
    /// The delivery, to be looked at.
    #[schema(example = "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b")]
    pub delivery_id: String,
    /// Whether the endpoint took it.
    pub delivered: bool,
    /// What came back, in words.
    #[schema(example = "answered 200")]
    pub outcome: String,
    /// How long it took.
    pub duration_ms: u32,
}
