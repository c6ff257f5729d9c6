//! Names: as a person gives them, as an identity source knows them, and whether both mean the same person.
//!
//! [`compare`] runs in four steps, one file each: `fold` turns a string into tokens that no longer know case,
//! diacritics or punctuation; `parts` removes titles and suffixes and knows particles; `token` says how well
//! two tokens fit (equal, nickname, typo, initial); `compare` tries the orders in which a name may be written.
//! `script` and `romanised` hold what is special to writing other than Latin, `nicknames` and `givens` the
//! given names that we know.

mod compare;
mod fold;
mod givens;
mod nicknames;
mod pairing;
mod parts;
mod romanised;
mod script;
mod succession;
mod token;

#[cfg(test)]
mod pairs;
#[cfg(test)]
mod properties;

pub use compare::compare;
pub use succession::same_person;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::FieldError;

/// The longest name part that a request may carry, in Unicode scalar values after trimming.
const MAX_CHARS: usize = 100;

/// First and last name as the person gave them, trimmed and otherwise untouched.
///
/// `Debug` is masked; serde writes the names in clear and is meant for sealed bodies only.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Unparsed")]
pub struct PersonName {
    first: String,
    last: String,
}

impl PersonName {
    /// Takes a first and a last name of 1 to 100 characters each, in any script.
    ///
    /// Refused are control characters, line separators and the bidirectional overrides, embeddings and
    /// isolates (UAX #9), which let a name show as something else. The joiners U+200C and U+200D stay:
    /// Persian and several Indic scripts need them.
    ///
    /// # Errors
    ///
    /// [`FieldError`] names `firstName` or `lastName` and the rule that it breaks.
    pub fn parse(first: &str, last: &str) -> Result<Self, FieldError> {
        Ok(Self { first: part("firstName", first)?, last: part("lastName", last)? })
    }

    /// The first name.
    pub fn first(&self) -> &str {
        &self.first
    }

    /// The last name.
    pub fn last(&self) -> &str {
        &self.last
    }

    /// The first character of each part, for people who may know that it is the right one and no more.
    pub fn masked(&self) -> String {
        let initial = |part: &str| part.chars().next().map(|first| format!("{first}…"));
        [initial(&self.first), initial(&self.last)].into_iter().flatten().collect::<Vec<_>>().join(" ")
    }
}

fn part(field: &'static str, raw: &str) -> Result<String, FieldError> {
    let trimmed = raw.trim();
    if !(1..=MAX_CHARS).contains(&trimmed.chars().count()) || trimmed.chars().all(is_invisible) {
        return Err(FieldError::new(field, "must be 1 to 100 characters after trimming"));
    }
    if trimmed.chars().any(is_refused) {
        return Err(FieldError::new(field, "must not contain control characters"));
    }
    Ok(trimmed.to_owned())
}

/// Category Cc, line and paragraph separators, and the bidi controls that reorder their neighbours.
fn is_refused(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Characters that show nothing: alone they are no name.
fn is_invisible(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

impl fmt::Debug for PersonName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonName(…)")
    }
}

/// What serde reads before the rules are applied again: a sealed body is trusted no more than a request.
#[derive(Deserialize)]
struct Unparsed {
    first: String,
    last: String,
}

impl TryFrom<Unparsed> for PersonName {
    type Error = FieldError;

    fn try_from(name: Unparsed) -> Result<Self, FieldError> {
        Self::parse(&name.first, &name.last)
    }
}

/// A name as an identity source knows it. Any part may be missing, and none is checked.
///
/// `Debug` is masked; serde writes the names in clear and is meant for sealed bodies only.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownName {
    /// Given name or names.
    pub first: Option<String>,
    /// Further given names, initials, or what the source files there (a patronymic, a first surname).
    pub middle: Option<String>,
    /// Family name or names.
    pub last: Option<String>,
    /// The whole name in one string, in an order that the source does not tell.
    pub full: Option<String>,
}

impl fmt::Debug for KnownName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KnownName(…)")
    }
}

/// Whether the name that was given is the name that the source knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NameMatch {
    /// The same person's name, as far as names can tell.
    Match,
    /// Another name.
    Mismatch,
    /// The source has no name, or only half of one that does not contradict the given name.
    Unknown,
}
