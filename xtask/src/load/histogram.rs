//! Latencies, counted in buckets whose width is at most 1/64 of their value.

use std::time::Duration;

use serde::Serialize;

const BITS: u32 = 6;
const PER_DOUBLING: usize = 1 << BITS;
/// Up to 2⁴² ns, more than an hour.
const BUCKETS: usize = PER_DOUBLING * 38;

/// How often which duration was seen.
#[derive(Debug, Clone)]
pub(super) struct Histogram {
    counts: Vec<u64>,
    total: u64,
    max: Duration,
}

/// What is reported of a histogram; milliseconds.
#[derive(Debug, Clone, Copy, Default, Serialize)]
#[expect(clippy::struct_field_names, reason = "units belong into names")]
#[serde(rename_all = "camelCase")]
pub(super) struct Latency {
    pub(super) p50_ms: f64,
    pub(super) p99_ms: f64,
    pub(super) max_ms: f64,
}

impl Histogram {
    /// Nothing seen yet.
    pub(super) fn new() -> Self {
        Self { counts: vec![0; BUCKETS], total: 0, max: Duration::ZERO }
    }

    /// Counts one duration.
    pub(super) fn record(&mut self, took: Duration) {
        let nanos = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
        self.counts[bucket(nanos).min(BUCKETS - 1)] += 1;
        self.total += 1;
        self.max = self.max.max(took);
    }

    /// The figures for a report.
    pub(super) fn summary(&self) -> Latency {
        Latency {
            p50_ms: self.quantile_ms(50),
            p99_ms: self.quantile_ms(99),
            max_ms: self.max.as_secs_f64() * 1e3,
        }
    }

    /// The upper end of the bucket below which `percent` of all durations lie.
    fn quantile_ms(&self, percent: u64) -> f64 {
        let wanted = (self.total * percent).div_ceil(100);
        let mut seen = 0;
        for (index, count) in self.counts.iter().enumerate() {
            seen += count;
            if seen >= wanted && seen > 0 {
                return Duration::from_nanos(upper_end(index)).min(self.max).as_secs_f64() * 1e3;
            }
        }
        0.0
    }
}

fn bucket(nanos: u64) -> usize {
    let doublings = (u64::BITS - nanos.leading_zeros()).saturating_sub(BITS + 1);
    let within = usize::try_from(nanos >> doublings).unwrap_or(usize::MAX);
    doublings as usize * PER_DOUBLING + within
}

fn upper_end(index: usize) -> u64 {
    let doublings = (index / PER_DOUBLING).saturating_sub(1);
    let within = (index - doublings * PER_DOUBLING) as u64;
    (within + 1) << doublings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_is_no_wider_than_a_64th() {
        for nanos in [0_u64, 1, 63, 64, 127, 128, 129, 1_000, 65_535, 1_000_000, 123_456_789, 59_999_999_999]
        {
            let end = upper_end(bucket(nanos));
            assert!(end > nanos && end - nanos <= nanos / 64 + 1, "{nanos} ends at {end}");
        }
    }

    #[test]
    fn quantiles_of_a_known_series() {
        let mut seen = Histogram::new();
        for millis in 1..=100 {
            seen.record(Duration::from_millis(millis));
        }
        let Latency { p50_ms, p99_ms, max_ms } = seen.summary();
        assert!((50.0..51.0).contains(&p50_ms), "{p50_ms}");
        assert!((99.0..100.1).contains(&p99_ms), "{p99_ms}");
        assert!((max_ms - 100.0).abs() < 1e-9);
    }

    #[test]
    fn an_empty_one_says_nothing() {
        assert!(Histogram::new().summary().p99_ms.abs() < 1e-9);
    }
}
