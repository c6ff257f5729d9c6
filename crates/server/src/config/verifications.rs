//! `[verifications]`: how long they can be looked at.

use anyhow::ensure;
use jiff::SignedDuration;
use ringtrue_domain::flow::KEPT_SECONDS;
use serde::Deserialize;

/// How long verifications are kept.
#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Verifications {
    keep_days: u16,
}

impl Default for Verifications {
    /// As long as deliveries: what happened and what was told of it are gone together.
    fn default() -> Self {
        Self { keep_days: 30 }
    }
}

/// Thirteen months, as counts are kept.
const MAX_DAYS: u16 = 400;

impl Verifications {
    pub(super) fn validate(&self) -> anyhow::Result<()> {
        ensure!((1..=MAX_DAYS).contains(&self.keep_days), "verifications.keep_days: must be 1 to {MAX_DAYS}");
        Ok(())
    }

    /// How long they are kept after their session.
    pub(crate) fn kept(&self) -> SignedDuration {
        SignedDuration::from_hours(24 * i64::from(self.keep_days))
    }

    /// How much of that is behind the day for which they answer.
    pub(crate) fn kept_on(&self) -> SignedDuration {
        self.kept() - SignedDuration::from_secs(i64::from(KEPT_SECONDS))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_named_and_a_day_is_the_least() {
        for (keep_days, fine) in [(0, false), (1, true), (400, true), (401, false)] {
            assert_eq!(Verifications { keep_days }.validate().is_ok(), fine, "{keep_days}");
        }
        assert!(Verifications { keep_days: 1 }.kept_on().is_zero());
        assert_eq!(Verifications::default().kept_on().as_hours(), 29 * 24);
    }
}
