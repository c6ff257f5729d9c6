//! A project's own sandbox personas.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A number that exists only in sandbox, and how it behaves.
#[derive(Debug, Default, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct Persona {
    /// The number, E.164. Where the path names it, it may be left out.
    #[schema(example = "+12001004999")]
    pub phone_number: String,
    /// The first name of its owner.
    #[schema(example = "Ann")]
    pub first_name: String,
    /// The last name of its owner.
    #[schema(example = "Lee")]
    pub last_name: String,
    /// What it is for, in one line of at most 200 characters.
    #[schema(example = "loses the number after a month")]
    pub outcome: String,
    /// `ordinary` (the default): does what is asked; `unaided`: succeeds without a device; `refuses`: fails whatever is
    /// entered or clicked.
    #[schema(value_type = String, example = "ordinary")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conduct: Option<String>,
    /// Whether ownership fails whatever name is given.
    pub ownership_fails: bool,
    /// Whether silent network authentication succeeds; absent: it is not offered.
    #[schema(value_type = bool)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network: Option<bool>,
    /// What `risk` fails with: `voip_line` (9134), `sim_swapped` (9135).
    #[schema(example = json!(["sim_swapped"]))]
    pub risks: Vec<String>,
    /// What becomes of the number after it was enrolled, at most 50 steps.
    pub timeline: Vec<PersonaStep>,
}

/// One step of a persona's timeline.
#[derive(Debug, Default, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct PersonaStep {
    /// Days after the enrolment, on the project’s sandbox clock; 0 to 3,660.
    #[schema(example = 30)]
    pub after_days: i64,
    /// `PHONE_NUMBER_CHANGE`, `DISCONNECT`, `PORT`, `LINE_TYPE_CHANGE`, `MOVED_OUT_OF_COVERAGE` or `SIM_SWAP`.
    #[schema(example = "PORT")]
    pub event_type: String,
    /// For `PHONE_NUMBER_CHANGE`: the person’s new number, E.164; without it the number is somebody else’s then.
    #[schema(value_type = String)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new_phone_number: Option<String>,
    /// For `PORT`: the operator before.
    #[schema(value_type = String)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub carrier: Option<String>,
    /// For `PORT`: the operator after.
    #[schema(value_type = String, example = "Other Mobile")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new_carrier: Option<String>,
    /// For `LINE_TYPE_CHANGE`: the kind of line before.
    #[schema(value_type = String)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line_type: Option<String>,
    /// For `LINE_TYPE_CHANGE`: the kind of line after.
    #[schema(value_type = String)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new_line_type: Option<String>,
}

/// All personas that a project is to have of its own.
#[derive(Debug, Default, Clone, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct PutPersonasRequest {
    /// At most 1,000, each with a number of its own; the built-in ones are there besides.
    #[schema(required, value_type = Vec<Persona>)]
    pub personas: Option<Vec<Persona>>,
}

/// All personas that a project has of its own.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PersonaListResponse {
    /// As they were put; the built-in ones are not among them.
    pub personas: Vec<Persona>,
}
