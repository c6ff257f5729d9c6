//! The part of the store that is about watched numbers: identities, their events, and where these go.

use async_trait::async_trait;
use jiff::Timestamp;
use ringtrue_domain::{DeliveryId, IdentityId, PhoneNumber, ProjectId, secret::Digest, text::CallerText};

use super::{CommitError, StoreError};
use crate::model::{
    Attempt, Delivery, DeliveryQuery, FeedFile, Identity, KeyScope, Lane, LaneHealth, Lease, ReplayOf,
    StoredEvent, StoredIdentity, StoredWebhook, Webhook,
};

/// A change about webhooks and deliveries. Whoever sends holds the environment's lane, and says so first in each unit
/// ([`HookChange::Hold`]): a node that was paused and lost it writes nothing more.
#[derive(Debug)]
pub enum HookChange {
    /// Writes a webhook. `expect` is the version that was read, 0 for a new one; another one stored is a conflict. A
    /// new one gets no event from before; one that is paused has its lane claimed by nobody. One that goes on after a
    /// pause can be claimed at once, and nothing is held against it: its lane's `failing_since`, `failures` and
    /// `warnings` are cleared, as they are when the address is another one. `succeeded_at` stays.
    Put {
        /// The version that was read.
        expect: u64,
        /// Whether the address is another one than before.
        moved: bool,
        /// The webhook.
        webhook: Box<Webhook>,
    },
    /// Removes a webhook; what was not delivered will not be. `expect` as above.
    Remove {
        /// One environment of one project.
        scope: KeyScope,
        /// The version that was read.
        expect: u64,
    },
    /// Goes on holding the lane, until the lease's new end. A lease that is not the lane's current one is a conflict.
    Hold {
        /// One environment of one project.
        scope: KeyScope,
        /// The lease, with its new end.
        lease: Lease,
    },
    /// Gives the lane back. A lease that is not the lane's current one is a conflict.
    Release {
        /// One environment of one project.
        scope: KeyScope,
        /// The lease's id.
        lease: [u8; 16],
        /// The newest event that the holder saw; when there is a newer one that was not erased, the lane can be claimed
        /// at once.
        seen: u64,
        /// When there is something to do otherwise, on the project's clock; none: when there is a new event.
        due_at: Option<Timestamp>,
    },
    /// Writes how the endpoint has been doing.
    Health {
        /// One environment of one project.
        scope: KeyScope,
        /// How.
        health: LaneHealth,
    },
    /// Adds a delivery; the events in it count as packed.
    AddDelivery(Delivery),
    /// Writes how a delivery stands.
    SetDelivery(Delivery),
    /// Adds an attempt.
    AddAttempt {
        /// Whose delivery.
        project: ProjectId,
        /// The attempt.
        attempt: Box<Attempt>,
    },
    /// Opens deliveries again, due at `now` (the project's clock), and wakes the lane. Open ones are left as they are.
    Replay {
        /// One environment of one project.
        scope: KeyScope,
        /// Which ([`WatchStore::replayable`]); not many at a time, since new events wait for the unit.
        ids: Vec<DeliveryId>,
        /// When.
        now: Timestamp,
        /// From then on they are not tried again.
        give_up_at: Timestamp,
    },
}

/// Identities, their events, and where these go.
#[async_trait]
pub trait WatchStore {
    /// The identity of a person and number.
    async fn identity(
        &self,
        scope: KeyScope,
        phone: &PhoneNumber,
        customer: Option<&CallerText>,
    ) -> Result<Option<StoredIdentity>, StoreError>;

    /// An identity by its id.
    async fn identity_by_id(
        &self,
        scope: KeyScope,
        id: IdentityId,
    ) -> Result<Option<StoredIdentity>, StoreError>;

    /// Identities in the order of their ids, which is that of their enrolment; those after `after` when given.
    async fn identities(
        &self,
        scope: KeyScope,
        after: Option<IdentityId>,
        limit: usize,
        inactive_too: bool,
    ) -> Result<Vec<Identity>, StoreError>;

    /// Every identity of a number, in the order of their ids, at most `limit`.
    async fn identities_of(
        &self,
        scope: KeyScope,
        phone: &PhoneNumber,
        limit: usize,
    ) -> Result<Vec<Identity>, StoreError>;

    /// The watched production identities of a number in all projects ([`Identity::is_watched`]) in the order of their
    /// ids, at most `limit`; those after `after` when given. One that cannot be read is passed over, and logged.
    async fn watchers(
        &self,
        phone: &PhoneNumber,
        after: Option<IdentityId>,
        limit: usize,
    ) -> Result<Vec<StoredIdentity>, StoreError>;

    /// Events of a stream after one cursor and up to another one (included), oldest first, at most `limit`. One that
    /// cannot be read is passed over, and logged; fewer than `limit` are the last ones.
    async fn events(
        &self,
        scope: KeyScope,
        after: u64,
        until: u64,
        limit: usize,
    ) -> Result<Vec<StoredEvent>, StoreError>;

    /// Events of an identity, newest first, at most `limit`; those before a cursor when given. One that cannot be read is
    /// passed over, and logged; fewer than `limit` are the last ones.
    async fn events_of(
        &self,
        scope: KeyScope,
        identity: IdentityId,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<StoredEvent>, StoreError>;

    /// A stream; none when there was neither an event nor a webhook yet.
    async fn lane(&self, scope: KeyScope) -> Result<Option<Lane>, StoreError>;

    /// Takes up to `n` lanes that nobody holds at `wall`, whose webhook is not paused, and that are due on their
    /// projects' clocks.
    async fn claim_lanes(&self, lease: Lease, wall: Timestamp, n: usize) -> Result<Vec<Lane>, CommitError>;

    /// The webhook of one environment of a project.
    async fn webhook(&self, scope: KeyScope) -> Result<Option<StoredWebhook>, StoreError>;

    /// A lane's open deliveries in the order in which they were packed, at most `limit`.
    async fn open_deliveries(&self, scope: KeyScope, limit: usize) -> Result<Vec<Delivery>, StoreError>;

    /// Deliveries, newest first.
    async fn deliveries(&self, scope: KeyScope, query: DeliveryQuery) -> Result<Vec<Delivery>, StoreError>;

    /// Deliveries that are not open and that a replay means, at most `limit`; those after `after`, which was the last
    /// one of the page before. Tests are meant only when they are named.
    async fn replayable(
        &self,
        scope: KeyScope,
        of: ReplayOf,
        after: Option<Delivery>,
        limit: usize,
    ) -> Result<Vec<Delivery>, StoreError>;

    /// A delivery.
    async fn delivery(&self, scope: KeyScope, id: DeliveryId) -> Result<Option<Delivery>, StoreError>;

    /// The attempts at a delivery, oldest first.
    async fn attempts(&self, scope: KeyScope, id: DeliveryId) -> Result<Vec<Attempt>, StoreError>;

    /// A file of changes that was taken in, or begun.
    async fn feed_file(&self, digest: Digest) -> Result<Option<FeedFile>, StoreError>;
}
