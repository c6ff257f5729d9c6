//! What comes back: taken in, written, and judged.

use jiff::Timestamp;
use tokio::task::JoinError;

use super::{Holder, Over};
use crate::{
    Error,
    hooks::{
        attempt::Landed,
        order::Open,
        schedule::{is_gone, is_success},
    },
    model::{DeliveryState, Lease, Outcome, PauseReason},
    ports::{Change, CommitError, HookChange, Unit},
};

/// What attempts that are not written yet say against the endpoint.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Complaint {
    /// One of them failed.
    failed: bool,
    /// The endpoint wants nothing any more.
    gone: bool,
}

impl Holder {
    /// Writes what was packed and what came back. While the database is away all of it is kept for the next time.
    pub(super) async fn write(&mut self) -> Result<(), Over> {
        let wall = self.engine.wall();
        let lease = Lease { id: self.lease.id, until: self.engine.new_lease().until };
        // A third of the lease is gone.
        let renew = lease.until.duration_since(self.lease.until) * 3 >= lease.until.duration_since(wall);
        if self.packing.is_empty() && self.settling.is_empty() && !renew {
            return Ok(());
        }
        let scope = self.scope;
        let mut unit = Unit::new().with(Change::Hook(HookChange::Hold { scope, lease }));
        unit.changes.extend(self.packing.iter().map(|new| Change::Hook(HookChange::AddDelivery(*new))));
        for (delivery, attempt) in &self.settling {
            unit.push(Change::Hook(HookChange::SetDelivery(*delivery)));
            unit.changes.extend(attempt.clone().map(|attempt| {
                Change::Hook(HookChange::AddAttempt { project: scope.project, attempt: Box::new(attempt) })
            }));
        }
        if self.settling.iter().any(|(_, attempt)| attempt.is_some()) {
            unit.push(Change::Hook(HookChange::Health { scope, health: self.health }));
        }
        match self.engine.store().commit(unit).await {
            Ok(()) => {}
            Err(CommitError::Conflict) => return Err(Over::Lost),
            Err(other) => return Err(other.into()),
        }
        self.lease = lease;
        self.packing.clear();
        self.settling.clear();
        self.unwritten.clear();
        self.judge().await
    }

    /// Pauses the endpoint when it wants nothing more, or has failed for too long. Only an attempt that failed just now
    /// is a reason: whoever has not been asked may be well by now.
    async fn judge(&mut self) -> Result<(), Over> {
        let Complaint { failed, gone } = std::mem::take(&mut self.complaint);
        if !failed {
            return Ok(());
        }
        let settings = &self.engine.parts.settings.delivery;
        let why = match settings.given_up(&self.health, self.now()) {
            _ if gone => PauseReason::Gone,
            Some(since) => PauseReason::Failing { since },
            None => return Ok(()),
        };
        // Whether it may be used is read again at the next look.
        if let Some((_, webhook)) = self.webhook.take() {
            self.engine.give_up_webhook(self.scope, &webhook.url, why).await?;
        }
        Ok(())
    }

    /// Takes in an attempt that is over.
    pub(super) fn land(&mut self, landed: Result<Landed, JoinError>) -> Result<(), Over> {
        let Landed { delivery, attempt, webhook } = landed.map_err(|error| Error::Bug(error.into()))?;
        let Some(open) = self.window.land(delivery.id) else { return Ok(()) };
        self.unwritten.extend(open.identities.iter().copied());
        let now = self.now();
        let settings = &self.engine.parts.settings.delivery;
        let [dice] = self.engine.random_array();
        let after = settings.after(open.delivery, &attempt.outcome, now, dice);
        // What an endpoint of before answers says nothing of the one that took its place.
        let concerns_us = self.webhook.as_ref().is_none_or(|(_, ours)| ours.url == webhook.url);
        if concerns_us {
            self.feel(&attempt.outcome, now);
        }
        match after.state {
            DeliveryState::Open => self.window.add(Open { delivery: after, flying: false, ..open }),
            DeliveryState::Failed => {
                metrics::counter!("ringtrue_webhook_given_up_total").increment(1);
                tracing::warn!(delivery.id = %after.id, delivery.attempts = after.attempts, "a delivery is given up");
            }
            DeliveryState::Delivered | DeliveryState::Empty => {}
        }
        self.settling.push((after, Some(attempt)));
        Ok(())
    }

    /// What an attempt says of the endpoint.
    fn feel(&mut self, outcome: &Outcome, now: Timestamp) {
        self.complaint.failed |= !is_success(outcome);
        self.complaint.gone |= is_gone(outcome);
        let health = self.engine.parts.settings.delivery.health(self.health, outcome, now);
        if health.warnings > self.health.warnings {
            tracing::warn!(
                project.id = %self.scope.project, webhook.failures = health.failures, webhook.warning = health.warnings,
                "a webhook keeps failing; it will be paused"
            );
        }
        self.health = health;
    }
}
