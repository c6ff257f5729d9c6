//! The credentials of back ends.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a credential is to be called.
#[derive(Debug, Default, Clone, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct CredentialNameRequest {
    /// 1 to 80 characters; absent: no name.
    #[schema(value_type = String, example = "Order service")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// A credential, without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CredentialResponse {
    /// Its id.
    #[schema(example = "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b")]
    pub client_id: String,
    /// What the team calls it.
    #[schema(value_type = String)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// When it was created (RFC 3339, UTC).
    #[schema(example = "2026-03-01T12:00:00Z")]
    pub created_at: String,
    /// When it last got a token, to the hour.
    #[schema(value_type = String)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used_at: Option<String>,
    /// When it was revoked; absent while it is good.
    #[schema(value_type = String)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<String>,
}

/// A credential that was just created.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CredentialCreatedResponse {
    /// Its id.
    #[schema(example = "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b")]
    pub client_id: String,
    /// Its secret, this one time; absent when the same `Idempotency-Key` made it before.
    #[schema(value_type = String)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<String>,
}

/// The credentials of an environment, revoked ones too.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CredentialListResponse {
    /// Oldest first.
    pub credentials: Vec<CredentialResponse>,
}
