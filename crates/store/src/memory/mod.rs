//! A store in memory, for tests of the engine and for simulation: plain values behind a lock, the same semantics as
//! the real one, and faults on demand.

mod commit;
mod erasure;
mod hooks;
mod lanes;
mod listings;
mod people;
mod polls;
mod state;
mod sweep;
mod watch;

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use ringtrue_domain::{CredentialId, FlowId, PhoneNumber, ProjectId, flow::Environment, secret::Digest};
use ringtrue_engine::{
    model::{AuditEntry, Caller, Credential, Job, KeyScope, Lease, Node, OutboxMessage, Project},
    model::{Remembered, StoredFlow, StoredProject, Subscriber},
    ports::{CommitError, Store, StoreError, Unit},
};
use state::{State, remembered_key};

/// A store in memory.
#[derive(Debug, Default)]
pub struct MemoryStore(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    state: State,
    failing: u32,
    closed: bool,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// Keeps verifications so much longer than they answer; as the stores in databases.
    #[must_use]
    pub fn keep_flows_for(self, time: SignedDuration) -> Self {
        self.inner().state.flows_kept = time;
        self
    }

    /// Lets the next `n` commits and claims fail as unavailable, nothing of them written.
    pub fn fail_next_commits(&self, n: u32) {
        self.inner().failing = n;
    }

    /// What a new process finds after this one crashed now: everything committed, nothing else. The old store goes
    /// on by itself, so a straggler of the crashed process cannot reach the new one.
    #[must_use]
    pub fn crash(&self) -> Self {
        let state = self.inner().state.clone();
        Self(Mutex::new(Inner { state, ..Inner::default() }))
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn writable(&self) -> Result<MutexGuard<'_, Inner>, CommitError> {
        let mut inner = self.inner();
        if inner.closed || inner.failing > 0 {
            inner.failing = inner.failing.saturating_sub(1);
            return Err(CommitError::Unavailable { retry_after: Duration::from_secs(1) });
        }
        Ok(inner)
    }

    fn readable(&self) -> Result<MutexGuard<'_, Inner>, StoreError> {
        let inner = self.inner();
        if inner.closed {
            return Err(StoreError::Unavailable { retry_after: Duration::from_secs(1) });
        }
        Ok(inner)
    }
}

#[async_trait]
impl Store for MemoryStore {
    async fn commit(&self, unit: Unit) -> Result<(), CommitError> {
        if unit.changes.is_empty() {
            return Ok(());
        }
        commit::commit(&mut self.writable()?.state, unit)
    }

    async fn flow(&self, id: FlowId) -> Result<Option<StoredFlow>, StoreError> {
        let state = &self.readable()?.state;
        Ok(state.flows.get(&id).map(|(version, flow)| StoredFlow {
            version: *version,
            flow: flow.clone(),
            clock_ahead_micros: state.ahead(flow.project(), flow.terms().environment),
        }))
    }

    async fn flow_by_link(&self, token: Digest) -> Result<Option<FlowId>, StoreError> {
        Ok(self.readable()?.state.links.get(token.as_bytes()).copied())
    }

    async fn caller(&self, token: Digest, wall: Timestamp) -> Result<Option<Caller>, StoreError> {
        let state = &self.readable()?.state;
        let find = || {
            let token = state.tokens.get(token.as_bytes()).filter(|token| token.expires_at > wall)?;
            let credential = state.credentials.get(&token.credential)?;
            let project = &state.projects.get(&credential.project)?.project;
            credential.revoked_at.is_none().then(|| Caller {
                credential: credential.id,
                environment: credential.environment,
                project: Arc::new(project.clone()),
                clock_ahead_micros: state.ahead(project.id, credential.environment),
            })
        };
        Ok(find())
    }

    async fn credential(&self, id: CredentialId) -> Result<Option<Credential>, StoreError> {
        Ok(self.readable()?.state.credentials.get(&id).cloned())
    }

    async fn stored_project(&self, id: ProjectId) -> Result<Option<StoredProject>, StoreError> {
        Ok(self.readable()?.state.projects.get(&id).cloned())
    }

    async fn credentials(&self, scope: KeyScope) -> Result<Vec<Credential>, StoreError> {
        let inner = self.readable()?;
        let all = inner.state.credentials.values();
        let mut credentials: Vec<_> = (all.filter(|credential| {
            (credential.project, credential.environment) == (scope.project, scope.environment)
        }))
        .cloned()
        .collect();
        credentials.sort_by_key(|credential| (credential.created_at, credential.id));
        Ok(credentials)
    }

    async fn projects(&self) -> Result<Vec<Project>, StoreError> {
        let inner = self.readable()?;
        let mut projects: Vec<_> =
            inner.state.projects.values().map(|stored| stored.project.clone()).collect();
        projects.sort_by_key(|project| (project.created_at, project.id));
        Ok(projects)
    }

    async fn logo(&self, project: ProjectId) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.readable()?.state.logos.get(&project).cloned())
    }

    async fn clock_ahead(&self, project: ProjectId) -> Result<i64, StoreError> {
        Ok(self.readable()?.state.ahead(project, Environment::Sandbox))
    }

    async fn claim(&self, lease: Lease, wall: Timestamp, n: usize) -> Result<Vec<Job>, CommitError> {
        Ok(sweep::claim(&mut self.writable()?.state, lease, wall, n))
    }

    async fn jobs_open(&self) -> Result<u64, StoreError> {
        Ok(self.readable()?.state.jobs.len() as u64)
    }

    async fn outbox(
        &self,
        project: ProjectId,
        to: Option<&PhoneNumber>,
        limit: usize,
    ) -> Result<Vec<OutboxMessage>, StoreError> {
        let wanted =
            |message: &&OutboxMessage| message.project == project && to.is_none_or(|to| *to == message.to);
        let mut messages: Vec<_> = self.readable()?.state.outbox.values().filter(wanted).cloned().collect();
        messages.sort_by_key(|message| std::cmp::Reverse((message.sent_at, message.id)));
        messages.truncate(limit);
        Ok(messages)
    }

    async fn remembered(
        &self,
        scope: KeyScope,
        key: Digest,
        wall: Timestamp,
    ) -> Result<Option<Remembered>, StoreError> {
        let inner = self.readable()?;
        let known = inner.state.remembered.get(&remembered_key(scope, key));
        Ok(known.filter(|record| record.expires_at > wall).cloned())
    }

    async fn audit(&self, flow: FlowId) -> Result<Vec<AuditEntry>, StoreError> {
        Ok(self.readable()?.state.audit.get(&flow).cloned().unwrap_or_default())
    }

    async fn subscriber(&self, phone: &PhoneNumber) -> Result<Option<Subscriber>, StoreError> {
        Ok(self.readable()?.state.subscribers.get(phone).cloned())
    }

    async fn handset(&self, project: ProjectId, phone: &PhoneNumber) -> Result<Option<bool>, StoreError> {
        Ok(self.readable()?.state.handsets.get(&(project, phone.clone())).copied())
    }

    async fn nodes(&self) -> Result<Vec<Node>, StoreError> {
        Ok(self.readable()?.state.nodes.values().copied().collect())
    }

    async fn purge(&self, wall: Timestamp, n: usize) -> Result<u64, CommitError> {
        Ok(sweep::purge(&mut self.writable()?.state, wall, n))
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.readable().map(drop)
    }

    async fn close(&self) {
        self.inner().closed = true;
    }
}
