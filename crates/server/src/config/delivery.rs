//! `[delivery]`: when events are sent again, and when that ends.

use std::time::Duration;

use anyhow::ensure;
use jiff::SignedDuration;
use ringtrue_engine::DeliverySettings;
use serde::Deserialize;

/// How deliveries to webhooks are tried.
#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Delivery {
    retry_pauses_seconds: Vec<u32>,
    give_up_after_hours: u32,
    warn_after_hours: Vec<u32>,
    pause_after_hours: u32,
    parallel: usize,
    max_events: usize,
    keep_days: u16,
}

impl Default for Delivery {
    fn default() -> Self {
        let DeliverySettings { retry_pauses, give_up_after, warn_after, pause_after, parallel, max_events } =
            DeliverySettings::default();
        let hours = |time: Duration| u32::try_from(time.as_secs() / 3600).unwrap_or(u32::MAX);
        let seconds = |time: Duration| u32::try_from(time.as_secs()).unwrap_or(u32::MAX);
        Self {
            retry_pauses_seconds: retry_pauses.into_iter().map(seconds).collect(),
            give_up_after_hours: hours(give_up_after),
            warn_after_hours: warn_after.into_iter().map(hours).collect(),
            pause_after_hours: hours(pause_after),
            parallel,
            max_events,
            keep_days: 30,
        }
    }
}

/// A month: longer than anybody waits for news of a change.
const MAX_HOURS: u32 = 30 * 24;

impl Delivery {
    pub(super) fn validate(&self) -> anyhow::Result<()> {
        let pauses = &self.retry_pauses_seconds;
        ensure!(
            (1..=50).contains(&pauses.len()) && pauses.iter().all(|pause| (1..=86_400).contains(pause)),
            "retry_pauses_seconds: must be 1 to 50 pauses of 1 to 86400 seconds"
        );
        for (name, hours) in
            [("give_up_after_hours", self.give_up_after_hours), ("pause_after_hours", self.pause_after_hours)]
        {
            ensure!((1..=MAX_HOURS).contains(&hours), "{name}: must be 1 to {MAX_HOURS}");
        }
        let rising = self.warn_after_hours.is_sorted() && self.warn_after_hours.len() <= 10;
        let early = self.warn_after_hours.iter().all(|hours| *hours < self.pause_after_hours);
        ensure!(
            rising && early,
            "warn_after_hours: must be at most 10 times that rise, each before pause_after_hours"
        );
        ensure!((1..=64).contains(&self.parallel), "parallel: must be 1 to 64");
        ensure!((1..=100).contains(&self.max_events), "max_events: must be 1 to 100");
        ensure!((1..=3650).contains(&self.keep_days), "keep_days: must be 1 to 3650");
        Ok(())
    }

    /// How long events and deliveries are kept.
    pub(crate) fn kept(&self) -> SignedDuration {
        SignedDuration::from_hours(24 * i64::from(self.keep_days))
    }

    /// The rest, as the engine takes it.
    pub(crate) fn settings(&self) -> DeliverySettings {
        let hours = |hours: u32| Duration::from_hours(u64::from(hours));
        DeliverySettings {
            retry_pauses: self
                .retry_pauses_seconds
                .iter()
                .map(|s| Duration::from_secs(u64::from(*s)))
                .collect(),
            give_up_after: hours(self.give_up_after_hours),
            warn_after: self.warn_after_hours.iter().copied().map(hours).collect(),
            pause_after: hours(self.pause_after_hours),
            parallel: self.parallel,
            max_events: self.max_events,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_the_engines_and_valid() {
        Delivery::default().validate().unwrap();
        assert_eq!(Delivery::default().settings(), DeliverySettings::default());
    }

    #[test]
    fn bounds_are_named() {
        let refusal = |change: fn(&mut Delivery)| {
            let mut delivery = Delivery::default();
            change(&mut delivery);
            delivery.validate().unwrap_err().to_string().split(':').next().unwrap_or_default().to_owned()
        };
        assert_eq!(refusal(|d| d.retry_pauses_seconds.clear()), "retry_pauses_seconds");
        assert_eq!(refusal(|d| d.retry_pauses_seconds.push(0)), "retry_pauses_seconds");
        assert_eq!(refusal(|d| d.give_up_after_hours = 0), "give_up_after_hours");
        assert_eq!(refusal(|d| d.warn_after_hours = vec![24, 1]), "warn_after_hours");
        assert_eq!(refusal(|d| d.warn_after_hours = vec![72]), "warn_after_hours");
        assert_eq!(refusal(|d| d.parallel = 0), "parallel");
        assert_eq!(refusal(|d| d.max_events = 101), "max_events");
        assert_eq!(refusal(|d| d.keep_days = 0), "keep_days");
    }
}
