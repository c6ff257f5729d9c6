//! What a project says to people in their language: the texts of messages, and the page of a link.

use serde::{Deserialize, Serialize};

use super::{LandingWords, Slot, SmsTemplate};
use crate::{FieldError, PhoneNumber, country::country_codes};

/// Wordings of a project at most.
pub const MAX_WORDINGS: usize = 50;

/// A project's own words, for people whose numbers are of some countries. What is absent is said as for everybody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wording {
    /// The language as BCP 47 has it, such as `de` or `pt-BR`; the page of a link tells it to browsers.
    pub language: String,
    /// Of which countries, as ISO 3166-1 alpha-2; empty: of all that no other wording is for.
    pub countries: Vec<String>,
    /// The text around a code: 4 to 6 `#` stand for it, and say how long it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The text around a link, for which `####` stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// The page of a link.
    #[serde(default, skip_serializing_if = "LandingWords::is_empty")]
    pub landing: LandingWords,
}

impl Wording {
    /// Checks all parts and brings them into one form.
    ///
    /// # Errors
    ///
    /// [`FieldError`] names `language`, `countries`, `codeText`, `linkText` or the [`field`](super::Phrase::field) of a
    /// phrase, and the rule.
    pub fn checked(self) -> Result<Self, FieldError> {
        let language = language(self.language.trim())?;
        let countries = country_codes(&self.countries)?;
        let text = |field, text: Option<String>, slot| -> Result<_, FieldError> {
            let Some(text) = filled(text) else { return Ok(None) };
            SmsTemplate::parse(&text, slot).map_err(|error| FieldError::new(field, error.rule))?;
            Ok(Some(text))
        };
        Ok(Self {
            language,
            countries,
            code: text("codeText", self.code, Slot::Code)?,
            link: text("linkText", self.link, Slot::Link)?,
            landing: self.landing.checked()?,
        })
    }

    /// The wording for a number: that of its country, else the one for everybody else.
    pub fn of<'a>(wordings: &'a [Self], phone: &PhoneNumber) -> Option<&'a Self> {
        // To find the country costs more than all the rest.
        if wordings.is_empty() {
            return None;
        }
        let country = phone.country();
        let of_country =
            country.and_then(|country| wordings.iter().find(|one| one.countries.contains(&country)));
        of_country.or_else(|| wordings.iter().find(|one| one.countries.is_empty()))
    }

    /// The text around a code or link, if this wording has one. `bound_host` is as in [`SmsTemplate::ours`].
    pub fn message(&self, slot: Slot, bound_host: Option<&str>) -> Option<SmsTemplate> {
        let text = match slot {
            Slot::Code => self.code.as_deref(),
            Slot::Link => self.link.as_deref(),
        };
        SmsTemplate::parse(text?, slot).ok().map(|template| template.bound_to(slot, bound_host))
    }
}

/// Checks the wordings of a project against each other.
///
/// # Errors
///
/// [`FieldError`] names `language` or `countries`: each language and country is there once, and so is the wording for
/// everybody else.
pub fn check_wordings(wordings: &[Wording]) -> Result<(), FieldError> {
    if wordings.len() > MAX_WORDINGS {
        return Err(FieldError::new("language", "must be one of at most 50"));
    }
    for (place, one) in wordings.iter().enumerate() {
        for other in &wordings[..place] {
            if one.language.eq_ignore_ascii_case(&other.language) {
                return Err(FieldError::new("language", "must not have a text already"));
            }
            if one.countries.is_empty() && other.countries.is_empty() {
                return Err(FieldError::new(
                    "countries",
                    "must be named: another text is for all other countries already",
                ));
            }
            if one.countries.iter().any(|country| other.countries.contains(country)) {
                return Err(FieldError::new("countries", "must not be those of another text"));
            }
        }
    }
    Ok(())
}

