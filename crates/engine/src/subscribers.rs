//! The registry of subscribers: what is told of a number anew, and what follows for those who watch it.

use std::collections::BTreeMap;

use ringtrue_domain::{PhoneNumber, identity::LineChange, name::same_person};

use crate::{
    Engine, Error, EventCounts,
    changes::{Consequences, line_changes},
    decide::{CommitOr, ROUNDS},
    model::Subscriber,
    ports::{Change, CommitError},
};

/// What became of subscribers that were put into the registry.
#[derive(Debug, Default)]
pub struct Registered {
    /// New and changed numbers.
    pub imported: u64,
    /// Numbers of which the same was known already.
    pub unchanged: u64,
    /// Events that came of the changes.
    pub events: EventCounts,
}

impl Engine {
    /// Puts subscribers into the registry, in one unit with the events that follow for the identities of their numbers.
    /// Of a number that comes twice the last counts.
    pub async fn register(&self, subscribers: &[Subscriber]) -> Result<Registered, Error> {
        let newest: BTreeMap<&PhoneNumber, &Subscriber> =
            subscribers.iter().map(|subscriber| (&subscriber.phone, subscriber)).collect();
        for _ in 0..ROUNDS {
            let at = self.wall();
            let mut follows = Consequences::default();
            let mut registered = Registered::default();
            for new in newest.values() {
                let old = self.store().subscriber(&new.phone).await?;
                if old.as_ref() == Some(*new) {
                    registered.unchanged += 1;
                    continue;
                }
                registered.imported += 1;
                let changes = old.map(|old| changes(&old, new)).unwrap_or_default();
                if !changes.is_empty() {
                    for watcher in self.watchers(&new.phone).await? {
                        follows.happen(self, watcher, changes.iter().map(|change| (at, change)));
                    }
                }
                follows.changes.push(Change::PutSubscriber(Box::new((*new).clone())));
            }
            if follows.changes.is_empty() {
                return Ok(registered);
            }
            match self.write_consequences(follows).await {
                Ok(events) => return Ok(Registered { events, ..registered }),
                Err(CommitOr::Commit(CommitError::Conflict)) => {}
                Err(other) => return Err(other.into()),
            }
        }
        Err(CommitError::Conflict.into())
    }
}

/// What became of a number, from two looks at it.
fn changes(old: &Subscriber, new: &Subscriber) -> Vec<LineChange> {
    let mut changes = line_changes((&old.line(), old.status), (&new.line(), new.status));
    if changes.last() != Some(&LineChange::Disconnected) && !same_person(&old.name, &new.name) {
        changes.push(LineChange::NumberChanged { new: None });
    }
    changes
}
