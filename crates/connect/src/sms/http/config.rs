//! How a gateway is described in the configuration.

use std::collections::BTreeMap;

use secrecy::SecretString;
use serde::Deserialize;

use super::slot;
use crate::{
    ConfigError,
    request::{BodyTemplate, Method},
};

/// A gateway that takes messages over HTTP.
///
/// Wherever the documentation of a key says *template*, `{to}` stands for the number in E.164, `{to_digits}` for
/// its digits without `+`, `{body}` for the text, `{id}` for the message's id (a UUID, the same in every repeat),
/// `{sender}` for the key `sender` and `{secret.x}` for the entry `x` of `secrets`. `{{` and `}}` are braces.
/// What is filled in is escaped for its place.
///
/// A gateway that always answers 200 and tells the rest in the body:
///
/// ```toml
/// url = "https://rest.gateway.example/sms/json"
/// sender = "Shop"
/// secrets = { key = "abcd1234", secret = "…" }
/// body.form = { api_key = "{secret.key}", api_secret = "{secret.secret}", to = "{to_digits}", from = "{sender}", text = "{body}" }
/// success = { pointer = "/messages/0/status", equals = "0", busy = ["1"] }
/// id_pointer = "/messages/0/message-id"
/// ```
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HttpSmsConfig {
    /// The address, `http` or `https`; a template in its path and query.
    pub url: String,
    /// `POST` (default), `PUT` or `GET`.
    #[serde(default)]
    pub method: Method,
    /// Further header fields by name; their values are templates, without `{body}`.
    #[serde(default)]
    pub headers: BTreeMap<String, SecretString>,
    /// Secrets by name, for `{secret.name}`.
    #[serde(default)]
    pub secrets: BTreeMap<String, SecretString>,
    /// Who the message is from, as the gateway wants it: a number, a short code or up to 11 letters.
    #[serde(default)]
    pub sender: Option<String>,
    /// The body; default: none, everything is in the address.
    #[serde(default)]
    pub body: BodyTemplate,
    /// When the gateway has taken the message; default: whenever it answers 2xx.
    #[serde(default)]
    pub success: Option<SuccessRule>,
    /// JSON pointer (RFC 6901) to the gateway's id of the message in its answer.
    #[serde(default)]
    pub id_pointer: Option<String>,
    /// Whether the gateway sends a message with a known `Idempotency-Key` header (or `{id}`) only once. If not
    /// (default), a message whose fate is unknown is not sent again.
    #[serde(default)]
    pub recognises_repeats: bool,
}

/// What a 2xx answer must say besides.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SuccessRule {
    /// JSON pointer (RFC 6901) to a text, number or truth value in the answer.
    pub pointer: String,
    /// What it must be, written as text. Anything else means that the message was refused.
    pub equals: String,
    /// What it is when the gateway wants to be asked again later.
    #[serde(default)]
    pub busy: Vec<String>,
}

impl HttpSmsConfig {
    /// Checks everything that can be known without asking the gateway.
    pub fn validate(&self) -> Result<(), ConfigError> {
        slot::compile(self).map(drop)
    }
}
