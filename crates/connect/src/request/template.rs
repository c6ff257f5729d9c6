//! Texts with placeholders.

use std::{borrow::Cow, collections::BTreeMap};

use secrecy::{ExposeSecret, SecretString};

/// How a value is written into its place.
pub(super) type EscapeFn = fn(&str, &mut String);

/// What a placeholder can stand for that differs from request to request.
pub(crate) trait Slot: Copy + 'static {
    /// What a request is about.
    type About<'a>;

    /// Names the placeholders that there are.
    const RULE: &'static str;

    /// Header fields that are set for each request, in lower case.
    const RESERVED: &'static [&'static str] = &[];

    /// The placeholder of this name.
    fn parse(name: &str) -> Option<Self>;

    /// What it stands for.
    fn text<'a>(self, about: &'a Self::About<'_>) -> Cow<'a, str>;

    /// Why it must not be in a header field, if so.
    fn not_in_headers(self) -> Option<&'static str> {
        None
    }
}

#[derive(Clone)]
enum Part<S> {
    Literal(String),
    Slot(S),
    /// Known when the configuration is read: the sender or a secret.
    Fixed(SecretString),
}

/// A text with placeholders, parsed once.
#[derive(Clone)]
pub(super) struct Template<S>(Vec<Part<S>>);

/// A placeholder for a text of the configuration itself, or why it must not be used.
pub(crate) type Word<'a> = (&'static str, Result<&'a str, &'static str>);

/// What placeholders of the configuration itself stand for.
pub(super) struct Fixed<'a> {
    pub(super) words: &'a [Word<'a>],
    pub(super) secrets: &'a BTreeMap<String, SecretString>,
}

impl<S: Slot> Template<S> {
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
            parts.push(fixed.part(name)?);
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
            Some(Part::Slot(_) | Part::Fixed(_)) | None => "",
        }
    }

    /// The placeholders whose text differs from request to request.
    pub(super) fn slots(&self) -> impl Iterator<Item = S> {
        self.0.iter().filter_map(|part| if let Part::Slot(slot) = part { Some(*slot) } else { None })
    }

    /// Everything that is the same in every request.
    pub(super) fn fixed_text(&self) -> String {
        let text = |part: &Part<S>| match part {
            Part::Literal(text) => text.clone(),
            Part::Fixed(value) => value.expose_secret().to_owned(),
            Part::Slot(_) => String::new(),
        };
        self.0.iter().map(text).collect()
    }

    /// The text of a request.
    pub(super) fn fill(&self, about: &S::About<'_>, escape: EscapeFn) -> String {
        let mut out = String::new();
        for part in &self.0 {
            match part {
                Part::Literal(text) => out.push_str(text),
                Part::Slot(slot) => escape(&slot.text(about), &mut out),
                Part::Fixed(value) => escape(value.expose_secret(), &mut out),
            }
        }
        out
    }
}

impl Fixed<'_> {
    fn part<S: Slot>(&self, name: &str) -> Result<Part<S>, &'static str> {
        if let Some(slot) = S::parse(name) {
            return Ok(Part::Slot(slot));
        }
        if let Some((_, text)) = self.words.iter().find(|(word, _)| *word == name) {
            return text.map(|text| Part::Fixed(text.to_owned().into()));
        }
        match name.strip_prefix("secret.").map(|name| self.secrets.get(name)) {
            Some(Some(secret)) => Ok(Part::Fixed(secret.clone())),
            Some(None) => Err("must not hold a {secret.…} that secrets does not define"),
            None => Err(S::RULE),
        }
    }
}
