//! An enrolled person and number: what is known of the line, whether it is watched, and what follows when something
//! becomes of the number.

mod change;
mod event;
#[cfg(test)]
mod tests;
mod told;

pub use change::{Line, LineChange};
pub use event::{ChangeEvent, EventType, What};
pub use told::Told;

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    Entropy, EventId, FieldError, Findings, IdentityId, PhoneNumber, ProjectId, flow::Environment,
    text::CallerText,
};

/// Attributes of one identity at most.
pub const MAX_ATTRIBUTES: usize = 20;

/// An enrolled person and number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// `identityId` and `proveId`
    pub id: IdentityId,
    /// Its project.
    pub project: ProjectId,
    /// Its environment.
    pub environment: Environment,
    /// The number.
    pub phone: PhoneNumber,
    /// The caller's id of the person.
    pub client_customer_id: Option<CallerText>,
    /// What the identity source said when a flow enrolled it.
    pub findings: Option<Findings>,
    /// When it was first enrolled.
    pub created_at: Timestamp,
    /// When it was last verified or enrolled.
    pub verified_at: Timestamp,
    /// What is known of the line.
    #[serde(default)]
    pub line: Line,
    /// What the caller told besides.
    #[serde(default)]
    pub details: Details,
    /// Whether the caller wants to hear of changes.
    #[serde(default = "yes")]
    pub active: bool,
    /// Whether there is anything to hear of.
    #[serde(default)]
    pub stream: Stream,
}

const fn yes() -> bool {
    true
}

/// What a caller tells of a person when it enrols them; kept and handed back.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Details {
    /// The caller's id of the person's device.
    pub device_id: Option<CallerText>,
    /// The caller's id of the human behind several accounts.
    pub client_human_id: Option<CallerText>,
    /// The caller's id of the request that enrolled.
    pub client_request_id: Option<CallerText>,
    /// Anything else, at most [`MAX_ATTRIBUTES`].
    pub attributes: Vec<Attribute>,
}

impl Details {
    /// Takes over what was told anew; what was not is kept.
    pub fn update(&mut self, newer: Self) {
        self.device_id = newer.device_id.or_else(|| self.device_id.take());
        self.client_human_id = newer.client_human_id.or_else(|| self.client_human_id.take());
        self.client_request_id = newer.client_request_id.or_else(|| self.client_request_id.take());
        if !newer.attributes.is_empty() {
            self.attributes = newer.attributes;
        }
    }
}

/// One attribute of a person. `Debug` shows neither half: callers put anything here.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attribute {
    /// `attributeType`, 1 to 255 characters.
    pub kind: CallerText,
    /// `attributeValue`, 1 to 255 characters.
    pub value: CallerText,
}

impl Attribute {
    /// Parses both halves; neither may be empty.
    ///
    /// # Errors
    ///
    /// [`FieldError`] names `attributeType` or `attributeValue` and the rule that it breaks.
    pub fn parse(kind: &str, value: &str) -> Result<Self, FieldError> {
        let filled = |field, text| {
            CallerText::parse(field, text)?
                .ok_or_else(|| FieldError::new(field, "must be 1 to 255 characters"))
        };
        Ok(Self { kind: filled("attributeType", kind)?, value: filled("attributeValue", value)? })
    }
}

impl fmt::Debug for Attribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Attribute(…)")
    }
}

/// Whether a number still is the one that the person was verified with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "stream", rename_all = "snake_case")]
pub enum Stream {
    /// As far as anybody knows.
    #[default]
    Open,
    /// It is not; nothing is sent any more until the person is verified again (webhooks.md, last paragraph).
    Ended {
        /// What ended it.
        by: EventType,
        /// When that was detected.
        at: Timestamp,
    },
}

impl Identity {
    /// A person and number enrolled at an instant, watched from then on; nothing else is known of them yet.
    pub fn new(
        id: IdentityId,
        project: ProjectId,
        environment: Environment,
        phone: PhoneNumber,
        client_customer_id: Option<CallerText>,
        at: Timestamp,
    ) -> Self {
        Self {
            id,
            project,
            environment,
            phone,
            client_customer_id,
            findings: None,
            created_at: at,
            verified_at: at,
            line: Line::default(),
            details: Details::default(),
            active: true,
            stream: Stream::Open,
        }
    }

    /// Whether changes of the number lead to events.
    pub const fn is_watched(&self) -> bool {
        self.active && matches!(self.stream, Stream::Open)
    }

    /// Takes in what became of the number. The event is there when the caller wants to hear of it and it is news;
    /// what is learnt of the line is kept in any case.
    pub fn apply(
        &mut self,
        change: &LineChange,
        at: Timestamp,
        entropy: &mut dyn Entropy,
    ) -> Option<ChangeEvent> {
        let watched = self.is_watched();
        let what = change.news_to(&self.line)?;
        self.line.learn(&what);
        if matches!(self.stream, Stream::Open) && what.ends_stream() {
            self.stream = Stream::Ended { by: what.event_type(), at };
        }
        watched.then(|| ChangeEvent {
            id: EventId::new(at, entropy),
            identity: self.id,
            project: self.project,
            environment: self.environment,
            client_customer_id: self.client_customer_id.clone(),
            phone: self.phone.clone(),
            at,
            what,
        })
    }

    /// Whether it differs from `known` by nothing but when it was verified and what was found then.
    pub fn only_renews(&self, known: &Self) -> bool {
        let mut renewed = known.clone();
        renewed.verified_at = self.verified_at;
        renewed.findings.clone_from(&self.findings);
        renewed == *self
    }

    /// The same person and number, verified or enrolled once more: watched again, whatever was before.
    pub fn renew(&mut self, at: Timestamp) {
        self.verified_at = at;
        if !self.is_watched() {
            self.line.forget();
        }
        self.active = true;
        self.stream = Stream::Open;
    }

    /// Lets the caller hear of changes again, or not any more. Tells whether that is another state than before.
    pub fn switch(&mut self, active: bool) -> bool {
        let changes = self.active != active;
        if changes && active {
            self.line.forget();
        }
        self.active = active;
        changes
    }
}
