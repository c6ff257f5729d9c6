//! Polling sources for what became of watched numbers: each number once per interval, within the source's budget, by
//! whichever node gets to it.

mod look;
mod pace;
#[cfg(test)]
mod tests;

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use jiff::Timestamp;
use tokio::{task::JoinSet, time::MissedTickBehavior};
use tokio_util::sync::CancellationToken;

use crate::{
    Engine, Error,
    model::{Lease, NumberHash, PollHand},
    ports::{Change, CommitError, LineMonitor, PollChange, Unit},
};
use look::Outcome;
pub use pace::PollPace;

/// Questions to one source at the same time, on this node.
const PARALLEL: usize = 16;
/// How often it is looked whether there is somebody to ask about.
const TICK: Duration = Duration::from_secs(1);

/// A source that is polled.
#[derive(Clone)]
pub struct Monitor {
    /// Its name, in the store and in metrics.
    pub source: &'static str,
    /// The source.
    pub line: Arc<dyn LineMonitor>,
    /// How often it is asked.
    pub pace: PollPace,
}

/// Polls a source until `stop`; then finishes what is under way.
pub async fn run_monitor(engine: Arc<Engine>, monitor: Monitor, stop: CancellationToken) {
    let mut poller = Poller { engine, monitor, looks: JoinSet::new(), healthy: true, late: false };
    let mut tick = tokio::time::interval(TICK);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => break,
            Some(looked) = poller.looks.join_next() => poller.landed(looked),
            _ = tick.tick() => {}
        }
        if let Err(error) = poller.take_up().await {
            let source = poller.monitor.source;
            tracing::warn!(
                monitor.source = source,
                error = &error as &dyn std::error::Error,
                "numbers could not be taken up"
            );
            // Whoever comes back meanwhile must not make for a loop.
            tokio::select! {
                () = stop.cancelled() => break,
                _ = tick.tick() => {}
            }
        }
    }
    while poller.looks.join_next().await.is_some() {}
}

struct Poller {
    engine: Arc<Engine>,
    monitor: Monitor,
    looks: JoinSet<Outcome>,
    /// Whether the source answered when it was last asked; if not, it is asked one question at a time.
    healthy: bool,
    /// Whether the hand is a whole round behind.
    late: bool,
}

impl Poller {
    fn landed(&mut self, looked: Result<Outcome, tokio::task::JoinError>) {
        match looked {
            Ok(outcome) => {
                self.healthy = outcome.is_healthy().unwrap_or(self.healthy);
                let (source, outcome) = (self.monitor.source, outcome.as_str());
                metrics::counter!("ringtrue_polls_total", "source" => source, "outcome" => outcome)
                    .increment(1);
            }
            Err(error) => tracing::error!(error = &error as &dyn std::error::Error, "a poll broke off"),
        }
    }

    async fn take_up(&mut self) -> Result<(), Error> {
        let most = if self.healthy { PARALLEL } else { 1 };
        let free = most.saturating_sub(self.looks.len());
        let lease = self.engine.new_lease();
        for number in self.numbers(free, lease).await? {
            let (engine, monitor) = (Arc::clone(&self.engine), self.monitor.clone());
            self.looks.spawn(async move { engine.look(&monitor, number, lease.id).await });
        }
        Ok(())
    }

    /// Takes up to `most` numbers up: those whose poll is to be tried again, then those that the hand has come to.
    /// The hand is written in the same unit, from the version that was read, so no two nodes spend the same budget or
    /// take up the same numbers.
    async fn numbers(&mut self, most: usize, lease: Lease) -> Result<BTreeSet<NumberHash>, Error> {
        let Monitor { source, line, pace } = self.monitor.clone();
        let now = self.engine.wall();
        let hand = self.engine.store().poll_hand(source).await?.unwrap_or_else(|| PollPace::begin(now));
        self.tell_behind(&hand, now);
        let store = self.engine.store();
        let most = most.min(pace.allowance(&hand, now));
        if most == 0 || line.is_resting() {
            return Ok(BTreeSet::new());
        }
        let mut numbers: BTreeSet<_> = store.polls_due(source, now, most).await?.into_iter().collect();
        let stretch = pace.stretch(&hand, now);
        let room = most - numbers.len();
        let next = if room > 0 {
            store.watched_numbers(stretch.after, stretch.until, room).await?
        } else {
            Vec::new()
        };
        let last = next.last().copied().filter(|_| next.len() == room);
        numbers.extend(next);
        if numbers.is_empty() && !PollPace::should_move(&hand, &stretch, now) {
            return Ok(numbers);
        }
        let mut moved = pace.spent(hand, now, numbers.len());
        if room > 0 {
            moved = pace.moved(moved, &stretch, last);
        }
        let after = if room > 0 { stretch.after } else { hand.place };
        let mut unit = Unit::new().with(Change::Poll(PollChange::Move { source, after, hand: moved }));
        let take = |number: &NumberHash| PollChange::Take { source, number: *number, lease, wall: now };
        unit.changes.extend(numbers.iter().map(take).map(Change::Poll));
        match store.commit(unit).await {
            Ok(()) => Ok(numbers),
            // Another node was faster.
            Err(CommitError::Conflict) => Ok(BTreeSet::new()),
            Err(other) => Err(other.into()),
        }
    }

    fn tell_behind(&mut self, hand: &PollHand, now: Timestamp) {
        let source = self.monitor.source;
        let behind = self.monitor.pace.behind(hand, now);
        metrics::gauge!("ringtrue_polls_behind_seconds", "source" => source).set(behind.as_secs_f64());
        let late = behind.unsigned_abs() >= self.monitor.pace.interval;
        if late && !self.late {
            tracing::warn!(
                monitor.source = source,
                "polling is a whole interval behind: it stood still, or the budget is too small for the numbers"
            );
        }
        self.late = late;
    }
}
