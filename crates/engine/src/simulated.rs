//! Letting things become of a sandbox identity's number.

use jiff::{SignedDuration, Timestamp};
use ringtrue_domain::{EventId, FieldError, identity::LineChange, member::Permission};

use crate::{
    Engine, Error,
    changes::Consequences,
    decide::{CommitOr, ROUNDS},
    idempotency::{self, Key, Replay},
    model::{By, Deed, KeyScope, TimelineStep},
    ports::{Change, CommitError, Note},
};

/// The latest that a step may come after now, in seconds: ten years.
pub const MAX_AFTER_SECONDS: u32 = 10 * 366 * 24 * 60 * 60;
/// Steps of one timeline at most.
pub(crate) const MAX_STEPS: usize = 50;

/// Something that is to become of a number.
#[derive(Debug, Clone)]
pub struct SimulatedStep {
    /// Seconds from now on the project's sandbox clock; 0 to [`MAX_AFTER_SECONDS`].
    pub after_seconds: u32,
    /// What.
    pub change: LineChange,
}

impl Engine {
    /// Lets things become of a sandbox identity's number, each at its time; with a key, once. What is due now has
    /// happened when this returns, and `render` makes the answer's body of the events that came of it.
    pub async fn simulate(
        &self,
        by: impl Into<By<'_>>,
        scope: KeyScope,
        identity: &str,
        steps: &[SimulatedStep],
        key: Option<&Key>,
        render: impl Fn(&[EventId]) -> String + Send + Sync,
    ) -> Result<String, Error> {
        let by = by.into();
        by.must(Permission::UseSandbox)?;
        if let Some(key) = key
            && let Some(Replay::Answer(first)) = self.replay(key).await?
        {
            return Ok(first);
        }
        if !(1..=MAX_STEPS).contains(&steps.len()) {
            return Err(FieldError::new("timeline", "must be 1 to 50 steps").into());
        }
        for _ in 0..ROUNDS {
            let stored = self.named(scope, identity).await?;
            let now = self.now(self.store().clock_ahead(scope.project).await?);
            let deed =
                Deed::Simulated { project: scope.project, identity: stored.identity.id, steps: steps.len() };
            let mut steps: Vec<_> = steps.iter().map(|step| at(now, step)).collect();
            steps.sort_by_key(|step| step.at);
            let later = steps.split_off(steps.partition_point(|step| step.at <= now));
            let mut follows = Consequences::default();
            let identity = follows.happen(self, stored, steps.iter().map(|step| (step.at, &step.change)));
            let answer = render(&follows.event_ids());
            let waits = self.timeline(&identity, later);
            follows.changes.extend(waits.map(|job| Change::Enqueue(Box::new(job))));
            follows.changes.extend(key.map(|key| self.remember_change(key, None, Some(answer.clone()))));
            follows.changes.extend(self.deed(by, deed));
            if follows.changes.is_empty() {
                return Ok(answer);
            }
            match (self.write_consequences(follows).await, key) {
                (Ok(_), _) => {
                    self.bus().publish(Note::JobsReady);
                    return Ok(answer);
                }
                (Err(CommitOr::Commit(CommitError::Conflict)), _) => {}
                (Err(CommitOr::Commit(CommitError::Duplicate(record))), Some(key)) => {
                    return match idempotency::read(key, *record)? {
                        Replay::Answer(first) => Ok(first),
                        Replay::Flow(_) => Ok(answer),
                    };
                }
                (Err(other), _) => return Err(other.into()),
            }
        }
        Err(CommitError::Conflict.into())
    }
}

fn at(now: Timestamp, step: &SimulatedStep) -> TimelineStep {
    let after = SignedDuration::from_secs(i64::from(step.after_seconds));
    TimelineStep { at: now.checked_add(after).unwrap_or(Timestamp::MAX), change: step.change.clone() }
}
