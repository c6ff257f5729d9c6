//! What a request that sends a message is made from.

use std::borrow::Cow;

use ringtrue_domain::flow::OutgoingMessage;

use super::config::HttpSmsConfig;
use crate::{
    ConfigError,
    request::{self, Description, Gateway},
};

/// What a placeholder stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slot {
    To,
    ToDigits,
    Body,
    Id,
}

impl request::Slot for Slot {
    type About<'a> = &'a OutgoingMessage;

    const RULE: &'static str = "must hold only {to}, {to_digits}, {body}, {id}, {sender} and {secret.…}";
    const RESERVED: &'static [&'static str] = &["idempotency-key"];

    fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "to" => Self::To,
            "to_digits" => Self::ToDigits,
            "body" => Self::Body,
            "id" => Self::Id,
            _ => return None,
        })
    }

    fn text<'a>(self, message: &'a &OutgoingMessage) -> Cow<'a, str> {
        match self {
            Self::To => message.to.expose().into(),
            Self::ToDigits => message.to.expose().trim_start_matches('+').into(),
            Self::Body => message.body.expose().into(),
            Self::Id => message.id.to_string().into(),
        }
    }

    fn not_in_headers(self) -> Option<&'static str> {
        (self == Self::Body).then_some("must not hold {body}, which may have line breaks")
    }
}

/// Checks the description of a gateway.
pub(super) fn compile(config: &HttpSmsConfig) -> Result<Gateway<Slot>, ConfigError> {
    let sender = config.sender.as_deref().ok_or("must not hold {sender} while the key sender is absent");
    let gateway = Gateway::compile(&Description {
        url: &config.url,
        method: config.method,
        headers: &config.headers,
        body: &config.body,
        secrets: &config.secrets,
        words: &[("sender", sender)],
    })?;
    if !gateway.has(|slot| matches!(slot, Slot::To | Slot::ToDigits)) {
        return Err(ConfigError::new("body", "must hold {to} or {to_digits}, unless url does"));
    }
    if !gateway.has(|slot| slot == Slot::Body) {
        return Err(ConfigError::new("body", "must hold {body}, unless url does"));
    }
    if let Some(success) = &config.success {
        request::check_pointer("success.pointer", &success.pointer)?;
    }
    if let Some(pointer) = &config.id_pointer {
        request::check_pointer("id_pointer", pointer)?;
    }
    Ok(gateway)
}
