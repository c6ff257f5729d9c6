//! A store that knows subscribers and the handset's switch, and can be out of order.

use std::{sync::Mutex, time::Duration};

use anyhow::anyhow;
use async_trait::async_trait;
use jiff::Timestamp;
use ringtrue_domain::{
    CredentialId, DeliveryId, FlowId, IdentityId, PhoneNumber, ProjectId,
    member::{AccessKeyId, AdminEntryId, InvitationId, MemberId},
    secret::Digest,
    text::{CallerText, EmailAddress},
};
use ringtrue_engine::{
    model::{
        AccessKey, AdminEntry, Attempt, AuditEntry, Caller, Ceremony, Credential, Delivery, DeliveryQuery,
        FeedFile, Identity, Invitation, Job, KeyScope, Lane, Lease, Listing, ListingPage, ListingQuery,
        Member, Node, NumberHash, OutboxMessage, Passkey, Poll, PollHand, Project, Refusals, Remembered,
        ReplayOf, Session, SignInLink, StoredEvent, StoredFlow, StoredIdentity, StoredProject, StoredWebhook,
        Subscriber, Tally, TallyHand, Team, Uncounted,
    },
    ports::{CommitError, ListingStore, PeopleStore, PollStore, Store, StoreError, Unit, WatchStore},
};

#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) enum Health {
    #[default]
    Good,
    Away,
    Broken,
}

#[derive(Default)]
pub(crate) struct FakeStore {
    pub(crate) subscribers: Mutex<Vec<Subscriber>>,
    pub(crate) switched: Mutex<Option<bool>>,
    pub(crate) health: Mutex<Health>,
}

impl FakeStore {
    fn answer<T>(&self, value: T) -> Result<T, StoreError> {
        match *self.health.lock().unwrap() {
            Health::Good => Ok(value),
            Health::Away => Err(StoreError::Unavailable { retry_after: Duration::from_secs(3) }),
            Health::Broken => Err(StoreError::Broken(anyhow!("the disk is gone"))),
        }
    }
}

fn no<T>() -> Result<T, StoreError> {
    Err(StoreError::Broken(anyhow!("no connector reads this")))
}

fn never<T>() -> Result<T, CommitError> {
    Err(CommitError::Broken(anyhow!("no connector writes")))
}

#[async_trait]
impl Store for FakeStore {
    async fn subscriber(&self, phone: &PhoneNumber) -> Result<Option<Subscriber>, StoreError> {
        let found = self.subscribers.lock().unwrap().iter().find(|known| known.phone == *phone).cloned();
        self.answer(found)
    }

    async fn handset(&self, _: ProjectId, _: &PhoneNumber) -> Result<Option<bool>, StoreError> {
        let switched = *self.switched.lock().unwrap();
        self.answer(switched)
    }

    async fn logo(&self, _: ProjectId) -> Result<Option<Vec<u8>>, StoreError> {
        no()
    }
    async fn commit(&self, _: Unit) -> Result<(), CommitError> {
        never()
    }
    async fn flow(&self, _: FlowId) -> Result<Option<StoredFlow>, StoreError> {
        no()
    }
    async fn flow_by_link(&self, _: Digest) -> Result<Option<FlowId>, StoreError> {
        no()
    }
    async fn caller(&self, _: Digest, _: Timestamp) -> Result<Option<Caller>, StoreError> {
        no()
    }
    async fn credential(&self, _: CredentialId) -> Result<Option<Credential>, StoreError> {
        no()
    }
    async fn credentials(&self, _: KeyScope) -> Result<Vec<Credential>, StoreError> {
        no()
    }
    async fn stored_project(&self, _: ProjectId) -> Result<Option<StoredProject>, StoreError> {
        no()
    }
    async fn projects(&self) -> Result<Vec<Project>, StoreError> {
        no()
    }
    async fn clock_ahead(&self, _: ProjectId) -> Result<i64, StoreError> {
        no()
    }
    async fn claim(&self, _: Lease, _: Timestamp, _: usize) -> Result<Vec<Job>, CommitError> {
        never()
    }
    async fn jobs_open(&self) -> Result<u64, StoreError> {
        no()
    }
    async fn outbox(
        &self,
        _: ProjectId,
        _: Option<&PhoneNumber>,
        _: usize,
    ) -> Result<Vec<OutboxMessage>, StoreError> {
        no()
    }
    async fn remembered(
        &self,
        _: KeyScope,
        _: Digest,
        _: Timestamp,
    ) -> Result<Option<Remembered>, StoreError> {
        no()
    }
    async fn audit(&self, _: FlowId) -> Result<Vec<AuditEntry>, StoreError> {
        no()
    }
    async fn nodes(&self) -> Result<Vec<Node>, StoreError> {
        no()
    }
    async fn purge(&self, _: Timestamp, _: usize) -> Result<u64, CommitError> {
        never()
    }
    async fn ping(&self) -> Result<(), StoreError> {
        no()
    }
    async fn close(&self) {}
}

