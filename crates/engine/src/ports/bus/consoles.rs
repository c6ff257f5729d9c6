//! Consoles: who follows the calls of a project, on this node and on others. Nothing is kept: a line goes to those who
//! follow at that moment, and whoever is too slow is told how many they missed.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use ringtrue_domain::ProjectId;
use tokio::{
    sync::{Notify, mpsc},
    time::Instant,
};

/// Consoles of one node at most.
pub const MAX_CONSOLES: usize = 20;

/// Bytes of a line at most.
pub const MAX_LINE_BYTES: usize = 4096;

/// Lines that may wait for one console.
const WAITING: usize = 256;

/// Projects of other nodes' consoles at most, which is far more than there are consoles.
const MAX_ELSEWHERE: usize = 1024;

/// How long an announcement of another node counts.
const ANNOUNCED: Duration = Duration::from_secs(30);

/// Between two announcements of this node.
pub(super) const ANNOUNCE_EVERY: Duration = Duration::from_secs(10);

/// The consoles that are open, here and elsewhere.
#[derive(Debug, Default)]
pub struct Consoles {
    /// Whether there may be one: what each call looks at.
    any: AtomicBool,
    open: Mutex<Open>,
    /// Wakes whoever announces.
    opened: Notify,
}

#[derive(Debug, Default)]
struct Open {
    here: HashMap<ProjectId, Vec<Arc<Inbox>>>,
    /// Until when other nodes have said that they have one.
    elsewhere: HashMap<ProjectId, Instant>,
}

#[derive(Debug)]
struct Inbox {
    lines: mpsc::Sender<Arc<str>>,
    missed: AtomicU64,
}

impl Consoles {
    /// Whether anybody may follow any project. One relaxed load, for every call.
    pub fn is_any(&self) -> bool {
        self.any.load(Ordering::Relaxed)
    }

    /// Whether anybody follows this project, on any node.
    pub fn wants(&self, project: ProjectId) -> bool {
        self.is_any() && {
            let mut open = self.open();
            self.tidy(&mut open);
            open.here.contains_key(&project) || open.elsewhere.contains_key(&project)
        }
    }

    /// Opens a console, unless this node has [`MAX_CONSOLES`] already. Dropping it closes it.
    pub fn follow(self: &Arc<Self>, project: ProjectId) -> Option<Console> {
        let (sender, lines) = mpsc::channel(WAITING);
        let inbox = Arc::new(Inbox { lines: sender, missed: AtomicU64::new(0) });
        let mut open = self.open();
        if open.here.values().map(Vec::len).sum::<usize>() >= MAX_CONSOLES {
            return None;
        }
        open.here.entry(project).or_default().push(Arc::clone(&inbox));
        self.tidy(&mut open);
        drop(open);
        self.opened.notify_one();
        Some(Console { project, inbox, lines, consoles: Arc::clone(self) })
    }

