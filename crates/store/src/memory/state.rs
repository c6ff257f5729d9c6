//! What is stored, and how a change is taken back.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use ringtrue_domain::{
    CredentialId, DeliveryId, FlowId, IdentityId, JobId, PhoneNumber, ProjectId,
    flow::{Environment, Flow},
    member::{AccessKeyId, AdminEntryId, InvitationId, Member, MemberId},
    secret::Digest,
};
use ringtrue_engine::model::{
    AccessKey, AccessToken, AdminEntry, Attempt, AuditEntry, Ceremony, Counts, Credential, Delivery,
    FeedFile, Identity, Invitation, Job, KeyScope, Lane, Listing, Node, NodeId, NumberHash, OutboxMessage,
    Passkey, Poll, PollHand, RefusalKey, Remembered, Session, SignInLink, StoredEvent, StoredProject,
    Subjects, Subscriber, TallyHand, TallyKey, Webhook,
};

/// A digest as a key of a map.
pub(super) type DigestKey = [u8; 32];

/// Project, sandbox or not, and the key's digest.
pub(super) type RememberedKey = (ProjectId, bool, DigestKey);

/// Project, sandbox or not, number and `clientCustomerId`.
pub(super) type PersonKey = (ProjectId, bool, PhoneNumber, Option<String>);

/// All tables.
#[derive(Debug, Clone, Default)]
pub(super) struct State {
    pub(super) flows: BTreeMap<FlowId, (u64, Flow)>,
    /// How long they are kept beyond the time for which they answer.
    pub(super) flows_kept: SignedDuration,
    pub(super) links: BTreeMap<DigestKey, FlowId>,
    pub(super) identities: BTreeMap<IdentityId, (u64, Identity)>,
    pub(super) people: BTreeMap<PersonKey, IdentityId>,
    pub(super) jobs: BTreeMap<JobId, Job>,
    pub(super) remembered: BTreeMap<RememberedKey, Remembered>,
    pub(super) audit: BTreeMap<FlowId, Vec<AuditEntry>>,
    pub(super) outbox: BTreeMap<JobId, OutboxMessage>,
    pub(super) projects: BTreeMap<ProjectId, StoredProject>,
    pub(super) logos: BTreeMap<ProjectId, Vec<u8>>,
    pub(super) clocks: BTreeMap<ProjectId, i64>,
    pub(super) credentials: BTreeMap<CredentialId, Credential>,
    pub(super) tokens: BTreeMap<DigestKey, AccessToken>,
    pub(super) subscribers: BTreeMap<PhoneNumber, Subscriber>,
    pub(super) handsets: BTreeMap<(ProjectId, PhoneNumber), bool>,
    pub(super) nodes: BTreeMap<NodeId, Node>,
    pub(super) lanes: BTreeMap<KeyScope, LaneRow>,
    pub(super) events: BTreeMap<(KeyScope, u64), StoredEvent>,
    pub(super) webhooks: BTreeMap<KeyScope, (u64, Webhook)>,
    pub(super) deliveries: BTreeMap<(KeyScope, DeliveryId), DeliveryRow>,
    pub(super) attempts: BTreeMap<(DeliveryId, u32), Attempt>,
    pub(super) feed_files: BTreeMap<DigestKey, FeedFile>,
    /// Who watches which number.
    pub(super) watched: BTreeMap<NumberHash, BTreeSet<IdentityId>>,
    pub(super) poll_hands: BTreeMap<String, PollHand>,
    pub(super) polls: BTreeMap<(String, NumberHash), Poll>,
    pub(super) listings: BTreeMap<(KeyScope, FlowId), (Listing, Subjects)>,
    pub(super) tallies: BTreeMap<(KeyScope, TallyKey), Counts>,
    pub(super) tally_hands: BTreeMap<KeyScope, TallyHand>,
    /// Numbers that flows were about before.
    pub(super) former_numbers: BTreeMap<(KeyScope, FlowId), BTreeSet<PhoneNumber>>,
    pub(super) refusals: BTreeMap<RefusalKey, u64>,
    /// Its version, once anybody belongs to it.
    pub(super) team: BTreeMap<(), u64>,
    pub(super) members: BTreeMap<MemberId, Member>,
    pub(super) sessions: BTreeMap<DigestKey, Session>,
    pub(super) invitations: BTreeMap<InvitationId, Invitation>,
    pub(super) sign_in_links: BTreeMap<DigestKey, SignInLink>,
    pub(super) recovery_codes: BTreeMap<(MemberId, DigestKey), Digest>,
    /// How many, and when the count begins anew.
    pub(super) sign_in_tries: BTreeMap<String, (u32, Timestamp)>,
    pub(super) passkeys: BTreeMap<DigestKey, Passkey>,
    pub(super) ceremonies: BTreeMap<DigestKey, Ceremony>,
    pub(super) access_keys: BTreeMap<AccessKeyId, AccessKey>,
    pub(super) admin_audit: BTreeMap<AdminEntryId, AdminEntry>,
}

