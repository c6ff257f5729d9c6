//! The part of the port that is about watched numbers.

use std::cmp::Reverse;

use async_trait::async_trait;
use jiff::Timestamp;
use ringtrue_domain::{
    DeliveryId, IdentityId, PhoneNumber, flow::Environment, secret::Digest, text::CallerText,
};
use ringtrue_engine::{
    model::{Attempt, Content, Delivery, DeliveryQuery, DeliveryState, FeedFile, Identity, KeyScope},
    model::{Lane, Lease, ReplayOf, StoredEvent, StoredIdentity, StoredWebhook, Webhook},
    ports::{CommitError, StoreError, WatchStore},
};

use super::{
    MemoryStore, lanes,
    state::{State, is_in},
};

#[async_trait]
impl WatchStore for MemoryStore {
    async fn identity(
        &self,
        scope: KeyScope,
        phone: &PhoneNumber,
        customer: Option<&CallerText>,
    ) -> Result<Option<StoredIdentity>, StoreError> {
        let state = &self.readable()?.state;
        let customer = customer.map(|id| id.as_str().to_owned());
        let person = (scope.project, scope.environment == Environment::Sandbox, phone.clone(), customer);
        Ok(state.people.get(&person).and_then(|id| state.identities.get(id)).map(stored_identity))
    }

    async fn identity_by_id(
        &self,
        scope: KeyScope,
        id: IdentityId,
    ) -> Result<Option<StoredIdentity>, StoreError> {
        let found = self.readable()?.state.identities.get(&id).map(stored_identity);
        Ok(found.filter(|stored| is_in(&stored.identity, scope)))
    }

    async fn identities(
        &self,
        scope: KeyScope,
        after: Option<IdentityId>,
        limit: usize,
        inactive_too: bool,
    ) -> Result<Vec<Identity>, StoreError> {
        Ok(identities(&self.readable()?.state, limit, |identity| {
            is_in(identity, scope)
                && after.is_none_or(|after| identity.id > after)
                && (inactive_too || identity.active)
        }))
    }

    async fn identities_of(
        &self,
        scope: KeyScope,
        phone: &PhoneNumber,
        limit: usize,
    ) -> Result<Vec<Identity>, StoreError> {
        let state = &self.readable()?.state;
        Ok(identities(state, limit, |identity| is_in(identity, scope) && identity.phone == *phone))
    }

    async fn watchers(
        &self,
        phone: &PhoneNumber,
        after: Option<IdentityId>,
        limit: usize,
    ) -> Result<Vec<StoredIdentity>, StoreError> {
        let watches = |identity: &Identity| {
            identity.environment == Environment::Production
                && identity.phone == *phone
                && identity.is_watched()
                && after.is_none_or(|after| identity.id > after)
        };
        let state = &self.readable()?.state;
        let found = state.identities.values().filter(|(_, identity)| watches(identity));
        Ok(found.take(limit).map(stored_identity).collect())
    }

    async fn events(
        &self,
        scope: KeyScope,
        after: u64,
        until: u64,
        limit: usize,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        let inner = self.readable()?;
        let events = inner.state.events.range((scope, 0)..=(scope, until));
        let newer = events.map(|(_, stored)| stored).filter(|stored| stored.cursor > after);
        Ok(newer.take(limit).cloned().collect())
    }

    async fn events_of(
        &self,
        scope: KeyScope,
        identity: IdentityId,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        let inner = self.readable()?;
        let older = inner.state.events.range((scope, 0)..(scope, before.unwrap_or(u64::MAX)));
        let theirs = older.rev().map(|(_, stored)| stored).filter(|stored| stored.event.identity == identity);
        Ok(theirs.take(limit).cloned().collect())
    }

    async fn lane(&self, scope: KeyScope) -> Result<Option<Lane>, StoreError> {
        Ok(self.readable()?.state.lanes.get(&scope).map(|row| row.lane))
    }

    async fn claim_lanes(&self, lease: Lease, wall: Timestamp, n: usize) -> Result<Vec<Lane>, CommitError> {
        Ok(lanes::claim(&mut self.writable()?.state, lease, wall, n))
    }

