//! The team, its access keys, and who did what.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A member of the team.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MemberResponse {
    /// Their id.
    #[schema(example = "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b")]
    pub id: String,
    /// Their address.
    #[schema(example = "ada@team.example")]
    pub email: String,
    /// What they want to be called.
    pub name: String,
    /// `owner`, `developer`, `analyst` or `read_only`
    #[schema(example = "developer")]
    pub role: String,
    /// Since when (RFC 3339, UTC).
    #[schema(example = "2026-03-01T12:00:00Z")]
    pub created_at: String,
}

/// Everybody.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MemberListResponse {
    /// Oldest first.
    pub members: Vec<MemberResponse>,
}

/// What a member is to be.
#[derive(Debug, Default, Clone, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct RoleRequest {
    /// `owner`, `developer`, `analyst` or `read_only`
    #[schema(required, value_type = String, example = "developer")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
}

/// Whom to invite.
#[derive(Debug, Default, Clone, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct InviteRequest {
    /// The address; an open invitation to it is taken back.
    #[schema(required, value_type = String, example = "bob@team.example")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// `owner`, `developer`, `analyst` or `read_only`
    #[schema(required, value_type = String, example = "developer")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
}

/// An invitation.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct InvitationResponse {
    /// Its id.
    #[schema(example = "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b")]
    pub id: String,
    /// Whom it is meant for.
    pub email: String,
    /// What they will be.
    #[schema(example = "developer")]
    pub role: String,
    /// `open`, `expired`, `accepted` or `revoked`
    #[schema(example = "open")]
    pub state: String,
    /// When it was made (RFC 3339, UTC).
    #[schema(example = "2026-03-01T12:00:00Z")]
    pub created_at: String,
    /// When it cannot be accepted any more.
    #[schema(example = "2026-03-01T12:00:00Z")]
    pub expires_at: String,
}

/// An invitation that was just made.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct InvitedResponse {
    /// The invitation.
    pub invitation: InvitationResponse,
    /// What the one who is invited opens; shown this one time. Nothing was sent.
    pub address: String,
}

/// Invitations of the last weeks, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct InvitationListResponse {
    /// A page of them.
    pub invitations: Vec<InvitationResponse>,
    /// While there are more: `before` of the next page.
    #[schema(value_type = String)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// An access key, without its token.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AccessKeyResponse {
    /// Its id.
    #[schema(example = "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b")]
    pub id: String,
    /// What its maker calls it.
    pub name: String,
    /// What it may do.
    #[schema(example = "developer")]
    pub role: String,
    /// The member who made it; absent: whoever has the command line.
    #[schema(value_type = String)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maker: Option<String>,
    /// When it was made (RFC 3339, UTC).
    #[schema(example = "2026-03-01T12:00:00Z")]
    pub created_at: String,
    /// When it is not taken any more.
    #[schema(example = "2026-03-01T12:00:00Z")]
    pub expires_at: String,
    /// When it was last used, to the hour.
    #[schema(value_type = String)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used_at: Option<String>,
}

/// The access keys that the caller may see, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AccessKeyListResponse {
    /// A page of them.
    pub access_keys: Vec<AccessKeyResponse>,
    /// While there are more: `before` of the next page.
    #[schema(value_type = String)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// One line of what was done.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditEntryResponse {
    /// Its id; lines sort by it.
    #[schema(example = "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b")]
    pub id: String,
    /// When (RFC 3339, UTC).
    #[schema(example = "2026-03-01T12:00:00Z")]
    pub at: String,
    /// `member`, `access_key`, `operator` (the command line) or `nobody` (not signed in)
    #[schema(example = "member")]
    pub who: String,
    /// Which member or access key.
    #[schema(value_type = String)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub who_id: Option<String>,
    /// What was done.
    #[schema(example = "changed")]
    pub what: String,
    /// The rest, by `what`: ids, what was before and is now. No secret, nobody in the clear.
    #[schema(value_type = Object)]
    pub details: serde_json::Map<String, serde_json::Value>,
}

/// What was done, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditPageResponse {
    /// A page of them.
    pub entries: Vec<AuditEntryResponse>,
    /// While there are more: `before` of the next page.
    #[schema(value_type = String)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}
