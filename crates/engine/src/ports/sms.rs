//! Sending messages.

use async_trait::async_trait;
use jiff::Timestamp;
use ringtrue_domain::{ProjectId, flow::OutgoingMessage};

use super::Fault;
use crate::model::OutboxMessage;

/// A message and what a sender may want to know beside it.
#[derive(Debug, Clone, Copy)]
pub struct Dispatch<'a> {
    /// The message; its id is the key for the provider's deduplication.
    pub message: &'a OutgoingMessage,
    /// The project that sends it.
    pub project: ProjectId,
    /// Now, on the project's clock.
    pub now: Timestamp,
}

/// A sender took a message.
#[derive(Debug, Default)]
pub struct Accepted {
    /// The provider's own id of it.
    pub provider_id: Option<String>,
    /// Sandbox only: the message is kept, in the same unit that finishes the job, so exactly once.
    pub outbox: Option<OutboxMessage>,
}

/// Sends a short message to a phone.
#[async_trait]
pub trait SmsSender: Send + Sync {
    /// Sends it. Must not wait for the handset's receipt.
    async fn send(&self, dispatch: Dispatch<'_>) -> Result<Accepted, Fault>;

    /// Whether it sends nothing at all and only says what is to be kept. Such a sender is asked before the flow is
    /// written, and what it says is part of the same unit.
    fn is_local(&self) -> bool {
        false
    }

    /// Whether it sends to phones at all. One that does not is no mistake while nobody verifies in production.
    fn reaches_phones(&self) -> bool {
        true
    }

    /// Whether sending the same message id twice reaches the phone once. If not, a message whose fate is unknown is
    /// not sent again: the person can ask for another.
    fn recognises_repeats(&self) -> bool;
}
