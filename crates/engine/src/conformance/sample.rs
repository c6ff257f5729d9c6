//! Things to store. Ids and instants are the same in every run.

use jiff::{SignedDuration, Timestamp};
use ringtrue_domain::{
    CredentialId, Entropy, Findings, FlowId, IdentityId, JobId, KnownName, NameMatch, PersonName,
    PhoneNumber, ProjectId,
    flow::{
        Command, Conduct, Environment, Event, Flow, GivenNumber, Moment, OutgoingMessage, Payload,
        PossessionType, Step, Subject, Terms,
    },
    identity::Line,
    secret::{Clear, Digest, Pepper},
    sms::{Slot, SmsTemplate},
    text::{CallerText, Label},
};

use crate::{
    model::{
        AccessToken, AuditEntry, Credential, Identity, Job, KeyScope, Lease, LineStatus, OutboxMessage,
        Persona, Project, ProjectSettings, Remembered, Subscriber, Task,
    },
    ports::Change,
};

pub const SANDBOX: Environment = Environment::Sandbox;
pub const PRODUCTION: Environment = Environment::Production;

/// Bytes that never repeat and are the same in every run (`SplitMix64`).
#[derive(Debug)]
pub struct Counted(u64);

impl Counted {
    /// A sequence of its own for each seed.
    pub const fn from_seed(seed: u64) -> Self {
        Self(seed)
    }
}

impl Entropy for Counted {
    fn fill(&mut self, out: &mut [u8]) {
        for chunk in out.chunks_mut(8) {
            self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut mixed = self.0;
            mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            let bytes = (mixed ^ (mixed >> 31)).to_le_bytes();
            chunk.copy_from_slice(&bytes[..chunk.len()]);
        }
    }
}

/// Makes things of one project at one instant.
#[derive(Debug)]
pub struct Sample {
    pub entropy: Counted,
    pub project: ProjectId,
    pub wall: Timestamp,
}

impl Default for Sample {
    fn default() -> Self {
        let wall = Timestamp::from_second(1_772_366_400).unwrap();
        let mut entropy = Counted(1);
        Self { project: ProjectId::new(wall, &mut entropy), entropy, wall }
    }
}

/// An instant moved by seconds.
pub fn shifted(at: Timestamp, seconds: i64) -> Timestamp {
    at + SignedDuration::from_secs(seconds)
}

pub fn phone(last: u32) -> PhoneNumber {
    PhoneNumber::normalize("phoneNumber", &format!("+1415555{last:04}")).unwrap()
}

pub fn customer(id: &str) -> Option<CallerText> {
    CallerText::parse("clientCustomerId", id).unwrap()
}

pub fn lease(id: u8, until: Timestamp) -> Lease {
    Lease { id: [id; 16], until }
}

pub fn digest(of: &str) -> Digest {
    Digest::of(of.as_bytes())
}

pub fn put(expect: u64, flow: &Flow) -> Change {
    Change::PutFlow { expect, flow: Box::new(flow.clone()) }
}

pub fn enqueue(job: &Job) -> Change {
    Change::Enqueue(Box::new(job.clone()))
}

/// Writes a new identity.
pub fn put_identity(identity: &Identity) -> Change {
    put_identity_from(0, identity)
}

/// Writes an identity again, from a version.
pub fn put_identity_from(expect: u64, identity: &Identity) -> Change {
    Change::PutIdentity { expect, identity: Box::new(identity.clone()) }
}

/// Writes a new project.
pub fn put_project(project: &Project) -> Change {
    put_project_from(0, project)
}

/// Writes a project again, from a version.
pub fn put_project_from(expect: u64, project: &Project) -> Change {
    Change::PutProject { expect, project: Box::new(project.clone()) }
}

impl Sample {
    /// Turns to another, new project.
    pub fn other_project(&mut self) -> ProjectId {
        self.project = ProjectId::new(self.wall, &mut self.entropy);
        self.project
    }

    pub fn scope(&self, environment: Environment) -> KeyScope {
        KeyScope { project: self.project, environment }
    }

    pub fn started(&mut self, environment: Environment, possession: PossessionType) -> Step {
        let slot = if possession == PossessionType::Desktop { Slot::Link } else { Slot::Code };
        let terms = Terms {
            possession,
            environment,
            name: PersonName::parse("Zoë", "Ødegård").unwrap(),
            target_url: None,
            message: SmsTemplate::ours(slot, "Beispiel 🦀", Some("shop.example")),
            link_base: "https://verify.example/l/".into(),
            email: None,
            client_customer_id: customer("customer-1"),
            client_request_id: None,
            tries: 3,
            retry_page: true,
            number_changes: 3,
            resend_pause_seconds: 0,
            origins: Vec::new(),
        };
        let subject = Subject { phone: phone(1), conduct: Conduct::Ordinary, network_auth: true };
        let project = self.project;
        self.moment(|moment| Flow::start(project, terms, subject, moment))
    }

    pub fn flow(&mut self, environment: Environment) -> Flow {
        self.started(environment, PossessionType::Mobile).flow
    }

    /// The flow after a command a second later.
    pub fn after(&mut self, flow: &Flow, command: Command) -> Flow {
        self.wall = shifted(self.wall, 1);
        self.moment(|moment| flow.clone().apply(command, moment)).flow
    }

