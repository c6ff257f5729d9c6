//! One attempt at a delivery: what is in it, posted and timed.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Instant};

use futures_util::FutureExt as _;
use jiff::Timestamp;

use crate::{
    Engine, Error,
    model::{
        Attempt, ChangeEvent, Content, Delivery, KeyScope, NoAnswer, Outcome, SigningSecret, StoredEvent,
        Webhook,
    },
    ports::{Payload, Post},
};

/// What is posted.
pub(super) struct Parcel {
    pub(super) delivery: Delivery,
    pub(super) body: Vec<u8>,
}

/// An attempt that is over.
pub(super) struct Landed {
    pub(super) delivery: Delivery,
    pub(super) attempt: Attempt,
    /// To whom it went.
    pub(super) webhook: Arc<Webhook>,
}

impl Engine {
    /// The body of a delivery; none when nothing of it may be sent any more. `events` are its events, if at hand.
    pub(super) async fn parcel(
        &self,
        delivery: Delivery,
        events: Option<Vec<StoredEvent>>,
    ) -> Result<Option<Parcel>, Error> {
        let render = self.parts.render_events;
        let Content::Events { first, last } = delivery.content else {
            let body = render(&Payload::Test { id: delivery.id, at: delivery.created_at });
            return Ok(Some(Parcel { delivery, body }));
        };
        let events = match events {
            Some(events) => events,
            None => self.events_of(delivery.scope, first, last).await?,
        };
        let events: Vec<ChangeEvent> =
            events.into_iter().filter(|event| !event.muted).map(|event| event.event).collect();
        if events.is_empty() {
            return Ok(None);
        }
        Ok(Some(Parcel { delivery, body: render(&Payload::Events(&events)) }))
    }

    /// The events from one cursor to another, both included.
    pub(super) async fn events_of(
        &self,
        scope: KeyScope,
        first: u64,
        last: u64,
    ) -> Result<Vec<StoredEvent>, Error> {
        let count = usize::try_from(last.saturating_sub(first).saturating_add(1)).unwrap_or(usize::MAX);
        Ok(self.store().events(scope, first.saturating_sub(1), last, count).await?)
    }

    /// Posts a parcel. `now` is the project's clock.
    pub(super) async fn post(
        self: Arc<Self>,
        parcel: Parcel,
        webhook: Arc<Webhook>,
        secrets: Arc<[SigningSecret]>,
        now: Timestamp,
    ) -> Landed {
        let Parcel { delivery, body } = parcel;
        let begun = Instant::now();
        let post = Post {
            url: &webhook.url,
            project: webhook.project,
            environment: webhook.environment,
            delivery: delivery.id,
            attempt: self.random_array(),
            body: &body,
            secrets: &secrets,
            wall: self.wall(),
        };
        let outcome = AssertUnwindSafe(self.parts.webhooks.post(post)).catch_unwind().await;
        let outcome = outcome.unwrap_or_else(|_| {
            tracing::error!(delivery.id = %delivery.id, "an attempt at a webhook broke off");
            Outcome::NoAnswer { why: NoAnswer::Broken, detail: "our fault".to_owned() }
        });
        let took = begun.elapsed();
        metrics::counter!("ringtrue_webhook_attempts_total", "outcome" => label(&outcome)).increment(1);
        metrics::histogram!("ringtrue_webhook_seconds").record(took.as_secs_f64());
        let attempt = Attempt {
            delivery: delivery.id,
            number: delivery.attempts.saturating_add(1),
            at: now,
            duration_ms: u32::try_from(took.as_millis()).unwrap_or(u32::MAX),
            outcome,
        };
        Landed { delivery, attempt, webhook }
    }
}

impl Webhook {
    /// The secrets that sign at an instant of the project's clock.
    pub(crate) fn signing(&self, now: Timestamp) -> Arc<[SigningSecret]> {
        self.secrets.iter().filter(|secret| secret.is_good(now)).cloned().collect()
    }
}

const fn label(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Answered(answer) => match answer.status {
            200..300 => "delivered",
            300..400 => "redirect",
            400..500 => "client_error",
            _ => "server_error",
        },
        Outcome::NoAnswer { why, .. } => match why {
            NoAnswer::Forbidden => "forbidden_address",
            NoAnswer::Unresolved => "unresolved",
            NoAnswer::Unconnected => "unconnected",
            NoAnswer::TimedOut => "timed_out",
            NoAnswer::Broken => "broken",
        },
    }
}
