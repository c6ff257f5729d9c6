//! Errors of the admin API (RFC 9457).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Why a call was refused; served as `application/problem+json`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// Which problem, for programs.
    #[schema(example = "urn:ringtrue:problem:invalid")]
    #[serde(rename = "type")]
    pub kind: String,
    /// The same for people, in a few words.
    #[schema(example = "A field is missing or invalid")]
    pub title: String,
    /// The HTTP status.
    #[schema(example = 400)]
    pub status: u16,
    /// What was wrong with this call.
    #[schema(example = "name: must be 1 to 80 characters without control characters")]
    pub detail: String,
    /// The field of the request that breaks its rule.
    #[schema(value_type = String, example = "name")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
}
