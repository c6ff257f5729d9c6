//! Use cases, ports and the job runner. A use case decides with the domain, writes one unit, then carries out what
//! follows; no socket, no SQL, no HTTP in here.

mod admin;
mod auth;
mod changes;
#[cfg(feature = "conformance")]
pub mod conformance;
mod decide;
mod device;
mod enrolment;
mod error;
mod feed;
mod hooks;
mod idempotency;
mod identities;
mod job;
mod limits;
mod link;
mod logo;
pub mod model;
mod network;
mod people;
mod person;
mod polls;
pub mod ports;
mod pull;
mod refusals;
mod sandbox;
mod simulated;
mod status;
mod subscribers;
mod trials;
mod verifications;
mod verify;
mod words;
mod worker;

use std::{
    sync::{Arc, atomic::AtomicU64},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use ringtrue_domain::{
    PhoneNumber, ProjectId,
    flow::{Conduct, Environment, Moment, Subject},
    secret::Pepper,
};
use tokio::sync::Mutex;

pub use admin::{
    MAX_AFTER_DAYS, MAX_PERSONAS, MadeCredential, NewCredential, Over, ProjectLink, ProjectRules, PutPersona,
    PutProject,
};
pub use auth::IssuedToken;
pub use changes::EventCounts;
pub use device::{DeviceAnswer, DeviceCall};
pub use error::Error;
pub use feed::{FeedRow, Intake};
pub use hooks::{DeliveryReport, DeliverySettings, Replayed, WebhookReport, run_dispatcher};
pub use idempotency::{Key, Replay};
pub use identities::{Enrolment, IdentityPage, LinkedIdentity, MAX_OF_NUMBER, OfNumber};
pub use limits::NumberLimit;
pub use link::{GoneLink, LinkPage, LinkUse, OwnWords};
pub use network::NetworkStart;
pub use people::{
    MAX_ENTRIES, MAX_KEY_DAYS, NewAccessKey, NewInvitation, PasskeyQuestion, SignOnError, SignOnStart,
};
pub use person::{Person, PersonRecord};
pub use polls::{Monitor, PollPace, run_monitor};
pub use pull::{Beginning, Cursor, EventPage, MAX_EVENTS};
pub use refusals::run_refusals;
pub use sandbox::{ClockReading, HandsetNumber};
pub use simulated::{MAX_AFTER_SECONDS, SimulatedStep};
pub use status::StatusAnswer;
pub use subscribers::Registered;
pub use trials::SourceAnswer;
pub use verifications::{
    Happening, MAX_FOUND, MAX_IDS, Overview, OverviewPart, StoryStep, Unmasked, VerificationLine,
    VerificationPage, VerificationQuery, VerificationStory,
};
pub use verify::{StartVerification, Started};
pub use worker::run_worker;

pub use model::{By, SignedIn};

use model::Project;
use ports::{
    Bus, Clock, EntropySource, IdentitySource, Lent, NetworkAuthenticator, Passkeys, Payload, Personas,
    SignOn, SmsSender, Store, WebhookSender,
};

/// The connectors of one environment.
#[derive(Clone)]
pub struct Connectors {
    /// Sends messages.
    pub sms: Arc<dyn SmsSender>,
    /// Knows who numbers belong to.
    pub identity: Arc<dyn IdentitySource>,
    /// Asks phones to show themselves to their network, where there is one to ask.
    pub network: Option<Arc<dyn NetworkAuthenticator>>,
}

/// Everything that the engine needs from outside.
pub struct Parts {
    /// Where everything is kept.
    pub store: Arc<dyn Store>,
    /// Wakes those who wait.
    pub bus: Arc<dyn Bus>,
    /// The wall clock.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn EntropySource>,
    /// The key over codes.
    pub pepper: Pepper,
    /// Who exists in sandbox.
    pub personas: Arc<dyn Personas>,
    /// Connectors of sandbox.
    pub sandbox: Connectors,
    /// Connectors of production.
    pub production: Connectors,
    /// Posts events to webhooks.
    pub webhooks: Arc<dyn WebhookSender>,
    /// Writes events as the body of a delivery.
    pub render_events: fn(&Payload<'_>) -> Vec<u8>,
    /// The relying party of passkeys, where browsers have any at the portal's address.
    pub passkeys: Option<Arc<dyn Passkeys>>,
    /// The provider of single sign-on, where one is set up.
    pub sign_on: Option<Arc<dyn SignOn>>,
    /// What can be set.
    pub settings: Settings,
}

/// What an operator can set about the engine.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Address that links begin with; the token follows it.
    pub link_base: String,
    /// How long a request waits for the work it caused before it answers without its outcome.
    pub inline_budget: Duration,
    /// How long verifications can be looked at after their session. The store keeps them; they answer for a day of it.
    pub verifications_kept: SignedDuration,
    /// How long a node may hold a job or a lane; after that another one takes it up.
    pub lease: Duration,
    /// How webhooks are sent to.
    pub delivery: DeliverySettings,
}

/// The use cases.
pub struct Engine {
    parts: Parts,
    /// One decision at a time per flow on this node; a stripe is shared by flows with the same hash. Versions in the
    /// store protect flows between nodes; this only spares them the conflicts.
    stripes: Vec<Mutex<()>>,
    /// One decision at a time per number, where a limit on numbers is set; stripes as above. Whoever holds one may wait for a
    /// flow's, never the other way round.
    number_turns: Vec<Mutex<()>>,
    /// The microsecond under which the last line of what was done is kept.
    noted: AtomicU64,
    /// What limits refused.
    refusals: refusals::Unwritten,
}

const STRIPES: usize = 256;

impl Engine {
    /// An engine over its parts.
    pub fn new(parts: Parts) -> Arc<Self> {
        let stripes = || (0..STRIPES).map(|_| Mutex::new(())).collect();
        Arc::new(Self {
            parts,
            stripes: stripes(),
            number_turns: stripes(),
            noted: AtomicU64::new(0),
            refusals: refusals::Unwritten::default(),
        })
    }

    /// Where everything is kept.
    pub fn store(&self) -> &dyn Store {
        &*self.parts.store
    }

    /// Wakes those who wait.
    pub fn bus(&self) -> &dyn Bus {
        &*self.parts.bus
    }

    /// The wall clock, not moved by any sandbox.
    pub fn wall(&self) -> Timestamp {
        self.parts.clock.wall()
    }

    /// Fills `out` with random bytes.
    pub fn random(&self, out: &mut [u8]) {
        self.parts.entropy.fill(out);
    }

    /// Now on a clock that is this far ahead of the wall clock.
    pub fn now(&self, ahead_micros: i64) -> Timestamp {
        let wall = self.wall();
        wall.checked_add(SignedDuration::from_micros(ahead_micros)).unwrap_or(wall)
    }

    fn connectors(&self, environment: Environment) -> &Connectors {
        match environment {
            Environment::Sandbox => &self.parts.sandbox,
            Environment::Production => &self.parts.production,
        }
    }

    fn with_moment<T>(&self, now: Timestamp, decide: impl FnOnce(&mut Moment<'_>) -> T) -> T {
        let mut entropy = Lent(&*self.parts.entropy);
        decide(&mut Moment { now, entropy: &mut entropy, pepper: &self.parts.pepper })
    }

    /// What a number is in an environment. In sandbox only personas exist, and they are looked up before the
    /// numbering plans are asked, which would call most of them invalid.
    fn number(
        &self,
        project: &Project,
        environment: Environment,
        field: &'static str,
        text: &str,
    ) -> Result<(PhoneNumber, Conduct), Error> {
        match environment {
            Environment::Sandbox => {
                let phone = PhoneNumber::normalize(field, text)?;
                let persona = self.parts.personas.find(project, &phone).ok_or(Error::NoPersona)?;
                let conduct = persona.conduct;
                Ok((phone, conduct))
            }
            Environment::Production => Ok((PhoneNumber::parse(field, text)?, Conduct::Ordinary)),
        }
    }

    /// Whom a verification is about.
    async fn subject(
        &self,
        project: &Project,
        environment: Environment,
        field: &'static str,
        text: &str,
    ) -> Result<Subject, Error> {
        let (phone, conduct) = self.number(project, environment, field, text)?;
        let network_auth = match &self.connectors(environment).network {
            Some(network) => network.offers(project, &phone).await,
            None => false,
        };
        Ok(Subject { phone, conduct, network_auth })
    }

    async fn project(&self, id: ProjectId) -> Result<Project, Error> {
        self.store().project(id).await?.ok_or_else(|| Error::bug("a flow's project is gone"))
    }

    fn random_array<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.random(&mut bytes);
        bytes
    }
}
