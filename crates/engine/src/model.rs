//! What is kept besides flows: projects, credentials, identities, jobs, messages of the sandbox, subscribers.

mod access_key;
mod delivery;
mod limits;
mod listing;
mod member;
mod poll;
mod refusal;
mod tally;
mod webhook;

use std::sync::Arc;

use jiff::Timestamp;
use ringtrue_domain::{
    CredentialId, FlowId, IdentityId, JobId, KnownName, LineType, PhoneNumber, ProjectId,
    flow::{Conduct, Environment, Event, Flow, OutgoingMessage},
    identity::{Line, LineChange},
    secret::{Clear, Digest},
    sms::Wording,
    text::Label,
};
use serde::{Deserialize, Serialize};

pub use access_key::{AccessKey, By, KeyHolder};
pub use delivery::{
    Answer, Attempt, Content, Delivery, DeliveryQuery, DeliveryState, NoAnswer, Outcome, ReplayOf,
};
pub use limits::{Limits, PerNumber};
pub use listing::{Find, Listing, ListingPage, ListingQuery, Subjects};
pub use member::{
    Actor, AdminEntry, Ceremony, CredentialDeed, Deed, IdentityDeed, Invitation, Passkey, Purpose, Session,
    SignInLink, SignedIn, Team, Trial, Way, WebhookDeed,
};
pub use poll::{NumberHash, Poll, PollHand};
pub use refusal::{LimitKind, RefusalKey, Refusals, Refused};
pub use ringtrue_domain::{
    identity::{ChangeEvent, Identity},
    member::Member,
};
pub use tally::{
    Counts, TOOK_SECONDS, Tally, TallyHand, TallyKey, Uncounted, hour_of, method_number, method_numbered,
};
pub use webhook::{
    Lane, LaneHealth, PauseReason, Paused, SigningSecret, StoredEvent, StoredWebhook, Webhook,
};

/// A customer's project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Project {
    /// Its id.
    pub id: ProjectId,
    /// Its name, 1 to 80 characters; people who verify see it.
    pub name: String,
    /// What can be set.
    pub settings: ProjectSettings,
    /// When it was created.
    pub created_at: Timestamp,
}

/// A project as it was read, with its version for the next write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredProject {
    /// 1 for a project that was written once.
    pub version: u64,
    /// The project.
    pub project: Project,
}

/// Which version of something somebody means to change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expect {
    /// Whichever there is, or none.
    Any,
    /// There must be none yet.
    Absent,
    /// This one.
    Version(u64),
}

impl Expect {
    /// Refuses another version than the one that was meant; 0: there is none.
    pub(crate) fn check(self, version: u64) -> Result<(), crate::Error> {
        match self {
            Self::Absent if version != 0 => Err(crate::Error::Stale),
            Self::Version(meant) if version != meant => Err(crate::Error::Stale),
            Self::Any | Self::Absent | Self::Version(_) => Ok(()),
        }
    }
}

/// What can be set for a project. Absent values mean the environment's default.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ProjectSettings {
    /// Host of the page that codes are typed into, for the origin-bound last line of our texts.
    pub bound_host: Option<String>,
    /// Whether the page has a retry step for instant links.
    pub retry_page: bool,
    /// Whether a person may change the number; default: yes in sandbox, no in production.
    pub number_change: Option<bool>,
    /// Seconds before a resend sends again; default: 0 in sandbox, 10 in production.
    pub resend_pause_seconds: Option<u32>,
    /// The project's own sandbox personas, besides the built-in ones.
    pub personas: Vec<Persona>,
    /// Origins that links may lead to; empty: anywhere.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub targets: Vec<String>,
    /// Origins of pages that may call the device API; empty: any.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub origins: Vec<String>,
    /// Digest of the logo that the page of a link shows; the image is kept apart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logo: Option<Digest>,
    /// The project's own words, by language.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub wordings: Vec<Wording>,
    /// What of production was tried.
    #[serde(skip_serializing_if = "Trials::is_empty")]
    pub trials: Trials,
    /// What limits verifications.
    #[serde(skip_serializing_if = "Limits::is_empty")]
    pub limits: Limits,
    /// Projects whose identities of the same number this one may see, if they name this one too.
    pub linked: Vec<ProjectId>,
}

