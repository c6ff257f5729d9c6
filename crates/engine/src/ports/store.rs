//! Keeping things: one write, all or nothing, and some reads.

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use ringtrue_domain::{
    CredentialId, FlowId, IdentityId, JobId, PhoneNumber, ProjectId, flow::Flow, secret::Digest, text::Label,
};

use super::{
    erasure::Erasure,
    listing_store::{ListingChange, ListingStore},
    people_store::{PeopleChange, PeopleStore},
    poll_store::{PollChange, PollStore},
    watch_store::{HookChange, WatchStore},
};
use crate::model::{
    AccessToken, AuditEntry, Caller, ChangeEvent, Credential, FeedFile, Identity, Job, KeyScope, Lease, Node,
    NodeId, OutboxMessage, Project, Remembered, StoredFlow, StoredProject, Subscriber,
};

/// A write as data: all of it is durable when [`Store::commit`] returns, or none of it ever is.
#[derive(Debug, Default)]
pub struct Unit {
    /// In the order in which they are made.
    pub changes: Vec<Change>,
}

impl Unit {
    /// An empty unit.
    pub const fn new() -> Self {
        Self { changes: Vec::new() }
    }

    /// Adds a change.
    pub fn push(&mut self, change: Change) {
        self.changes.push(change);
    }

    /// Adds a change.
    #[must_use]
    pub fn with(mut self, change: Change) -> Self {
        self.changes.push(change);
        self
    }
}

