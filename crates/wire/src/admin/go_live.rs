//! What is missing before real people can be verified, and trying it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What there is of what production relies on.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "each is one thing that there is or not")]
pub struct GoLiveResponse {
    /// Whether nothing is missing.
    pub ready: bool,
    /// What is missing: `message` (no text was seen to arrive), `source` (the identity source has known no number yet),
    /// `webhook` (none has taken a delivery), `credential` (production has none), `https`.
    #[schema(example = json!(["message", "webhook"]))]
    pub missing: Vec<String>,
    /// Whether a gateway is configured that reaches phones.
    pub has_gateway: bool,
    /// When a text of a trial arrived.
    #[schema(value_type = String)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message_arrived_at: Option<String>,
    /// When the identity source knew a number of a trial.
    #[schema(value_type = String)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_answered_at: Option<String>,
    /// Whether production has a webhook.
    pub has_webhook: bool,
    /// When it last took a delivery.
    #[schema(value_type = String)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivered_at: Option<String>,
    /// Whether production has a credential that is not revoked.
    pub has_credential: bool,
    /// Whether the server is reached by https.
    pub has_https: bool,
}

/// Sends a text to a phone of yours.
#[derive(Debug, Default, Clone, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct TryMessageRequest {
    /// The phone, E.164.
    #[schema(required, value_type = String, example = "+447700900123")]
    pub phone_number: Option<String>,
}

/// The gateway took the text.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TryMessageResponse {
    /// The code in the text: whoever reads the same on the phone knows that it arrived.
    #[schema(example = "204816")]
    pub code: String,
}

/// Asks the identity source about somebody.
#[derive(Debug, Default, Clone, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct TrySourceRequest {
    /// A number that it should know, E.164.
    #[schema(required, value_type = String, example = "+447700900123")]
    pub phone_number: Option<String>,
    /// The first name of its owner.
    #[schema(required, value_type = String, example = "Ann")]
    pub first_name: Option<String>,
    /// The last name of its owner.
    #[schema(required, value_type = String, example = "Lee")]
    pub last_name: Option<String>,
}

/// What the identity source says.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TrySourceResponse {
    /// Whether it knows the number.
    pub known: bool,
    /// Whether the name is its owner’s; absent where the number is not known.
    #[schema(value_type = bool)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name_matches: Option<bool>,
}
