//! Posting events to addresses that customers chose.

use async_trait::async_trait;
use jiff::Timestamp;
use ringtrue_domain::{DeliveryId, ProjectId, WebhookUrl, flow::Environment};

use crate::model::{ChangeEvent, Outcome, SigningSecret};

/// What a delivery's body is made of.
#[derive(Debug, Clone, Copy)]
pub enum Payload<'a> {
    /// Changes of numbers, in their order; 1 to 100.
    Events(&'a [ChangeEvent]),
    /// A test.
    Test {
        /// The delivery's id, which the event has too.
        id: DeliveryId,
        /// When it was asked for, on the project's clock.
        at: Timestamp,
    },
}

/// One attempt to make.
#[derive(Debug, Clone, Copy)]
pub struct Post<'a> {
    /// Where to.
    pub url: &'a WebhookUrl,
    /// Whose events they are: the signature's subject.
    pub project: ProjectId,
    /// Which of the project's environments.
    pub environment: Environment,
    /// The same at every attempt: the receiver's key for duplicates.
    pub delivery: DeliveryId,
    /// Different at every attempt.
    pub attempt: [u8; 16],
    /// The JSON to post.
    pub body: &'a [u8],
    /// What to sign with, oldest first: one secret, or two during a rotation's overlap.
    pub secrets: &'a [SigningSecret],
    /// The wall clock, which the receiver compares with its own.
    pub wall: Timestamp,
}

/// Posts events.
#[async_trait]
pub trait WebhookSender: Send + Sync {
    /// Makes one attempt and says what came of it; takes 10 seconds at most. Follows no redirect, and reaches no
    /// private, link-local or metadata address unless the operator allows its network.
    async fn post(&self, post: Post<'_>) -> Outcome;
}
