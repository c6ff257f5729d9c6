//! What every bus between nodes does, whatever carries it.
//!
//! A node wakes its own watchers at once and tells the others by the carrier. Notes gather while a text is on its way,
//! so that a busy node sends few of them. Whatever is lost (a full queue, a cut connection) ends as one word that says
//! so: whoever hears it wakes everybody to look for themselves.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use metrics::counter;
use ringtrue_domain::{FlowId, ProjectId};
use tokio::sync::{Notify, mpsc};
use tokio_util::task::AbortOnDropHandle;

use super::{
    Bus, LocalBus, Note, Watch,
    words::{self, Word},
};

/// Notes that may wait for the carrier; about 40 bytes each.
const QUEUE: usize = 4096;

/// Notes taken together at most; the rest goes with the next ones.
const TOGETHER: usize = 1024;

/// The near end: what a node publishes on and watches.
#[derive(Debug)]
pub struct BusBetween {
    local: Arc<LocalBus>,
    queue: mpsc::Sender<Note>,
    missed: Arc<AtomicBool>,
    #[expect(dead_code, reason = "the task that holds the carrier ends when this is dropped")]
    carrier: Option<AbortOnDropHandle<()>>,
}

/// The far end, for the task that holds the carrier.
#[derive(Debug)]
pub struct Carried {
    local: Arc<LocalBus>,
    inbox: mpsc::Receiver<Note>,
    notes: Vec<Note>,
    /// Notes were lost since the other nodes were last told to look for themselves.
    missed: Arc<AtomicBool>,
}

/// Both ends of a bus.
pub fn between() -> (BusBetween, Carried) {
    let local = Arc::new(LocalBus::default());
    let (queue, inbox) = mpsc::channel(QUEUE);
    let missed = Arc::new(AtomicBool::new(false));
    let near = BusBetween { local: Arc::clone(&local), queue, missed: Arc::clone(&missed), carrier: None };
    (near, Carried { local, inbox, notes: Vec::with_capacity(TOGETHER), missed })
}

impl BusBetween {
    /// Lets a task hold the carrier for as long as this bus is there.
    #[must_use]
    pub fn carried_by(self, task: impl Future<Output = ()> + Send + 'static) -> Self {
        Self { carrier: Some(AbortOnDropHandle::new(tokio::spawn(task))), ..self }
    }
}

impl Bus for BusBetween {
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

impl Carried {
    /// Waits for notes of this node; answers what the others are to be told, never nothing. Whoever stops waiting
    /// loses none.
    pub async fn next(&mut self) -> Vec<String> {
        if self.missed.swap(false, Ordering::AcqRel) {
            return words::write(&[], true);
        }
        self.notes.clear();
        if self.inbox.recv_many(&mut self.notes, TOGETHER).await == 0 {
            // Nobody is left who could publish; whoever holds this is about to be ended.
            std::future::pending::<()>().await;
        }
        words::write(&self.notes, false)
    }

    /// Something may be lost, in both directions: everybody here looks for themselves now, and the others are told to.
    pub fn lost(&self) {
        self.missed.store(true, Ordering::Release);
        self.local.wake_all();
    }

    /// What hears the other nodes.
    pub fn ear(&self) -> Ear {
        Ear(Arc::clone(&self.local))
    }
}

/// Takes what another node said.
#[derive(Debug, Clone)]
pub struct Ear(Arc<LocalBus>);

impl Ear {
    /// Wakes those whom a text is about.
    pub fn hear(&self, text: &str) {
        for word in words::read(text) {
            match word {
                Word::Note(note) => self.0.publish(note),
                Word::Look => self.0.wake_all(),
            }
        }
    }
}
