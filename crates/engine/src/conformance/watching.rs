//! Things to store about watched numbers.

use jiff::Timestamp;
use ringtrue_domain::{
    DeliveryId, EventId, WebhookUrl,
    flow::Environment,
    identity::{Identity, What},
    secret::Clear,
};

use super::{
    Subject, commit,
    sample::{Sample, digest, lease, shifted},
};
use crate::{
    model::{
        Answer, Attempt, ChangeEvent, Content, Delivery, DeliveryState, FeedFile, KeyScope, Lane, Lease,
        Outcome, SigningSecret, StoredEvent, Webhook,
    },
    ports::{Change, HookChange},
};

/// How long events and deliveries are kept, in seconds.
pub const KEPT: i64 = 30 * 86_400;

impl Sample {
    /// An event of an identity at this sample's instant.
    pub fn event(&mut self, of: &Identity) -> ChangeEvent {
        ChangeEvent {
            id: EventId::new(self.wall, &mut self.entropy),
            identity: of.id,
            project: of.project,
            environment: of.environment,
            client_customer_id: of.client_customer_id.clone(),
            phone: of.phone.clone(),
            at: self.wall,
            what: What::Port { carrier: Some("Alpha".into()), new_carrier: Some("Ünïcode Mobile".into()) },
        }
    }

    pub fn webhook(&self, environment: Environment) -> Webhook {
        let secret = SigningSecret {
            value: Clear::new("whsec_c2VjcmV0".into()),
            created_at: self.wall,
            retires_at: None,
        };
        Webhook {
            project: self.project,
            environment,
            url: WebhookUrl::parse("https://hooks.example/ringtrue", false).unwrap(),
            secrets: vec![secret],
            created_at: self.wall,
            paused: None,
        }
    }

    /// An open delivery of the events from one cursor to another.
    pub fn delivery(&mut self, environment: Environment, first: u64, last: u64) -> Delivery {
        Delivery { content: Content::Events { first, last }, ..self.test_delivery(environment) }
    }

    pub fn test_delivery(&mut self, environment: Environment) -> Delivery {
        Delivery {
            id: DeliveryId::new(self.wall, &mut self.entropy),
            scope: self.scope(environment),
            content: Content::Test,
            state: DeliveryState::Open,
            created_at: self.wall,
            due_at: self.wall,
            give_up_at: shifted(self.wall, 3 * 86_400),
            attempts: 0,
            replayed_at_attempt: 0,
        }
    }

    pub fn feed_file(&self, content: &str) -> FeedFile {
        FeedFile {
            digest: digest(content),
            source: "carrier".into(),
            begun_at: self.wall,
            done_at: None,
            rows: 0,
            rejected: 0,
            events: 0,
        }
    }
}

pub fn attempt(of: &Delivery, number: u32) -> Attempt {
    let answer = Answer {
        status: 500,
        headers: vec![("content-type".into(), Clear::new("text/plain".into()))],
        body: Clear::new("Zoë's number is unknown here".into()),
        retry_after_seconds: Some(7),
    };
    Attempt {
        delivery: of.id,
        number,
        at: of.created_at,
        duration_ms: 12,
        outcome: Outcome::Answered(answer),
    }
}

pub fn add_event(event: &ChangeEvent) -> Change {
    Change::AddEvent(Box::new(event.clone()))
}

pub fn put_webhook(expect: u64, webhook: &Webhook) -> Change {
    Change::Hook(HookChange::Put { expect, moved: false, webhook: Box::new(webhook.clone()) })
}

pub const fn add_delivery(delivery: &Delivery) -> Change {
    Change::Hook(HookChange::AddDelivery(*delivery))
}

pub const fn set_delivery(delivery: &Delivery) -> Change {
    Change::Hook(HookChange::SetDelivery(*delivery))
}

pub fn add_attempt(of: &Delivery, attempt: &Attempt) -> Change {
    let attempt = Box::new(attempt.clone());
    Change::Hook(HookChange::AddAttempt { project: of.scope.project, attempt })
}

pub const fn hold(scope: KeyScope, lease: Lease) -> Change {
    Change::Hook(HookChange::Hold { scope, lease })
}

pub const fn release(scope: KeyScope, lease: u8, seen: u64, due_at: Option<Timestamp>) -> Change {
    Change::Hook(HookChange::Release { scope, lease: [lease; 16], seen, due_at })
}

/// Wakes a lane: a replay of nothing.
pub const fn wake(scope: KeyScope, at: Timestamp) -> Change {
    Change::Hook(HookChange::Replay { scope, ids: Vec::new(), now: at, give_up_at: at })
}

/// Every event of a stream.
pub async fn all_events(store: &Subject, scope: KeyScope) -> Vec<StoredEvent> {
    store.events(scope, 0, u64::MAX, 1000).await.unwrap()
}

/// Claims lanes for a minute.
pub async fn claim(store: &Subject, id: u8, wall: Timestamp) -> Vec<Lane> {
    store.claim_lanes(lease(id, shifted(wall, 60)), wall, 10).await.unwrap()
}

/// Adds some events of one identity that nobody else has.
pub async fn some_events(
    store: &Subject,
    sample: &mut Sample,
    environment: Environment,
    count: usize,
) -> Identity {
    let identity = sample.identity(environment, 1, "events");
    let events: Vec<_> = (0..count).map(|_| sample.event(&identity)).collect();
    commit(store, events.iter().map(add_event)).await;
    identity
}
