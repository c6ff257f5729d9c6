//! A circuit breaker: a party that keeps failing is left alone for a while.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use jiff::Timestamp;

/// Opens after some consecutive failures, and after a pause lets one call through to see.
#[derive(Debug)]
pub(super) struct Breaker {
    open_after: u32,
    pause: Duration,
    state: Mutex<State>,
}

#[derive(Debug, Clone, Copy)]
enum State {
    /// Calls go through; so many in a row failed.
    Closed { failures: u32 },
    /// No call goes through until the pause is over.
    Open { since: Timestamp },
    /// One call is on its way to see.
    Probing { since: Timestamp },
}

/// What a settled call changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    Opened,
    Closed,
}

impl Breaker {
    pub(super) const fn new(open_after: u32, pause: Duration) -> Self {
        Self { open_after, pause, state: Mutex::new(State::Closed { failures: 0 }) }
    }

    /// Asks for a call at `now`; refused with the time to wait.
    pub(super) fn permit(&self, now: Timestamp) -> Result<Permit<'_>, Duration> {
        let mut state = self.lock();
        match *state {
            State::Closed { .. } => Ok(Permit { breaker: self, probe: false, settled: false }),
            State::Open { since } => {
                if let Some(wait) = self.remaining(since, now) {
                    return Err(wait);
                }
                *state = State::Probing { since };
                Ok(Permit { breaker: self, probe: true, settled: false })
            }
            State::Probing { .. } => Err(Duration::from_secs(1).min(self.pause)),
        }
    }

    /// Whether a call at `now` would be refused.
    pub(super) fn refuses(&self, now: Timestamp) -> bool {
        match *self.lock() {
            State::Closed { .. } => false,
            State::Open { since } => self.remaining(since, now).is_some(),
            State::Probing { .. } => true,
        }
    }

    /// What is left of the pause. A clock that was set back ends it, instead of making it endless.
    fn remaining(&self, since: Timestamp, now: Timestamp) -> Option<Duration> {
        let passed = Duration::try_from(now.duration_since(since)).ok()?;
        self.pause.checked_sub(passed).filter(|left| !left.is_zero())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // The state is whole after every statement, so a panic elsewhere leaves nothing half-done.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The right to make one call. Dropped unsettled (the caller went away), it says nothing about the other side.
#[derive(Debug)]
pub(super) struct Permit<'a> {
    breaker: &'a Breaker,
    probe: bool,
    settled: bool,
}

impl Permit<'_> {
    /// Tells how the call went, at `now`.
    pub(super) fn settle(mut self, healthy: bool, now: Timestamp) -> Option<Change> {
        self.settled = true;
        let mut state = self.breaker.lock();
        let (next, change) = match (*state, self.probe, healthy) {
            (State::Probing { .. }, true, true) => (State::Closed { failures: 0 }, Some(Change::Closed)),
            (State::Probing { .. }, true, false) => (State::Open { since: now }, None),
            (State::Closed { .. }, _, true) => (State::Closed { failures: 0 }, None),
            (State::Closed { failures }, _, false) if failures + 1 >= self.breaker.open_after => {
                (State::Open { since: now }, Some(Change::Opened))
            }
            (State::Closed { failures }, _, false) => (State::Closed { failures: failures + 1 }, None),
            // A call from before the breaker opened comes back late: the probe decides, not it.
            (other, ..) => (other, None),
        };
        *state = next;
        change
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        if self.probe && !self.settled {
            let mut state = self.breaker.lock();
            if let State::Probing { since } = *state {
                *state = State::Open { since };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    fn breaker() -> Breaker {
        Breaker::new(3, Duration::from_secs(30))
    }

    fn fail(breaker: &Breaker, second: i64) -> Option<Change> {
        breaker.permit(at(second)).unwrap().settle(false, at(second))
    }

    #[test]
    fn opens_after_failures_in_a_row_only() {
        let breaker = breaker();
        assert_eq!((fail(&breaker, 0), fail(&breaker, 1)), (None, None));
        assert_eq!(breaker.permit(at(2)).unwrap().settle(true, at(2)), None);
        assert_eq!(
            (fail(&breaker, 3), fail(&breaker, 4), fail(&breaker, 5)),
            (None, None, Some(Change::Opened))
        );
        assert_eq!(breaker.permit(at(15)).unwrap_err(), Duration::from_secs(20));
        assert!(breaker.refuses(at(34)) && !breaker.refuses(at(35)));
    }

    #[test]
    fn one_probe_decides() {
        let breaker = breaker();
        let late = breaker.permit(at(0)).unwrap();
        for second in 0..3 {
            fail(&breaker, second);
        }
        let probe = breaker.permit(at(40)).unwrap();
        assert_eq!(breaker.permit(at(40)).unwrap_err(), Duration::from_secs(1), "only one probe at a time");
        assert_eq!(late.settle(true, at(40)), None, "a late answer decides nothing");
        assert_eq!(probe.settle(false, at(41)), None);
        assert_eq!(
            breaker.permit(at(41)).unwrap_err(),
            Duration::from_secs(30),
            "a failed probe starts a new pause"
        );
        assert_eq!(breaker.permit(at(71)).unwrap().settle(true, at(72)), Some(Change::Closed));
        assert!(!breaker.refuses(at(72)));
    }

    #[test]
    fn a_probe_that_is_dropped_makes_room_for_the_next() {
        let breaker = breaker();
        for second in 0..3 {
            fail(&breaker, second);
        }
        drop(breaker.permit(at(40)).unwrap());
        assert_eq!(breaker.permit(at(40)).unwrap().settle(true, at(40)), Some(Change::Closed));
    }

    #[test]
    fn a_clock_set_back_does_not_keep_it_open() {
        let breaker = breaker();
        for second in 1000..1003 {
            fail(&breaker, second);
        }
        assert!(breaker.permit(at(0)).is_ok());
    }
}
