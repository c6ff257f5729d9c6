//! Counting what limits refuse, without a write for each: whoever is refused thousands of times must not make the server
//! write thousands of times. Each node adds up in memory and writes the sums every ten seconds and when it stops; a crash
//! loses what came since.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use crate::{
    Engine,
    model::{KeyScope, LimitKind, RefusalKey, Refusals, hour_of},
    ports::{Change, CommitError, ListingChange, Unit},
};

/// How often sums are written.
const WRITE_EVERY: Duration = Duration::from_secs(10);
/// Sums written in one unit.
const BITE: usize = 200;
/// Sums kept at most, some hundred bytes each. Their keys are of projects that there are, so only a store that is away for
/// long, or sandbox clocks that are moved again and again, make this many.
const MAX_SUMS: usize = 10_000;

/// What was refused and is not written yet.
#[derive(Default)]
pub(crate) struct Unwritten(Mutex<BTreeMap<RefusalKey, u64>>);

impl Unwritten {
    fn sums(&self) -> MutexGuard<'_, BTreeMap<RefusalKey, u64>> {
        // Whole after every statement, so a panic elsewhere leaves nothing half-done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, key: RefusalKey, refused: u64) {
        let mut sums = self.sums();
        if sums.len() < MAX_SUMS || sums.contains_key(&key) {
            let sum = sums.entry(key).or_default();
            *sum = sum.saturating_add(refused);
        }
    }

    fn take(&self) -> Vec<Refusals> {
        let sums = std::mem::take(&mut *self.sums());
        sums.into_iter().map(|(key, refused)| Refusals { key, refused }).collect()
    }
}

impl Engine {
    /// Counts a call that a limit refused at `now` on its project's clock. It is written some seconds later
    /// ([`Engine::write_refusals`]).
    pub fn note_refusal(&self, scope: KeyScope, kind: LimitKind, now: Timestamp) {
        metrics::counter!("ringtrue_limits_hit_total", "limit" => kind.as_str()).increment(1);
        self.refusals.add(RefusalKey { scope, hour: hour_of(now), kind }, 1);
    }

    /// Writes what was counted since the last time. What cannot be written is kept for the next time; where a database was
    /// lost in the middle of it, it may have been written all the same, and counts twice then.
    pub async fn write_refusals(&self) -> Result<(), CommitError> {
        let sums = self.refusals.take();
        let mut bites = sums.chunks(BITE);
        while let Some(bite) = bites.next() {
            let change = Change::List(ListingChange::Refused(bite.to_vec()));
            if let Err(error) = self.store().commit(Unit::new().with(change)).await {
                for Refusals { key, refused } in bite.iter().chain(bites.flatten()) {
                    self.refusals.add(*key, *refused);
                }
                return Err(error);
            }
        }
        Ok(())
    }
}

/// Writes what limits refused until `stop`, and then once more.
pub async fn run_refusals(engine: Arc<Engine>, stop: CancellationToken) {
    loop {
        let stopped = tokio::time::timeout(WRITE_EVERY, stop.cancelled()).await.is_ok();
        if let Err(error) = engine.write_refusals().await {
            tracing::warn!(error = &error as &dyn std::error::Error, "refused calls could not be counted");
        }
        if stopped {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use ringtrue_domain::{ProjectId, flow::Environment};

    use super::*;

    fn key(hour: i64) -> RefusalKey {
        let scope =
            KeyScope { project: ProjectId::from_bytes([1; 16]), environment: Environment::Production };
        RefusalKey { scope, hour, kind: LimitKind::Requests }
    }

    #[test]
    fn sums_are_taken_once_and_bounded() {
        let unwritten = Unwritten::default();
        for hour in 0..=i64::try_from(MAX_SUMS).unwrap() {
            unwritten.add(key(hour), 1);
        }
        unwritten.add(key(0), 4);
        let taken = unwritten.take();
        assert_eq!((taken.len(), taken[0]), (MAX_SUMS, Refusals { key: key(0), refused: 5 }));
        assert_eq!(unwritten.take(), []);
    }
}
