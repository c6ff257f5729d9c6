//! What becomes of watched numbers: a source tells of a change, the identities of the number take it in, and the events
//! are stored in the unit that changes them.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use ringtrue_domain::{
    EventId, IdentityId, PhoneNumber, ProjectId,
    flow::Environment,
    identity::{EventType, Identity, Line, LineChange},
};

use crate::{
    Engine, Error,
    decide::{CommitOr, JobOutcome, ROUNDS},
    job::finished,
    model::{Job, KeyScope, LineStatus, StoredIdentity, TimelineStep},
    ports::{Change, CommitError, Lent, Note, Sight, StoreError, Unit},
};

/// How many events of each kind came of something.
pub type EventCounts = BTreeMap<EventType, u64>;

/// What changes of numbers lead to, before it is written.
#[derive(Debug, Default)]
pub(crate) struct Consequences {
    pub(crate) changes: Vec<Change>,
    counts: EventCounts,
    /// Whose events they are.
    projects: BTreeSet<ProjectId>,
}

impl Consequences {
    /// Lets changes happen to an identity's number, each at its instant, in their order; returns what it is then.
    pub(crate) fn happen<'a>(
        &mut self,
        engine: &Engine,
        stored: StoredIdentity,
        changes: impl IntoIterator<Item = (Timestamp, &'a LineChange)>,
    ) -> Identity {
        let StoredIdentity { version, identity: before } = stored;
        let mut identity = before.clone();
        let known = self.changes.len();
        for (at, change) in changes {
            self.apply(engine, &mut identity, change, at);
        }
        self.put(version, &before, &identity, known);
        identity
    }

    /// Lets an identity learn what a source sees of its number's line: first what changed for it, then what it did not
    /// know. What the source says to have happened since an instant is only for those who were verified by then.
    pub(crate) fn see(
        &mut self,
        engine: &Engine,
        stored: StoredIdentity,
        sight: &Sight,
        since: Timestamp,
        at: Timestamp,
    ) {
        let StoredIdentity { version, identity: before } = stored;
        let mut identity = before.clone();
        let known = self.changes.len();
        // Nobody watches a number that is known to be disconnected.
        let seen = line_changes((&before.line, LineStatus::Active), (&sight.line, sight.status));
        let told = if before.verified_at <= since { sight.happened.as_slice() } else { &[] };
        for change in seen.iter().chain(told) {
            self.apply(engine, &mut identity, change, at);
        }
        identity.line.complete(&sight.line);
        self.put(version, &before, &identity, known);
    }

    fn apply(&mut self, engine: &Engine, identity: &mut Identity, change: &LineChange, at: Timestamp) {
        if let Some(event) = identity.apply(change, at, &mut Lent(&*engine.parts.entropy)) {
            *self.counts.entry(event.what.event_type()).or_default() += 1;
            self.projects.insert(event.project);
            self.changes.push(Change::AddEvent(Box::new(event)));
        }
    }

    /// Writes what became of an identity, when there were `known` changes before.
    fn put(&mut self, version: u64, before: &Identity, identity: &Identity, known: usize) {
        // Also for news that the identity does not keep: it must still be there, and watched.
        if identity != before || self.changes.len() > known {
            self.changes.push(Change::PutIdentity { expect: version, identity: Box::new(identity.clone()) });
        }
    }

    /// How many events there are.
    pub(crate) fn event_count(&self) -> u64 {
        self.counts.values().sum()
    }

    /// The events, in their order.
    pub(crate) fn event_ids(&self) -> Vec<EventId> {
        let id = |change: &Change| if let Change::AddEvent(event) = change { Some(event.id) } else { None };
        self.changes.iter().filter_map(id).collect()
    }
}

/// What became of a line, from two looks at it.
pub(crate) fn line_changes(old: (&Line, LineStatus), new: (&Line, LineStatus)) -> Vec<LineChange> {
    let mut changes = old.0.changes_to(new.0);
    if new.1 == LineStatus::Disconnected && old.1 != LineStatus::Disconnected {
        changes.push(LineChange::Disconnected);
    }
    changes
}

impl Engine {
    /// Lets changes happen to the production identities that watch a number, together with `with`; returns the events
    /// that came of them. Nobody watching is no error.
    pub async fn take_in(
        &self,
        phone: &PhoneNumber,
        changes: &[LineChange],
        with: impl Fn() -> Vec<Change> + Send + Sync,
    ) -> Result<EventCounts, Error> {
        for _ in 0..ROUNDS {
            let at = self.wall();
            let mut follows = Consequences::default();
            for stored in self.watchers(phone).await? {
                follows.happen(self, stored, changes.iter().map(|change| (at, change)));
            }
            follows.changes.extend(with());
            match self.write_consequences(follows).await {
                Err(CommitOr::Commit(CommitError::Conflict)) => {}
                done => return Ok(done?),
            }
        }
        Err(CommitError::Conflict.into())
    }

    /// Everybody who watches a number. What becomes of it is one unit for all of them.
    pub(crate) async fn watchers(&self, phone: &PhoneNumber) -> Result<Vec<StoredIdentity>, StoreError> {
        self.store().watchers(phone, None, usize::MAX).await
    }

    /// Writes what changes led to and wakes those who send it on.
    pub(crate) async fn write_consequences(&self, follows: Consequences) -> Result<EventCounts, CommitOr> {
        let Consequences { changes, counts, projects } = follows;
        self.store().commit(Unit { changes }).await.map_err(CommitOr::Commit)?;
        for project in projects {
            self.bus().publish(Note::EventsAdded(project));
        }
        for (kind, count) in &counts {
            metrics::counter!("ringtrue_events_total", "type" => kind.as_str()).increment(*count);
        }
        Ok(counts)
    }

    /// Does the steps of a sandbox timeline that are due by now, and leaves the others to a job of their own. All of an
    /// identity's steps are one job at a time, so that a clock that jumps far does not change their order.
    pub(crate) async fn next_step(
        &self,
        job: &Job,
        identity: IdentityId,
        steps: &[TimelineStep],
    ) -> Result<JobOutcome, Error> {
        let scope = KeyScope { project: job.project, environment: Environment::Sandbox };
        let Some(stored) = self.store().identity_by_id(scope, identity).await? else {
            // Disenrolled meanwhile.
            return self.finish(job, Vec::new()).await;
        };
        let now = self.job_now(job).await?;
        let (due, later) = steps.split_at(steps.partition_point(|step| step.at <= now));
        let mut follows = Consequences::default();
        let identity = follows.happen(self, stored, due.iter().map(|step| (step.at, &step.change)));
        let rest = self.timeline(&identity, later.to_vec());
        follows.changes.extend(rest.map(|rest| Change::Enqueue(Box::new(rest))));
        follows.changes.push(finished(job));
        match self.write_consequences(follows).await {
            Ok(_) => Ok(JobOutcome::Done),
            // Somebody else changed the identity or took up the job; the lease brings it back if it is still there.
            Err(CommitOr::Commit(CommitError::Conflict)) => Ok(JobOutcome::Later),
            Err(other) => Err(other.into()),
        }
    }
}