/// When what production relies on was last seen to work, on the wall clock.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Trials {
    /// A text arrived.
    pub message_arrived_at: Option<Timestamp>,
    /// The identity source knew a number.
    pub source_answered_at: Option<Timestamp>,
}

impl Trials {
    /// Whether nothing was ever seen to work.
    pub const fn is_empty(&self) -> bool {
        self.message_arrived_at.is_none() && self.source_answered_at.is_none()
    }
}

/// A sandbox persona: a number that exists only in sandbox, and how it behaves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Persona {
    /// The number.
    pub phone: PhoneNumber,
    /// The name that the number belongs to.
    pub first_name: String,
    /// The name that the number belongs to.
    pub last_name: String,
    /// One line for people.
    pub outcome: String,
    /// How possession goes.
    #[serde(default = "ordinary")]
    pub conduct: Conduct,
    /// Whether ownership fails whatever name is given.
    #[serde(default)]
    pub ownership_fails: bool,
    /// Whether silent network authentication is offered, and whether it succeeds.
    #[serde(default)]
    pub network: Option<bool>,
    /// What `risk` reports.
    #[serde(default)]
    pub risks: Vec<ringtrue_domain::RiskCode>,
    /// What becomes of the number after it was enrolled.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub timeline: Vec<PersonaStep>,
}

/// One step of a persona's scripted timeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonaStep {
    /// Days after the enrolment, on the project's sandbox clock; 0 to 3,660.
    pub after_days: u32,
    /// What becomes of the number.
    #[serde(flatten)]
    pub change: LineChange,
}

const fn ordinary() -> Conduct {
    Conduct::Ordinary
}

/// A client credential of one project and environment. The secret is 256 random bits, so a plain digest is enough.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credential {
    /// `client_id`
    pub id: CredentialId,
    /// Its project.
    pub project: ProjectId,
    /// Its environment.
    pub environment: Environment,
    /// Digest of `client_secret`.
    pub secret: Digest,
    /// What the team calls it.
    pub name: Option<Label>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it last got a token, to the hour.
    pub used_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

/// A node's id: random, new at each start.
pub type NodeId = [u8; 16];

/// A node that shares the store with others, as it announces itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Node {
    /// Which.
    pub id: NodeId,
    /// When it wrote this, by its own wall clock.
    pub seen_at: Timestamp,
    /// What it has taken of the limit: requests per second and credential.
    pub share: u32,
}

/// An access token as far as it is remembered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessToken {
    /// Digest of the token.
    pub digest: Digest,
    /// The credential that it was given to.
    pub credential: CredentialId,
    /// The first instant at which it is no longer good.
    pub expires_at: Timestamp,
}

/// Who is calling, as an access token tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The credential.
    pub credential: CredentialId,
    /// Its environment.
    pub environment: Environment,
    /// Its project.
    pub project: Arc<Project>,
    /// Microseconds that the project's sandbox clock is ahead of the wall clock; 0 in production.
    pub clock_ahead_micros: i64,
}

impl Caller {
    /// Whose idempotency keys, identities and events they may see.
    pub fn scope(&self) -> KeyScope {
        KeyScope { project: self.project.id, environment: self.environment }
    }
}

/// A flow as it was read: its version for the next write, and its project's clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredFlow {
    /// 1 for a flow that was written once.
    pub version: u64,
    /// The flow.
    pub flow: Flow,
    /// Microseconds that the flow's clock is ahead of the wall clock; 0 in production.
    pub clock_ahead_micros: i64,
}

/// An identity as it was read, with its version for the next write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredIdentity {
    /// 1 for an identity that was written once.
    pub version: u64,
    /// The identity.
    pub identity: Identity,
}

