//! Posts to a webhook, and what came back.

use jiff::Timestamp;
use ringtrue_domain::{DeliveryId, secret::Clear};
use serde::{Deserialize, Serialize};

use super::KeyScope;

/// Events that are posted together. What is in it never changes, except that what was erased or muted is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delivery {
    /// `webhook-id`: the same at every attempt.
    pub id: DeliveryId,
    /// One environment of one project.
    pub scope: KeyScope,
    /// What is posted.
    pub content: Content,
    /// How it stands.
    pub state: DeliveryState,
    /// When it was packed, on the project's clock.
    pub created_at: Timestamp,
    /// When it may be tried (again), on the project's clock.
    pub due_at: Timestamp,
    /// From then on it is not tried again, on the project's clock.
    pub give_up_at: Timestamp,
    /// Attempts so far.
    pub attempts: u32,
    /// Attempts before it was last replayed: the schedule of retries begins anew there.
    pub replayed_at_attempt: u32,
}

impl Delivery {
    /// How many events it was packed with.
    pub const fn events(&self) -> u64 {
        match self.content {
            Content::Events { first, last } => last.saturating_sub(first).saturating_add(1),
            Content::Test => 1,
        }
    }
}

/// What a delivery holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// The events from one cursor of the lane to another, both included.
    Events {
        /// The first.
        first: u64,
        /// The last, at least `first`.
        last: u64,
    },
    /// One `TEST` event, which has the delivery's id and instant.
    Test,
}

/// How a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DeliveryState {
    /// It will be tried (again).
    Open,
    /// Answered with 2xx.
    Delivered,
    /// Given up; it can be replayed.
    Failed,
    /// Nothing of it may be sent any more.
    Empty,
}

/// Which deliveries are listed, newest first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DeliveryQuery {
    /// Only those in this state.
    pub state: Option<DeliveryState>,
    /// Only those older than this one.
    pub before: Option<DeliveryId>,
    /// How many at most.
    pub limit: usize,
}

/// Which deliveries are replayed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReplayOf {
    /// One, whatever its state.
    One(DeliveryId),
    /// All that were given up, except tests.
    Failed,
    /// All that were packed from one instant (included) to another (excluded), delivered ones too; no tests.
    Between(Timestamp, Timestamp),
}

/// One attempt at a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// Which delivery.
    pub delivery: DeliveryId,
    /// 1 for the first.
    pub number: u32,
    /// When it began, on the project's clock.
    pub at: Timestamp,
    /// How long it took.
    pub duration_ms: u32,
    /// What came of it.
    pub outcome: Outcome,
}

/// What came of an attempt. Kept sealed: an endpoint may repeat what it was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// The endpoint answered.
    Answered(Answer),
    /// It did not.
    NoAnswer {
        /// Why.
        why: NoAnswer,
        /// The cause in words, without address or content.
        detail: String,
    },
}

impl Outcome {
    /// Whether the endpoint took what it was sent: any 2xx.
    pub fn is_success(&self) -> bool {
        matches!(self, Self::Answered(answer) if (200..300).contains(&answer.status))
    }
}

/// An endpoint's answer as far as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// `content-type`, `retry-after`, `location`, `server` and `webhook-*`, in lower case.
    pub headers: Vec<(String, Clear)>,
    /// The first KiB of the body, where it is text.
    pub body: Clear,
    /// Seconds of `Retry-After`, when the endpoint asked for it.
    pub retry_after_seconds: Option<u32>,
}

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoAnswer {
    /// The host's address is one that nothing may be sent to.
    Forbidden,
    /// The host has no address.
    Unresolved,
    /// Nobody accepts connections there, or TLS could not be agreed on.
    Unconnected,
    /// Longer than the limit.
    TimedOut,
    /// The connection broke before the answer was complete.
    Broken,
}
