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
