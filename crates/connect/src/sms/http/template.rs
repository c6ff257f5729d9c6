//! Texts with placeholders.

use std::collections::BTreeMap;

use ringtrue_domain::flow::OutgoingMessage;
use secrecy::{ExposeSecret, SecretString};

/// How a value is written into its place.
pub(super) type EscapeFn = fn(&str, &mut String);

/// What a placeholder stands for.
#[derive(Clone)]
pub(super) enum Slot {
    To,
    ToDigits,
    Body,
    Id,
    /// Known when the configuration is read: the sender or a secret.
    Fixed(SecretString),
}

#[derive(Clone)]
enum Part {
    Literal(String),
    Slot(Slot),
}

/// A text with placeholders, parsed once.
#[derive(Clone)]
pub(super) struct Template(Vec<Part>);

/// What placeholders of the configuration itself stand for.
pub(super) struct Fixed<'a> {
    pub(super) sender: Option<&'a str>,
    pub(super) secrets: &'a BTreeMap<String, SecretString>,
}

impl Template {
    /// Parses a template; the error is a rule.
    pub(super) fn parse(text: &str, fixed: &Fixed<'_>) -> Result<Self, &'static str> {
        let mut parts = Vec::new();
        let mut literal = String::new();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            literal.push_str(&rest[..at]);
            let brace = &rest[at..=at];
            rest = &rest[at + 1..];
            if let Some(after) = rest.strip_prefix(brace) {
                literal.push_str(brace);
                rest = after;
                continue;
            }
            let (name, after) = rest
                .split_once('}')
                .filter(|_| brace == "{")
                .ok_or("must write a single brace as {{ or }}")?;
            if !literal.is_empty() {
                parts.push(Part::Literal(std::mem::take(&mut literal)));
            }
            parts.push(Part::Slot(fixed.slot(name)?));
            rest = after;
        }
        literal.push_str(rest);
        if !literal.is_empty() {
            parts.push(Part::Literal(literal));
        }
        Ok(Self(parts))
    }

    /// The text before the first placeholder.
    pub(super) fn head(&self) -> &str {
        match self.0.first() {
            Some(Part::Literal(text)) => text,
            Some(Part::Slot(_)) | None => "",
        }
    }

    /// Whether a placeholder of this kind occurs.
    pub(super) fn has(&self, wanted: impl Fn(&Slot) -> bool) -> bool {
        self.0.iter().any(|part| matches!(part, Part::Slot(slot) if wanted(slot)))
    }

    /// Everything that is the same in every message.
    pub(super) fn fixed_text(&self) -> String {
        let text = |part: &Part| match part {
            Part::Literal(text) => text.clone(),
            Part::Slot(Slot::Fixed(value)) => value.expose_secret().to_owned(),
            Part::Slot(Slot::To | Slot::ToDigits | Slot::Body | Slot::Id) => String::new(),
        };
        self.0.iter().map(text).collect()
    }

    /// The text for a message.
    pub(super) fn fill(&self, message: &OutgoingMessage, escape: EscapeFn) -> String {
        let mut out = String::new();
        for part in &self.0 {
            match part {
                Part::Literal(text) => out.push_str(text),
                Part::Slot(Slot::To) => escape(message.to.expose(), &mut out),
                Part::Slot(Slot::ToDigits) => escape(message.to.expose().trim_start_matches('+'), &mut out),
                Part::Slot(Slot::Body) => escape(message.body.expose(), &mut out),
                Part::Slot(Slot::Id) => escape(&message.id.to_string(), &mut out),
                Part::Slot(Slot::Fixed(value)) => escape(value.expose_secret(), &mut out),
            }
        }
        out
    }
}

impl Fixed<'_> {
    fn slot(&self, name: &str) -> Result<Slot, &'static str> {
        match name {
            "to" => Ok(Slot::To),
            "to_digits" => Ok(Slot::ToDigits),
            "body" => Ok(Slot::Body),
            "id" => Ok(Slot::Id),
            "sender" => match self.sender {
                Some(sender) => Ok(Slot::Fixed(sender.to_owned().into())),
                None => Err("must not hold {sender} while the key sender is absent"),
            },
            _ => match name.strip_prefix("secret.").map(|name| self.secrets.get(name)) {
                Some(Some(secret)) => Ok(Slot::Fixed(secret.clone())),
                Some(None) => Err("must not hold a {secret.…} that secrets does not define"),
                None => Err("must hold only {to}, {to_digits}, {body}, {id}, {sender} and {secret.…}"),
            },
        }
    }
}
