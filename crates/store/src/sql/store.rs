//! The port itself.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use ringtrue_domain::{
    CredentialId, FlowId, PhoneNumber, ProjectId,
    flow::{Environment, Flow},
    secret::Digest,
};
use ringtrue_engine::{
    model::{AuditEntry, Caller, Credential, Job, KeyScope, Lease, Node, OutboxMessage},
    model::{Project, Remembered, StoredFlow, StoredProject, Subscriber, hour_of},
    ports::{CommitError, Store, StoreError, Unit},
};

use super::{
    SqlStore,
    driver::{Driver, Stmt, WriteError, Written},
    error::{corrupt, in_commit, readable},
    latest::Latest,
    read::{read_audit, read_node},
    recent::{Kept, Learnt, Stamp},
    text,
    unit::{Asked, scope_values, statements},
    watch_unit::{catch_up, set_aside},
};
use crate::seal::{Kind, SERVER};

/// How long sandbox messages are kept, on their project's clock.
pub(crate) const OUTBOX_KEPT: SignedDuration = SignedDuration::from_hours(7 * 24);

/// How long a node that was not heard of again is kept.
pub(crate) const NODE_KEPT: SignedDuration = SignedDuration::from_hours(1);

/// Hours that counts, of verifications and of what limits refused, are kept: thirteen months, so that a month can be held against that of last year.
pub(crate) const TALLIES_KEPT_HOURS: i64 = 400 * 24;
/// How long a number that a verification was about before is kept from the verification's beginning: a limit looks back a day.
pub(crate) const FORMER_KEPT: SignedDuration = SignedDuration::from_hours(25);

/// How long invitations and access keys are kept after they expired, so that whoever looks sees what became of them.
pub(crate) const INVITATION_KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

/// How long events, and deliveries with their attempts, are kept unless somebody says otherwise.
pub(crate) const WATCH_KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

#[async_trait]
impl<D: Driver> Store for SqlStore<D> {
    async fn commit(&self, unit: Unit) -> Result<(), CommitError> {
        if unit.changes.is_empty() {
            return Ok(());
        }
        let unit = statements(unit, &self.keys, &self.driver).await?;
        let refused = match self.write_and_learn(unit.list, unit.learnt).await {
            Ok(_) => return Ok(()),
            Err(WriteError::Failed(error)) => return Err(error.into()),
            Err(WriteError::Refused { statement }) => statement,
        };
        let Some((_, asked)) = unit.remembers.iter().find(|(at, _)| *at == refused) else {
            return Err(CommitError::Conflict);
        };
        // The record may have been purged since; then the caller simply tries again.
        let record = self.find_remembered(*asked).await.map_err(in_commit)?;
        Err(record.map_or(CommitError::Conflict, |record| CommitError::Duplicate(Box::new(record))))
    }

    async fn flow(&self, id: FlowId) -> Result<Option<StoredFlow>, StoreError> {
        let at = self.driver.stamp();
        let known = self.recent.find(at, |kept| {
            let (version, flow) = kept.flows.get(&id)?;
            let ahead = match flow.terms().environment {
                Environment::Sandbox => kept.clocks.get(&flow.project()),
                Environment::Production => Some(0),
            };
            Some((version, flow, ahead))
        });
        if let Some((version, flow, ahead)) = known {
            let clock_ahead_micros = match ahead {
                Some(ahead) => ahead,
                None => self.clock_ahead(flow.project()).await?,
            };
            return Ok(Some(StoredFlow { version, flow: Flow::clone(&flow), clock_ahead_micros }));
        }
        let known = self.known.flow(id);
        let mark = known.as_ref().map(|known| known.mark);
        let Some(row) = self.row(text::FLOW, [id.into(), mark.into()]).await? else { return Ok(None) };
        let (read, opened) = self.read_flow(id, row, known).await?;
        if self.driver.is_shared() {
            self.known.put_flow(id, opened);
        } else {
            self.keep(at, |kept| kept.flows.put(id, (read.version, opened.value)));
        }
        Ok(Some(read))
    }

