//! `[monitor]`: which source is asked what became of watched numbers, and how often.

use std::time::Duration;

use anyhow::{Context as _, anyhow, ensure};
use ringtrue_connect::HttpMonitorConfig;
use ringtrue_engine::PollPace;
use serde::Deserialize;

/// How watched numbers are polled.
#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Monitor {
    pub(crate) kind: MonitorKind,
    interval_hours: u32,
    per_hour: u32,
    pub(crate) http: Option<HttpMonitorConfig>,
}

impl Default for Monitor {
    fn default() -> Self {
        Self { kind: MonitorKind::None, interval_hours: 24, per_hour: 1000, http: None }
    }
}

/// The source.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum MonitorKind {
    /// Nobody is asked.
    #[default]
    None,
    /// A gateway that looks numbers up over HTTP.
    Http,
}

/// Two months: longer than a number that was given back usually stays unused.
const MAX_HOURS: u32 = 60 * 24;
const MAX_PER_HOUR: u32 = 10_000_000;

impl Monitor {
    pub(super) fn validate(&self) -> anyhow::Result<()> {
        ensure!(
            (1..=MAX_HOURS).contains(&self.interval_hours),
            "monitor.interval_hours: must be 1 to {MAX_HOURS}"
        );
        ensure!((1..=MAX_PER_HOUR).contains(&self.per_hour), "monitor.per_hour: must be 1 to {MAX_PER_HOUR}");
        match self.kind {
            MonitorKind::None => Ok(()),
            MonitorKind::Http => {
                let http = self.http.as_ref().context("monitor.http: is needed for kind = \"http\"")?;
                http.validate().map_err(|error| anyhow!("monitor.http.{error}"))
            }
        }
    }

    /// The same, as the engine takes it.
    pub(crate) fn pace(&self) -> PollPace {
        PollPace { interval: Duration::from_hours(u64::from(self.interval_hours)), per_hour: self.per_hour }
    }

    /// How often, for people.
    pub(crate) fn pace_text(&self) -> String {
        let Self { interval_hours, per_hour, .. } = self;
        format!("each number every {interval_hours} hours, at most {per_hour} questions an hour")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_described_and_bounds_are_named() {
        let verdict = |text: &str| {
            let monitor: Monitor = toml::from_str(text).unwrap();
            monitor.validate().map_or_else(|error| format!("{error:#}"), |()| "good".to_owned())
        };
        assert_eq!(verdict(""), "good");
        assert_eq!(verdict("kind = 'http'"), "monitor.http: is needed for kind = \"http\"");
        let http = "kind = 'http'\n[http]\nurl = 'https://gw.example/{number}'";
        assert_eq!(verdict(&format!("{http}\nstatus = '/status'")), "good");
        assert!(verdict(http).starts_with("monitor.http.status: must be given"));
        assert_eq!(verdict("interval_hours = 0"), "monitor.interval_hours: must be 1 to 1440");
        assert_eq!(verdict("interval_hours = 1441"), "monitor.interval_hours: must be 1 to 1440");
        assert_eq!(verdict("per_hour = 0"), "monitor.per_hour: must be 1 to 10000000");
    }
}
