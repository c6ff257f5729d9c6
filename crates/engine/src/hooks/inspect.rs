//! Looking at a webhook and its deliveries, and sending some again.

use ringtrue_domain::{DeliveryId, FieldError, member::Permission};

use super::setup::no_webhook;
use crate::{
    Engine, Error,
    model::{
        Attempt, By, Content, Delivery, DeliveryQuery, KeyScope, LaneHealth, ReplayOf, StoredEvent, Webhook,
        WebhookDeed,
    },
    ports::{Change, HookChange, Note, Unit},
};

/// Deliveries listed at most.
const MAX_LISTED: usize = 100;
/// Deliveries replayed in one unit, so that the lane is not locked for long.
const REPLAY_BITE: usize = 1000;
/// Open deliveries whose events are counted at most.
const MAX_COUNTED: usize = 10_000;

/// A webhook and how it is doing.
#[derive(Debug)]
pub struct WebhookReport {
    /// The webhook.
    pub webhook: Webhook,
    /// Its version, for the next change.
    pub version: u64,
    /// How its endpoint has been doing.
    pub health: LaneHealth,
    /// Events that were not delivered yet, whether they are in a delivery already or not; without those that were given
    /// up.
    pub waiting: u64,
    /// Whether more than that wait: there are too many open deliveries to count them all.
    pub waiting_more: bool,
}

/// What a replay came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Replayed {
    /// Deliveries that were opened again. Those that were open already are tried anyway.
    pub opened: u64,
    /// Nothing is sent until the webhook is resumed.
    pub paused: bool,
}

/// A delivery, what is in it and what came of it.
#[derive(Debug)]
pub struct DeliveryReport {
    /// The delivery.
    pub delivery: Delivery,
    /// Its events; none for a test, or when they were erased.
    pub events: Vec<StoredEvent>,
    /// Its attempts, oldest first.
    pub attempts: Vec<Attempt>,
}

impl Engine {
    /// A webhook and how it is doing.
    pub async fn webhook(&self, scope: KeyScope) -> Result<WebhookReport, Error> {
        let stored = self.store().webhook(scope).await?.ok_or_else(no_webhook)?;
        let lane = self.store().lane(scope).await?;
        let open = self.store().open_deliveries(scope, MAX_COUNTED).await?;
        let packed: u64 = open.iter().map(Delivery::events).sum();
        Ok(WebhookReport {
            webhook: stored.webhook,
            version: stored.version,
            health: lane.map(|lane| lane.health).unwrap_or_default(),
            waiting: packed + lane.map_or(0, |lane| lane.last.saturating_sub(lane.packed)),
            waiting_more: open.len() == MAX_COUNTED,
        })
    }

    /// Deliveries, newest first; 1 to 100 of them.
    pub async fn deliveries(&self, scope: KeyScope, query: DeliveryQuery) -> Result<Vec<Delivery>, Error> {
        if !(1..=MAX_LISTED).contains(&query.limit) {
            return Err(FieldError::new("limit", "must be 1 to 100").into());
        }
        Ok(self.store().deliveries(scope, query).await?)
    }

    /// A delivery, what is in it and what came of it.
    pub async fn delivery(&self, scope: KeyScope, id: DeliveryId) -> Result<DeliveryReport, Error> {
        let delivery = self.store().delivery(scope, id).await?.ok_or_else(no_delivery)?;
        let events = match delivery.content {
            Content::Events { first, last } => self.events_of(scope, first, last).await?,
            Content::Test => Vec::new(),
        };
        let attempts = self.store().attempts(scope, id).await?;
        Ok(DeliveryReport { delivery, events, attempts })
    }

    /// Sends deliveries again, under the ids that they have. What was opened before an error stays so.
    pub async fn replay_deliveries(
        &self,
        by: impl Into<By<'_>>,
        scope: KeyScope,
        of: ReplayOf,
    ) -> Result<Replayed, Error> {
        let by = by.into();
        by.must(Permission::ManageWebhooks)?;
        let stored = self.store().webhook(scope).await?.ok_or_else(no_webhook)?;
        match of {
            ReplayOf::One(id) if self.store().delivery(scope, id).await?.is_none() => {
                return Err(no_delivery());
            }
            ReplayOf::Between(from, until) if until <= from => {
                return Err(FieldError::new("until", "must be later than from").into());
            }
            ReplayOf::One(_) | ReplayOf::Failed | ReplayOf::Between(..) => {}
        }
        let now = self.now(stored.clock_ahead_micros);
        let give_up_at = self.parts.settings.delivery.give_up_at(now);
        let delivery = match of {
            ReplayOf::One(id) => Some(id),
            ReplayOf::Failed | ReplayOf::Between(..) => None,
        };
        // It is one deed however many units it takes.
        let mut deed = self.hook_deed(by, scope, WebhookDeed::Replayed { delivery });
        let (mut opened, mut last) = (0, None);
        loop {
            let page = self.store().replayable(scope, of, last, REPLAY_BITE).await?;
            let ids: Vec<_> = page.iter().map(|delivery| delivery.id).collect();
            if !ids.is_empty() {
                opened += ids.len() as u64;
                let replay = Change::Hook(HookChange::Replay { scope, ids, now, give_up_at });
                let mut unit = Unit::new().with(replay);
                unit.changes.extend(deed.take());
                self.store().commit(unit).await?;
                self.bus().publish(Note::EventsAdded(scope.project));
            }
            if page.len() < REPLAY_BITE {
                return Ok(Replayed { opened, paused: stored.webhook.paused.is_some() });
            }
            last = page.last().copied();
        }
    }
}

fn no_delivery() -> Error {
    FieldError::new("delivery", "does not exist").into()
}