#[async_trait]
impl WatchStore for FakeStore {
    async fn identity(
        &self,
        _: KeyScope,
        _: &PhoneNumber,
        _: Option<&CallerText>,
    ) -> Result<Option<StoredIdentity>, StoreError> {
        no()
    }
    async fn identity_by_id(&self, _: KeyScope, _: IdentityId) -> Result<Option<StoredIdentity>, StoreError> {
        no()
    }
    async fn identities(
        &self,
        _: KeyScope,
        _: Option<IdentityId>,
        _: usize,
        _: bool,
    ) -> Result<Vec<Identity>, StoreError> {
        no()
    }
    async fn identities_of(
        &self,
        _: KeyScope,
        _: &PhoneNumber,
        _: usize,
    ) -> Result<Vec<Identity>, StoreError> {
        no()
    }
    async fn watchers(
        &self,
        _: &PhoneNumber,
        _: Option<IdentityId>,
        _: usize,
    ) -> Result<Vec<StoredIdentity>, StoreError> {
        no()
    }
    async fn events(&self, _: KeyScope, _: u64, _: u64, _: usize) -> Result<Vec<StoredEvent>, StoreError> {
        no()
    }
    async fn events_of(
        &self,
        _: KeyScope,
        _: IdentityId,
        _: Option<u64>,
        _: usize,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        no()
    }
    async fn lane(&self, _: KeyScope) -> Result<Option<Lane>, StoreError> {
        no()
    }
    async fn claim_lanes(&self, _: Lease, _: Timestamp, _: usize) -> Result<Vec<Lane>, CommitError> {
        never()
    }
    async fn webhook(&self, _: KeyScope) -> Result<Option<StoredWebhook>, StoreError> {
        no()
    }
    async fn open_deliveries(&self, _: KeyScope, _: usize) -> Result<Vec<Delivery>, StoreError> {
        no()
    }
    async fn deliveries(&self, _: KeyScope, _: DeliveryQuery) -> Result<Vec<Delivery>, StoreError> {
        no()
    }
    async fn replayable(
        &self,
        _: KeyScope,
        _: ReplayOf,
        _: Option<Delivery>,
        _: usize,
    ) -> Result<Vec<Delivery>, StoreError> {
        no()
    }
    async fn delivery(&self, _: KeyScope, _: DeliveryId) -> Result<Option<Delivery>, StoreError> {
        no()
    }
    async fn attempts(&self, _: KeyScope, _: DeliveryId) -> Result<Vec<Attempt>, StoreError> {
        no()
    }
    async fn feed_file(&self, _: Digest) -> Result<Option<FeedFile>, StoreError> {
        no()
    }
}

