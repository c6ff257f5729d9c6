//! What every bus between nodes does, whatever carries it.
//!
//! A node wakes its own watchers at once and tells the others by the carrier. Notes gather while a text is on its way,
//! so that a busy node sends few of them. Whatever is lost (a full queue, a cut connection) ends as one word that says
//! so: whoever hears it wakes everybody to look for themselves.
//!
//! Lines for consoles have a queue and a channel of their own, so that they hold up no note and nodes of a version that
//! knows none are not bothered. They are sent only while another node says that it has a console of the project, and
//! those that are lost stay lost.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use metrics::counter;
use ringtrue_domain::{FlowId, ProjectId};
use tokio::{
    sync::{Notify, mpsc},
    time::{Interval, MissedTickBehavior, interval},
};
use tokio_util::task::AbortOnDropHandle;

use super::{
    Bus, Consoles, LocalBus, Note, Watch,
    consoles::ANNOUNCE_EVERY,
    is_line,
    words::{self, Said, Word},
};

/// Notes that may wait for the carrier; about 40 bytes each.
const QUEUE: usize = 4096;

/// Notes taken together at most; the rest goes with the next ones.
const TOGETHER: usize = 1024;

/// Lines that may wait for the carrier.
const LINES: usize = 256;

/// Which of two channels a text goes by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    /// What may have changed.
    Notes,
    /// What consoles show.
    Consoles,
}

/// The near end: what a node publishes on and watches.
#[derive(Debug)]
pub struct BusBetween {
    local: Arc<LocalBus>,
    queue: mpsc::Sender<Note>,
    lines: mpsc::Sender<(ProjectId, Arc<str>)>,
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
    lines: mpsc::Receiver<(ProjectId, Arc<str>)>,
    announce: Option<Interval>,
    /// Notes were lost since the other nodes were last told to look for themselves.
    missed: Arc<AtomicBool>,
}

/// Both ends of a bus.
pub fn between() -> (BusBetween, Carried) {
    let local = Arc::new(LocalBus::default());
    let (queue, inbox) = mpsc::channel(QUEUE);
    let (say, lines) = mpsc::channel(LINES);
    let missed = Arc::new(AtomicBool::new(false));
    let near = BusBetween {
        local: Arc::clone(&local),
        queue,
        lines: say,
        missed: Arc::clone(&missed),
        carrier: None,
    };
    let notes = Vec::with_capacity(TOGETHER);
    (near, Carried { local, inbox, notes, lines, announce: None, missed })
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

    fn consoles(&self) -> Arc<Consoles> {
        self.local.consoles()
    }

    fn say(&self, project: ProjectId, line: Arc<str>) {
        if self.local.consoles.is_elsewhere(project)
            && is_line(&line)
            && self.lines.try_send((project, Arc::clone(&line))).is_err()
        {
            counter!("ringtrue_bus_lines_dropped_total").increment(1);
        }
        self.local.say(project, line);
    }
}

impl Carried {
    /// Waits for what this node says; answers what the others are to be told by which channel, never nothing. Whoever
    /// stops waiting loses nothing.
    pub async fn next(&mut self) -> (Channel, Vec<String>) {
        if self.missed.swap(false, Ordering::AcqRel) {
            return (Channel::Notes, words::write(&[], true));
        }
        loop {
            self.notes.clear();
            let announce = self.announce.get_or_insert_with(|| {
                let mut every = interval(ANNOUNCE_EVERY);
                every.set_missed_tick_behavior(MissedTickBehavior::Delay);
                every
            });
            tokio::select! {
                // Notes wake people; consoles can wait.
                biased;
                count = self.inbox.recv_many(&mut self.notes, TOGETHER) => {
                    if count == 0 {
                        // Nobody is left who could publish; whoever holds this is about to be ended.
                        std::future::pending::<()>().await;
                    }
                    return (Channel::Notes, words::write(&self.notes, false));
                }
                () = self.local.consoles.opened() => {}
                _ = announce.tick() => {}
                Some((project, line)) = self.lines.recv() => {
                    let mut said = vec![Said::Line(project, line)];
                    while said.len() < LINES && let Ok((project, line)) = self.lines.try_recv() {
                        said.push(Said::Line(project, line));
                    }
                    return (Channel::Consoles, words::write_said(&said));
                }
            }
            let here: Vec<Said> = self.local.consoles.here().into_iter().map(Said::Open).collect();
            if !here.is_empty() {
                return (Channel::Consoles, words::write_said(&here));
            }
        }
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
    /// Takes a text that came by a channel.
    pub fn hear(&self, channel: Channel, text: &str) {
        match channel {
            Channel::Notes => self.wake(text),
            Channel::Consoles => self.show(text),
        }
    }

    /// Shows lines, and notes where consoles are.
    fn show(&self, text: &str) {
        for said in words::read_said(text) {
            match said {
                Said::Open(project) => self.0.consoles.announced(project),
                Said::Line(project, line) => self.0.say(project, line),
            }
        }
    }

    /// Wakes those whom a text is about.
    fn wake(&self, text: &str) {
        for word in words::read(text) {
            match word {
                Word::Note(note) => self.0.publish(note),
                Word::Look => self.0.wake_all(),
            }
        }
    }
}
