//! Verifications: found, told, counted.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::verify::Evaluation;

/// Which verifications are wanted. What is absent does not matter; the rest must all hold.
#[derive(Debug, Default, Clone, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct VerificationSearchRequest {
    /// The number, whole.
    #[schema(value_type = String, example = "+12001004014")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_number: Option<String>,
    /// The caller’s id of the person.
    #[schema(value_type = String)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_customer_id: Option<String>,
    /// The caller’s id of the request.
    #[schema(value_type = String)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_request_id: Option<String>,
    /// The verification’s own id.
    #[schema(value_type = String)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub correlation_id: Option<String>,
    /// The earliest beginning (RFC 3339).
    #[schema(value_type = String, example = "2026-03-01T12:00:00Z")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The first instant behind the latest beginning (RFC 3339).
    #[schema(value_type = String)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// How they may stand, such as `verified`, `open`, `timed_out`.
    #[schema(value_type = Vec<String>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub standings: Option<Vec<String>>,
    /// `desktop`, `mobile` or `none`
    #[schema(value_type = String)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub possession_type: Option<String>,
    /// `next` of the page before.
    #[schema(value_type = String)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// 1 to 100; default 50.
    #[schema(value_type = u32, example = 50)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

/// A verification in a list.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct VerificationSummary {
    /// The verification.
    #[schema(example = "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b")]
    pub correlation_id: String,
    /// When it began (RFC 3339, UTC).
    #[schema(example = "2026-03-01T12:00:00Z")]
    pub began_at: String,
    /// When it came to stand as it does; absent while it is open.
    #[schema(value_type = String)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub concluded_at: Option<String>,
    /// How it stands.
    #[schema(example = "verified")]
    pub standing: String,
    /// How possession is to be proven.
    #[schema(example = "mobile")]
    pub possession_type: String,
    /// How possession was proven.
    #[schema(value_type = String)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<String>,
    /// The number, masked.
    pub phone_number: String,
    /// ISO 3166-1 alpha-2.
    #[schema(value_type = String)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country_code: Option<String>,
    /// The caller’s id of the person; masked in production.
    #[schema(value_type = String)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_customer_id: Option<String>,
    /// The caller’s id of the request; masked in production.
    #[schema(value_type = String)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_request_id: Option<String>,
    /// Messages that were sent.
    pub messages: u32,
    /// What carriers bill for them.
    pub segments: u32,
}

/// Verifications, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct VerificationPageResponse {
    /// A page of them; it may be empty though there are more.
    pub verifications: Vec<VerificationSummary>,
    /// While there may be more: `after` of the next page.
    #[schema(value_type = String)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct VerificationStep {
    /// When (RFC 3339, UTC).
    #[schema(example = "2026-03-01T12:00:00Z")]
    pub at: String,
    /// What.
    #[schema(example = "code_sent")]
    pub what: String,
    /// How, by what or why.
    #[schema(value_type = String)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// One verification as what happened. People are masked.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct VerificationResponse {
    /// How it stands.
    pub summary: VerificationSummary,
    /// The person’s name, masked.
    pub name: String,
    /// When its session ends or ended.
    pub session_ends_at: String,
    /// When it is erased.
    pub kept_until: String,
    /// The browser that waits, in words.
    #[schema(value_type = String)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_from: Option<String>,
    /// What the identity source said of the name: `match`, `mismatch` or `unknown`.
    #[schema(value_type = String)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name_match: Option<String>,
    /// The operator.
    #[schema(value_type = String)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carrier: Option<String>,
    /// The kind of line.
    #[schema(value_type = String)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line_type: Option<String>,
    /// What the back end is told.
    #[schema(value_type = Evaluation)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evaluation: Option<Evaluation>,
    /// The identity that the person is enrolled under.
    #[schema(value_type = String)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity_id: Option<String>,
    /// In order.
    pub steps: Vec<VerificationStep>,
}

/// Whom a verification is about, in the clear. Who looked is in the audit log.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UnmaskedResponse {
    /// The number, E.164.
    pub phone_number: String,
    /// The first name.
    pub first_name: String,
    /// The last name.
    pub last_name: String,
    /// The e-mail address.
    #[schema(value_type = String)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email_address: Option<String>,
}

/// What became of some verifications.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Counts {
    /// How many began.
    pub started: u64,
    /// To how many at least one message was sent.
    pub messaged: u64,
    /// In how many possession was proven.
    pub proven: u64,
    /// How many stand how.
    pub standings: BTreeMap<String, u64>,
    /// Messages that were sent.
    pub messages: u64,
    /// What carriers bill for them.
    pub segments: u64,
    /// Seconds within which half of those verified were done.
    #[schema(value_type = i64)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub took_half_within_seconds: Option<i64>,
    /// Seconds within which nine in ten were.
    #[schema(value_type = i64)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub took_most_within_seconds: Option<i64>,
}

/// Counts of one part.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CountsOf {
    /// Which part.
    pub of: String,
    /// The counts.
    pub counts: Counts,
}

/// Calls that limits refused in an hour or a day.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RefusedIn {
    /// When it begins (RFC 3339, UTC).
    #[schema(example = "2026-03-01T12:00:00Z")]
    pub of: String,
    /// How many, by limit.
    pub refused: BTreeMap<String, u64>,
}

/// Calls that limits refused in a range of time. They are counted ten seconds later at most.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LimitsHit {
    /// How many, by limit: `requestsPerSecond` (of a credential), `verificationsPerNumber`, `countries`.
    pub all: BTreeMap<String, u64>,
    /// As `times` of the overview.
    pub times: Vec<RefusedIn>,
}

/// How verifications went that began in a range of time.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OverviewResponse {
    /// All of them.
    pub all: Counts,
    /// By how possession was to be proven.
    pub possession_types: Vec<CountsOf>,
    /// By country, ISO 3166-1 alpha-2, or `unknown`; most verifications first.
    pub countries: Vec<CountsOf>,
    /// By hour, or by day in a range of more than three days; those without any are left out.
    pub times: Vec<CountsOf>,
    /// Limits that were hit in the range.
    pub limits_hit: LimitsHit,
    /// Whether the times are days.
    pub by_day: bool,
}