    /// A flow and what it looks like in each state that it can be stored in.
    pub fn every_state(&mut self) -> Vec<(&'static str, Flow)> {
        let mobile = self.flow(SANDBOX);
        let desktop = self.started(PRODUCTION, PossessionType::Desktop).flow;
        let unasked = self.started(PRODUCTION, PossessionType::None).flow;
        let known = || GivenNumber::Known;
        let network = self.after(&mobile, Command::StartNetwork { handle: digest("handle") });
        let code = self.after(&mobile, Command::StartCode { number: known() });
        let two_codes = self.after(&code, Command::StartCode { number: known() });
        let asked_from = Some("Chrome on macOS".to_owned());
        let link = self.after(&desktop, Command::StartLink { number: known(), asked_from });
        let proven = self.after(&network, Command::NetworkAnswered { matched: true });
        let findings = Findings {
            number_known: true,
            name: NameMatch::Match,
            risks: Some(vec![]),
            carrier: Some("Ünïcode Mobile".into()),
            line_type: None,
            country: Some("US".into()),
        };
        let answer = Command::OwnershipAnswered { phone: phone(1), findings };
        let enrolled = self.after(&proven, answer);
        let mut failed = code.clone();
        for _ in 0..3 {
            failed = self.after(&failed, Command::EnterCode { entry: Clear::new("000000".into()) });
        }
        vec![
            ("awaiting_device", mobile),
            ("not_required", unasked),
            ("network_check", network),
            ("code_sent", code),
            ("two_codes_sent", two_codes),
            ("link_sent", link),
            ("proven", proven),
            ("enrolled", enrolled),
            ("failed", failed),
        ]
    }

    pub fn message(&mut self, to: u32, text: &str) -> OutgoingMessage {
        OutgoingMessage {
            id: self.job_id(),
            to: phone(to),
            body: Clear::new(format!("{text} 907256")),
            payload: Payload::Otp { code: Clear::new("907256".into()) },
            expires_at: shifted(self.wall, 120),
        }
    }

    pub fn job(&mut self, environment: Environment, due_at: Timestamp) -> Job {
        let flow = FlowId::new(self.wall, &mut self.entropy);
        let message = self.message(1, "Your code:");
        let task = Task::SendMessage { flow, message };
        Job { id: self.job_id(), project: self.project, environment, task, due_at, attempts: 0, lease: None }
    }

    pub fn identity(&mut self, environment: Environment, last: u32, customer_id: &str) -> Identity {
        let id = IdentityId::new(self.wall, &mut self.entropy);
        Identity {
            findings: Some(Findings::unknown_number()),
            line: Line { carrier: Some("Carrier".into()), line_type: None, country: Some("US".into()) },
            ..Identity::new(id, self.project, environment, phone(last), customer(customer_id), self.wall)
        }
    }

    pub fn remembered(&mut self, environment: Environment, key: &str) -> Remembered {
        Remembered {
            scope: self.scope(environment),
            key: digest(key),
            request: digest("request"),
            flow: Some(FlowId::new(self.wall, &mut self.entropy)),
            answer: None,
            expires_at: shifted(self.wall, 3600),
        }
    }

    /// Remembers it at this sample's instant.
    pub fn remember(&self, record: &Remembered) -> Change {
        Change::Remember { record: Box::new(record.clone()), now: self.wall }
    }

    pub fn project(&self, name: &str) -> Project {
        let persona = Persona {
            phone: phone(7),
            first_name: "Zoë".into(),
            last_name: "Ødegård".into(),
            outcome: "succeeds".into(),
            conduct: Conduct::Ordinary,
            ownership_fails: false,
            network: None,
            risks: vec![],
            timeline: vec![],
        };
        let settings = ProjectSettings { personas: vec![persona], ..ProjectSettings::default() };
        Project { id: self.project, name: name.into(), settings, created_at: self.wall }
    }

    pub fn credential(&mut self, environment: Environment) -> Credential {
        Credential {
            id: CredentialId::new(self.wall, &mut self.entropy),
            project: self.project,
            environment,
            secret: digest("secret"),
            name: Some(Label::parse("name", "Zoë’s laptop 🦀").unwrap()),
            created_at: self.wall,
            used_at: None,
            revoked_at: None,
        }
    }

    /// A token, good for an hour.
    pub fn token(&self, credential: CredentialId, token: &str) -> AccessToken {
        AccessToken { digest: digest(token), credential, expires_at: shifted(self.wall, 3600) }
    }

    pub fn outbox_message(&mut self, to: u32, sent_at: Timestamp) -> OutboxMessage {
        OutboxMessage {
            id: self.job_id(),
            project: self.project,
            to: phone(to),
            body: Clear::new("Ihr Code: 907256 🦀".into()),
            code: Some(Clear::new("907256".into())),
            link: None,
            sent_at,
        }
    }

    pub fn history(&self, flow: FlowId, events: Vec<Event>) -> AuditEntry {
        AuditEntry { project: self.project, flow, at: self.wall, events }
    }

    pub fn job_id(&mut self) -> JobId {
        JobId::new(self.wall, &mut self.entropy)
    }

    fn moment<T>(&mut self, decide: impl FnOnce(&mut Moment<'_>) -> T) -> T {
        let pepper = Pepper::new(&[7; 32]);
        decide(&mut Moment { now: self.wall, entropy: &mut self.entropy, pepper: &pepper })
    }
}

pub fn subscriber(last: u32, name: &str) -> Subscriber {
    Subscriber {
        phone: phone(last),
        name: KnownName { full: Some(name.into()), ..KnownName::default() },
        carrier: Some("Carrier".into()),
        line_type: None,
        country: Some("NO".into()),
        status: LineStatus::Active,
    }
}