    async fn flow_by_link(&self, token: Digest) -> Result<Option<FlowId>, StoreError> {
        let row = self.row(text::LINK, [token.into()]).await?;
        row.map(|mut row| row.take()).transpose().map_err(corrupt(Kind::Flow, "of a link"))
    }

    async fn caller(&self, token: Digest, wall: Timestamp) -> Result<Option<Caller>, StoreError> {
        let at = self.driver.stamp();
        if let Some((expires_at, caller)) = self.recent.find(at, |kept| kept.callers.get(token.as_bytes())) {
            return Ok((wall < expires_at).then_some(caller));
        }
        let known = self.known.project_of(token);
        let mark = known.as_ref().map(|known| known.mark);
        let Some(row) = self.row(text::CALLER, [token.into(), mark.into()]).await? else { return Ok(None) };
        let (expires_at, caller) = self.read_caller(row, known).await?;
        self.known.put_token(token, caller.project.id);
        self.keep(at, |kept| kept.callers.put(*token.as_bytes(), (expires_at, caller.clone())));
        Ok((wall < expires_at).then_some(caller))
    }

    async fn credential(&self, id: CredentialId) -> Result<Option<Credential>, StoreError> {
        let row = self.row(text::CREDENTIAL, [id.into()]).await?;
        match row {
            Some(row) => self.read_credential(id, row).await.map(Some),
            None => Ok(None),
        }
    }

    async fn stored_project(&self, id: ProjectId) -> Result<Option<StoredProject>, StoreError> {
        let known = self.known.project(id);
        let mark = known.as_ref().map(|known| known.mark);
        let Some(mut row) = self.row(text::PROJECT, [id.into(), mark.into()]).await? else { return Ok(None) };
        let columns = (|| anyhow::Ok((row.take()?, row.take()?)))();
        let (version, body) = columns.map_err(corrupt(Kind::Project, id))?;
        let project = Arc::unwrap_or_clone(self.open_project(id, body, known).await?);
        Ok(Some(StoredProject { version, project }))
    }

    async fn credentials(&self, scope: KeyScope) -> Result<Vec<Credential>, StoreError> {
        let mut credentials = Vec::new();
        for mut row in self.rows(text::CREDENTIALS, scope_values(scope)).await? {
            let id = row.take().map_err(corrupt(Kind::Credential, "row"))?;
            credentials.push(self.read_credential(id, row).await?);
        }
        Ok(credentials)
    }

    async fn projects(&self) -> Result<Vec<Project>, StoreError> {
        let rows = self.rows(text::PROJECTS, []).await?;
        let mut projects = Vec::with_capacity(rows.len());
        for row in rows {
            projects.push(self.read_project(row).await?);
        }
        Ok(projects)
    }

    async fn clock_ahead(&self, project: ProjectId) -> Result<i64, StoreError> {
        let at = self.driver.stamp();
        if let Some(ahead) = self.recent.find(at, |kept| kept.clocks.get(&project)) {
            return Ok(ahead);
        }
        let ahead = match self.row(text::CLOCK, [project.into()]).await? {
            Some(mut row) => row.take().map_err(corrupt(Kind::Project, project))?,
            None => 0,
        };
        self.keep(at, |kept| kept.clocks.put(project, ahead));
        Ok(ahead)
    }

    async fn claim(&self, lease: Lease, wall: Timestamp, n: usize) -> Result<Vec<Job>, CommitError> {
        let args = [lease.id.into(), lease.until.into(), wall.into(), n.into()];
        let rows = self.write(vec![Stmt::rows(text::CLAIM, args)]).await?.rows;
        let mut jobs = Vec::with_capacity(rows.len());
        for row in rows {
            // One that cannot be read stays leased and comes back, and into the log, when the lease is over.
            jobs.extend(readable(self.read_job(row, lease).await).map_err(in_commit)?);
        }
        jobs.sort_by_key(|job| (job.due_at, job.id));
        Ok(jobs)
    }

    async fn jobs_open(&self) -> Result<u64, StoreError> {
        match self.row(text::JOBS_OPEN, []).await? {
            Some(mut row) => row.take().map_err(corrupt(Kind::Job, "count")),
            None => Ok(0),
        }
    }