/// Work to be done outside, written in the unit that causes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Its id.
    pub id: JobId,
    /// Its project; sandbox jobs are due on that project's clock.
    pub project: ProjectId,
    /// Its environment.
    pub environment: Environment,
    /// What is to be done.
    pub task: Task,
    /// When it may be done.
    pub due_at: Timestamp,
    /// Times that it was taken up, this time included.
    pub attempts: u32,
    /// Who does it at the moment, and until when nobody else may (wall clock). A fresh job is leased by its maker.
    pub lease: Option<Lease>,
}

/// The right to do a job until an instant of the wall clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease {
    /// Distinguishes this holding of the job from any other.
    pub id: [u8; 16],
    /// The first instant at which it is over.
    pub until: Timestamp,
}

/// What a job is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "task", rename_all = "snake_case")]
pub enum Task {
    /// Send a message.
    SendMessage {
        /// The flow that it belongs to.
        flow: FlowId,
        /// The message.
        message: OutgoingMessage,
    },
    /// Ask who a flow's number belongs to.
    LookupOwnership {
        /// The flow.
        flow: FlowId,
    },
    /// Let something become of a sandbox identity's number: the first step now, the others later.
    Timeline {
        /// Whose number.
        identity: IdentityId,
        /// What is still to come, in order; never empty.
        steps: Vec<TimelineStep>,
    },
}

/// One step of a sandbox timeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimelineStep {
    /// When, on the project's sandbox clock.
    pub at: Timestamp,
    /// What becomes of the number.
    pub change: LineChange,
}

/// A message that sandbox kept instead of sending it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboxMessage {
    /// The message's id.
    pub id: JobId,
    /// Its project.
    pub project: ProjectId,
    /// To whom.
    pub to: PhoneNumber,
    /// The whole text.
    pub body: Clear,
    /// The code in it.
    pub code: Option<Clear>,
    /// The link in it.
    pub link: Option<Clear>,
    /// When, on the project's clock.
    pub sent_at: Timestamp,
}

/// What the registry knows of a number. It belongs to the whole server, not to a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscriber {
    /// The number.
    pub phone: PhoneNumber,
    /// The name.
    pub name: KnownName,
    /// The operator.
    pub carrier: Option<String>,
    /// The kind of line.
    pub line_type: Option<LineType>,
    /// ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// `active` unless the operator says otherwise.
    pub status: LineStatus,
}

impl Subscriber {
    /// What is known of the line.
    pub fn line(&self) -> Line {
        Line { carrier: self.carrier.clone(), line_type: self.line_type, country: self.country.clone() }
    }
}

/// A file of changes that was taken in, or begun.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedFile {
    /// Digest of its content: the same content is the same file, whatever it is called.
    pub digest: Digest,
    /// The feed that it came by.
    pub source: String,
    /// When it was begun (wall clock).
    pub begun_at: Timestamp,
    /// When it was done (wall clock).
    pub done_at: Option<Timestamp>,
    /// Rows taken in so far, bad ones too.
    pub rows: u64,
    /// Rows that could not be taken in.
    pub rejected: u64,
    /// Events that came of it.
    pub events: u64,
}

/// Whether a number is in use.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineStatus {
    /// In use.
    #[default]
    Active,
    /// Barred for the moment, still the same person's.
    Suspended,
    /// No longer anybody's.
    Disconnected,
}

/// One environment of one project: whose idempotency keys, identities, events and webhook they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyScope {
    /// The project.
    pub project: ProjectId,
    /// The environment.
    pub environment: Environment,
}

/// A POST that must not happen twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remembered {
    /// Whose key.
    pub scope: KeyScope,
    /// Digest of the `Idempotency-Key`.
    pub key: Digest,
    /// Digest of path and body; the same key with another one is an error.
    pub request: Digest,
    /// The flow that the first request began, so that its answer can be made again after a crash.
    pub flow: Option<FlowId>,
    /// The first answer's body (always a 200), once it was given.
    pub answer: Option<String>,
    /// When it is forgotten (wall clock).
    pub expires_at: Timestamp,
}

/// One line of a flow's history. It holds no personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// Its project.
    pub project: ProjectId,
    /// Its flow.
    pub flow: FlowId,
    /// When, on the project's clock.
    pub at: Timestamp,
    /// What happened, in order.
    pub events: Vec<Event>,
}
