//! Short texts that somebody gives us to keep and hand back.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::FieldError;

/// A caller's own id, 1 to 255 characters, kept as given. Masked in `Debug`: callers put e-mail addresses here.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CallerText(String);

impl CallerText {
    /// Parses a caller's id. An empty text counts as absent.
    pub fn parse(field: &'static str, text: &str) -> Result<Option<Self>, FieldError> {
        if text.chars().count() > 255 {
            return Err(FieldError::new(field, "must be at most 255 characters"));
        }
        if text.chars().any(char::is_control) {
            return Err(FieldError::new(field, "must not hold control characters"));
        }
        Ok((!text.is_empty()).then(|| Self(text.to_owned())))
    }

    /// The text as given.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for CallerText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CallerText({} characters)", self.0.chars().count())
    }
}

/// What somebody calls something of theirs. Masked in `Debug`: people name things after people.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Label(String);

impl Label {
    /// Parses a name as [`label`] does.
    ///
    /// # Errors
    ///
    /// [`FieldError`] names the field and the rule.
    pub fn parse(field: &'static str, text: &str) -> Result<Self, FieldError> {
        label(field, text).map(Self)
    }

    /// The name as given.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Label(…)")
    }
}

/// A name without spaces around it: 1 to 80 characters without control characters.
///
/// # Errors
///
/// [`FieldError`] names the field and the rule.
pub fn label(field: &'static str, text: &str) -> Result<String, FieldError> {
    let text = text.trim();
    if !(1..=80).contains(&text.chars().count()) || text.chars().any(char::is_control) {
        return Err(FieldError::new(field, "must be 1 to 80 characters without control characters"));
    }
    Ok(text.to_owned())
}

/// A plausible e-mail address (RFC 5321 lengths). Only a message to it could tell more.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// Parses an address: something, one `@`, a host with a dot, no spaces, at most 254 characters.
    pub fn parse(field: &'static str, text: &str) -> Result<Self, FieldError> {
        let text = text.trim();
        let plausible = text.len() <= 254
            && !text.chars().any(|c| c.is_control() || c.is_whitespace())
            && text.rsplit_once('@').is_some_and(|(local, host)| {
                (1..=64).contains(&local.len())
                    && !local.contains('@')
                    && host.contains('.')
                    && host
                        .split('.')
                        .all(|label| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-'))
            });
        if plausible {
            Ok(Self(text.to_owned()))
        } else {
            Err(FieldError::new(field, "must be an e-mail address"))
        }
    }

    /// The address as given; for a message to it and for those who may see it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What tells whether two addresses are one. Mail hosts may tell upper case from lower in the part before the `@`
    /// (RFC 5321 §2.4), and none does that matters.
    pub fn folded(&self) -> String {
        // Letters beyond ASCII that look or fold alike are other addresses to a mail host.
        self.0.to_ascii_lowercase()
    }
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EmailAddress(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plausible_addresses() {
        for good in ["a@b.example", "first.last+tag@sub.example.org", "ü@ü.example"] {
            assert!(EmailAddress::parse("emailAddress", good).is_ok(), "{good}");
        }
        for bad in
            ["", "a", "@b.example", "a@b", "a@b..example", "a b@c.example", "a@@b.example", "a@-b.example"]
        {
            assert!(EmailAddress::parse("emailAddress", bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_address_is_masked_and_its_case_does_not_matter() {
        let [one, other] =
            ["Ada@Example.org", "ada@example.ORG"].map(|text| EmailAddress::parse("email", text).unwrap());
        assert_eq!((one.folded(), one.expose()), (other.folded(), "Ada@Example.org"));
        assert_eq!(format!("{one:?}"), "EmailAddress(…)");
    }

    #[test]
    fn labels_are_bounded_and_masked() {
        assert_eq!(Label::parse("name", " Zoë’s laptop ").unwrap().as_str(), "Zoë’s laptop");
        assert_eq!(format!("{:?}", Label::parse("name", "Zoë").unwrap()), "Label(…)");
        assert!(Label::parse("name", &"é".repeat(80)).is_ok());
        for bad in ["", "   ", "a\nb", &"é".repeat(81)] {
            assert!(Label::parse("name", bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn caller_ids_are_bounded() {
        assert_eq!(CallerText::parse("clientRequestId", "").unwrap(), None);
        assert!(CallerText::parse("clientRequestId", &"é".repeat(255)).unwrap().is_some());
        assert!(CallerText::parse("clientRequestId", &"é".repeat(256)).is_err());
    }
}
