//! Polling sources.

use std::ops::Bound;

use async_trait::async_trait;
use jiff::Timestamp;
use ringtrue_domain::{IdentityId, flow::Environment, secret::Digest};
use ringtrue_engine::{
    model::{Identity, NumberHash, Poll, PollHand, StoredIdentity},
    ports::{PollChange, PollStore, StoreError},
};

use super::{
    MemoryStore,
    commit::{Refused, unless},
    state::{Changing, State},
    watch::stored_identity,
};

/// What a number is known by, if the identity watches it.
pub(super) fn watched(identity: &Identity) -> Option<NumberHash> {
    let watches = identity.environment == Environment::Production && identity.is_watched();
    watches.then(|| {
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&Digest::of(identity.phone.expose().as_bytes()).as_bytes()[..16]);
        NumberHash::from_bytes(bytes)
    })
}

/// Enters an identity under the number that it watches, if it does.
pub(super) fn watch(to: &mut Changing<'_>, number: Option<NumberHash>, id: IdentityId) {
    let Some(number) = number else { return };
    let mut ids = to.state.watched.get(&number).cloned().unwrap_or_default();
    ids.insert(id);
    to.set(|state| &mut state.watched, number, Some(ids));
}

/// Takes it out again.
pub(super) fn unwatch(to: &mut Changing<'_>, number: Option<NumberHash>, id: IdentityId) {
    let Some(number) = number else { return };
    let mut ids = to.state.watched.get(&number).cloned().unwrap_or_default();
    ids.remove(&id);
    to.set(|state| &mut state.watched, number, Some(ids).filter(|ids| !ids.is_empty()));
}

#[async_trait]
impl PollStore for MemoryStore {
    async fn poll_hand(&self, source: &str) -> Result<Option<PollHand>, StoreError> {
        Ok(self.readable()?.state.poll_hands.get(source).copied())
    }

    async fn watched_numbers(
        &self,
        after: NumberHash,
        until: NumberHash,
        limit: usize,
    ) -> Result<Vec<NumberHash>, StoreError> {
        let inner = self.readable()?;
        let places = (after < until).then_some((Bound::Excluded(after), Bound::Included(until)));
        let numbers = places.into_iter().flat_map(|places| inner.state.watched.range(places));
        Ok(numbers.map(|(number, _)| *number).take(limit).collect())
    }

    async fn polls_due(
        &self,
        source: &str,
        wall: Timestamp,
        limit: usize,
    ) -> Result<Vec<NumberHash>, StoreError> {
        let inner = self.readable()?;
        let due = |poll: &Poll| poll.due_at.filter(|due| *due <= wall);
        let mut found: Vec<_> = (inner.state.polls.iter())
            .filter(|((of, _), _)| *of == source)
            .filter_map(|((_, number), poll)| Some((due(poll)?, *number)))
            .collect();
        found.sort_unstable();
        Ok(found.into_iter().take(limit).map(|(_, number)| number).collect())
    }

    async fn poll(&self, source: &str, number: NumberHash) -> Result<Option<Poll>, StoreError> {
        Ok(self.readable()?.state.polls.get(&(source.to_owned(), number)).copied())
    }

    async fn watchers_of(&self, number: NumberHash) -> Result<Vec<StoredIdentity>, StoreError> {
        let state = &self.readable()?.state;
        let ids = state.watched.get(&number).into_iter().flatten();
        Ok(ids.filter_map(|id| state.identities.get(id)).map(stored_identity).collect())
    }
}

pub(super) fn apply(to: &mut Changing<'_>, change: &PollChange) -> Result<(), Refused> {
    match *change {
        PollChange::Move { source, after, hand } => {
            let known = to.state.poll_hands.get(source).map_or(0, |known| known.version);
            unless(known != hand.version)?;
            let hand = PollHand { version: hand.version + 1, ..hand };
            to.set(|state| &mut state.poll_hands, source.to_owned(), Some(hand));
            for number in unwatched(to.state, source, after, hand.place) {
                to.set(|state| &mut state.polls, (source.to_owned(), number), None);
            }
        }
        PollChange::Take { source, number, lease, wall } => {
            let key = (source.to_owned(), number);
            let known = to.state.polls.get(&key).copied();
            if known.and_then(|known| known.due_at).is_none_or(|due| due <= wall) {
                let fresh = Poll { looked_at: None, failures: 0, due_at: None, lease: None };
                let known = known.unwrap_or(fresh);
                let taken = Poll { due_at: Some(lease.until), lease: Some(lease.id), ..known };
                to.set(|state| &mut state.polls, key, Some(taken));
            }
        }
        PollChange::Settle { source, number, lease, looked_at, due_at, failures } => {
            let key = (source.to_owned(), number);
            held(to.state, &key, lease)?;
            let settled = Poll { looked_at, failures, due_at, lease: None };
            to.set(|state| &mut state.polls, key, Some(settled));
        }
        PollChange::Forget { source, number, lease } => {
            let key = (source.to_owned(), number);
            held(to.state, &key, lease)?;
            to.set(|state| &mut state.polls, key, None);
        }
        PollChange::Rest { source, until } => {
            if let Some(hand) = to.state.poll_hands.get(source).filter(|hand| hand.free_at < until) {
                let hand = PollHand { version: hand.version + 1, free_at: until, ..*hand };
                to.set(|state| &mut state.poll_hands, source.to_owned(), Some(hand));
            }
        }
    }
    Ok(())
}

fn held(state: &State, key: &(String, NumberHash), lease: [u8; 16]) -> Result<(), Refused> {
    unless(state.polls.get(key).is_none_or(|poll| poll.lease != Some(lease)))
}

/// Numbers with a poll that waits for the hand, although nobody watches them.
fn unwatched(state: &State, source: &str, after: NumberHash, until: NumberHash) -> Vec<NumberHash> {
    (state.polls.iter())
        .filter(|((of, number), poll)| {
            of == source
                && *number > after
                && *number <= until
                && poll.due_at.is_none()
                && !state.watched.contains_key(number)
        })
        .map(|((_, number), _)| *number)
        .collect()
}
