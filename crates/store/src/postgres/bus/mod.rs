//! The [`Bus`] of several nodes: `NOTIFY` and `LISTEN` on a connection of its own.

mod task;

use std::sync::Arc;

use ringtrue_domain::{FlowId, ProjectId};
use ringtrue_engine::ports::{Bus, BusBetween, Note, Watch, between};
use tokio::{sync::Notify, task::JoinHandle};

use super::{PostgresAddress, PostgresError, PostgresOptions, connect::Connector, fault};
use task::{Link, Task};

/// A bus over the database that the nodes share.
#[derive(Debug)]
pub struct PgBus {
    near: BusBetween,
    task: JoinHandle<()>,
}

impl PgBus {
    /// Connects, and listens from then on. The connection is made again whenever it is lost, until the bus is dropped.
    pub async fn start(address: &PostgresAddress, options: &PostgresOptions) -> Result<Self, PostgresError> {
        let connector = Connector::new(address, options)?;
        let (near, carried) = between();
        let link = Link::open(&connector, carried.ear(), options.statement_timeout)
            .await
            .map_err(|error| PostgresError::Connect(fault::text_of(error).into()))?;
        let task = Task { connector, carried, patience: options.statement_timeout };
        Ok(Self { near, task: tokio::spawn(task.run(link)) })
    }
}

impl Bus for PgBus {
    fn publish(&self, note: Note) {
        self.near.publish(note);
    }

    fn watch(&self, project: ProjectId, flow: FlowId) -> Watch {
        self.near.watch(project, flow)
    }

    fn watch_events(&self, project: ProjectId) -> Watch {
        self.near.watch_events(project)
    }

    fn jobs(&self) -> Arc<Notify> {
        self.near.jobs()
    }

    fn lanes(&self) -> Arc<Notify> {
        self.near.lanes()
    }
}

impl Drop for PgBus {
    fn drop(&mut self) {
        self.task.abort();
    }
}
