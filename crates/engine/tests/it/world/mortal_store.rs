//! A store in memory whose process can die with any of its commits.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

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
use ringtrue_store::MemoryStore;

use super::Life;

pub(crate) struct MortalStore {
    store: Arc<MemoryStore>,
    life: Life,
    /// Commits until the process dies, just after the last of them is written.
    left: Mutex<Option<usize>>,
    /// Commits that fail; unlike the store's own switch this one leaves the worker's claims alone.
    failing: Mutex<usize>,
    /// A flow that an older program wrote: the first that has no line yet.
    unlisted: Mutex<Option<FlowId>>,
}

impl MortalStore {
    pub(crate) fn new(store: Arc<MemoryStore>, life: Life) -> Self {
        Self { store, life, left: Mutex::new(None), failing: Mutex::new(0), unlisted: Mutex::new(None) }
    }

    /// The process dies just after it has written `commits` more.
    pub(crate) fn die_after(&self, commits: usize) {
        *self.left.lock().unwrap() = Some(commits);
    }

    /// The next commits fail as unavailable.
    pub(crate) fn fail_next_commits(&self, count: usize) {
        *self.failing.lock().unwrap() = count;
    }

    /// From now on, this is the first flow without a line.
    pub(crate) fn leave_unlisted(&self, flow: Option<FlowId>) {
        *self.unlisted.lock().unwrap() = flow;
    }

    /// What the next process finds.
    pub(crate) fn survivors(&self) -> MemoryStore {
        self.store.crash()
    }

    /// The same store for the process of another node.
    pub(crate) fn shared(&self) -> Arc<MemoryStore> {
        Arc::clone(&self.store)
    }

    fn fails(&self) -> bool {
        let mut failing = self.failing.lock().unwrap();
        let fails = *failing > 0;
        *failing = failing.saturating_sub(1);
        fails
    }

    fn is_last(&self) -> bool {
        let mut left = self.left.lock().unwrap();
        let Some(count) = left.as_mut() else { return false };
        *count = count.saturating_sub(1);
        *count == 0
    }
}

/// Reads go through as long as the process lives.
macro_rules! reads {
    (
        [$($watched:ident($($watched_arg:ident: $watched_type:ty),*) -> $watched_out:ty;)*]
        [$($polled:ident($($polled_arg:ident: $polled_type:ty),*) -> $polled_out:ty;)*]
        [$($listed:ident($($listed_arg:ident: $listed_type:ty),*) -> $listed_out:ty;)*]
        [$($people:ident($($people_arg:ident: $people_type:ty),*) -> $people_out:ty;)*]
        $($name:ident($($arg:ident: $type:ty),*) -> $out:ty;)*
    ) => {
        #[async_trait]
        impl WatchStore for MortalStore {
            async fn claim_lanes(
                &self,
                lease: Lease,
                wall: Timestamp,
                n: usize,
            ) -> Result<Vec<Lane>, CommitError> {
                self.life.must_last().await;
                self.store.claim_lanes(lease, wall, n).await
            }

            $(async fn $watched(
                &self,
                $($watched_arg: $watched_type),*
            ) -> Result<$watched_out, StoreError> {
                self.life.must_last().await;
                self.store.$watched($($watched_arg),*).await
            })*
        }

        #[async_trait]
        impl PollStore for MortalStore {
            $(async fn $polled(&self, $($polled_arg: $polled_type),*) -> Result<$polled_out, StoreError> {
                self.life.must_last().await;
                self.store.$polled($($polled_arg),*).await
            })*
        }

        #[async_trait]
        impl ListingStore for MortalStore {
            async fn list_some(&self, n: usize, wall: Timestamp) -> Result<u64, CommitError> {
                self.life.must_last().await;
                self.store.list_some(n, wall).await
            }

            async fn first_unlisted(&self) -> Result<Option<FlowId>, StoreError> {
                self.life.must_last().await;
                Ok(*self.unlisted.lock().unwrap())
            }

            $(async fn $listed(&self, $($listed_arg: $listed_type),*) -> Result<$listed_out, StoreError> {
                self.life.must_last().await;
                self.store.$listed($($listed_arg),*).await
            })*
        }

        #[async_trait]
        impl PeopleStore for MortalStore {
            $(async fn $people(&self, $($people_arg: $people_type),*) -> Result<$people_out, StoreError> {
                self.life.must_last().await;
                self.store.$people($($people_arg),*).await
            })*
        }

        #[async_trait]
        impl Store for MortalStore {
            async fn commit(&self, unit: Unit) -> Result<(), CommitError> {
                self.life.must_last().await;
                if self.fails() {
                    return Err(CommitError::Unavailable { retry_after: Duration::from_secs(1) });
                }
                let done = self.store.commit(unit).await;
                if done.is_ok() && self.is_last() {
                    self.life.end();
                }
                self.life.must_last().await;
                done
            }

            async fn claim(&self, lease: Lease, wall: Timestamp, n: usize) -> Result<Vec<Job>, CommitError> {
                self.life.must_last().await;
                self.store.claim(lease, wall, n).await
            }

            async fn purge(&self, wall: Timestamp, n: usize) -> Result<u64, CommitError> {
                self.life.must_last().await;
                self.store.purge(wall, n).await
            }

            async fn close(&self) {
                self.store.close().await;
            }

            $(async fn $name(&self, $($arg: $type),*) -> Result<$out, StoreError> {
                self.life.must_last().await;
                self.store.$name($($arg),*).await
            })*
        }
    };
}