    async fn outbox(
        &self,
        project: ProjectId,
        to: Option<&PhoneNumber>,
        limit: usize,
    ) -> Result<Vec<OutboxMessage>, StoreError> {
        let at = self.driver.stamp();
        let list = (project, to.cloned());
        if let Some(known) = self.recent.find(at, |kept| kept.outbox.look(&list)?.first(limit)) {
            return Ok(known);
        }
        let Some(key) = self.known_key(project).await? else { return Ok(Vec::new()) };
        let rows = match to {
            None => self.rows(text::OUTBOX, [project.into(), limit.into()]).await?,
            Some(phone) => {
                let number = key.hash("number", phone.expose());
                self.rows(text::OUTBOX_OF_NUMBER, [project.into(), limit.into(), number.into()]).await?
            }
        };
        let mut messages = Vec::with_capacity(rows.len());
        for row in rows {
            messages.push(self.read_outbox(project, row).await?);
        }
        self.keep(at, |kept| kept.outbox.put(list, Latest::new(&messages, limit)));
        Ok(messages)
    }

    async fn remembered(
        &self,
        scope: KeyScope,
        key: Digest,
        wall: Timestamp,
    ) -> Result<Option<Remembered>, StoreError> {
        self.find_remembered(Asked { scope, key, at: wall }).await
    }

    async fn audit(&self, flow: FlowId) -> Result<Vec<AuditEntry>, StoreError> {
        let rows = self.rows(text::AUDIT, [flow.into()]).await?;
        rows.into_iter()
            .map(|row| read_audit(flow, row))
            .collect::<Result<_, _>>()
            .map_err(|source| StoreError::Corrupt { what: format!("history of flow {flow}"), source })
    }

    async fn subscriber(&self, phone: &PhoneNumber) -> Result<Option<Subscriber>, StoreError> {
        let key = self.keys.make(SERVER, &self.driver).await?;
        let hash = key.hash("number", phone.expose());
        let row = self.row(text::SUBSCRIBER, [hash.clone().into()]).await?;
        row.map(|row| Self::read_subscriber(&key, &hash, row)).transpose()
    }

    async fn handset(&self, project: ProjectId, phone: &PhoneNumber) -> Result<Option<bool>, StoreError> {
        let at = self.driver.stamp();
        let of = (project, phone.clone());
        if let Some(switched) = self.recent.find(at, |kept| kept.handsets.get(&of)) {
            return Ok(switched);
        }
        let Some(key) = self.known_key(project).await? else { return Ok(None) };
        let hash = key.hash("number", phone.expose());
        let row = self.row(text::HANDSET, [project.into(), hash.into()]).await?;
        let switched = row.map(|mut row| row.take()).transpose();
        let switched = switched.map_err(corrupt(Kind::Project, project))?;
        self.keep(at, |kept| kept.handsets.put(of, switched));
        Ok(switched)
    }

    async fn nodes(&self) -> Result<Vec<Node>, StoreError> {
        let rows = self.rows(text::NODES, []).await?;
        let nodes = rows.into_iter().map(read_node).collect::<Result<_, _>>();
        nodes.map_err(|source| StoreError::Corrupt { what: "a node".to_owned(), source })
    }

