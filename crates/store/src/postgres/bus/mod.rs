//! The [`Bus`] of several nodes: `NOTIFY` and `LISTEN` on a connection of its own.
//!
//! A node wakes its own watchers at once and tells the others by the database. Notes gather while a notification is on
//! its way, so that a busy node sends few of them. Whatever is lost (a full queue, a cut connection) ends as one note
//! that says so: whoever hears it wakes everybody to look for themselves.

mod payload;
mod task;

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use metrics::counter;
use ringtrue_domain::{FlowId, ProjectId};
use ringtrue_engine::ports::{Bus, LocalBus, Note, Watch};
use tokio::{
    sync::{Notify, mpsc},
    task::JoinHandle,
};

use super::{PostgresAddress, PostgresError, PostgresOptions, connect::Connector, fault};
use task::{Link, Task};

/// Notes that may wait for the connection; about 40 bytes each.
const QUEUE: usize = 4096;

/// A bus over the database that the nodes share.
#[derive(Debug)]
pub struct PgBus {
    local: Arc<LocalBus>,
    queue: mpsc::Sender<Note>,
    /// Notes were dropped since the other nodes were last told to look for themselves.
    missed: Arc<AtomicBool>,
    task: JoinHandle<()>,
}

impl PgBus {
    /// Connects, and listens from then on. The connection is made again whenever it is lost, until the bus is dropped.
    pub async fn start(address: &PostgresAddress, options: &PostgresOptions) -> Result<Self, PostgresError> {
        let connector = Connector::new(address, options)?;
        let local = Arc::new(LocalBus::default());
        let link = Link::open(&connector, &local, options.statement_timeout)
            .await
            .map_err(|error| PostgresError::Connect(fault::text_of(error).into()))?;
        let (queue, inbox) = mpsc::channel(QUEUE);
        let missed = Arc::new(AtomicBool::new(false));
        let task = Task {
            connector,
            local: Arc::clone(&local),
            inbox,
            missed: Arc::clone(&missed),
            patience: options.statement_timeout,
        };
        Ok(Self { local, queue, missed, task: tokio::spawn(task.run(link)) })
    }
}

impl Bus for PgBus {
    fn publish(&self, note: Note) {
        self.local.publish(note);
        if self.queue.try_send(note).is_err() {
            counter!("ringtrue_bus_notes_dropped_total").increment(1);
            self.missed.store(true, Ordering::Release);
        }
    }

    fn watch(&self, project: ProjectId, flow: FlowId) -> Watch {
        self.local.watch(project, flow)
    }

    fn watch_events(&self, project: ProjectId) -> Watch {
        self.local.watch_events(project)
    }

    fn jobs(&self) -> Arc<Notify> {
        self.local.jobs()
    }

    fn lanes(&self) -> Arc<Notify> {
        self.local.lanes()
    }
}

impl Drop for PgBus {
    fn drop(&mut self) {
        self.task.abort();
    }
}
