//! What is stored, and how a change is taken back.

use std::collections::BTreeMap;

use jiff::Timestamp;
use ringtrue_domain::{
    CredentialId, FlowId, IdentityId, JobId, PhoneNumber, ProjectId,
    flow::{Environment, Flow},
    secret::Digest,
};
use ringtrue_engine::model::{
    AccessToken, AuditEntry, Credential, Identity, Job, KeyScope, Node, NodeId, OutboxMessage, Project,
    Remembered, Subscriber,
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
    pub(super) links: BTreeMap<DigestKey, FlowId>,
    pub(super) identities: BTreeMap<IdentityId, Identity>,
    pub(super) people: BTreeMap<PersonKey, IdentityId>,
    pub(super) jobs: BTreeMap<JobId, Job>,
    pub(super) remembered: BTreeMap<RememberedKey, Remembered>,
    pub(super) audit: BTreeMap<FlowId, Vec<AuditEntry>>,
    pub(super) outbox: BTreeMap<JobId, OutboxMessage>,
    pub(super) projects: BTreeMap<ProjectId, Project>,
    pub(super) clocks: BTreeMap<ProjectId, i64>,
    pub(super) credentials: BTreeMap<CredentialId, Credential>,
    pub(super) tokens: BTreeMap<DigestKey, AccessToken>,
    pub(super) subscribers: BTreeMap<PhoneNumber, Subscriber>,
    pub(super) handsets: BTreeMap<(ProjectId, PhoneNumber), bool>,
    pub(super) nodes: BTreeMap<NodeId, Node>,
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
