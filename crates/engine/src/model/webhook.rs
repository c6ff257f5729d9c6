//! Where the events of a project's environment go, and how far they have come.

use jiff::Timestamp;
use ringtrue_domain::{ProjectId, WebhookUrl, flow::Environment, secret::Clear};
use serde::{Deserialize, Serialize};

use super::{ChangeEvent, KeyScope, Lease};

/// A webhook endpoint: one per project and environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Webhook {
    /// Its project.
    pub project: ProjectId,
    /// Its environment.
    pub environment: Environment,
    /// Where to post to.
    pub url: WebhookUrl,
    /// The secrets that sign, oldest first; one, or two during a rotation's overlap.
    pub secrets: Vec<SigningSecret>,
    /// When the endpoint was first saved, on the project's clock.
    pub created_at: Timestamp,
    /// Set while nothing is sent.
    pub paused: Option<Paused>,
}

impl Webhook {
    /// One environment of one project.
    pub const fn scope(&self) -> KeyScope {
        KeyScope { project: self.project, environment: self.environment }
    }
}

/// A secret that deliveries are signed with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SigningSecret {
    /// `whsec_` and the base64 of 32 random bytes.
    pub value: Clear,
    /// When it was made, on the project's clock.
    pub created_at: Timestamp,
    /// The first instant at which it signs no more; absent: until it is rotated.
    pub retires_at: Option<Timestamp>,
}

impl SigningSecret {
    /// Whether it signs at an instant of the project's clock.
    pub fn is_good(&self, now: Timestamp) -> bool {
        self.retires_at.is_none_or(|retires| now < retires)
    }
}

/// Since when and why nothing is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paused {
    /// Why.
    pub why: PauseReason,
    /// When, on the project's clock.
    pub at: Timestamp,
}

/// Why nothing is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum PauseReason {
    /// Somebody who runs the project wanted it.
    Asked,
    /// The endpoint answered 410 Gone.
    Gone,
    /// No attempt has succeeded since then.
    Failing {
        /// The first failed attempt after the last good one.
        since: Timestamp,
    },
}

/// A webhook as it was read, with its version for the next write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredWebhook {
    /// 1 for a webhook that was written once.
    pub version: u64,
    /// The webhook.
    pub webhook: Webhook,
    /// Microseconds that the project's clock is ahead of the wall clock; 0 in production.
    pub clock_ahead_micros: i64,
}

/// The stream of events of one environment of a project and how far it was packed into deliveries. One node at a time
/// holds it and sends, so that the order of events is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lane {
    /// One environment of one project.
    pub scope: KeyScope,
    /// The cursor of the newest event; cursors begin with 1 and have no gaps.
    pub last: u64,
    /// The cursor up to which events are in deliveries or will never be.
    pub packed: u64,
    /// How the endpoint has been doing.
    pub health: LaneHealth,
    /// The right to send, while somebody has it (wall clock).
    pub lease: Option<Lease>,
}

/// How an endpoint has been doing. Nothing personal.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LaneHealth {
    /// The first failed attempt after the last good one, on the project's clock.
    pub failing_since: Option<Timestamp>,
    /// Failed attempts after the last good one.
    pub failures: u32,
    /// Warnings given since then.
    pub warnings: u32,
    /// The last good attempt, on the project's clock.
    pub succeeded_at: Option<Timestamp>,
}

/// An event as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEvent {
    /// Its place in its environment's stream.
    pub cursor: u64,
    /// Whether it may not be delivered any more, since the identity was deactivated before it was.
    pub muted: bool,
    /// The event.
    pub event: ChangeEvent,
}
