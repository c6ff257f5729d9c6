//! Token buckets that hold what a period brings, by the generic cell rate algorithm: one instant per key says when its
//! bucket is full again. The rate may change under way without anybody gaining by it.

use std::{
    collections::HashMap,
    hash::Hash,
    time::{Duration, Instant},
};

/// How much time a bucket usually holds.
const SECOND: Duration = Duration::from_secs(1);

/// The buckets.
pub(super) struct Buckets<K> {
    /// How much time a bucket holds.
    period: Duration,
    /// Per period, and at once; 1 at least.
    rate: u32,
    full_at: HashMap<K, Instant>,
    /// The same for keys that are not in the map.
    others_full_at: Instant,
}

/// How a bucket stands after a token was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Taken {
    /// It was there; so many are left.
    Left(u32),
    /// There is none before this time has passed.
    NoneFor(Duration),
}

impl<K: Hash + Eq> Buckets<K> {
    /// Full buckets that hold a second.
    pub(super) fn new(rate: u32, now: Instant) -> Self {
        Self::over(SECOND, rate, now)
    }

    /// Full buckets that hold this much time.
    pub(super) fn over(period: Duration, rate: u32, now: Instant) -> Self {
        Self { period, rate: rate.max(1), full_at: HashMap::new(), others_full_at: now }
    }

    /// How many keys there are that are not known to have a full bucket.
    pub(super) fn len(&self) -> usize {
        self.full_at.len()
    }

    /// Whether a key is one of them.
    pub(super) fn has(&self, key: &K) -> bool {
        self.full_at.contains_key(key)
    }

    /// Takes a token out of a key's bucket.
    pub(super) fn take(&mut self, key: K, now: Instant) -> Taken {
        let token = self.period / self.rate;
        let full_at = self.full_at.get(&key).copied().unwrap_or(self.others_full_at).max(now);
        let missing = full_at + token - now;
        match self.period.checked_sub(missing) {
            Some(left) => {
                self.full_at.insert(key, full_at + token);
                let left = left.as_nanos() / token.as_nanos().max(1);
                Taken::Left(u32::try_from(left).unwrap_or(u32::MAX).min(self.rate - 1))
            }
            None => Taken::NoneFor(missing.saturating_sub(self.period)),
        }
    }

    /// Changes the rate. A bucket that grows keeps the tokens that it had; one that shrinks stays as full as it was.
    pub(super) fn set_rate(&mut self, rate: u32, now: Instant) {
        let rate = rate.max(1);
        let (old, new, period) = (self.rate, rate, self.period);
        if old == new {
            return;
        }
        let changed = |full_at: Instant| {
            let missing = full_at.saturating_duration_since(now).min(period);
            if new < old {
                return now + missing;
            }
            let kept = period.saturating_sub(missing) * old / new;
            now + period.saturating_sub(kept)
        };
        self.full_at.values_mut().for_each(|full_at| *full_at = changed(*full_at));
        self.others_full_at = changed(self.others_full_at);
        self.rate = rate;
    }

    /// Forgets keys that nobody asked for in a while.
    pub(super) fn tidy(&mut self, now: Instant) {
        let others = self.others_full_at;
        self.full_at.retain(|_, full_at| *full_at > now.max(others));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MILLI: Duration = Duration::from_millis(1);

    /// Tokens that can be had at once.
    fn drain(buckets: &mut Buckets<u8>, key: u8, now: Instant) -> u32 {
        (0..10_000).find(|_| matches!(buckets.take(key, now), Taken::NoneFor(_))).unwrap()
    }

    #[test]
    fn a_second_at_once_and_then_evenly() {
        let start = Instant::now();
        for rate in [1, 3, 7, 25, 1000] {
            let mut buckets = Buckets::new(rate, start);
            assert_eq!(buckets.take(1, start), Taken::Left(rate - 1));
            assert_eq!(drain(&mut buckets, 1, start), rate - 1);
            assert_eq!(drain(&mut buckets, 2, start), rate, "another key has its own");
            let Taken::NoneFor(pause) = buckets.take(1, start) else { panic!("one more at {rate}") };
            assert!(pause > Duration::ZERO && pause <= SECOND / rate, "{pause:?} at {rate}");
            assert_eq!(buckets.take(1, start + pause), Taken::Left(0));
            assert_eq!(drain(&mut buckets, 1, start + 10 * SECOND), rate);
        }
    }

    #[test]
    fn a_minute_at_once_and_then_evenly() {
        let start = Instant::now();
        let mut buckets = Buckets::over(60 * SECOND, 30, start);
        assert_eq!(drain(&mut buckets, 1, start), 30);
        assert_eq!(buckets.take(1, start), Taken::NoneFor(2 * SECOND));
        assert_eq!(drain(&mut buckets, 1, start + 10 * SECOND), 5);
        assert!((buckets.len(), buckets.has(&1), buckets.has(&2)) == (1, true, false));
    }

    #[test]
    fn a_change_brings_nobody_a_token() {
        let start = Instant::now();
        let mut buckets = Buckets::new(10, start);
        for _ in 0..4 {
            buckets.take(1, start);
        }
        buckets.set_rate(20, start);
        assert_eq!(drain(&mut buckets, 1, start), 6);
        assert_eq!(drain(&mut buckets, 2, start), 10, "nor one who has not called before");
        buckets.set_rate(5, start + 500 * MILLI);
        assert_eq!(
            drain(&mut buckets, 1, start + 500 * MILLI),
            2,
            "half of it is back, and half of five is two"
        );
    }

    #[test]
    fn quiet_keys_are_forgotten_without_being_given_anything() {
        let start = Instant::now();
        let mut buckets = Buckets::new(10, start);
        drain(&mut buckets, 1, start);
        buckets.set_rate(20, start);
        buckets.tidy(start + 100 * MILLI);
        assert_eq!(drain(&mut buckets, 1, start + 100 * MILLI), 2);
        buckets.tidy(start + 2 * SECOND);
        assert!(buckets.full_at.is_empty());
    }
}
