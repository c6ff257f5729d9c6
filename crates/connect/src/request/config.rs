//! How a request is described in the configuration.

use std::collections::BTreeMap;

use serde::Deserialize;

/// How the request is made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// `POST`
    #[default]
    Post,
    /// `PUT`
    Put,
    /// `GET`, which allows no body.
    Get,
}

/// The body of a request.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum BodyTemplate {
    /// No body.
    #[default]
    None,
    /// A JSON document; every text in it is a template.
    Json(serde_json::Value),
    /// Form fields by name; their values are templates.
    Form(BTreeMap<String, String>),
    /// Anything else.
    Raw(RawBody),
}

/// A body of any other kind.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawBody {
    /// The template.
    pub text: String,
    /// The `Content-Type`.
    pub content_type: String,
    /// How what is filled in is escaped.
    pub escape: Escape,
}

/// How what is filled in is escaped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Escape {
    /// Not at all, for plain text.
    None,
    /// For the inside of a JSON string.
    Json,
    /// For XML text and attributes.
    Xml,
    /// Percent-encoding.
    Percent,
}