    async fn webhook(&self, scope: KeyScope) -> Result<Option<StoredWebhook>, StoreError> {
        let state = &self.readable()?.state;
        Ok(state.webhooks.get(&scope).map(|row| stored_webhook(state, row)))
    }

    async fn open_deliveries(&self, scope: KeyScope, limit: usize) -> Result<Vec<Delivery>, StoreError> {
        let inner = self.readable()?;
        let mut open: Vec<_> = (inner.state.deliveries.values())
            .filter(|row| row.delivery.scope == scope && row.delivery.state == DeliveryState::Open)
            .collect();
        open.sort_by_key(|row| (row.place, row.delivery.id));
        Ok(open.into_iter().take(limit).map(|row| row.delivery).collect())
    }

    async fn deliveries(&self, scope: KeyScope, query: DeliveryQuery) -> Result<Vec<Delivery>, StoreError> {
        let inner = self.readable()?;
        let mut found: Vec<_> = (inner.state.deliveries.values().map(|row| row.delivery))
            .filter(|delivery| delivery.scope == scope)
            .filter(|delivery| query.state.is_none_or(|state| delivery.state == state))
            .filter(|delivery| query.before.is_none_or(|before| delivery.id < before))
            .collect();
        found.sort_by_key(|delivery| Reverse(delivery.id));
        found.truncate(query.limit);
        Ok(found)
    }

    async fn replayable(
        &self,
        scope: KeyScope,
        of: ReplayOf,
        after: Option<Delivery>,
        limit: usize,
    ) -> Result<Vec<Delivery>, StoreError> {
        let inner = self.readable()?;
        let place = |delivery: &Delivery| match of {
            ReplayOf::One(_) | ReplayOf::Failed => (Timestamp::MIN, delivery.id),
            ReplayOf::Between(..) => (delivery.created_at, delivery.id),
        };
        let meant = |delivery: &Delivery| match of {
            ReplayOf::One(id) => delivery.id == id,
            _ if delivery.content == Content::Test => false,
            ReplayOf::Failed => delivery.state == DeliveryState::Failed,
            ReplayOf::Between(from, until) => (from..until).contains(&delivery.created_at),
        };
        let mut found: Vec<_> = (inner.state.deliveries.values().map(|row| row.delivery))
            .filter(|delivery| delivery.scope == scope && delivery.state != DeliveryState::Open)
            .filter(|delivery| meant(delivery) && after.is_none_or(|last| place(delivery) > place(&last)))
            .collect();
        found.sort_by_key(place);
        found.truncate(limit);
        Ok(found)
    }

    async fn delivery(&self, scope: KeyScope, id: DeliveryId) -> Result<Option<Delivery>, StoreError> {
        Ok(self.readable()?.state.deliveries.get(&(scope, id)).map(|row| row.delivery))
    }

    async fn attempts(&self, scope: KeyScope, id: DeliveryId) -> Result<Vec<Attempt>, StoreError> {
        let state = &self.readable()?.state;
        if !state.deliveries.contains_key(&(scope, id)) {
            return Ok(Vec::new());
        }
        Ok(state.attempts.range((id, 0)..=(id, u32::MAX)).map(|(_, attempt)| attempt.clone()).collect())
    }

    async fn feed_file(&self, digest: Digest) -> Result<Option<FeedFile>, StoreError> {
        Ok(self.readable()?.state.feed_files.get(digest.as_bytes()).cloned())
    }
}

pub(super) fn stored_identity((version, identity): &(u64, Identity)) -> StoredIdentity {
    StoredIdentity { version: *version, identity: identity.clone() }
}

/// In the order of their ids.
fn identities(state: &State, limit: usize, wanted: impl Fn(&Identity) -> bool) -> Vec<Identity> {
    let all = state.identities.values().map(|(_, identity)| identity);
    all.filter(|identity| wanted(identity)).take(limit).cloned().collect()
}

fn stored_webhook(state: &State, (version, webhook): &(u64, Webhook)) -> StoredWebhook {
    let clock_ahead_micros = state.ahead(webhook.project, webhook.environment);
    StoredWebhook { version: *version, webhook: webhook.clone(), clock_ahead_micros }
}
