//! What has outlived its use, as statements.

use jiff::{SignedDuration, Timestamp};
use ringtrue_domain::{FlowId, ProjectId, flow::Environment};
use ringtrue_engine::{
    model::{KeyScope, hour_of},
    ports::StoreError,
};

use super::{
    SqlStore,
    driver::{Driver, Stmt},
    erasure_unit::verification,
    error::corrupt,
    text,
    unit::scope_values,
};
use crate::seal::Kind;

/// How long sandbox messages are kept, on their project's clock.
pub(crate) const OUTBOX_KEPT: SignedDuration = SignedDuration::from_hours(7 * 24);

/// How long a node that was not heard of again is kept.
pub(crate) const NODE_KEPT: SignedDuration = SignedDuration::from_hours(1);

/// Hours that counts, of verifications and of what limits refused, are kept: thirteen months, so that a month can be held
/// against that of last year.
pub(crate) const TALLIES_KEPT_HOURS: i64 = 400 * 24;

/// How long a number that a verification was about before is kept from the verification's beginning: a limit looks back a
/// day.
pub(crate) const FORMER_KEPT: SignedDuration = SignedDuration::from_hours(25);

/// How long invitations and access keys are kept after they expired, so that whoever looks sees what became of them.
pub(crate) const INVITATION_KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

/// How long events, and deliveries with their attempts, are kept unless somebody says otherwise.
pub(crate) const WATCH_KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

impl<D: Driver> SqlStore<D> {
    /// At most `n` flows whose time is over, each with all that belongs to it. They are chosen once, before: a statement
    /// that chose for itself would choose others than the one before it where two nodes purge at the same time.
    pub(super) async fn outlived(&self, n: usize, wall: Timestamp) -> Result<Vec<Stmt>, StoreError> {
        let settled = i64::from(self.flows_kept > SignedDuration::ZERO);
        let rows = self.rows(text::OUTLIVED, [wall.into(), n.into(), settled.into()]).await?;
        let mut unit = Vec::with_capacity(text::erasure::VERIFICATION.len() * rows.len());
        for mut row in rows {
            let columns = (|| anyhow::Ok((row.take()?, row.take()?, row.take()?)))();
            let (flow, project, environment): (FlowId, ProjectId, Environment) =
                columns.map_err(corrupt(Kind::Flow, "row"))?;
            unit.extend(verification(KeyScope { project, environment }, flow));
        }
        Ok(unit)
    }

    /// Lines of lists whose flow an older program erased, or that were caught up with while it went. They are looked for
    /// where they end up, among the oldest: all others there go with their flows.
    pub(super) async fn strayed(&self, n: usize) -> Result<Vec<Stmt>, StoreError> {
        let mut unit = Vec::new();
        for mut row in self.rows(text::listings::WITH_STRAYS, []).await? {
            let columns = (|| anyhow::Ok((row.take()?, row.take()?)))();
            let (project, environment) = columns.map_err(corrupt(Kind::Project, "with verifications"))?;
            let [project, sandbox] = scope_values(KeyScope { project, environment });
            let oldest = [project.clone(), sandbox.clone(), n.into()];
            for mut row in self.rows(text::listings::STRAYS, oldest).await? {
                let flow: FlowId = row.take().map_err(corrupt(Kind::Flow, "in a list"))?;
                let line = [project.clone(), sandbox.clone(), flow.into()];
                unit.push(Stmt::write(text::listings::REMOVE, line));
            }
        }
        Ok(unit)
    }

    /// At most `n` of each other kind of record whose time is over.
    pub(super) fn aged(&self, n: usize, wall: Timestamp) -> [Stmt; 16] {
        let purge = |sql, until: Timestamp| Stmt::write(sql, [until.into(), n.into()]);
        let before = |kept| wall.checked_sub(kept).unwrap_or(Timestamp::MIN);
        let (invited_until, watched_until) = (before(INVITATION_KEPT), before(self.watch_kept));
        let former_until = FlowId::first_at(before(FORMER_KEPT));
        let tallies_until = hour_of(wall) - TALLIES_KEPT_HOURS;
        [
            purge(text::PURGE_TOKENS, wall),
            purge(text::PURGE_IDEMPOTENCY, wall),
            purge(text::PURGE_OUTBOX, before(OUTBOX_KEPT)),
            purge(text::PURGE_NODES, before(NODE_KEPT)),
            purge(text::watch::PURGE_ATTEMPTS, watched_until),
            purge(text::watch::PURGE_DELIVERIES, watched_until),
            purge(text::watch::PURGE_EVENTS, watched_until),
            Stmt::write(text::listings::PURGE_FORMER, [former_until.into(), n.into()]),
            Stmt::write(text::listings::PURGE_TALLIES, [tallies_until.into(), n.into()]),
            Stmt::write(text::listings::PURGE_REFUSALS, [tallies_until.into(), n.into()]),
            purge(text::people::PURGE_SESSIONS, wall),
            purge(text::people::PURGE_INVITATIONS, invited_until),
            purge(text::people::PURGE_ACCESS_KEYS, invited_until),
            purge(text::people::PURGE_LINKS, wall),
            purge(text::people::PURGE_TRIES, wall),
            purge(text::people::PURGE_CEREMONIES, wall),
        ]
    }
}
