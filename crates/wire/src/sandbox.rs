//! `/v3/sandbox/*`: what only sandbox credentials may call.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A message that sandbox kept instead of sending it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SandboxMessage {
    /// The message's id.
    pub id: String,
    /// The number, E.164.
    pub to: String,
    /// The whole text.
    pub body: String,
    /// `otp` or `link`.
    pub kind: String,
    /// The code, for `otp`.
    #[schema(value_type = String)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The address, for `link`.
    #[schema(value_type = String)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// When, on the project's clock (RFC 3339, UTC).
    pub sent_at: String,
    /// Messages that a carrier would bill.
    pub segments: usize,
}

/// Moves the sandbox clock.
#[derive(Debug, Default, Clone, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct AdvanceClockRequest {
    /// Seconds forward; never backward.
    #[schema(required, value_type = i64, example = 120)]
    pub advance_seconds: Option<i64>,
}

/// What the sandbox clock shows.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ClockResponse {
    /// Now, on the project's clock (RFC 3339, UTC).
    pub now: String,
    /// Seconds that it is ahead of the wall clock.
    pub advanced_seconds: i64,
}

/// Where the project's virtual handset is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
pub struct HandsetLinkResponse {
    /// The page's address with its key; whoever has it sees this project's sandbox messages.
    pub url: String,
}
