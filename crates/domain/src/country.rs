//! Countries as settings name them: ISO 3166-1 alpha-2.

use rlibphonenumber::PHONE_NUMBER_UTIL;

use crate::FieldError;

/// Codes as somebody wrote them, in upper case and in order, each once.
///
/// # Errors
///
/// [`FieldError`] names `countries`.
pub fn country_codes(given: &[String]) -> Result<Vec<String>, FieldError> {
    let mut countries = Vec::with_capacity(given.len());
    for country in given {
        let country = country.trim().to_ascii_uppercase();
        if country.len() != 2 || !country.bytes().all(|byte| byte.is_ascii_uppercase()) {
            return Err(FieldError::new("countries", "must be codes of two letters, such as DE"));
        }
        countries.push(country);
    }
    countries.sort_unstable();
    countries.dedup();
    Ok(countries)
}

/// Whether there are phone numbers of this country. `UK`, for one, has none: they are of `GB`.
pub fn has_numbers(country: &str) -> bool {
    PHONE_NUMBER_UTIL.get_supported_regions().any(|region| region.as_region_str().to_string() == country)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_brought_into_one_form() {
        let codes =
            |given: &[&str]| country_codes(&given.iter().map(ToString::to_string).collect::<Vec<_>>());
        assert_eq!(codes(&[" gb", "DE", "de"]).unwrap(), ["DE", "GB"]);
        for wrong in ["", "D", "DEU", "Ö", "D1", "ß"] {
            assert!(codes(&[wrong]).is_err(), "{wrong}");
        }
    }

    #[test]
    fn countries_with_numbers_are_known() {
        for (country, known) in [("GB", true), ("US", true), ("UK", false), ("ZZ", false), ("001", false)] {
            assert_eq!(has_numbers(country), known, "{country}");
        }
    }
}
