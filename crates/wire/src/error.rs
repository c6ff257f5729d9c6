//! Errors of the server API.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An error: a number for programs, a text for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ErrorBody {
    /// The contract's number: 8001 and following.
    #[schema(example = 8001)]
    pub code: u16,
    /// Names the field and its rule, or the cause.
    #[schema(example = "phoneNumber: is required")]
    pub message: String,
    /// `POST /token` only: RFC 6749 §5.2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// `POST /token` only: RFC 6749 §5.2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_description: Option<String>,
}