    async fn purge(&self, wall: Timestamp, n: usize) -> Result<u64, CommitError> {
        let mut unit = self.caught_up(n).await.map_err(in_commit)?;
        unit.extend(self.listed(n, wall).await.map_err(in_commit)?);
        unit.extend(self.settled(n, wall).await.map_err(in_commit)?);
        let settled = i64::from(self.flows_kept > SignedDuration::ZERO);
        let purge_flows = |sql| Stmt::write(sql, [wall.into(), n.into(), settled.into()]);
        let purge = |sql, until: Timestamp| Stmt::write(sql, [until.into(), n.into()]);
        let messages_until = wall.checked_sub(OUTBOX_KEPT).unwrap_or(Timestamp::MIN);
        let nodes_until = wall.checked_sub(NODE_KEPT).unwrap_or(Timestamp::MIN);
        let former_until = FlowId::first_at(wall.checked_sub(FORMER_KEPT).unwrap_or(Timestamp::MIN));
        let tallies_until = hour_of(wall) - TALLIES_KEPT_HOURS;
        let invited_until = wall.checked_sub(INVITATION_KEPT).unwrap_or(Timestamp::MIN);
        let watched_until = wall.checked_sub(self.watch_kept).unwrap_or(Timestamp::MIN);
        unit.extend([
            // Flows last: the statements before choose by them.
            purge_flows(text::listings::PURGE),
            purge_flows(text::PURGE_AUDIT),
            purge_flows(text::PURGE_LINKS),
            purge_flows(text::PURGE_FLOWS),
            purge(text::PURGE_TOKENS, wall),
            purge(text::PURGE_IDEMPOTENCY, wall),
            purge(text::PURGE_OUTBOX, messages_until),
            purge(text::PURGE_NODES, nodes_until),
            purge(text::watch::PURGE_ATTEMPTS, watched_until),
            purge(text::watch::PURGE_DELIVERIES, watched_until),
            purge(text::watch::PURGE_EVENTS, watched_until),
            Stmt::write(text::listings::PURGE_TALLIES, [tallies_until.into(), n.into()]),
            Stmt::write(text::listings::PURGE_REFUSALS, [tallies_until.into(), n.into()]),
            Stmt::write(text::listings::PURGE_FORMER, [former_until.into(), n.into()]),
            purge(text::people::PURGE_SESSIONS, wall),
            purge(text::people::PURGE_INVITATIONS, invited_until),
            purge(text::people::PURGE_ACCESS_KEYS, invited_until),
            purge(text::people::PURGE_LINKS, wall),
            purge(text::people::PURGE_TRIES, wall),
            purge(text::people::PURGE_CEREMONIES, wall),
        ]);
        let written = self.write_and_learn(unit, vec![Learnt::Purged]).await;
        Ok(written.map_err(refused_is_conflict)?.changed)
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.rows(text::PING, []).await?;
        match self.driver.write(Vec::new()).await {
            Ok(_) | Err(WriteError::Refused { .. }) => Ok(()),
            Err(WriteError::Failed(error)) => Err(error.into()),
        }
    }

    fn is_shared(&self) -> bool {
        self.driver.is_shared()
    }

    async fn close(&self) {
        self.driver.close().await;
    }
}

impl<D: Driver> SqlStore<D> {
    /// Brings at most `n` identities up to date that a program from before monitoring wrote. One that cannot be read is
    /// set aside, so that it keeps nobody waiting.
    async fn caught_up(&self, n: usize) -> Result<Vec<Stmt>, StoreError> {
        let rows = self.rows(text::watch::BEHIND, [n.into()]).await?;
        let mut unit = Vec::with_capacity(rows.len());
        for row in rows {
            let (id, before, identity) = self.read_behind(row).await?;
            unit.push(match readable(identity)? {
                Some(identity) => catch_up(&identity, before, &self.keys, &self.driver).await?,
                None => set_aside(id, before),
            });
        }
        Ok(unit)
    }

    pub(super) async fn write(&self, unit: Vec<Stmt>) -> Result<Written, CommitError> {
        self.driver.write(unit).await.map_err(refused_is_conflict)
    }

    async fn write_and_learn(&self, unit: Vec<Stmt>, learnt: Vec<Learnt>) -> Result<Written, WriteError> {
        if learnt.is_empty() {
            return self.driver.write(unit).await;
        }
        if self.driver.is_shared() {
            let written = self.driver.write(unit).await?;
            self.known.learn(learnt);
            return Ok(written);
        }
        let recent = Arc::clone(&self.recent);
        let statements = unit.len() as u64;
        let then = move |written: &Written| recent.learn(learnt, written.changed == statements);
        self.driver.write_then(unit, Box::new(then)).await
    }

    /// Keeps what was read since `at`.
    pub(super) fn keep(&self, at: Option<Stamp>, put: impl FnOnce(&mut Kept)) {
        self.recent.keep(at, || self.driver.stamp(), put);
    }
}

fn refused_is_conflict(error: WriteError) -> CommitError {
    match error {
        WriteError::Refused { .. } => CommitError::Conflict,
        WriteError::Failed(error) => error.into(),
    }
}
