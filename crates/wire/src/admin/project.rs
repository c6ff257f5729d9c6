//! Projects and their settings.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How many verifications of one number may begin. Whatever is absent is not limited.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct VerificationsPerNumber {
    /// Within an hour, 1 to 1,000.
    #[schema(value_type = u32, example = 5)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_hour: Option<u32>,
    /// Within 24 hours, 1 to 1,000.
    #[schema(value_type = u32, example = 20)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_day: Option<u32>,
}

/// What a project is to be. Whatever is absent is the environment’s default.
#[derive(Debug, Default, Clone, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct PutProjectRequest {
    /// 1 to 80 characters; people who verify see it.
    #[schema(required, value_type = String, example = "Shop")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Host of the page that codes are typed into.
    #[schema(value_type = String, example = "shop.example")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bound_host: Option<String>,
    /// Whether the page has a retry step for instant links; default: no.
    #[schema(value_type = bool)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_page: Option<bool>,
    /// Whether a person may change the number; default: in sandbox only.
    #[schema(value_type = bool)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number_change: Option<bool>,
    /// Seconds before a code is sent again, 0 to 300; default: 0 in sandbox, 10 in production.
    #[schema(value_type = u32, example = 10)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resend_pause_seconds: Option<u32>,
    /// How many verifications of one number may begin; more are refused with 429. Default: any number of them.
    #[schema(value_type = VerificationsPerNumber)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verifications_per_number: Option<VerificationsPerNumber>,
    /// Of which countries numbers are verified, as ISO 3166-1 alpha-2; default: of all.
    #[schema(value_type = Vec<String>, example = json!(["DE", "GB"]))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub countries: Option<Vec<String>>,
}

/// A project and its settings.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProjectResponse {
    /// Its id, which stays.
    #[schema(example = "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b")]
    pub id: String,
    /// Its name.
    #[schema(example = "Shop")]
    pub name: String,
    /// As set.
    #[schema(value_type = String)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bound_host: Option<String>,
    /// As set.
    pub retry_page: bool,
    /// As set.
    #[schema(value_type = bool)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number_change: Option<bool>,
    /// As set.
    #[schema(value_type = u32)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resend_pause_seconds: Option<u32>,
    /// As set.
    #[schema(value_type = VerificationsPerNumber)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verifications_per_number: Option<VerificationsPerNumber>,
    /// As set; absent: of all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub countries: Vec<String>,
    /// When it was created (RFC 3339, UTC).
    #[schema(example = "2026-03-01T12:00:00Z")]
    pub created_at: String,
}

/// All projects.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProjectListResponse {
    /// Oldest first.
    pub projects: Vec<ProjectResponse>,
}
