//! Looking at one number: a question to the source, and what follows from its answer in one unit with the end of the
//! poll.

use jiff::{SignedDuration, Timestamp};

use super::Monitor;
use crate::{
    Engine, Error,
    changes::Consequences,
    decide::{CommitOr, ROUNDS},
    model::{NumberHash, Poll},
    ports::{Change, CommitError, Fault, LineQuestion, PollChange, Sight, Unit},
};

/// Seconds until a busy source is asked again about a number, at least.
const BUSY_PAUSE: SignedDuration = SignedDuration::from_secs(2);

/// What became of a poll.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Somebody hears of a change.
    Changed,
    /// Nothing has become of the number.
    Unchanged,
    /// The source does not know the number.
    NotCovered,
    /// The source will not answer such a question.
    Rejected,
    /// Not now.
    Busy,
    /// No answer that could be understood.
    Failed,
    /// Nobody watches the number any more, so it was not asked.
    Unwatched,
    /// Somebody else took it up, before or after it was asked.
    Lost,
    /// The store failed; the lease brings the poll back.
    NotWritten,
}

impl Outcome {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Unchanged => "unchanged",
            Self::NotCovered => "not_covered",
            Self::Rejected => "rejected",
            Self::Busy => "busy",
            Self::Failed => "failed",
            Self::Unwatched => "unwatched",
            Self::Lost => "lost",
            Self::NotWritten => "not_written",
        }
    }

    /// Whether the source is well, as far as this tells.
    pub(super) const fn is_healthy(self) -> Option<bool> {
        match self {
            Self::Changed | Self::Unchanged | Self::NotCovered | Self::Rejected => Some(true),
            Self::Busy | Self::Failed => Some(false),
            Self::Unwatched | Self::Lost | Self::NotWritten => None,
        }
    }
}

/// A poll that this node holds.
struct Held<'a> {
    monitor: &'a Monitor,
    number: NumberHash,
    lease: [u8; 16],
    poll: Poll,
}

impl Held<'_> {
    /// Ends it until the hand comes by again, having learnt what the source knew at an instant.
    fn looked(&self, looked_at: Option<Timestamp>) -> Change {
        self.settle(looked_at, None, 0)
    }

    fn put_off(&self, due_at: Option<Timestamp>, failures: u32) -> Change {
        self.settle(self.poll.looked_at, due_at, failures)
    }

    fn settle(&self, looked_at: Option<Timestamp>, due_at: Option<Timestamp>, failures: u32) -> Change {
        let &Held { monitor: Monitor { source, .. }, number, lease, .. } = self;
        Change::Poll(PollChange::Settle { source, number, lease, looked_at, due_at, failures })
    }
}

impl Engine {
    /// Looks at a number that was taken up under this lease.
    pub(super) async fn look(&self, monitor: &Monitor, number: NumberHash, lease: [u8; 16]) -> Outcome {
        self.try_look(monitor, number, lease).await.unwrap_or_else(|error| {
            let error: &dyn std::error::Error = &error;
            tracing::warn!(monitor.source = monitor.source, error, "a poll failed; its lease brings it back");
            Outcome::NotWritten
        })
    }

    async fn try_look(
        &self,
        monitor: &Monitor,
        number: NumberHash,
        lease: [u8; 16],
    ) -> Result<Outcome, Error> {
        let source = monitor.source;
        let poll = self.store().poll(source, number).await?.filter(|poll| poll.lease == Some(lease));
        let Some(poll) = poll else { return Ok(Outcome::Lost) };
        let held = Held { monitor, number, lease, poll };
        let watchers = self.store().watchers_of(number).await?;
        let known_at = poll.looked_at.unwrap_or(Timestamp::MIN);
        let since = watchers.iter().map(|watcher| watcher.identity.verified_at.max(known_at)).min();
        let (Some(since), Some(first)) = (since, watchers.first()) else {
            let forget = Change::Poll(PollChange::Forget { source, number, lease });
            return self.end(vec![forget], Outcome::Unwatched).await;
        };
        let now = self.wall();
        let fault = match monitor.line.look(LineQuestion { phone: &first.identity.phone, since, now }).await {
            Ok(Some(sight)) => return self.see(&held, &sight, since, now).await,
            Ok(None) => return self.end(vec![held.put_off(None, 0)], Outcome::NotCovered).await,
            Err(fault) => fault,
        };
        tracing::warn!(
            monitor.source = source,
            error = &fault as &dyn std::error::Error,
            "a source did not answer"
        );
        self.fail(&held, fault).await
    }

    /// Writes what follows from an answer. What was known when it was asked (`now`) need not be asked again.
    async fn see(
        &self,
        held: &Held<'_>,
        sight: &Sight,
        since: Timestamp,
        now: Timestamp,
    ) -> Result<Outcome, Error> {
        for _ in 0..ROUNDS {
            let mut follows = Consequences::default();
            for watcher in self.store().watchers_of(held.number).await? {
                follows.see(self, watcher, sight, since, self.wall());
            }
            follows.changes.push(held.looked(Some(now)));
            match self.write_consequences(follows).await {
                Ok(events) if events.is_empty() => return Ok(Outcome::Unchanged),
                Ok(_) => return Ok(Outcome::Changed),
                Err(CommitOr::Commit(CommitError::Conflict)) => {}
                Err(other) => return Err(other.into()),
            }
            let poll = self.store().poll(held.monitor.source, held.number).await?;
            if poll.is_none_or(|poll| poll.lease != Some(held.lease)) {
                return Ok(Outcome::Lost);
            }
        }
        Err(CommitError::Conflict.into())
    }

    async fn fail(&self, held: &Held<'_>, fault: Fault) -> Result<Outcome, Error> {
        let now = self.wall();
        let after = |pause| now.checked_add(pause).unwrap_or(Timestamp::MAX);
        match fault {
            // The next round may find the source in a better mood, or its configuration mended.
            Fault::Rejected { .. } => self.end(vec![held.put_off(None, 0)], Outcome::Rejected).await,
            Fault::Busy { retry_after: Some(pause) } => {
                let until = after(SignedDuration::try_from(pause).unwrap_or(BUSY_PAUSE).max(BUSY_PAUSE));
                // The source spoke of itself, so it is left alone, by all nodes.
                let rest = Change::Poll(PollChange::Rest { source: held.monitor.source, until });
                let again = held.put_off(Some(until), held.poll.failures);
                self.end(vec![rest, again], Outcome::Busy).await
            }
            Fault::Busy { retry_after: None } => self.again(held, Outcome::Busy).await,
            Fault::Unknown(_) => self.again(held, Outcome::Failed).await,
        }
    }

    async fn again(&self, held: &Held<'_>, outcome: Outcome) -> Result<Outcome, Error> {
        let failures = held.poll.failures.saturating_add(1);
        let put_off = match held.monitor.pace.pause(failures) {
            Some(pause) => held.put_off(self.wall().checked_add(pause).ok(), failures),
            None => held.put_off(None, 0),
        };
        self.end(vec![put_off], outcome).await
    }

    async fn end(&self, changes: Vec<Change>, outcome: Outcome) -> Result<Outcome, Error> {
        match self.store().commit(Unit { changes }).await {
            Ok(()) => Ok(outcome),
            Err(CommitError::Conflict) => Ok(Outcome::Lost),
            Err(other) => Err(other.into()),
        }
    }
}