reads! {
    [
        identity(scope: KeyScope, phone: &PhoneNumber, customer: Option<&CallerText>) -> Option<StoredIdentity>;
        identity_by_id(scope: KeyScope, id: IdentityId) -> Option<StoredIdentity>;
        identities(scope: KeyScope, after: Option<IdentityId>, limit: usize, inactive_too: bool) -> Vec<Identity>;
        identities_of(scope: KeyScope, phone: &PhoneNumber, limit: usize) -> Vec<Identity>;
        watchers(phone: &PhoneNumber, after: Option<IdentityId>, limit: usize) -> Vec<StoredIdentity>;
        events(scope: KeyScope, after: u64, until: u64, limit: usize) -> Vec<StoredEvent>;
        events_of(scope: KeyScope, identity: IdentityId, before: Option<u64>, limit: usize) -> Vec<StoredEvent>;
        lane(scope: KeyScope) -> Option<Lane>;
        webhook(scope: KeyScope) -> Option<StoredWebhook>;
        open_deliveries(scope: KeyScope, limit: usize) -> Vec<Delivery>;
        deliveries(scope: KeyScope, query: DeliveryQuery) -> Vec<Delivery>;
        replayable(scope: KeyScope, of: ReplayOf, after: Option<Delivery>, limit: usize) -> Vec<Delivery>;
        delivery(scope: KeyScope, id: DeliveryId) -> Option<Delivery>;
        attempts(scope: KeyScope, id: DeliveryId) -> Vec<Attempt>;
        feed_file(digest: Digest) -> Option<FeedFile>;
    ]
    [
        poll_hand(source: &str) -> Option<PollHand>;
        watched_numbers(after: NumberHash, until: NumberHash, limit: usize) -> Vec<NumberHash>;
        polls_due(source: &str, wall: Timestamp, limit: usize) -> Vec<NumberHash>;
        poll(source: &str, number: NumberHash) -> Option<Poll>;
        watchers_of(number: NumberHash) -> Vec<StoredIdentity>;
    ]
    [
        listings(scope: KeyScope, query: &ListingQuery) -> ListingPage;
        listings_behind(scope: KeyScope, place: FlowId, until: FlowId, limit: usize) -> Vec<Listing>;
        recent_of_number(scope: KeyScope, phone: &PhoneNumber, from: FlowId, but: Option<FlowId>, limit: usize) -> Vec<FlowId>;
        uncounted() -> Vec<Uncounted>;
        tally_hand(scope: KeyScope) -> TallyHand;
        tallies(scope: KeyScope, from: i64, until: i64) -> Vec<Tally>;
        refusals(scope: KeyScope, from: i64, until: i64) -> Vec<Refusals>;
    ]
    [
        team() -> Team;
        member_by_email(email: &EmailAddress) -> Option<Member>;
        signed_in(token: Digest, wall: Timestamp) -> Option<(Session, Member)>;
        sessions(member: MemberId, wall: Timestamp) -> Vec<Session>;
        invitation(token: Digest) -> Option<Invitation>;
        invitation_by_id(id: InvitationId) -> Option<Invitation>;
        invitations(before: Option<InvitationId>, limit: usize) -> Vec<Invitation>;
        sign_in_link(token: Digest) -> Option<SignInLink>;
        recovery_codes(member: MemberId) -> u64;
        passkey(id: Digest) -> Option<Passkey>;
        passkeys(member: MemberId) -> Vec<Passkey>;
        ceremony(token: Digest) -> Option<Ceremony>;
        access_key(token: Digest) -> Option<(AccessKey, Option<Member>)>;
        access_key_by_id(id: AccessKeyId) -> Option<AccessKey>;
        access_keys(maker: Option<MemberId>, before: Option<AccessKeyId>, limit: usize) -> Vec<AccessKey>;
        admin_entries(before: Option<AdminEntryId>, limit: usize) -> Vec<AdminEntry>;
    ]
    flow(id: FlowId) -> Option<StoredFlow>;
    flow_by_link(token: Digest) -> Option<FlowId>;
    caller(token: Digest, wall: Timestamp) -> Option<Caller>;
    credential(id: CredentialId) -> Option<Credential>;
    credentials(scope: KeyScope) -> Vec<Credential>;
    stored_project(id: ProjectId) -> Option<StoredProject>;
    projects() -> Vec<Project>;
    logo(project: ProjectId) -> Option<Vec<u8>>;
    clock_ahead(project: ProjectId) -> i64;
    jobs_open() -> u64;
    outbox(project: ProjectId, to: Option<&PhoneNumber>, limit: usize) -> Vec<OutboxMessage>;
    remembered(scope: KeyScope, key: Digest, wall: Timestamp) -> Option<Remembered>;
    audit(flow: FlowId) -> Vec<AuditEntry>;
    subscriber(phone: &PhoneNumber) -> Option<Subscriber>;
    handset(project: ProjectId, phone: &PhoneNumber) -> Option<bool>;
    nodes() -> Vec<Node>;
    ping() -> ();
}
