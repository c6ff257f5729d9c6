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
use ringtrue_domain::{FlowId, PhoneNumber, ProjectId, flow::Flow, text::CallerText};
use ringtrue_engine::model::{Caller, KeyScope, OutboxMessage, StoredIdentity};

use super::latest::{Latest, List};
use crate::seal::Mark;

/// Entries of each kind in one generation; two generations are kept. A flow takes about 2 KiB.
const GENERATION: usize = 256;
/// Lists of messages in one generation; one takes up to 10 KiB.
const LISTS: usize = 64;

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
    /// A person is enrolled like this now.
    Identity(Box<StoredIdentity>),
    /// A person is not enrolled any more.
    IdentityRemoved,
    /// A sandbox message was kept.
    Message(Box<OutboxMessage>),
    /// Projects, credentials, clocks or handsets changed.
    Settings,
    /// Flows and messages were purged.
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
    pub(super) identities: Generations<Person, Option<StoredIdentity>>,
    pub(super) outbox: Generations<List, Latest, LISTS>,
}

/// Whom an identity is found by.
pub(super) type Person = (KeyScope, PhoneNumber, Option<CallerText>);

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

    /// Takes over what was committed. `plainly`: each statement changed one row, so every message is new.
    pub(super) fn learn(&self, learnt: Vec<Learnt>, plainly: bool) {
        let mut kept = self.kept();
        for learnt in learnt {
            match learnt {
                Learnt::Flow { version, flow, .. } => kept.flows.put(flow.id(), (version, flow)),
                Learnt::Identity(stored) => {
                    let identity = &stored.identity;
                    // It may have been somebody's with another number.
                    kept.identities
                        .forget(|known| known.as_ref().is_some_and(|known| known.identity.id == identity.id));
                    let scope = KeyScope { project: identity.project, environment: identity.environment };
                    let person = (scope, identity.phone.clone(), identity.client_customer_id.clone());
                    kept.identities.put(person, Some(*stored));
                }
                Learnt::IdentityRemoved => kept.identities = Generations::default(),
                Learnt::Message(message) if plainly => {
                    let (everybody, one) =
                        ((message.project, None), (message.project, Some(message.to.clone())));
                    let message = Arc::from(message);
                    for list in [everybody, one] {
                        if let Some(latest) = kept.outbox.get_mut(&list) {
                            latest.add(&message);
                        }
                    }
                }
                Learnt::Message(_) => kept.outbox = Generations::default(),
                Learnt::Settings => {
                    kept.callers = Generations::default();
                    kept.clocks = Generations::default();
                    kept.handsets = Generations::default();
                }
                Learnt::Purged => {
                    kept.flows = Generations::default();
                    kept.outbox = Generations::default();
                    // Purging also brings old rows of identities up to date.
                    kept.identities = Generations::default();
                }
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
pub(super) struct Generations<K, V, const N: usize = GENERATION> {
    young: HashMap<K, V>,
    old: HashMap<K, V>,
}

impl<K, V, const N: usize> Default for Generations<K, V, N> {
    fn default() -> Self {
        Self { young: HashMap::new(), old: HashMap::new() }
    }
}

impl<K: Eq + Hash, V, const N: usize> Generations<K, V, N> {
    pub(super) fn get(&self, key: &K) -> Option<V>
    where
        V: Clone,
    {
        self.look(key).cloned()
    }

    pub(super) fn look(&self, key: &K) -> Option<&V> {
        self.young.get(key).or_else(|| self.old.get(key))
    }

    fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        self.young.get_mut(key).or_else(|| self.old.get_mut(key))
    }

    pub(super) fn put(&mut self, key: K, value: V) {
        if self.young.len() >= N {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(key, value);
    }

    fn forget(&mut self, which: impl Fn(&V) -> bool) {
        self.young.retain(|_, value| !which(value));
        self.old.retain(|_, value| !which(value));
    }
}
