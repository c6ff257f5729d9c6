//! Phone numbers: parsed once, kept as E.164, masked wherever they could be printed.

use std::{fmt, str::FromStr};

use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumberType, enums::Region};
use serde::{Deserialize, Serialize};

use crate::FieldError;

/// A phone number in E.164: `+` and 7 to 15 digits. `Debug` shows only its ends.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PhoneNumber(String);

impl PhoneNumber {
    /// Parses what a customer or a person gave and checks it against the world's numbering plans.
    ///
    /// US and Canadian numbers may come without `+1`; separators are tolerated.
    pub fn parse(field: &'static str, text: &str) -> Result<Self, FieldError> {
        let number = Self::normalize(field, text)?;
        let parsed = PHONE_NUMBER_UTIL
            .parse(&number.0, None::<Region>)
            .map_err(|_| FieldError::new(field, "must be a phone number in E.164, such as +14155550123"))?;
        if !parsed.is_valid() {
            return Err(FieldError::new(field, "must be a valid number of its country"));
        }
        match parsed.get_type() {
            PhoneNumberType::Mobile | PhoneNumberType::FixedLineOrMobile => Ok(number),
            _ => Err(FieldError::new(field, "must be a number that can be mobile")),
        }
    }

    /// Brings a number to E.164 without asking whether it exists. Sandbox personas live here: to the numbering
    /// plans most of them are invalid.
    pub fn normalize(field: &'static str, text: &str) -> Result<Self, FieldError> {
        let wrong = || FieldError::new(field, "must be a phone number in E.164, such as +14155550123");
        let text = text.trim();
        if text.len() > 64 {
            return Err(wrong());
        }
        let (international, rest) = match text.strip_prefix('+') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let mut digits = String::with_capacity(16);
        for c in rest.chars() {
            match c {
                '0'..='9' => digits.push(c),
                ' ' | '-' | '.' | '(' | ')' | '[' | ']' | '\u{a0}' => {}
                _ => return Err(wrong()),
            }
        }
        match (international, digits.len()) {
            (true, 7..=15) if !digits.starts_with('0') => Ok(Self(format!("+{digits}"))),
            (false, 10) => Ok(Self(format!("+1{digits}"))),
            (false, 11) if digits.starts_with('1') => Ok(Self(format!("+{digits}"))),
            _ => Err(wrong()),
        }
    }

    /// The number in E.164. Call it only to send, store or answer; never to log.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The number with only its ends, for people who may know that it is the right one and no more.
    pub fn masked(&self) -> String {
        format!("{self:?}")
    }

    /// The country that the number belongs to, as ISO 3166-1 alpha-2, when the numbering plan tells.
    pub fn country(&self) -> Option<String> {
        // No country has the area code of most sandbox personas, and to find that out all of North America is asked.
        if self.0.starts_with("+1200") {
            return None;
        }
        let parsed = PHONE_NUMBER_UTIL.parse(&self.0, None::<Region>).ok()?;
        parsed
            .get_region_code()
            .map(|region| region.as_region_str().to_string())
            .filter(|code| code.len() == 2)
    }
}

impl FromStr for PhoneNumber {
    type Err = FieldError;

    /// As [`PhoneNumber::normalize`], for fields named `phoneNumber`.
    fn from_str(text: &str) -> Result<Self, FieldError> {
        Self::normalize("phoneNumber", text)
    }
}

impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tail = self.0.len().saturating_sub(2);
        write!(f, "{}…{}", self.0.get(..3).unwrap_or("+"), self.0.get(tail..).unwrap_or(""))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<String, String> {
        PhoneNumber::parse("phoneNumber", text).map(|n| n.0).map_err(|e| e.to_string())
    }

    #[test]
    fn tolerates_separators_and_north_america_without_prefix() {
        for text in ["+1 (415) 555-2671", "415.555.2671", "4155552671", "1 415 555 2671", "+1[415]5552671"] {
            assert_eq!(parse(text).as_deref(), Ok("+14155552671"), "{text}");
        }
        assert_eq!(parse("+44 7911 123456").as_deref(), Ok("+447911123456"));
    }

    #[test]
    fn refuses_and_names_the_rule() {
        let e164 = Err("phoneNumber: must be a phone number in E.164, such as +14155550123".to_string());
        for text in [
            "",
            "abc",
            "+",
            "07911123456",
            "+0123456789",
            "+1234567890123456",
            "4155552671;",
            "+1 415 555 2671 ext 5",
        ] {
            assert_eq!(parse(text), e164, "{text}");
        }
        assert_eq!(
            parse("+12001004011"),
            Err("phoneNumber: must be a valid number of its country".to_string())
        );
        assert_eq!(
            parse("+442071838750"),
            Err("phoneNumber: must be a number that can be mobile".to_string())
        );
        // The older Rust port calls this one valid; Google's data does not.
        assert!(parse("+97233142764978").is_err());
    }

    #[test]
    fn debug_hides_the_middle() {
        let number = PhoneNumber::normalize("phoneNumber", "+14155552671").unwrap();
        assert_eq!(format!("{number:?}"), "+14…71");
    }

    #[test]
    fn knows_the_country() {
        assert_eq!(PhoneNumber::parse("n", "+447400123456").unwrap().country().as_deref(), Some("GB"));
        assert_eq!(PhoneNumber::normalize("n", "+12001004014").unwrap().country(), None);
    }
}