/// One change of a unit.
#[derive(Debug)]
pub enum Change {
    /// Writes a flow. `expect` is the version that was read, 0 for a new flow; another one stored is a conflict.
    PutFlow {
        /// The version that was read.
        expect: u64,
        /// The flow.
        flow: Box<Flow>,
    },
    /// Lets a flow be found by a link's token.
    IndexLink {
        /// Digest of the token.
        token: Digest,
        /// The flow; the link goes when it goes.
        flow: FlowId,
    },
    /// Writes an identity. `expect` is the version that was read, 0 for a new one; another one stored is a conflict, and
    /// so is another identity of the same project, environment, number and `clientCustomerId`.
    PutIdentity {
        /// The version that was read.
        expect: u64,
        /// The identity.
        identity: Box<Identity>,
    },
    /// Writes an identity that was verified or enrolled once more and is the same otherwise. Its version stays, so that
    /// any number of them at once do not get into each other's way; another version stored is a conflict.
    RenewIdentity {
        /// The version that was read.
        version: u64,
        /// The identity.
        identity: Box<Identity>,
    },
    /// Removes an identity, its events, and what endpoints answered to deliveries with its events. `expect` as above.
    RemoveIdentity {
        /// One environment of one project.
        scope: KeyScope,
        /// Which.
        id: IdentityId,
        /// The version that was read.
        expect: u64,
    },
    /// Adds an event at the end of its environment's stream.
    AddEvent(Box<ChangeEvent>),
    /// Keeps an identity's events so far from being delivered (again).
    MuteEvents {
        /// One environment of one project.
        scope: KeyScope,
        /// Whose.
        identity: IdentityId,
    },
    /// Something about webhooks and deliveries.
    Hook(HookChange),
    /// Something about polling sources.
    Poll(PollChange),
    /// Something about lists and counts of verifications.
    List(ListingChange),
    /// Erases what is known of a person.
    Erase(Erasure),
    /// Something about the people of the portal.
    People(PeopleChange),
    /// Writes how far a file of changes was taken in. `expect` is the number of rows that was read, none for a file that
    /// is begun; another one stored is a conflict.
    PutFeedFile {
        /// The rows that were taken in before.
        expect: Option<u64>,
        /// The file.
        file: Box<FeedFile>,
    },
    /// Adds a job.
    Enqueue(Box<Job>),
    /// Ends a job. A lease that is not the job's current one is a conflict: somebody else took it up.
    FinishJob {
        /// The job.
        id: JobId,
        /// The lease that it was done under.
        lease: [u8; 16],
    },
    /// Gives a job back, to be done later. A lease that is not the job's current one is a conflict.
    RetryJob {
        /// The job.
        id: JobId,
        /// The lease that it was tried under.
        lease: [u8; 16],
        /// When it may be tried again, on the project's clock.
        due_at: Timestamp,
    },
    /// Remembers an idempotency key. A key that is remembered already (and not expired at `now`) fails the unit with
    /// [`CommitError::Duplicate`].
    Remember {
        /// What to remember.
        record: Box<Remembered>,
        /// The wall clock.
        now: Timestamp,
    },
    /// Adds the answer to a remembered key.
    Answer {
        /// Whose key.
        scope: KeyScope,
        /// Digest of the key.
        key: Digest,
        /// The answer's body.
        answer: String,
    },
    /// Adds to a flow's history.
    Audit(AuditEntry),
    /// Keeps a sandbox message; one with the same id is kept once.
    PutOutbox(Box<OutboxMessage>),
    /// Writes a project. `expect` is the version that was read, 0 for a new one; another one stored is a conflict.
    PutProject {
        /// The version that was read.
        expect: u64,
        /// The project.
        project: Box<Project>,
    },
    /// Keeps a project's logo in place of the one that it has, or removes it.
    SetLogo {
        /// Whose.
        project: ProjectId,
        /// The image.
        image: Option<Vec<u8>>,
    },
    /// Adds a credential.
    PutCredential(Credential),
    /// Gives a credential a name, or takes it away.
    NameCredential {
        /// Its project.
        project: ProjectId,
        /// Which.
        id: CredentialId,
        /// The name.
        name: Option<Label>,
    },
    /// Says that a credential was used; never back.
    UseCredential {
        /// Which.
        id: CredentialId,
        /// When.
        at: Timestamp,
    },
    /// Revokes a credential; its tokens stop at once.
    RevokeCredential {
        /// Which.
        id: CredentialId,
        /// When.
        at: Timestamp,
    },
    /// Adds an access token.
    PutToken(AccessToken),
    /// Moves a project's sandbox clock forward.
    AdvanceClock {
        /// Whose.
        project: ProjectId,
        /// How far.
        by_micros: i64,
    },
    /// Writes what the registry knows of a number, new or known.
    PutSubscriber(Box<Subscriber>),
    /// Switches silent network authentication of a number on a project's virtual handset.
    SetHandset {
        /// Whose handset.
        project: ProjectId,
        /// The number.
        phone: PhoneNumber,
        /// On or off.
        network: bool,
    },
    /// Writes what a node announces, new or known.
    PutNode(Node),
    /// Removes a node that has left, if it is there.
    RemoveNode(NodeId),
}

/// Why a unit was not acknowledged. None of it was written, except that [`CommitError::Unavailable`] may hide a unit
/// that was written whole.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// Somebody else wrote first: read again and decide again.
    #[error("written by somebody else in between")]
    Conflict,
    /// The idempotency key is remembered already.
    #[error("the idempotency key was used before")]
    Duplicate(Box<Remembered>),
    /// The queue is full or the database is away. Nothing was half-done; a database elsewhere may have written all of
    /// it without our hearing of it. Repeating a unit is safe: versions, ids, leases and keys refuse the second one.
    #[error("the store is not available")]
    Unavailable {
        /// When to ask again.
        retry_after: Duration,
    },
    /// The store is broken.
    #[error("the store failed")]
    Broken(#[source] anyhow::Error),
}

/// Why something could not be read.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database is away.
    #[error("the store is not available")]
    Unavailable {
        /// When to ask again.
        retry_after: Duration,
    },
    /// What is stored cannot be understood.
    #[error("stored {what} cannot be understood")]
    Corrupt {
        /// Which record, without personal data.
        what: String,
        /// Why.
        #[source]
        source: anyhow::Error,
    },
    /// The store is broken.
    #[error("the store failed")]
    Broken(#[source] anyhow::Error),
}

