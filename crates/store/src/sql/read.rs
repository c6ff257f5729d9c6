//! Reads: rows as the model's values.

use std::sync::{Arc, PoisonError};

use jiff::Timestamp;
use ringtrue_domain::{CredentialId, FlowId, JobId, ProjectId, flow::Environment};
use ringtrue_engine::{
    model::{AuditEntry, Caller, Credential, Job, Lease, Node, OutboxMessage, Project},
    model::{Remembered, StoredFlow, Subscriber},
    ports::StoreError,
};
use serde::de::DeserializeOwned;

use super::{
    Projects, SqlStore, driver::Driver, driver::Stmt, error::corrupt, keyring::KeyError, text, unit::Asked,
    unit::answer_id, unit::scope_values, value::Row, value::Value,
};
use crate::seal::{DataKey, Kind, Owner};

/// Opened projects kept at most.
const PROJECTS_KEPT: usize = 64;

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

    pub(super) async fn read_flow(&self, id: FlowId, mut row: Row) -> Result<StoredFlow, StoreError> {
        let columns = (|| anyhow::Ok((row.take()?, row.take()?, row.take()?, row.take()?, row.take()?)))();
        let (project, environment, version, body, ahead) = columns.map_err(corrupt(Kind::Flow, id))?;
        let flow = self.unseal(project, Kind::Flow, id.as_bytes(), body).await?;
        Ok(StoredFlow { version, flow, clock_ahead_micros: ahead_in(environment, ahead) })
    }

    /// The end of the token, and who holds it.
    pub(super) async fn read_caller(&self, mut row: Row) -> Result<(Timestamp, Caller), StoreError> {
        let columns =
            (|| anyhow::Ok((row.take()?, row.take()?, row.take()?, row.take()?, row.take()?, row.take()?)))();
        let (expires_at, credential, environment, project, body, ahead): (_, _, _, ProjectId, _, _) =
            columns.map_err(corrupt(Kind::Project, "of a token"))?;
        let project = self.open_project(project, body).await?;
        let caller =
            Caller { credential, environment, project, clock_ahead_micros: ahead_in(environment, ahead) };
        Ok((expires_at, caller))
    }

    pub(super) async fn read_project(&self, mut row: Row) -> Result<Project, StoreError> {
        let columns = (|| anyhow::Ok((row.take()?, row.take()?)))();
        let (id, body): (ProjectId, _) = columns.map_err(corrupt(Kind::Project, "row"))?;
        self.open_project(id, body).await.map(Arc::unwrap_or_clone)
    }

    /// A project from its sealed body. Nonces are random, so equal bytes are the same project, whoever wrote them.
    async fn open_project(&self, id: ProjectId, sealed: Vec<u8>) -> Result<Arc<Project>, StoreError> {
        let opened = |projects: &Projects| {
            projects.get(&id).filter(|(known, _)| *known == sealed).map(|(_, project)| Arc::clone(project))
        };
        let known = opened(&self.projects.lock().unwrap_or_else(PoisonError::into_inner));
        if let Some(project) = known {
            return Ok(project);
        }
        let project: Arc<Project> =
            Arc::new(self.unseal(id, Kind::Project, id.as_bytes(), sealed.clone()).await?);
        let mut projects = self.projects.lock().unwrap_or_else(PoisonError::into_inner);
        if projects.len() >= PROJECTS_KEPT {
            projects.clear();
        }
        projects.insert(id, (sealed, Arc::clone(&project)));
        Ok(project)
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

pub(super) fn read_credential(id: CredentialId, mut row: Row) -> anyhow::Result<Credential> {
    Ok(Credential {
        id,
        project: row.take()?,
        environment: row.take()?,
        secret: row.take()?,
        created_at: row.take()?,
        revoked_at: row.take()?,
    })
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