    /// Hands a line to the consoles of this node.
    pub(super) fn tell(&self, project: ProjectId, line: &Arc<str>) {
        for inbox in self.open().here.get(&project).into_iter().flatten() {
            if inbox.lines.try_send(Arc::clone(line)).is_err() {
                inbox.missed.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    /// Another node has a console of this project.
    pub(super) fn announced(&self, project: ProjectId) {
        let mut open = self.open();
        self.tidy(&mut open);
        if open.elsewhere.len() < MAX_ELSEWHERE || open.elsewhere.contains_key(&project) {
            open.elsewhere.insert(project, Instant::now() + ANNOUNCED);
            self.any.store(true, Ordering::Relaxed);
        }
    }

    /// Whether another node has a console of this project.
    pub(super) fn is_elsewhere(&self, project: ProjectId) -> bool {
        self.open().elsewhere.get(&project).is_some_and(|until| Instant::now() < *until)
    }

    /// The projects that are followed on this node.
    pub(super) fn here(&self) -> Vec<ProjectId> {
        self.open().here.keys().copied().collect()
    }

    /// Waits until a console was opened here since the last call.
    pub(super) async fn opened(&self) {
        self.opened.notified().await;
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        // The maps are whole after every statement, so a panic elsewhere leaves nothing half-done.
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets announcements that count no more, and says whether anything is left.
    fn tidy(&self, open: &mut Open) {
        let now = Instant::now();
        open.elsewhere.retain(|_, until| now < *until);
        self.any.store(!open.here.is_empty() || !open.elsewhere.is_empty(), Ordering::Relaxed);
    }
}

/// What a console hears.
#[derive(Debug, PartialEq, Eq)]
pub enum Heard {
    /// A line, as it was said.
    Line(Arc<str>),
    /// So many lines came faster than they were taken, and are lost.
    Missed(u64),
}

/// One open console; dropping it closes it.
#[derive(Debug)]
pub struct Console {
    project: ProjectId,
    inbox: Arc<Inbox>,
    lines: mpsc::Receiver<Arc<str>>,
    consoles: Arc<Consoles>,
}

impl Console {
    /// Waits for the next line. Whoever stops waiting loses none.
    pub async fn next(&mut self) -> Heard {
        if let Ok(line) = self.lines.try_recv() {
            return Heard::Line(line);
        }
        match self.inbox.missed.swap(0, Ordering::Relaxed) {
            0 => {}
            missed => return Heard::Missed(missed),
        }
        match self.lines.recv().await {
            Some(line) => Heard::Line(line),
            // It holds a sender of its own.
            None => std::future::pending().await,
        }
    }
}

impl Drop for Console {
    fn drop(&mut self) {
        let mut open = self.consoles.open();
        if let Some(list) = open.here.get_mut(&self.project) {
            list.retain(|other| !Arc::ptr_eq(other, &self.inbox));
            if list.is_empty() {
                open.here.remove(&self.project);
            }
        }
        self.consoles.tidy(&mut open);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn project(number: u8) -> ProjectId {
        ProjectId::from_bytes([number; 16])
    }

    #[tokio::test]
    async fn a_slow_console_is_told_how_many_it_missed() {
        let consoles = Arc::new(Consoles::default());
        let mut console = consoles.follow(project(1)).unwrap();
        for number in 0..WAITING + 3 {
            consoles.tell(project(1), &number.to_string().into());
        }
        for number in 0..WAITING {
            assert_eq!(console.next().await, Heard::Line(number.to_string().into()));
        }
        assert_eq!(console.next().await, Heard::Missed(3));
        consoles.tell(project(1), &"after".into());
        assert_eq!(console.next().await, Heard::Line("after".into()));
    }

    #[test]
    fn a_node_has_so_many_and_closed_ones_make_room() {
        let consoles = Arc::new(Consoles::default());
        let mut open: Vec<_> = (0..MAX_CONSOLES)
            .map(|number| consoles.follow(project(u8::try_from(number % 3).unwrap())).unwrap())
            .collect();
        assert!(consoles.follow(project(9)).is_none());
        open.pop();
        assert!(consoles.follow(project(9)).is_some());
        drop(open);
        assert!(!consoles.is_any());
    }

    #[tokio::test(start_paused = true)]
    async fn an_announcement_counts_for_a_while() {
        let consoles = Arc::new(Consoles::default());
        assert!(!consoles.wants(project(1)));
        consoles.announced(project(1));
        tokio::time::advance(ANNOUNCED / 2).await;
        consoles.announced(project(2));
        assert!(consoles.wants(project(1)) && consoles.is_elsewhere(project(1)));
        assert!(!consoles.wants(project(3)));
        tokio::time::advance(ANNOUNCED / 2).await;
        assert!(!consoles.wants(project(1)) && consoles.wants(project(2)));
        tokio::time::advance(ANNOUNCED / 2).await;
        // The first one who asks finds that nobody is left.
        assert!(consoles.is_any() && !consoles.wants(project(2)) && !consoles.is_any());
    }
}
