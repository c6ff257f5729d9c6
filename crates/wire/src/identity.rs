//! `/v3/identity`: enrolled people and numbers. Every id is there twice: SDKs of two generations call it `identityId` and
//! `proveId`.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// Enrols a person and number for change notifications.
#[derive(Debug, Default, Clone, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct EnrollRequest {
    /// E.164 with `+`; US and Canada numbers also without `+1`.
    #[schema(required, value_type = String, example = "+12001004031")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_number: Option<String>,
    /// The caller's id of the person, at most 255 characters. The same number with another one is another identity.
    #[schema(value_type = String)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_customer_id: Option<String>,
    /// The caller's id of the request, at most 255 characters.
    #[schema(value_type = String)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_request_id: Option<String>,
    /// The caller's id of the person's device, at most 255 characters.
    #[schema(value_type = String)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device_id: Option<String>,
    /// The caller's id of the human behind several accounts, at most 255 characters.
    #[schema(value_type = String)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_human_id: Option<String>,
    /// Anything else to keep with the identity, at most 20.
    #[schema(value_type = Vec<IdentityAttribute>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity_attributes: Option<Vec<IdentityAttribute>>,
}

/// Something that the caller keeps with an identity.
#[derive(Debug, Default, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct IdentityAttribute {
    /// 1 to 255 characters.
    #[schema(required, value_type = String, example = "plan")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attribute_type: Option<String>,
    /// 1 to 255 characters.
    #[schema(required, value_type = String, example = "gold")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attribute_value: Option<String>,
}

/// Enrols 1 to 100 people and numbers.
#[derive(Debug, Default, Clone, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct EnrollBatchRequest {
    /// Whom; each is read by itself, so that one that cannot be read does not keep the others.
    #[schema(value_type = Vec<EnrollRequest>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub items: Option<Vec<Box<RawValue>>>,
    /// The same under another name.
    #[schema(value_type = Vec<EnrollRequest>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identities: Option<Vec<Box<RawValue>>>,
}

/// An enrolled person and number.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EnrollResponse {
    /// Always `true`, as a boolean.
    pub success: bool,
    /// The identity.
    pub identity_id: String,
    /// The same.
    pub prove_id: String,
}

/// What became of a batch.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
pub struct EnrollBatchResponse {
    /// In the order of the request.
    pub results: Vec<EnrollBatchResult>,
}

/// What became of one of a batch: ids, or an error.
#[derive(Debug, Default, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct EnrollBatchResult {
    /// The identity.
    #[schema(value_type = String)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity_id: Option<String>,
    /// The same.
    #[schema(value_type = String)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prove_id: Option<String>,
    /// Why there is none, in words.
    #[schema(value_type = String, example = "phoneNumber: is required")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// A page of identities, in the order in which they were enrolled.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct IdentityListResponse {
    /// The identities.
    pub results: Vec<IdentityReference>,
    /// While there are more: the `startKey` of the next page.
    #[schema(value_type = String)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_key: Option<String>,
}

/// Names an identity.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct IdentityReference {
    /// The identity.
    pub identity_id: String,
    /// The same.
    pub prove_id: String,
}

/// What is known of an identity.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct IdentityResponse {
    /// The identity.
    pub identity_id: String,
    /// The same.
    pub prove_id: String,
    /// The number that it was verified or enrolled with, E.164.
    #[schema(example = "+12001004031")]
    pub phone_number: String,
    /// Whether the caller wants to hear of changes.
    pub active: bool,
    /// The operator.
    #[schema(value_type = String)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carrier: Option<String>,
    /// `mobile`, `landline`, `voip`, `fixedVoip`, `nonFixedVoip`, `tollFree` or `unknown`.
    #[schema(value_type = String, example = "mobile")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line_type: Option<String>,
    /// ISO 3166-1 alpha-2.
    #[schema(value_type = String, example = "US")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country_code: Option<String>,
    /// As enrolled.
    #[schema(value_type = String)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_customer_id: Option<String>,
    /// As enrolled.
    #[schema(value_type = String)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_human_id: Option<String>,
    /// As enrolled.
    #[schema(value_type = String)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_id: Option<String>,
    /// As enrolled.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub identity_attributes: Vec<IdentityAttribute>,
    /// When it was first enrolled, in seconds since 1970.
    #[schema(example = 1_772_366_400)]
    pub created_at: i64,
    /// The same instant (RFC 3339, UTC).
    #[schema(example = "2026-03-01T12:00:00Z")]
    pub creation_string: String,
}

/// The identities of a number.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
pub struct IdentityLookupResponse {
    /// In the order in which they were enrolled; none when nobody is enrolled with the number. At most 1,000.
    pub items: Vec<IdentityResponse>,
    /// `true` when the number has more identities than are told here; absent otherwise.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub more: bool,
}

/// Goes with a call about one identity; may be missing.
#[derive(Debug, Default, Clone, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct IdentityRequest {
    /// The caller's id of the request, at most 255 characters.
    #[schema(value_type = String)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_request_id: Option<String>,
}

/// It is done.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
pub struct SuccessResponse {
    /// Always `true`, as a boolean.
    pub success: bool,
}

/// The identities of the same number in linked projects.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
pub struct CrossDomainResponse {
    /// How many are told here.
    pub count: usize,
    /// The identities, at most 1,000.
    pub identities: Vec<LinkedIdentity>,
    /// The same, as older SDKs spell it.
    pub identites: Vec<LinkedIdentity>,
    /// `true` when there are more than are told here; absent otherwise.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub more: bool,
}

/// An identity of another project.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LinkedIdentity {
    /// The other project's name.
    pub client_name: String,
    /// The identity there.
    pub identity_id: String,
    /// The other project's id.
    pub pcid: String,
}