/// A language tag in its usual shape; not looked up, since there are thousands.
fn language(text: &str) -> Result<String, FieldError> {
    let mut parts = text.split('-');
    let primary = parts.next().is_some_and(|first| (2..=3).contains(&first.len()) && is_alphabetic(first));
    let rest = parts
        .all(|part| (2..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    if !primary || !rest || text.len() > 35 {
        return Err(FieldError::new("language", "must be a language tag such as de or pt-BR"));
    }
    Ok(text.to_owned())
}

fn is_alphabetic(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphabetic())
}

pub(super) fn words(
    field: &'static str,
    text: Option<String>,
    max: usize,
) -> Result<Option<String>, FieldError> {
    let Some(text) = filled(text) else { return Ok(None) };
    if text.chars().count() > max {
        return Err(FieldError::new(field, format!("must be at most {max} characters")));
    }
    if text.chars().any(char::is_control) {
        return Err(FieldError::new(field, "must be one line without control characters"));
    }
    Ok(Some(text))
}

fn filled(text: Option<String>) -> Option<String> {
    text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sms::Phrase;

    fn wording(language: &str, countries: &[&str]) -> Wording {
        Wording {
            language: language.to_owned(),
            countries: countries.iter().map(|country| (*country).to_owned()).collect(),
            code: Some("Ihr Code: ####".to_owned()),
            link: None,
            landing: LandingWords::default(),
        }
    }

    #[test]
    fn the_country_of_the_number_decides() {
        let wordings = [wording("de", &["DE", "AT"]), wording("en", &[]), wording("fr", &["FR"])];
        let language = |number: &str| {
            let phone: PhoneNumber = number.parse().unwrap();
            Wording::of(&wordings, &phone).map(|one| one.language.as_str())
        };
        assert_eq!(language("+4915112345678"), Some("de"));
        assert_eq!(language("+33612345678"), Some("fr"));
        assert_eq!(language("+14155552671"), Some("en"));
        let phone: PhoneNumber = "+14155552671".parse().unwrap();
        assert_eq!(Wording::of(&wordings[..1], &phone), None);
    }

    #[test]
    fn a_text_has_one_place_and_is_bound_to_the_page() {
        let wording = wording("de", &[" de", "AT", "at"]).checked().unwrap();
        assert_eq!(wording.countries, ["AT", "DE"]);
        let message = wording.message(Slot::Code, Some("shop.example")).unwrap();
        assert_eq!((message.digits(), message.is_ours()), (4, false));
        assert_eq!(message.fill("1234"), "Ihr Code: 1234\n\n@shop.example #1234");
        assert_eq!(wording.message(Slot::Link, None), None);
    }

    #[test]
    fn what_breaks_a_rule_is_named() {
        let refused = |wording: Wording| wording.checked().unwrap_err().to_string();
        for tag in ["", "x", "deutsch", "de_DE", "de-", "de-D"] {
            assert!(refused(wording(tag, &[])).starts_with("language: "), "{tag}");
        }
        assert!(wording("pt-BR", &[]).checked().is_ok());
        assert!(refused(wording("de", &["DEU"])).starts_with("countries: "));
        let code = |text: &str| Wording { code: Some(text.to_owned()), ..wording("de", &[]) };
        assert_eq!(
            refused(code("no place")),
            "codeText: must hold exactly one run of 4, 5 or 6 # for the code"
        );
        assert_eq!(code(" ").checked().unwrap().code, None);
        let landing = LandingWords::from_iter([(Phrase::Button, "x".repeat(41))]);
        assert!(refused(Wording { landing, ..wording("de", &[]) }).starts_with("landingButton: "));
    }

    #[test]
    fn each_language_and_country_is_there_once() {
        let check = |wordings: &[Wording]| check_wordings(wordings).map_err(|error| error.field);
        assert_eq!(check(&[wording("de", &["DE"]), wording("en", &[])]), Ok(()));
        assert_eq!(check(&[wording("de", &["DE"]), wording("DE", &["AT"])]), Err("language"));
        assert_eq!(check(&[wording("de", &["DE"]), wording("en", &["DE"])]), Err("countries"));
        assert_eq!(check(&[wording("de", &[]), wording("en", &[])]), Err("countries"));
        let many: Vec<_> = (0..=MAX_WORDINGS).map(|_| wording("de", &["DE"])).collect();
        assert_eq!(check(&many), Err("language"));
    }
}
