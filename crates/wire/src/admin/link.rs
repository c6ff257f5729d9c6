//! Projects that see each other's identities of the same number.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How a project stands to another one.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProjectLinkResponse {
    /// The other project.
    #[schema(example = "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b")]
    pub project_id: String,
    /// Its name.
    #[schema(example = "Bank")]
    pub name: String,
    /// Whether this project wants the link.
    pub wanted: bool,
    /// Whether the other one wants it.
    pub wanted_by_other: bool,
    /// Whether both do: only then they see each other’s identities.
    pub linked: bool,
}

/// The links of a project.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProjectLinkListResponse {
    /// Those that one side or both want, the oldest project first.
    pub links: Vec<ProjectLinkResponse>,
}