/// Where everything is kept. Instants are microseconds; those named "wall" are not moved by sandbox clocks.
#[async_trait]
pub trait Store: WatchStore + PollStore + ListingStore + PeopleStore + Send + Sync {
    /// Writes a unit: all or nothing, durable when it returns.
    async fn commit(&self, unit: Unit) -> Result<(), CommitError>;

    /// A flow.
    async fn flow(&self, id: FlowId) -> Result<Option<StoredFlow>, StoreError>;

    /// The flow that a link's token belongs to.
    async fn flow_by_link(&self, token: Digest) -> Result<Option<FlowId>, StoreError>;

    /// Who holds an access token that is neither expired at `wall` nor of a revoked credential.
    async fn caller(&self, token: Digest, wall: Timestamp) -> Result<Option<Caller>, StoreError>;

    /// A credential, revoked or not.
    async fn credential(&self, id: CredentialId) -> Result<Option<Credential>, StoreError>;

    /// The credentials of one environment of a project, oldest first, revoked ones too.
    async fn credentials(&self, scope: KeyScope) -> Result<Vec<Credential>, StoreError>;

    /// A project.
    async fn project(&self, id: ProjectId) -> Result<Option<Project>, StoreError> {
        Ok(self.stored_project(id).await?.map(|stored| stored.project))
    }

    /// A project, with its version.
    async fn stored_project(&self, id: ProjectId) -> Result<Option<StoredProject>, StoreError>;

    /// All projects, oldest first.
    async fn projects(&self) -> Result<Vec<Project>, StoreError>;

    /// The image that is a project's logo.
    async fn logo(&self, project: ProjectId) -> Result<Option<Vec<u8>>, StoreError>;

    /// Microseconds that a project's sandbox clock is ahead of the wall clock.
    async fn clock_ahead(&self, project: ProjectId) -> Result<i64, StoreError>;

    /// Takes up to `n` due jobs that nobody holds at `wall`, oldest due first, counting an attempt on each. A sandbox
    /// job is due on its project's clock.
    async fn claim(&self, lease: Lease, wall: Timestamp, n: usize) -> Result<Vec<Job>, CommitError>;

    /// How many jobs are waiting or being done.
    async fn jobs_open(&self) -> Result<u64, StoreError>;

    /// Sandbox messages of a project, newest first; of one number when given.
    async fn outbox(
        &self,
        project: ProjectId,
        to: Option<&PhoneNumber>,
        limit: usize,
    ) -> Result<Vec<OutboxMessage>, StoreError>;

    /// What is remembered of an idempotency key at `wall`.
    async fn remembered(
        &self,
        scope: KeyScope,
        key: Digest,
        wall: Timestamp,
    ) -> Result<Option<Remembered>, StoreError>;

    /// A flow's history, oldest first.
    async fn audit(&self, flow: FlowId) -> Result<Vec<AuditEntry>, StoreError>;

    /// What the registry knows of a number.
    async fn subscriber(&self, phone: &PhoneNumber) -> Result<Option<Subscriber>, StoreError>;

    /// Whether somebody switched silent network authentication of a number, and to what.
    async fn handset(&self, project: ProjectId, phone: &PhoneNumber) -> Result<Option<bool>, StoreError>;

    /// The nodes that have announced themselves and not left, dead ones too.
    async fn nodes(&self) -> Result<Vec<Node>, StoreError>;

    /// Removes at most `n` of each kind of record that has outlived its use at `wall`, and brings at most `n` up to date
    /// that an older program wrote; returns how many of both there were.
    async fn purge(&self, wall: Timestamp, n: usize) -> Result<u64, CommitError>;

    /// Whether it can be read and written.
    async fn ping(&self) -> Result<(), StoreError>;

    /// Whether other nodes may use it at the same time.
    fn is_shared(&self) -> bool {
        false
    }

    /// Waits until everything accepted so far is written, and closes. Later units are refused as unavailable.
    async fn close(&self);
}
