//! What limits the verifications of a project.

use ringtrue_domain::{
    FieldError,
    country::{country_codes, has_numbers},
};
use serde::{Deserialize, Serialize};

/// Verifications of one number that can be allowed at most, so that counting them reads little.
const MOST: u32 = 1000;

/// What limits the verifications of a project, in both environments. An older program cannot read a project that has some.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// How often one number is verified.
    #[serde(skip_serializing_if = "PerNumber::is_empty")]
    pub per_number: PerNumber,
    /// Of which countries numbers are verified, as ISO 3166-1 alpha-2; empty: of all.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub countries: Vec<String>,
}

/// How many verifications of one number may begin; absent: any number of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PerNumber {
    /// Within an hour; 1 to 1,000.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_hour: Option<u32>,
    /// Within 24 hours; 1 to 1,000.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_day: Option<u32>,
}

impl Limits {
    /// Whether nothing is limited.
    pub const fn is_empty(&self) -> bool {
        self.per_number.is_empty() && self.countries.is_empty()
    }

    /// Checks all parts and brings them into one form.
    ///
    /// # Errors
    ///
    /// [`FieldError`] names `verificationsPerNumber` or `countries`, and the rule.
    pub fn checked(self) -> Result<Self, FieldError> {
        let PerNumber { per_hour, per_day } = self.per_number;
        if [per_hour, per_day].into_iter().flatten().any(|most| !(1..=MOST).contains(&most)) {
            let rule = "must be 1 to 1,000 per hour and per day";
            return Err(FieldError::new("verificationsPerNumber", rule));
        }
        let countries = country_codes(&self.countries)?;
        if !countries.iter().all(|country| has_numbers(country)) {
            let rule = "must be countries that have phone numbers of their own, such as GB";
            return Err(FieldError::new("countries", rule));
        }
        Ok(Self { countries, ..self })
    }
}

impl PerNumber {
    /// Whether nothing is limited.
    pub const fn is_empty(&self) -> bool {
        self.per_hour.is_none() && self.per_day.is_none()
    }

    /// What is allowed within so many seconds, for each limit that is set.
    pub fn windows(self) -> impl Iterator<Item = (u32, u32)> {
        let windows = [(self.per_hour, 60 * 60), (self.per_day, 24 * 60 * 60)];
        windows.into_iter().filter_map(|(most, seconds)| Some((most?, seconds)))
    }

    /// In words: "5 per hour, 20 per day".
    pub fn told(self) -> Option<String> {
        let hour = self.per_hour.map(|most| format!("{most} per hour"));
        let day = self.per_day.map(|most| format!("{most} per day"));
        let parts: Vec<_> = [hour, day].into_iter().flatten().collect();
        if parts.is_empty() { None } else { Some(parts.join(", ")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(per_hour: Option<u32>, per_day: Option<u32>, countries: &[&str]) -> Limits {
        let countries = countries.iter().map(|country| (*country).to_owned()).collect();
        Limits { per_number: PerNumber { per_hour, per_day }, countries }
    }

    #[test]
    fn limits_are_checked_and_told() {
        let good = limits(Some(1), Some(1000), &["gb", "DE", " de"]).checked().unwrap();
        assert_eq!(good, limits(Some(1), Some(1000), &["DE", "GB"]));
        assert_eq!(good.per_number.told().as_deref(), Some("1 per hour, 1000 per day"));
        assert_eq!(good.per_number.windows().collect::<Vec<_>>(), [(1, 3600), (1000, 86_400)]);
        assert_eq!(PerNumber::default().told(), None);
        for (wrong, field) in [
            (limits(Some(0), None, &[]), "verificationsPerNumber"),
            (limits(None, Some(1001), &[]), "verificationsPerNumber"),
            (limits(None, None, &["Germany"]), "countries"),
            (limits(None, None, &["UK"]), "countries"),
        ] {
            assert_eq!(wrong.checked().unwrap_err().field, field);
        }
    }

    /// An older program reads what has no limits.
    #[test]
    fn what_is_not_set_is_not_written() {
        assert_eq!(serde_json::to_string(&Limits::default()).unwrap(), "{}");
        let written = serde_json::to_string(&limits(Some(5), None, &["GB"])).unwrap();
        assert_eq!(written, r#"{"per_number":{"per_hour":5},"countries":["GB"]}"#);
        assert_eq!(serde_json::from_str::<Limits>(&written).unwrap(), limits(Some(5), None, &["GB"]));
    }
}
