//! `POST /v3/verify` and `POST /v3/verify-status`

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Starts a verification.
#[derive(Debug, Default, Clone, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct VerifyRequest {
    /// `desktop` (instant link), `mobile` (silent network authentication, one-time code) or `none` (ownership only).
    #[schema(required, value_type = String, example = "mobile")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub possession_type: Option<String>,
    /// E.164 with `+`; US and Canada numbers also without `+1`.
    #[schema(required, value_type = String, example = "+12001004014")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_number: Option<String>,
    /// 1 to 100 characters.
    #[schema(required, value_type = String, example = "Lorant")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_name: Option<String>,
    /// 1 to 100 characters.
    #[schema(required, value_type = String, example = "Nerger")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_name: Option<String>,
    /// Required for `desktop`: where the phone's browser goes after the link. At most 128 characters.
    #[schema(value_type = String, example = "https://shop.example/return")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub final_target_url: Option<String>,
    /// At most 160 characters with exactly one run of `#`: `####` for links, 4 to 6 for codes.
    #[schema(value_type = String, example = "###### is your code")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sms_message: Option<String>,
    /// The person's e-mail address.
    #[schema(value_type = String)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email_address: Option<String>,
    /// The caller's id of the person, at most 255 characters.
    #[schema(value_type = String)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_customer_id: Option<String>,
    /// The caller's id of the request, at most 255 characters.
    #[schema(value_type = String)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_request_id: Option<String>,
    /// Lets the person enter the code up to three times; default `false`.
    #[schema(value_type = bool)]
    #[serde(rename = "allowOTPRetry", skip_serializing_if = "Option::is_none")]
    pub allow_otp_retry: Option<bool>,
}

/// A verification that began.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct VerifyResponse {
    /// `true`, `false` or `pending`, as a string.
    #[schema(example = "pending")]
    pub success: String,
    /// Names the verification in later calls.
    pub correlation_id: String,
    /// For the client SDK on the person's device; absent for `none`. Good for 15 minutes.
    #[schema(value_type = String)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth_token: Option<String>,
    /// `success`, `failed`, `pending` or `not_applicable`.
    #[schema(example = "pending")]
    pub possession_result: String,
    /// `success`, `failed`, `pending` or `not_applicable`.
    #[schema(example = "pending")]
    pub verify_result: String,
    /// What was evaluated, once anything was.
    #[schema(value_type = Evaluation)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evaluation: Option<Evaluation>,
}

/// Asks how a verification stands.
#[derive(Debug, Default, Clone, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct VerifyStatusRequest {
    /// As answered by `/v3/verify`.
    #[schema(required, value_type = String)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub correlation_id: Option<String>,
    /// The caller's id of the request, at most 255 characters.
    #[schema(value_type = String)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_request_id: Option<String>,
}

/// How a verification stands.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct VerifyStatusResponse {
    /// `true`, `false` or `pending`, as a string.
    #[schema(example = "true")]
    pub success: String,
    /// As asked.
    pub correlation_id: String,
    /// `success`, `failed`, `pending` or `not_applicable`.
    #[schema(example = "success")]
    pub possession_result: String,
    /// `success`, `failed`, `pending` or `not_applicable`.
    #[schema(example = "success")]
    pub verify_result: String,
    /// The enrolled person and number; only when `success` is `true`.
    #[schema(value_type = String)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity_id: Option<String>,
    /// The number that was judged, E.164. It differs from the request's after a number change.
    #[schema(example = "+12001004014")]
    pub phone_number: String,
    /// What was evaluated, once anything was.
    #[schema(value_type = Evaluation)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evaluation: Option<Evaluation>,
}

/// What was evaluated, by category; a category that was not looked at is absent.
#[derive(Debug, Default, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
pub struct Evaluation {
    /// Does the name belong to the number?
    #[schema(value_type = Category)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identification: Option<Category>,
    /// Does the person hold the phone?
    #[schema(value_type = Category)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authentication: Option<Category>,
    /// What speaks for caution?
    #[schema(value_type = Category)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub risk: Option<Category>,
}

/// One category.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Category {
    /// `pass` or `fail`.
    #[schema(example = "pass")]
    pub result: String,
    /// Code to text, when it failed.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub failure_reasons: BTreeMap<String, String>,
}
