//! What was read or written a moment ago, so that it need not be read, opened and parsed again.
//!
//! Never stale: it is used only while the driver's [`Stamp`] says that everything written went through this store, and
//! what was written is learnt before the driver gives stamps again.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use jiff::Timestamp;
use ringtrue_domain::{FlowId, PhoneNumber, ProjectId, flow::Flow};
use ringtrue_engine::model::Caller;

use crate::seal::Mark;

/// Entries of each kind in one generation; two generations are kept. A flow takes about 2 KiB.
const GENERATION: usize = 256;

/// A moment at which everything written had gone through one driver.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// Raised whenever somebody else has written: what was remembered before is void.
    pub epoch: u64,
    /// Raised with every commit.
    pub change: u32,
}

/// What a committed unit changed.
#[derive(Debug)]
pub(super) enum Learnt {
    /// A flow is as it was written now.
    Flow { version: u64, mark: Mark, flow: Arc<Flow> },
    /// Projects, credentials, clocks or handsets changed.
    Settings,
    /// Flows were purged.
    Purged,
}

#[derive(Debug, Default)]
pub(super) struct Recent(Mutex<Kept>);

#[derive(Debug, Default)]
pub(super) struct Kept {
    epoch: u64,
    pub(super) flows: Generations<FlowId, (u64, Arc<Flow>)>,
    pub(super) callers: Generations<[u8; 32], (Timestamp, Caller)>,
    pub(super) clocks: Generations<ProjectId, i64>,
    pub(super) handsets: Generations<(ProjectId, PhoneNumber), Option<bool>>,
}

impl Recent {
    /// Looks something up at a moment.
    pub(super) fn find<T>(&self, at: Option<Stamp>, look: impl FnOnce(&mut Kept) -> Option<T>) -> Option<T> {
        let at = at?;
        let mut kept = self.kept();
        kept.renew(at.epoch);
        look(&mut kept)
    }

    /// Keeps what was read since the moment `at`, unless something was committed in between.
    pub(super) fn keep(
        &self,
        at: Option<Stamp>,
        now: impl FnOnce() -> Option<Stamp>,
        put: impl FnOnce(&mut Kept),
    ) {
        let Some(at) = at else { return };
        let mut kept = self.kept();
        // Asked under the lock, which whoever commits must have before stamps are given again.
        if now() == Some(at) {
            kept.renew(at.epoch);
            put(&mut kept);
        }
    }

    /// Takes over what was committed.
    pub(super) fn learn(&self, learnt: Vec<Learnt>) {
        let mut kept = self.kept();
        for learnt in learnt {
            match learnt {
                Learnt::Flow { version, flow, .. } => kept.flows.put(flow.id(), (version, flow)),
                Learnt::Settings => {
                    kept.callers = Generations::default();
                    kept.clocks = Generations::default();
                    kept.handsets = Generations::default();
                }
                Learnt::Purged => kept.flows = Generations::default(),
            }
        }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        // Every statement leaves the maps whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn renew(&mut self, epoch: u64) {
        if self.epoch != epoch {
            *self = Self { epoch, ..Self::default() };
        }
    }
}

/// A bounded map: when the young generation is full, the old one goes and the young one becomes old.
#[derive(Debug)]
pub(super) struct Generations<K, V> {
    young: HashMap<K, V>,
    old: HashMap<K, V>,
}

impl<K, V> Default for Generations<K, V> {
    fn default() -> Self {
        Self { young: HashMap::new(), old: HashMap::new() }
    }
}

impl<K: Eq + Hash, V: Clone> Generations<K, V> {
    pub(super) fn get(&self, key: &K) -> Option<V> {
        self.young.get(key).or_else(|| self.old.get(key)).cloned()
    }

    pub(super) fn put(&mut self, key: K, value: V) {
        if self.young.len() >= GENERATION {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(key, value);
    }
}