/// A lane and what only the store needs to know of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct LaneRow {
    pub(super) lane: Lane,
    /// Whether there is a webhook that is not paused.
    pub(super) open: bool,
    /// When it may be claimed, in microseconds of the project's clock.
    pub(super) due_at: Option<i64>,
}

/// A delivery and its place in its lane.
#[derive(Debug, Clone, Copy)]
pub(super) struct DeliveryRow {
    pub(super) delivery: Delivery,
    /// The first event's cursor; of a test: up to where the lane was packed.
    pub(super) place: u64,
}

impl State {
    /// Now on the clock of a project and environment.
    pub(super) fn clock(&self, project: ProjectId, environment: Environment, wall: Timestamp) -> i64 {
        wall.as_microsecond().saturating_add(self.ahead(project, environment))
    }

    pub(super) fn ahead(&self, project: ProjectId, environment: Environment) -> i64 {
        match environment {
            Environment::Sandbox => self.clocks.get(&project).copied().unwrap_or(0),
            Environment::Production => 0,
        }
    }
}

/// A table, as a place in the state.
type Table<K, V> = fn(&mut State) -> &mut BTreeMap<K, V>;

/// Puts one row back.
type Undo = Box<dyn FnOnce(&mut State)>;

/// Changes a state, and can take all of it back.
pub(super) struct Changing<'a> {
    pub(super) state: &'a mut State,
    undo: Vec<Undo>,
}

impl<'a> Changing<'a> {
    pub(super) fn new(state: &'a mut State) -> Self {
        Self { state, undo: Vec::new() }
    }

    /// Writes a row, or with `None` removes it.
    pub(super) fn set<K, V>(&mut self, table: Table<K, V>, key: K, value: Option<V>)
    where
        K: Ord + Clone + 'static,
        V: 'static,
    {
        let old = put(table(self.state), key.clone(), value);
        self.undo.push(Box::new(move |state| {
            put(table(state), key, old);
        }));
    }

    /// Takes back what was changed so far.
    pub(super) fn roll_back(self) {
        for undo in self.undo.into_iter().rev() {
            undo(self.state);
        }
    }
}

fn put<K: Ord, V>(table: &mut BTreeMap<K, V>, key: K, value: Option<V>) -> Option<V> {
    match value {
        Some(value) => table.insert(key, value),
        None => table.remove(&key),
    }
}

pub(super) fn remembered_key(scope: KeyScope, key: Digest) -> RememberedKey {
    (scope.project, scope.environment == Environment::Sandbox, *key.as_bytes())
}

pub(super) fn person_key(identity: &Identity) -> PersonKey {
    let customer = identity.client_customer_id.as_ref().map(|id| id.as_str().to_owned());
    let sandbox = identity.environment == Environment::Sandbox;
    (identity.project, sandbox, identity.phone.clone(), customer)
}

/// Whether an identity belongs to this environment of this project.
pub(super) fn is_in(identity: &Identity, scope: KeyScope) -> bool {
    identity.project == scope.project && identity.environment == scope.environment
}
