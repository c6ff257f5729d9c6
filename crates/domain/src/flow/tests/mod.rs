//! The machine as its users see it. Helpers here; one file per subject.

mod codes;
mod links;
mod network;
mod properties;
mod standing;
mod table;

use jiff::{SignedDuration, Timestamp};
use rand::{RngExt as _, SeedableRng as _, rngs::ChaCha8Rng};

use super::*;
use crate::{
    Findings, LineType, NameMatch, PersonName, TargetUrl,
    secret::{Clear, Pepper},
    sms::{Slot, SmsTemplate},
};

struct Seeded(ChaCha8Rng);

impl crate::Entropy for Seeded {
    fn fill(&mut self, out: &mut [u8]) {
        self.0.fill(out);
    }
}

/// A flow with its own clock and entropy.
struct World {
    flow: Flow,
    now: Timestamp,
    entropy: Seeded,
    pepper: Pepper,
    effects: Vec<Effect>,
    events: Vec<Event>,
}

struct Options {
    possession: PossessionType,
    environment: Environment,
    conduct: Conduct,
    network_auth: bool,
    tries: u8,
    retry_page: bool,
    number_changes: u8,
    resend_pause_seconds: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            possession: PossessionType::Mobile,
            environment: Environment::Production,
            conduct: Conduct::Ordinary,
            network_auth: false,
            tries: 3,
            retry_page: true,
            number_changes: 3,
            resend_pause_seconds: 0,
        }
    }
}

fn phone(last: u8) -> PhoneNumber {
    PhoneNumber::normalize("phoneNumber", &format!("+1415555267{last}")).unwrap()
}

fn subject(last: u8) -> Subject {
    Subject { phone: phone(last), conduct: Conduct::Ordinary, network_auth: false }
}

fn owned(owned: bool) -> Findings {
    let name = if owned { NameMatch::Match } else { NameMatch::Mismatch };
    Findings {
        number_known: true,
        name,
        risks: Some(vec![]),
        carrier: None,
        line_type: Some(LineType::Mobile),
        country: None,
    }
}

impl World {
    fn new(options: &Options) -> Self {
        let now: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
        let mut entropy = Seeded(ChaCha8Rng::seed_from_u64(7));
        let pepper = Pepper::new(&[7; 32]);
        let slot = if options.possession == PossessionType::Desktop { Slot::Link } else { Slot::Code };
        let terms = Terms {
            possession: options.possession,
            environment: options.environment,
            name: PersonName::parse("Lorant", "Nerger").unwrap(),
            target_url: Some(TargetUrl::parse("https://shop.example/back", false).unwrap()),
            message: SmsTemplate::ours(slot, "Shop", None),
            link_base: "https://v.example/l/".to_owned(),
            email: None,
            client_customer_id: None,
            client_request_id: None,
            tries: options.tries,
            retry_page: options.retry_page,
            number_changes: options.number_changes,
            resend_pause_seconds: options.resend_pause_seconds,
            origins: Vec::new(),
        };
        let subject =
            Subject { phone: phone(1), conduct: options.conduct, network_auth: options.network_auth };
        let project = ProjectId::new(now, &mut entropy);
        let step =
            Flow::start(project, terms, subject, &mut Moment { now, entropy: &mut entropy, pepper: &pepper });
        Self { flow: step.flow, now, entropy, pepper, effects: step.effects, events: step.events }
    }

    fn apply(&mut self, command: Command) -> Reply {
        let mut moment = Moment { now: self.now, entropy: &mut self.entropy, pepper: &self.pepper };
        let before = self.flow.clone();
        let step = before.clone().apply(command, &mut moment);
        assert!(step.changed || step.flow == before, "a flow that differs has to be written");
        self.flow = step.flow;
        self.effects = step.effects;
        self.events = step.events;
        step.reply
    }

    fn pass(&mut self, seconds: i64) {
        self.now += SignedDuration::from_secs(seconds);
    }

    fn view(&self) -> View {
        self.flow.view(self.now)
    }

    fn answer(&mut self, findings: Findings) {
        let phone = self.flow.subject().phone.clone();
        self.apply(Command::OwnershipAnswered { phone, findings });
    }

    fn start_code(&mut self) -> Reply {
        self.apply(Command::StartCode { number: GivenNumber::Known })
    }

    fn start_link(&mut self) -> Reply {
        self.apply(Command::StartLink { number: GivenNumber::Known, asked_from: None })
    }

    fn enter(&mut self, code: &str) -> Reply {
        self.apply(Command::EnterCode { entry: Clear::new(code.to_owned()) })
    }

    fn message(&self) -> Option<OutgoingMessage> {
        self.effects.iter().find_map(|effect| match effect {
            Effect::Send(message) => Some(message.clone()),
            Effect::LookupOwnership | Effect::Enrol(_) => None,
        })
    }

    /// The code of the last message.
    fn code(&self) -> String {
        match self.message().unwrap().payload {
            Payload::Otp { code } => code.expose().to_owned(),
            Payload::Link { .. } => panic!("a link was sent"),
        }
    }

    /// The digest of the last link's token.
    fn token(&self) -> Digest {
        match self.message().unwrap().payload {
            Payload::Link { token, .. } => token,
            Payload::Otp { .. } => panic!("a code was sent"),
        }
    }
}

fn wrong(code: &str) -> String {
    let last = code.bytes().last().unwrap();
    format!("{}{}", &code[..code.len() - 1], if last == b'9' { '0' } else { char::from(last + 1) })
}