#[async_trait]
impl PollStore for FakeStore {
    async fn poll_hand(&self, _: &str) -> Result<Option<PollHand>, StoreError> {
        no()
    }
    async fn watched_numbers(
        &self,
        _: NumberHash,
        _: NumberHash,
        _: usize,
    ) -> Result<Vec<NumberHash>, StoreError> {
        no()
    }
    async fn polls_due(&self, _: &str, _: Timestamp, _: usize) -> Result<Vec<NumberHash>, StoreError> {
        no()
    }
    async fn poll(&self, _: &str, _: NumberHash) -> Result<Option<Poll>, StoreError> {
        no()
    }
    async fn watchers_of(&self, _: NumberHash) -> Result<Vec<StoredIdentity>, StoreError> {
        no()
    }
}

#[async_trait]
impl ListingStore for FakeStore {
    async fn listings(&self, _: KeyScope, _: &ListingQuery) -> Result<ListingPage, StoreError> {
        no()
    }
    async fn listings_behind(
        &self,
        _: KeyScope,
        _: FlowId,
        _: FlowId,
        _: usize,
    ) -> Result<Vec<Listing>, StoreError> {
        no()
    }
    async fn recent_of_number(
        &self,
        _: KeyScope,
        _: &PhoneNumber,
        _: FlowId,
        _: Option<FlowId>,
        _: usize,
    ) -> Result<Vec<FlowId>, StoreError> {
        no()
    }
    async fn uncounted(&self) -> Result<Vec<Uncounted>, StoreError> {
        no()
    }
    async fn tally_hand(&self, _: KeyScope) -> Result<TallyHand, StoreError> {
        no()
    }
    async fn tallies(&self, _: KeyScope, _: i64, _: i64) -> Result<Vec<Tally>, StoreError> {
        no()
    }
    async fn first_unlisted(&self) -> Result<Option<FlowId>, StoreError> {
        no()
    }
    async fn list_some(&self, _: usize, _: Timestamp) -> Result<u64, CommitError> {
        never()
    }
    async fn refusals(&self, _: KeyScope, _: i64, _: i64) -> Result<Vec<Refusals>, StoreError> {
        no()
    }
}

#[async_trait]
impl PeopleStore for FakeStore {
    async fn team(&self) -> Result<Team, StoreError> {
        no()
    }
    async fn member_by_email(&self, _: &EmailAddress) -> Result<Option<Member>, StoreError> {
        no()
    }
    async fn signed_in(&self, _: Digest, _: Timestamp) -> Result<Option<(Session, Member)>, StoreError> {
        no()
    }
    async fn sessions(&self, _: MemberId, _: Timestamp) -> Result<Vec<Session>, StoreError> {
        no()
    }
    async fn invitation(&self, _: Digest) -> Result<Option<Invitation>, StoreError> {
        no()
    }
    async fn invitations(&self, _: Option<InvitationId>, _: usize) -> Result<Vec<Invitation>, StoreError> {
        no()
    }
    async fn invitation_by_id(&self, _: InvitationId) -> Result<Option<Invitation>, StoreError> {
        no()
    }
    async fn sign_in_link(&self, _: Digest) -> Result<Option<SignInLink>, StoreError> {
        no()
    }
    async fn recovery_codes(&self, _: MemberId) -> Result<u64, StoreError> {
        no()
    }
    async fn passkey(&self, _: Digest) -> Result<Option<Passkey>, StoreError> {
        no()
    }
    async fn passkeys(&self, _: MemberId) -> Result<Vec<Passkey>, StoreError> {
        no()
    }
    async fn ceremony(&self, _: Digest) -> Result<Option<Ceremony>, StoreError> {
        no()
    }
    async fn access_key(&self, _: Digest) -> Result<Option<(AccessKey, Option<Member>)>, StoreError> {
        no()
    }
    async fn access_keys(
        &self,
        _: Option<MemberId>,
        _: Option<AccessKeyId>,
        _: usize,
    ) -> Result<Vec<AccessKey>, StoreError> {
        no()
    }
    async fn access_key_by_id(&self, _: AccessKeyId) -> Result<Option<AccessKey>, StoreError> {
        no()
    }
    async fn admin_entries(&self, _: Option<AdminEntryId>, _: usize) -> Result<Vec<AdminEntry>, StoreError> {
        no()
    }
}
