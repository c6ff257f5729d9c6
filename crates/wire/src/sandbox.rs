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

/// Lets something become of a sandbox identity's number: one thing, or several one after the other.
#[derive(Debug, Default, Clone, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct SandboxEventRequest {
    /// Whose number.
    #[schema(required, value_type = String)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity_id: Option<String>,
    /// Several steps, 1 to 50, instead of the fields below, which are one step.
    #[schema(value_type = Vec<SandboxEventStep>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeline: Option<Vec<SandboxEventStep>>,
    /// `PHONE_NUMBER_CHANGE`, `DISCONNECT`, `PORT`, `LINE_TYPE_CHANGE`, `MOVED_OUT_OF_COVERAGE` or `SIM_SWAP`.
    #[schema(value_type = String, example = "PORT")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_type: Option<String>,
    /// Seconds from now on the project's sandbox clock, at most ten years; default 0.
    #[schema(value_type = i64)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after_seconds: Option<i64>,
    /// The same in days.
    #[schema(value_type = i64, example = 30)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after_days: Option<i64>,
    /// For `PHONE_NUMBER_CHANGE`: the person's new number, E.164; without it the number is somebody else's now.
    #[schema(value_type = String)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new_phone_number: Option<String>,
    /// For `PORT`: the operator before, where it is not known.
    #[schema(value_type = String)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub carrier: Option<String>,
    /// For `PORT`: the operator after.
    #[schema(value_type = String, example = "Other Mobile")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new_carrier: Option<String>,
    /// For `LINE_TYPE_CHANGE`: the kind of line before, where it is not known.
    #[schema(value_type = String)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line_type: Option<String>,
    /// For `LINE_TYPE_CHANGE`: the kind of line after.
    #[schema(value_type = String)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new_line_type: Option<String>,
}

impl SandboxEventRequest {
    /// The identity, the steps, and the fields that are one step.
    pub fn into_parts(self) -> (Option<String>, Option<Vec<SandboxEventStep>>, SandboxEventStep) {
        // Not flattened by serde, which would no longer know the name of a field that has a wrong type.
        let step = SandboxEventStep {
            event_type: self.event_type,
            after_seconds: self.after_seconds,
            after_days: self.after_days,
            new_phone_number: self.new_phone_number,
            carrier: self.carrier,
            new_carrier: self.new_carrier,
            line_type: self.line_type,
            new_line_type: self.new_line_type,
        };
        (self.identity_id, self.timeline, step)
    }
}

/// One thing that becomes of a number.
#[derive(Debug, Default, Clone, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct SandboxEventStep {
    /// `PHONE_NUMBER_CHANGE`, `DISCONNECT`, `PORT`, `LINE_TYPE_CHANGE`, `MOVED_OUT_OF_COVERAGE` or `SIM_SWAP`.
    #[schema(value_type = String, example = "PORT")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_type: Option<String>,
    /// Seconds from now on the project's sandbox clock, at most ten years; default 0.
    #[schema(value_type = i64)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after_seconds: Option<i64>,
    /// The same in days.
    #[schema(value_type = i64, example = 30)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after_days: Option<i64>,
    /// For `PHONE_NUMBER_CHANGE`: the person's new number, E.164; without it the number is somebody else's now.
    #[schema(value_type = String)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new_phone_number: Option<String>,
    /// For `PORT`: the operator before, where it is not known.
    #[schema(value_type = String)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub carrier: Option<String>,
    /// For `PORT`: the operator after.
    #[schema(value_type = String, example = "Other Mobile")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new_carrier: Option<String>,
    /// For `LINE_TYPE_CHANGE`: the kind of line before, where it is not known.
    #[schema(value_type = String)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line_type: Option<String>,
    /// For `LINE_TYPE_CHANGE`: the kind of line after.
    #[schema(value_type = String)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new_line_type: Option<String>,
}

/// It happened, or will.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SandboxEventResponse {
    /// Always `true`, as a boolean.
    pub success: bool,
    /// Events that came of what was due now. An inactive identity, one whose number was lost, and old news have none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub event_ids: Vec<String>,
}

/// What a webhook delivery of the project's sandbox says of itself, for tools that post events in the server's place.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SandboxWebhookResponse {
    /// The project: `sub` of the JWT in `X-Prove-Authorization`.
    pub project_id: String,
    /// Its `iss`.
    #[schema(example = "Prove Identity")]
    pub issuer: String,
}

/// Where the project's virtual handset is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
pub struct HandsetLinkResponse {
    /// The page's address with its key; whoever has it sees this project's sandbox messages.
    pub url: String,
}
