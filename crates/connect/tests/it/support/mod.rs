//! What the tests share.

pub(crate) mod authenticator;
pub(crate) mod peer;
pub(crate) mod receiver;
pub(crate) mod store;

use std::sync::Mutex;

use jiff::{SignedDuration, Timestamp};
use ringtrue_domain::{
    JobId, PersonName, PhoneNumber, ProjectId,
    flow::{OutgoingMessage, Payload},
    secret::{Clear, Digest},
};
use ringtrue_engine::{
    model::{Project, ProjectSettings},
    ports::{Clock, Dispatch, Fault},
};

pub(crate) const CODE: &str = "493817";
pub(crate) const TO: &str = "+14155552671";

pub(crate) fn now() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

pub(crate) fn phone(text: &str) -> PhoneNumber {
    text.parse().unwrap()
}

pub(crate) fn name(first: &str, last: &str) -> PersonName {
    PersonName::parse(first, last).unwrap()
}

pub(crate) fn project() -> Project {
    Project {
        id: ProjectId::from_bytes([7; 16]),
        name: "Shop".to_owned(),
        settings: ProjectSettings::default(),
        created_at: now(),
    }
}

/// A code, in a text with everything that a careless escape would break.
pub(crate) fn otp() -> OutgoingMessage {
    OutgoingMessage {
        id: JobId::from_bytes([0x11; 16]),
        to: phone(TO),
        body: Clear::new(format!("{CODE} is \"your\" {{to}} code & <é>\\\n\n@shop.example #{CODE}")),
        payload: Payload::Otp { code: Clear::new(CODE.to_owned()) },
        expires_at: now() + SignedDuration::from_secs(120),
    }
}

pub(crate) fn link() -> OutgoingMessage {
    let link = "https://id.example/l/dGhlLXRva2Vu";
    OutgoingMessage {
        id: JobId::from_bytes([0x22; 16]),
        to: phone(TO),
        body: Clear::new(format!("Shop: to confirm it's you, open {link}")),
        payload: Payload::Link { link: Clear::new(link.to_owned()), token: Digest::of(b"dGhlLXRva2Vu") },
        expires_at: now() + SignedDuration::from_secs(180),
    }
}

pub(crate) fn dispatch(message: &OutgoingMessage) -> Dispatch<'_> {
    Dispatch { message, project: project().id, now: now() }
}

/// A fault in one word and its detail, for comparison.
pub(crate) fn fault<T: std::fmt::Debug>(result: Result<T, Fault>) -> String {
    match result {
        Ok(value) => format!("ok {value:?}"),
        Err(Fault::Rejected { reason }) => format!("rejected {reason}"),
        Err(Fault::Busy { retry_after: None }) => "busy".to_owned(),
        Err(Fault::Busy { retry_after: Some(pause) }) => format!("busy {}", pause.as_secs()),
        Err(Fault::Unknown(error)) => format!("unknown {error:#}"),
    }
}

/// A clock that stands still until it is moved.
pub(crate) struct FakeClock(Mutex<Timestamp>);

impl FakeClock {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(now()))
    }

    pub(crate) fn advance(&self, seconds: i64) {
        *self.0.lock().unwrap() += SignedDuration::from_secs(seconds);
    }
}

impl Clock for FakeClock {
    fn wall(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}
