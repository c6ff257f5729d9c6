//! Reads: rows as the model's values.

use std::{fmt::Display, sync::Arc};

use jiff::Timestamp;
use ringtrue_domain::{
    CredentialId, FlowId, JobId, ProjectId,
    flow::{Environment, Flow},
};
use ringtrue_engine::{
    model::{AuditEntry, Caller, Credential, Job, Lease, Node, OutboxMessage, Project},
    model::{Remembered, StoredFlow, Subscriber},
    ports::StoreError,
};
use serde::de::DeserializeOwned;

use super::{
    SqlStore, driver::Driver, driver::Stmt, error::corrupt, keyring::KeyError, known::Opened, text,
    unit::Asked, unit::answer_id, unit::scope_values, value::Row, value::Value,
};
use crate::seal::{DataKey, Kind, Mark, Owner};

impl<D: Driver> SqlStore<D> {
    pub(super) async fn rows(
        &self,
        sql: &'static str,
        args: impl Into<Vec<Value>>,
    ) -> Result<Vec<Row>, StoreError> {
        Ok(self.driver.rows(Stmt::rows(sql, args)).await?)
    }

    pub(super) async fn row(
        &self,
        sql: &'static str,
        args: impl Into<Vec<Value>>,
    ) -> Result<Option<Row>, StoreError> {
        Ok(self.rows(sql, args).await?.into_iter().next())
    }

    /// The data key of something that is stored, so it must be there.
    async fn key(&self, owner: Owner) -> Result<Arc<DataKey>, StoreError> {
        let key = self.keys.find(owner, &self.driver).await?;
        key.ok_or_else(|| StoreError::Corrupt {
            what: format!("data key of {}", ProjectId::from_bytes(owner)),
            source: anyhow::anyhow!("it is missing"),
        })
    }

    /// The data key of a project that may not have sealed anything yet.
    pub(super) async fn known_key(&self, project: ProjectId) -> Result<Option<Arc<DataKey>>, KeyError> {
        self.keys.find(*project.as_bytes(), &self.driver).await
    }

    /// Opens a body; the first 16 bytes of `id` are named if that fails.
    pub(super) async fn unseal<T: DeserializeOwned>(
        &self,
        project: ProjectId,
        kind: Kind,
        id: &[u8],
        body: Vec<u8>,
    ) -> Result<T, StoreError> {
        let key = self.key(*project.as_bytes()).await?;
        key.open(kind, id, body).map_err(|error| {
            let named = id.first_chunk().map_or(project, |id| ProjectId::from_bytes(*id));
            corrupt(kind, named)(error)
        })
    }

    /// A flow, and the same with its mark. `known` is what the statement was given the mark of.
    pub(super) async fn read_flow(
        &self,
        id: FlowId,
        mut row: Row,
        known: Option<Opened<Flow>>,
    ) -> Result<(StoredFlow, Opened<Flow>), StoreError> {
        let columns = (|| anyhow::Ok((row.take()?, row.take()?, row.take()?, row.take()?, row.take()?)))();
        let (project, environment, version, body, ahead): (ProjectId, _, _, Option<Vec<u8>>, _) =
            columns.map_err(corrupt(Kind::Flow, id))?;
        let opened = match body {
            None => known.ok_or_else(|| no_body(Kind::Flow, id))?,
            Some(body) => self.unseal_marked(project, Kind::Flow, id.as_bytes(), body).await?,
        };
        let flow = Flow::clone(&opened.value);
        Ok((StoredFlow { version, flow, clock_ahead_micros: ahead_in(environment, ahead) }, opened))
    }

    /// The end of the token, and who holds it. `known` is what the statement was given the mark of.
    pub(super) async fn read_caller(
        &self,
        mut row: Row,
        known: Option<Opened<Project>>,
    ) -> Result<(Timestamp, Caller), StoreError> {
        let columns =
            (|| anyhow::Ok((row.take()?, row.take()?, row.take()?, row.take()?, row.take()?, row.take()?)))();
        let (expires_at, credential, environment, project, body, ahead): (_, _, _, ProjectId, _, _) =
            columns.map_err(corrupt(Kind::Project, "of a token"))?;
        let project = self.open_project(project, body, known).await?;
        let caller =
            Caller { credential, environment, project, clock_ahead_micros: ahead_in(environment, ahead) };
        Ok((expires_at, caller))
    }

    pub(super) async fn read_credential(
        &self,
        id: CredentialId,
        mut row: Row,
    ) -> Result<Credential, StoreError> {
        let mut read = || {
            let (project, environment, secret) = (row.take()?, row.take()?, row.take()?);
            let (created_at, revoked_at, used_at) = (row.take()?, row.take()?, row.take()?);
            let name = None;
            let read = Credential { id, project, environment, secret, name, created_at, used_at, revoked_at };
            anyhow::Ok((read, row.take::<Option<Vec<u8>>>()?))
        };
        let (credential, name) = read().map_err(corrupt(Kind::Credential, id))?;
        let name = match name {
            Some(name) => Some(self.unseal(credential.project, Kind::Credential, id.as_bytes(), name).await?),
            None => None,
        };
        Ok(Credential { name, ..credential })
    }

