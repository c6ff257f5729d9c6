//! The states of the two halves of a flow, and the digests of what was sent.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Findings, JobId, secret::Digest};

/// A code or link that was sent, as far as it is remembered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Sent {
    /// The message that carried it.
    pub message: JobId,
    /// Digest of the code or of the link's token.
    pub digest: Digest,
    /// The first instant at which it is no longer good.
    pub expires_at: Timestamp,
}

impl Sent {
    /// Whether it is still good at `now`.
    pub(super) fn is_live(&self, now: Timestamp) -> bool {
        now < self.expires_at
    }
}

/// How possession was proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// A one-time code.
    Code,
    /// An instant link.
    Link,
    /// Silent network authentication.
    Network,
    /// A sandbox persona that needs no device.
    Persona,
}

/// Why possession was not proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PossessionFailure {
    /// Too many wrong codes.
    Exhausted,
    /// The person or the page gave up.
    Cancelled,
    /// Nothing that was sent is good any more, or the session is over.
    TimedOut,
    /// The device called more often than any honest page does.
    TooManySteps,
    /// A sandbox persona that never proves possession.
    Refused,
}

/// The half about the phone in hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub(super) enum Possession {
    /// Only ownership was asked for.
    NotRequired,
    /// Nothing has been sent that could prove anything.
    AwaitingDevice,
    /// The phone was asked to show itself to its network.
    NetworkCheck {
        /// Digest of the handle that the check is known by.
        handle: Digest,
        /// Whether the check's address was visited. The pixel way has no other evidence.
        reached: bool,
    },
    /// One-time codes are on their way; each is good until its own end.
    CodeSent {
        /// Oldest first.
        codes: Vec<Sent>,
    },
    /// Instant links are on their way; the first one used wins.
    LinkSent {
        /// Oldest first.
        links: Vec<Sent>,
        /// The page lost its socket and will start again; that start sends nothing.
        resuming: bool,
    },
    /// The person holds the phone.
    Proven {
        /// How.
        by: Proof,
        /// When.
        at: Timestamp,
        /// Digest of the token of the link that was used, so that its second use can be answered.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        link: Option<Digest>,
        /// Digest of what the browser that used the link was given to be known by.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        browser: Option<Digest>,
    },
    /// The person did not prove it.
    Failed {
        /// Why.
        why: PossessionFailure,
        /// When.
        at: Timestamp,
    },
}

impl Possession {
    /// Whether nothing the device does can change it any more.
    pub(super) const fn is_settled(&self) -> bool {
        matches!(self, Self::NotRequired | Self::Proven { .. } | Self::Failed { .. })
    }
}

/// The half about the name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub(super) enum Ownership {
    /// No source has answered yet.
    Unknown,
    /// A source answered.
    Answered {
        /// What it said.
        findings: Findings,
        /// When.
        at: Timestamp,
    },
}

/// What is counted over the whole flow, never reset.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Counters {
    /// Calls of the device that could change something.
    pub steps: u8,
    /// Messages sent.
    pub messages: u8,
    /// Wrong codes entered.
    pub wrong_codes: u8,
    /// Number changes made.
    pub number_changes: u8,
    /// Times a page lost its socket and was let back without a new message.
    pub resumed: u8,
    /// When the last message was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_message_at: Option<Timestamp>,
}
