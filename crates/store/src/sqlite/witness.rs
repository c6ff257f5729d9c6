//! Tells whether every commit so far was our own, so that what is remembered in memory may be trusted.
//!
//! SQLite counts commits in the index of its write-ahead log, which all processes share (sqlite.org/walformat.html,
//! section 2.1: format version at byte 0, `iChange` at byte 8, both in the machine's byte order). A commit becomes
//! visible by that very header, so a counter that stands where our writer left it means that nothing was written since.
//! The index also tells how long the log is.

use std::{
    fs::File,
    os::unix::fs::FileExt as _,
    path::Path,
    sync::atomic::{AtomicU64, Ordering},
};

use crate::sql::Stamp;

/// The only format of the index there has been since 2010.
const FORMAT: u32 = 3_007_000;
/// No commit of ours is known yet.
const NONE: u64 = u64::MAX;

#[derive(Debug)]
pub(super) struct Witness {
    /// Leaked: to close a file drops every lock that this process has on it (POSIX), those of SQLite included.
    index: Option<&'static File>,
    /// The counter as our writer left it, or [`NONE`].
    ours: AtomicU64,
    /// Raised when somebody else has written.
    epoch: AtomicU64,
}

impl Witness {
    /// `database` must be open in write-ahead mode. Without access to the index nothing is ever trusted.
    pub(super) fn new(database: &Path) -> Self {
        let index = database.canonicalize().ok().and_then(|path| {
            let mut name = path.into_os_string();
            name.push("-shm");
            File::open(name).ok()
        });
        Self {
            index: index.map(|file| &*Box::leak(Box::new(file))),
            ours: AtomicU64::new(NONE),
            epoch: AtomicU64::new(0),
        }
    }

    /// The present moment, if everything written so far is ours.
    pub(super) fn stamp(&self) -> Option<Stamp> {
        let change = self.counter()?;
        let ours = self.ours.load(Ordering::Acquire) == u64::from(change);
        ours.then(|| Stamp { epoch: self.epoch.load(Ordering::Acquire), change })
    }

    /// To be called within each of our write transactions, where nobody else can write.
    pub(super) fn began(&self) -> Option<u32> {
        let change = self.counter()?;
        if self.ours.load(Ordering::Acquire) != u64::from(change) {
            self.epoch.fetch_add(1, Ordering::AcqRel);
        }
        Some(change)
    }

    /// To be called after the commit of a transaction that began at `before`, when memory is up to date with it.
    pub(super) fn committed(&self, before: Option<u32>, wrote: bool) {
        let Some(before) = before else { return };
        // Not read anew: somebody else may have committed since. A commit that changed nothing does not count.
        let after = if wrote { before.wrapping_add(1) } else { before };
        self.ours.store(after.into(), Ordering::Release);
    }

    /// No moment is trusted from now on.
    pub(super) fn close(&self) {
        self.ours.store(NONE, Ordering::Release);
    }

    /// Pages in the log, and how many of them are in the database too: `mxFrame` at byte 16 of the header, `nBackfill`
    /// behind both copies of it (section 2.1). Others may go on meanwhile, so it is only a glance.
    pub(super) fn log(&self) -> Option<(u32, u32)> {
        let mut header = [[0; 4]; 25];
        self.index?.read_exact_at(header.as_flattened_mut(), 0).ok()?;
        let header = header.map(u32::from_ne_bytes);
        (header[0] == FORMAT).then_some((header[4], header[24]))
    }

    fn counter(&self) -> Option<u32> {
        let mut header = [[0; 4]; 3];
        self.index?.read_exact_at(header.as_flattened_mut(), 0).ok()?;
        let [format, _, change] = header.map(u32::from_ne_bytes);
        (format == FORMAT).then_some(change)
    }
}