    pub(super) async fn read_project(&self, mut row: Row) -> Result<Project, StoreError> {
        let columns = (|| anyhow::Ok((row.take()?, row.take()?)))();
        let (id, body): (ProjectId, _) = columns.map_err(corrupt(Kind::Project, "row"))?;
        self.unseal(id, Kind::Project, id.as_bytes(), body).await
    }

    /// A project from its sealed body, or `known` where the body stayed away because it is the same.
    pub(super) async fn open_project(
        &self,
        id: ProjectId,
        body: Option<Vec<u8>>,
        known: Option<Opened<Project>>,
    ) -> Result<Arc<Project>, StoreError> {
        let Some(body) = body else {
            // A token's project never changes, so what is known is of this one.
            let known = known.filter(|known| known.value.id == id);
            return Ok(known.ok_or_else(|| no_body(Kind::Project, id))?.value);
        };
        let opened: Opened<Project> = self.unseal_marked(id, Kind::Project, id.as_bytes(), body).await?;
        self.known.put_project(id, opened.clone());
        Ok(opened.value)
    }

    async fn unseal_marked<T: DeserializeOwned>(
        &self,
        project: ProjectId,
        kind: Kind,
        id: &[u8; 16],
        body: Vec<u8>,
    ) -> Result<Opened<T>, StoreError> {
        let mark = Mark::of(&body).map_err(corrupt(kind, FlowId::from_bytes(*id)))?;
        let value = Arc::new(self.unseal(project, kind, id, body).await?);
        Ok(Opened { mark, value })
    }

    pub(super) async fn read_job(&self, mut row: Row, lease: Lease) -> Result<Job, StoreError> {
        let (id, project): (JobId, ProjectId) =
            (|| anyhow::Ok((row.take()?, row.take()?)))().map_err(corrupt(Kind::Job, "row"))?;
        let columns = (|| anyhow::Ok((row.take()?, row.take()?, row.take()?, row.take()?)))();
        let (environment, due_at, attempts, body) = columns.map_err(corrupt(Kind::Job, id))?;
        let task = self.unseal(project, Kind::Job, id.as_bytes(), body).await?;
        Ok(Job { id, project, environment, task, due_at, attempts, lease: Some(lease) })
    }

    pub(super) async fn find_remembered(&self, asked: Asked) -> Result<Option<Remembered>, StoreError> {
        let Asked { scope, key, at } = asked;
        let [project, sandbox] = scope_values(scope);
        let Some(mut row) = self.row(text::REMEMBERED, [project, sandbox, key.into(), at.into()]).await?
        else {
            return Ok(None);
        };
        let columns = (|| anyhow::Ok((row.take()?, row.take()?, row.take()?, row.take()?)))();
        let (request, flow, answer, expires_at): (_, _, Option<Vec<u8>>, _) =
            columns.map_err(corrupt(Kind::Answer, scope.project))?;
        let answer = match answer {
            None => None,
            Some(sealed) => {
                let data_key = self.key(*scope.project.as_bytes()).await?;
                let opened = data_key.open(Kind::Answer, &answer_id(scope, key), sealed);
                Some(opened.map_err(corrupt(Kind::Answer, scope.project))?)
            }
        };
        Ok(Some(Remembered { scope, key, request, flow, answer, expires_at }))
    }

    pub(super) async fn read_outbox(
        &self,
        project: ProjectId,
        mut row: Row,
    ) -> Result<OutboxMessage, StoreError> {
        let columns = (|| anyhow::Ok((row.take()?, row.take()?)))();
        let (id, body): (JobId, _) = columns.map_err(corrupt(Kind::Outbox, "row"))?;
        self.unseal(project, Kind::Outbox, id.as_bytes(), body).await
    }

    pub(super) fn read_subscriber(
        key: &DataKey,
        hash: &[u8],
        mut row: Row,
    ) -> Result<Subscriber, StoreError> {
        let body = row.take().map_err(corrupt(Kind::Subscriber, "row"))?;
        key.open(Kind::Subscriber, hash, body).map_err(corrupt(Kind::Subscriber, "row"))
    }
}

/// A body that stayed away although nothing was known.
fn no_body(kind: Kind, id: impl Display) -> StoreError {
    corrupt(kind, id)(anyhow::anyhow!("it has no body"))
}

pub(super) fn read_node(mut row: Row) -> anyhow::Result<Node> {
    Ok(Node { id: row.take()?, seen_at: row.take()?, share: u32::try_from(row.take::<u64>()?)? })
}

pub(super) fn read_audit(flow: FlowId, mut row: Row) -> anyhow::Result<AuditEntry> {
    let (project, at): (ProjectId, Timestamp) = (row.take()?, row.take()?);
    let events: String = row.take()?;
    Ok(AuditEntry { project, flow, at, events: serde_json::from_str(&events)? })
}

/// The clock of production is the wall.
pub(super) const fn ahead_in(environment: Environment, micros: i64) -> i64 {
    match environment {
        Environment::Sandbox => micros,
        Environment::Production => 0,
    }
}
