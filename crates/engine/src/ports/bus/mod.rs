//! Waking those who wait. A note carries an id only: a lost one costs a poll interval, a doubled one costs a read.
//! Beside notes, lines for the consoles that are open; a lost one is missed.

mod between;
mod consoles;
mod words;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use ringtrue_domain::{FlowId, ProjectId};
use tokio::sync::Notify;

pub use between::{BusBetween, Carried, Channel, Ear, between};
pub use consoles::{Console, Consoles, Heard, MAX_CONSOLES, MAX_LINE_BYTES};

/// What may have changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Note {
    /// A flow.
    FlowChanged(FlowId),
    /// A project's clock: every flow of it may have run out.
    ClockMoved(ProjectId),
    /// A job can be taken up.
    JobsReady,
    /// A project has new events, or its deliveries or webhook changed.
    EventsAdded(ProjectId),
}

/// Best effort; never awaited for correctness.
pub trait Bus: Send + Sync {
    /// Tells all nodes.
    fn publish(&self, note: Note);

    /// Watches a flow. Notes published after this call wake the watch.
    fn watch(&self, project: ProjectId, flow: FlowId) -> Watch;

    /// Watches a project's events. Notes published after this call wake the watch.
    fn watch_events(&self, project: ProjectId) -> Watch;

    /// Waits for [`Note::JobsReady`].
    fn jobs(&self) -> Arc<Notify>;

    /// Waits for [`Note::EventsAdded`] of any project.
    fn lanes(&self) -> Arc<Notify>;

    /// The consoles that are open.
    fn consoles(&self) -> Arc<Consoles>;

    /// Says a line to the consoles of a project on all nodes. A line of more than [`MAX_LINE_BYTES`], or of more than
    /// one line, is said to nobody.
    fn say(&self, project: ProjectId, line: Arc<str>);
}

/// Whether a bus can carry it.
fn is_line(line: &str) -> bool {
    line.len() <= MAX_LINE_BYTES && !line.contains('\n')
}

/// What is watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Topic {
    Flow(FlowId),
    Events(ProjectId),
}

/// One watcher of a flow or of a project's events; dropping it ends the watch.
#[derive(Debug)]
pub struct Watch {
    notify: Arc<Notify>,
    topic: Topic,
    watchers: Arc<Watchers>,
}

impl Watch {
    /// Waits until something may have changed since the last call.
    pub async fn changed(&self) {
        self.notify.notified().await;
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let mut watched = self.watchers.lock();
        if let Some((_, list)) = watched.get_mut(&self.topic) {
            list.retain(|other| !Arc::ptr_eq(other, &self.notify));
            if list.is_empty() {
                watched.remove(&self.topic);
            }
        }
    }
}

type Watched = HashMap<Topic, (ProjectId, Vec<Arc<Notify>>)>;

#[derive(Debug, Default)]
struct Watchers(Mutex<Watched>);

impl Watchers {
    fn lock(&self) -> std::sync::MutexGuard<'_, Watched> {
        // The map is whole after every statement, so a panic elsewhere leaves nothing half-done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The bus of a single node.
#[derive(Debug, Default)]
pub struct LocalBus {
    watchers: Arc<Watchers>,
    jobs: Arc<Notify>,
    lanes: Arc<Notify>,
    consoles: Arc<Consoles>,
}

impl LocalBus {
    fn watch_topic(&self, project: ProjectId, topic: Topic) -> Watch {
        let notify = Arc::new(Notify::new());
        self.watchers
            .lock()
            .entry(topic)
            .or_insert_with(|| (project, Vec::new()))
            .1
            .push(Arc::clone(&notify));
        Watch { notify, topic, watchers: Arc::clone(&self.watchers) }
    }

    /// Wakes everybody, for a bus of several nodes that may have missed notes: whoever wakes looks for itself.
    pub fn wake_all(&self) {
        self.watchers.lock().values().flat_map(|(_, list)| list).for_each(|notify| notify.notify_one());
        self.jobs.notify_one();
        self.lanes.notify_one();
    }
}

impl Bus for LocalBus {
    fn publish(&self, note: Note) {
        let wake = |list: &[Arc<Notify>]| list.iter().for_each(|notify| notify.notify_one());
        let wake_topic = |topic| {
            if let Some((_, list)) = self.watchers.lock().get(&topic) {
                wake(list);
            }
        };
        match note {
            Note::FlowChanged(flow) => wake_topic(Topic::Flow(flow)),
            Note::ClockMoved(project) => {
                for (_, list) in self.watchers.lock().values().filter(|(owner, _)| *owner == project) {
                    wake(list);
                }
                self.jobs.notify_one();
                self.lanes.notify_one();
            }
            Note::JobsReady => self.jobs.notify_one(),
            Note::EventsAdded(project) => {
                wake_topic(Topic::Events(project));
                self.lanes.notify_one();
            }
        }
    }

    fn watch(&self, project: ProjectId, flow: FlowId) -> Watch {
        self.watch_topic(project, Topic::Flow(flow))
    }

    fn watch_events(&self, project: ProjectId) -> Watch {
        self.watch_topic(project, Topic::Events(project))
    }

    fn jobs(&self) -> Arc<Notify> {
        Arc::clone(&self.jobs)
    }

    fn lanes(&self) -> Arc<Notify> {
        Arc::clone(&self.lanes)
    }

    fn consoles(&self) -> Arc<Consoles> {
        Arc::clone(&self.consoles)
    }

    fn say(&self, project: ProjectId, line: Arc<str>) {
        if is_line(&line) {
            self.consoles.tell(project, &line);
        }
    }
}
