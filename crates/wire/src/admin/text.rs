//! What a project says in its own words, where its links may lead, and which pages may call.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// All texts of a project.
#[derive(Debug, Default, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct Texts {
    /// At most 50; each language and country once.
    pub texts: Vec<Text>,
}

/// A project’s own words, for people whose numbers are of some countries. What is absent is said in the server’s words.
#[derive(Debug, Default, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct Text {
    /// The language as BCP 47 has it.
    #[schema(example = "de")]
    pub language: String,
    /// ISO 3166-1 alpha-2; empty: all that no other text is for.
    #[schema(example = json!(["AT", "DE"]))]
    pub countries: Vec<String>,
    /// The text around a code, for which 4 to 6 `#` stand.
    #[schema(value_type = String, example = "Ihr Code: ######")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code_text: Option<String>,
    /// The text around a link, for which `####` stands.
    #[schema(value_type = String, example = "Bestätigen: ####")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link_text: Option<String>,
    /// Heading of the page of a link, at most 80 characters.
    #[schema(value_type = String)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub landing_title: Option<String>,
    /// What that page is about, at most 300 characters.
    #[schema(value_type = String)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub landing_text: Option<String>,
    /// Its button, at most 40 characters.
    #[schema(value_type = String)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub landing_button: Option<String>,
    /// For whoever did not ask for it, at most 300 characters.
    #[schema(value_type = String)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub landing_note: Option<String>,
    /// Before the project’s name, at most 40 characters.
    #[schema(value_type = String)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub landing_asked_by: Option<String>,
    /// Before how long ago it was asked for, at most 40 characters.
    #[schema(value_type = String)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub landing_started: Option<String>,
    /// Before the browser that waits, at most 40 characters.
    #[schema(value_type = String)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub landing_asked_on: Option<String>,
    /// Less than a minute ago, at most 40 characters.
    #[schema(value_type = String)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub landing_just_now: Option<String>,
    /// A minute ago, at most 40 characters.
    #[schema(value_type = String)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub landing_minute_ago: Option<String>,
    /// Some minutes ago, at most 40 characters; one `#` stands for how many.
    #[schema(value_type = String, example = "vor # Min.")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub landing_minutes_ago: Option<String>,
    /// Heading after the button was pressed, at most 80 characters.
    #[schema(value_type = String)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub landing_done_title: Option<String>,
    /// What there is to do then, at most 300 characters.
    #[schema(value_type = String)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub landing_done_text: Option<String>,
    /// Heading when the link is no longer good, at most 80 characters.
    #[schema(value_type = String)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub landing_gone_title: Option<String>,
    /// Why: it was used; at most 300 characters.
    #[schema(value_type = String)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub landing_gone_used: Option<String>,
    /// Why: its time is over; at most 300 characters.
    #[schema(value_type = String)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub landing_gone_expired: Option<String>,
    /// Why: the request was cancelled; at most 300 characters.
    #[schema(value_type = String)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub landing_gone_cancelled: Option<String>,
    /// Why: the number was changed; at most 300 characters.
    #[schema(value_type = String)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub landing_gone_replaced: Option<String>,
    /// Why: the verification is over; at most 300 characters.
    #[schema(value_type = String)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub landing_gone_ended: Option<String>,
    /// Why: the phone was not confirmed; at most 300 characters.
    #[schema(value_type = String)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub landing_gone_refused: Option<String>,
    /// What there is to do then, at most 300 characters.
    #[schema(value_type = String)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub landing_gone_note: Option<String>,
    /// The foot of each of these pages, at most 80 characters.
    #[schema(value_type = String)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub landing_footer: Option<String>,
}

/// Which pages may call the device API of a project’s verifications.
#[derive(Debug, Default, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct Origins {
    /// At most 20, as browsers send them; empty: any page.
    #[schema(example = json!(["https://shop.example"]))]
    pub origins: Vec<String>,
}

/// Where links of a project may lead.
#[derive(Debug, Default, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct Targets {
    /// At most 20 origins; empty: anywhere.
    #[schema(example = json!(["https://shop.example"]))]
    pub targets: Vec<String>,
}
