//! All that is known of a person.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Whom it is about.
#[derive(Debug, Default, Clone, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct PersonRequest {
    /// The number, with its country code.
    #[schema(required, value_type = String, example = "+12001004014")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_number: Option<String>,
}

/// What was erased.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ErasedResponse {
    /// How many identities, with their events.
    pub identities: usize,
    /// How many verifications, with their history.
    pub verifications: usize,
}
