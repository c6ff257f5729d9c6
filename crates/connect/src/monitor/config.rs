//! How a gateway that looks numbers up is described in the configuration.

use std::collections::BTreeMap;

use ringtrue_domain::LineType;
use ringtrue_engine::model::LineStatus;
use secrecy::SecretString;
use serde::Deserialize;

use super::slot;
use crate::{
    ConfigError,
    request::{BodyTemplate, Method},
};

/// A gateway that tells over HTTP how a number's line is.
///
/// Wherever the documentation of a key says *template*, `{number}` stands for the number in E.164, `{number_digits}` for
/// its digits without `+`, `{since}` for the instant from which on changes are of interest (RFC 3339), `{since_date}` for
/// its day in UTC, and `{secret.x}` for the entry `x` of `secrets`. `{{` and `}}` are braces. What is filled in is
/// escaped for its place.
///
/// ```toml
/// url = "https://lookup.example/v2/numbers/{number}?fields=carrier,line,status"
/// headers.Authorization = "Bearer {secret.key}"
/// secrets = { key = "abcd1234" }
/// not_covered = [404]
/// carrier = "/carrier/name"
/// line_type = "/line/type"
/// line_types = { wireless = "mobile" }
/// status = "/line/status"
/// statuses = { live = "active", dead = "disconnected" }
/// ported_at = "/porting/last_date"
/// ```
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HttpMonitorConfig {
    /// The address, `http` or `https`; a template in its path and query.
    pub url: String,
    /// `GET` (default), `POST` or `PUT`.
    #[serde(default = "get")]
    pub method: Method,
    /// Further header fields by name; their values are templates.
    #[serde(default)]
    pub headers: BTreeMap<String, SecretString>,
    /// Secrets by name, for `{secret.name}`.
    #[serde(default)]
    pub secrets: BTreeMap<String, SecretString>,
    /// The body; default: none.
    #[serde(default)]
    pub body: BodyTemplate,
    /// HTTP statuses that say that the gateway does not know the number; so does an answer without any of the values
    /// below.
    #[serde(default)]
    pub not_covered: Vec<u16>,
    /// JSON pointer (RFC 6901) to the operator's name in the answer.
    #[serde(default)]
    pub carrier: Option<String>,
    /// JSON pointer to the kind of line.
    #[serde(default)]
    pub line_type: Option<String>,
    /// The gateway's words for kinds of lines besides ours, in any case. Another word means that it does not know.
    #[serde(default)]
    pub line_types: BTreeMap<String, LineType>,
    /// JSON pointer to whether the number is in use.
    #[serde(default)]
    pub status: Option<String>,
    /// The gateway's words for `active`, `suspended` and `disconnected` besides these, in any case. An answer with
    /// another word is not understood.
    #[serde(default)]
    pub statuses: BTreeMap<String, LineStatus>,
    /// JSON pointer to when the number last went to another operator, as an instant (RFC 3339) or a date; needs
    /// `carrier`. It tells of ports of numbers whose operator was not known before.
    #[serde(default)]
    pub ported_at: Option<String>,
}

const fn get() -> Method {
    Method::Get
}

impl HttpMonitorConfig {
    /// Checks everything that can be known without asking the gateway.
    pub fn validate(&self) -> Result<(), ConfigError> {
        slot::compile(self).map(drop)
    }
}
