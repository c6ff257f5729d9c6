//! What a request that looks a number up is made from.

use std::borrow::Cow;

use jiff::tz::TimeZone;
use ringtrue_engine::ports::LineQuestion;

use super::config::HttpMonitorConfig;
use crate::{
    ConfigError,
    request::{self, Description, Gateway},
};

/// What a placeholder stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slot {
    Number,
    NumberDigits,
    Since,
    SinceDate,
}

impl request::Slot for Slot {
    type About<'a> = LineQuestion<'a>;

    const RULE: &'static str =
        "must hold only {number}, {number_digits}, {since}, {since_date} and {secret.…}";

    fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "number" => Self::Number,
            "number_digits" => Self::NumberDigits,
            "since" => Self::Since,
            "since_date" => Self::SinceDate,
            _ => return None,
        })
    }

    fn text<'a>(self, question: &'a LineQuestion<'_>) -> Cow<'a, str> {
        match self {
            Self::Number => question.phone.expose().into(),
            Self::NumberDigits => question.phone.expose().trim_start_matches('+').into(),
            Self::Since => question.since.to_string().into(),
            Self::SinceDate => question.since.to_zoned_datetime(TimeZone::UTC).date().to_string().into(),
        }
    }
}

/// Checks the description of a gateway.
pub(super) fn compile(config: &HttpMonitorConfig) -> Result<Gateway<Slot>, ConfigError> {
    let gateway = Gateway::compile(&Description {
        url: &config.url,
        method: config.method,
        headers: &config.headers,
        body: &config.body,
        secrets: &config.secrets,
        words: &[],
    })?;
    if !gateway.has(|slot| matches!(slot, Slot::Number | Slot::NumberDigits)) {
        return Err(ConfigError::new("url", "must hold {number} or {number_digits}, unless body does"));
    }
    let pointers = [
        ("carrier", &config.carrier),
        ("line_type", &config.line_type),
        ("status", &config.status),
        ("ported_at", &config.ported_at),
    ];
    for (key, pointer) in pointers {
        if let Some(pointer) = pointer {
            request::check_pointer(key, pointer)?;
        }
    }
    if config.carrier.is_none() && config.line_type.is_none() && config.status.is_none() {
        return Err(ConfigError::new("status", "must be given, unless carrier or line_type is"));
    }
    if config.ported_at.is_some() && config.carrier.is_none() {
        return Err(ConfigError::new("carrier", "must be given where ported_at is"));
    }
    if config.not_covered.iter().any(|status| !(200..600).contains(status)) {
        return Err(ConfigError::new("not_covered", "must hold HTTP statuses of 200 to 599"));
    }
    Ok(gateway)
}
