//! Holding a lane: packing its events, posting deliveries in order, writing what came back (`settle`).
//!
//! Nothing is posted before the delivery is durable under its id, and everything that is written says first that the
//! lane is still held. A node that was stopped for longer than its lease therefore writes nothing more; what it posted
//! is posted again, under the same id.

mod settle;

use std::{collections::HashMap, collections::HashSet, sync::Arc, time::Duration};

use jiff::{SignedDuration, Timestamp};
use ringtrue_domain::{DeliveryId, IdentityId};
use tokio::{
    task::JoinSet,
    time::{Instant, Interval, MissedTickBehavior},
};
use tokio_util::sync::CancellationToken;

use self::settle::Complaint;
use super::{
    attempt::Landed,
    order::{Open, Window, identities},
};
use crate::{
    Engine, Error,
    model::{
        Attempt, Content, Delivery, DeliveryState, KeyScope, Lane, LaneHealth, Lease, StoredEvent,
        StoredWebhook, Webhook,
    },
    ports::{Change, CommitError, HookChange, Lent, Unit, Watch},
};

/// Open deliveries that are looked at at a time. While so many wait, no further events are packed: an endpoint that has
/// not taken so many wants something else than more of them.
const WINDOW: usize = 1024;
/// Failed attempts in a row after which an endpoint gets one post at a time.
const DOUBTFUL_AFTER: u32 = 3;
/// A cursor after every event; stores keep cursors as signed integers.
const NEWEST: u64 = i64::MAX.cast_unsigned();
/// How often pauses, replays and rotations are noticed.
const LOOK: Duration = Duration::from_secs(1);
/// How long a lane without work is held on to.
const LINGER: Duration = Duration::from_secs(5);

/// Why a step of holding a lane ended early.
enum Over {
    /// Somebody else holds it.
    Lost,
    /// The database is away for the moment.
    Away,
    /// Something failed; the lease brings the lane back.
    Failed(Error),
}

impl<E: Into<Error>> From<E> for Over {
    fn from(error: E) -> Self {
        match error.into() {
            Error::Busy { .. } => Self::Away,
            error => Self::Failed(error),
        }
    }
}

/// Holds a lane until it has nothing to do for a while, or `stop`.
pub(super) async fn hold(engine: Arc<Engine>, lane: Lane, lease: Lease, stop: CancellationToken) {
    let project = lane.scope.project;
    let held = Holder::new(engine, lane, lease).run(&stop).await;
    match held {
        // Stopped while the database was away: the lease brings the lane back.
        Ok(()) | Err(Over::Away) => {}
        Err(Over::Lost) => {
            tracing::info!(project.id = %project, "a webhook's events are sent by another node now");
        }
        Err(Over::Failed(error)) => {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(project.id = %project, error, "sending to a webhook failed; its lease brings it back");
        }
    }
}

/// Events that are not packed yet.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum More {
    /// There are none.
    None,
    /// There may be some.
    Perhaps,
    /// There were more than could be packed at a time.
    Backlog,
}

struct Holder {
    engine: Arc<Engine>,
    scope: KeyScope,
    lease: Lease,
    /// Wakes when the project has new events.
    watch: Watch,
    webhook: Option<(StoredWebhook, Arc<Webhook>)>,
    /// Whether webhook and deliveries were read.
    looked: bool,
    /// The newest event that is in a delivery.
    packed: u64,
    /// What may come after it.
    more: More,
    /// Whether the store has open deliveries besides those in the window.
    window_full: bool,
    health: LaneHealth,
    complaint: Complaint,
    window: Window,
    /// Events of deliveries that were packed just now.
    at_hand: HashMap<DeliveryId, Vec<StoredEvent>>,
    flights: JoinSet<Landed>,
    /// What is to be written: new deliveries, and those whose attempt is over.
    packing: Vec<Delivery>,
    settling: Vec<(Delivery, Option<Attempt>)>,
    /// Whose deliveries those are: the next one waits until it is known for good what became of the one before.
    unwritten: HashSet<IdentityId>,
}

impl Holder {
    fn new(engine: Arc<Engine>, lane: Lane, lease: Lease) -> Self {
        let watch = engine.bus().watch_events(lane.scope.project);
        Self {
            engine,
            scope: lane.scope,
            lease,
            watch,
            webhook: None,
            looked: false,
            packed: lane.packed,
            more: More::Perhaps,
            window_full: false,
            health: lane.health,
            complaint: Complaint::default(),
            window: Window::default(),
            at_hand: HashMap::new(),
            flights: JoinSet::new(),
            packing: Vec::new(),
            settling: Vec::new(),
            unwritten: HashSet::new(),
        }
    }

    async fn run(mut self, stop: &CancellationToken) -> Result<(), Over> {
        let mut look = tokio::time::interval(LOOK);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut busy = Instant::now();
        loop {
            match self.turn(&mut look, &mut busy, stop).await {
                Ok(false) => {}
                Ok(true) => return self.release().await,
                // Nothing is posted that the database does not know of.
                Err(Over::Away) if !stop.is_cancelled() || !self.flights.is_empty() => {
                    tokio::time::sleep(LOOK).await;
                }
                Err(Over::Failed(error)) => {
                    // What is under way goes on to its end, so that it need not be posted twice.
                    while let Some(landed) = self.flights.join_next().await {
                        self.land(landed)?;
                    }
                    self.write().await?;
                    return Err(Over::Failed(error));
                }
                Err(over) => return Err(over),
            }
        }
    }

    /// Does what can be done now, then waits for more. True: there is nothing to do any more.
    async fn turn(
        &mut self,
        look: &mut Interval,
        busy: &mut Instant,
        stop: &CancellationToken,
    ) -> Result<bool, Over> {
        while let Some(landed) = self.flights.try_join_next() {
            self.land(landed)?;
        }
        let sending = self.webhook.is_some() && !stop.is_cancelled();
        let mut started = false;
        if sending {
            // What was written before flies while the next is written.
            started = self.packing.is_empty() && self.start().await?;
            self.pack().await?;
        }
        self.write().await?;
        if sending && (self.start().await? || started) {
            *busy = Instant::now();
        }
        if !self.settling.is_empty() || (sending && self.room() > 0) {
            return Ok(false);
        }
        if self.looked && self.flights.is_empty() && (!sending || busy.elapsed() >= LINGER) {
            return Ok(true);
        }
        let pause = self.pause(*busy + LINGER);
        tokio::select! {
            // The first tick comes at once.
            biased;
            _ = look.tick() => self.refresh().await?,
            Some(landed) = self.flights.join_next() => {
                self.land(landed)?;
                *busy = Instant::now();
            }
            () = self.watch.changed() => self.more = self.more.max(More::Perhaps),
            () = tokio::time::sleep(pause) => {}
            () = stop.cancelled(), if sending => {}
        }
        Ok(false)
    }

    /// Looks again at what others may have changed: the webhook, replayed deliveries, the clock.
    async fn refresh(&mut self) -> Result<(), Over> {
        let stored = self.engine.store().webhook(self.scope).await?;
        if let (Some((known, _)), Some(new)) = (&self.webhook, &stored)
            && known.webhook.url != new.webhook.url
        {
            // Another endpoint: what the old one did is not its fault.
            self.health = LaneHealth::default();
        }
        self.webhook = stored.filter(|stored| stored.webhook.paused.is_none()).map(|stored| {
            let webhook = Arc::new(stored.webhook.clone());
            (stored, webhook)
        });
        let open = self.engine.store().open_deliveries(self.scope, WINDOW).await?;
        self.window_full = open.len() == WINDOW;
        let unwritten = self.packing.iter().map(|delivery| delivery.id);
        self.window.retain(&open.iter().map(|delivery| delivery.id).chain(unwritten).collect::<HashSet<_>>());
        let settled: HashSet<_> = self.settling.iter().map(|(delivery, _)| delivery.id).collect();
        for delivery in open {
            if !self.window.has(delivery.id) && !settled.contains(&delivery.id) {
                let identities = match delivery.content {
                    Content::Events { first, last } => {
                        identities(&self.engine.events_of(self.scope, first, last).await?)
                    }
                    Content::Test => Vec::new(),
                };
                self.window.add(Open { delivery, identities, flying: false });
            }
        }
        self.more = self.more.max(More::Perhaps);
        self.looked = true;
        Ok(())
    }

    /// The project's clock.
    fn now(&self) -> Timestamp {
        self.engine.now(self.webhook.as_ref().map_or(0, |(stored, _)| stored.clock_ahead_micros))
    }

    fn free(&self) -> usize {
        let most = if self.health.failures >= DOUBTFUL_AFTER {
            1
        } else {
            self.engine.parts.settings.delivery.parallel.max(1)
        };
        most.saturating_sub(self.window.flying())
    }

    /// How many deliveries could be packed now. What comes while all posts are under way is packed together later; but
    /// of a backlog one round is packed ahead, so that it can be posted as soon as the one before has landed.
    fn room(&self) -> usize {
        let waits = self.window.next_due().is_some_and(|due| due <= self.now());
        if self.more == More::None || self.window_full || self.window.len() >= WINDOW || waits {
            return 0;
        }
        match self.free() {
            0 if self.more == More::Backlog && self.health.failures == 0 => {
                self.engine.parts.settings.delivery.parallel
            }
            free => free,
        }
    }

    /// Packs events into deliveries.
    async fn pack(&mut self) -> Result<(), Over> {
        let room = self.room();
        if !self.packing.is_empty() || room == 0 {
            return Ok(());
        }
        let most = self.engine.parts.settings.delivery.max_events.max(1);
        let (limit, ahead) = (room * most, self.free() == 0);
        let events = self.engine.store().events(self.scope, self.packed, NEWEST, limit).await?;
        if events.len() == limit {
            self.more = More::Backlog;
        } else if ahead {
            self.more = More::Perhaps;
            return Ok(());
        } else {
            self.more = More::None;
        }
        let now = self.now();
        let give_up_at = self.engine.parts.settings.delivery.give_up_at(now);
        for group in self.window.cut(events) {
            let mut group = group.into_iter().peekable();
            while group.peek().is_some() {
                let events: Vec<StoredEvent> = group.by_ref().take(most).collect();
                let (Some(first), Some(last)) = (events.first(), events.last()) else { break };
                let delivery = Delivery {
                    id: DeliveryId::new(now, &mut Lent(&*self.engine.parts.entropy)),
                    scope: self.scope,
                    content: Content::Events { first: first.cursor, last: last.cursor },
                    state: DeliveryState::Open,
                    created_at: now,
                    due_at: now,
                    give_up_at,
                    attempts: 0,
                    replayed_at_attempt: 0,
                };
                self.packed = last.cursor;
                self.packing.push(delivery);
                self.window.add(Open { delivery, identities: identities(&events), flying: false });
                if !ahead {
                    self.at_hand.insert(delivery.id, events);
                }
            }
        }
        Ok(())
    }

    /// Posts what may be posted now; tells whether there was anything.
    async fn start(&mut self) -> Result<bool, Over> {
        let Some((_, webhook)) = &self.webhook else { return Ok(false) };
        // Others may hold the lane by now; the next write tells.
        if self.engine.wall() >= self.lease.until {
            return Ok(false);
        }
        let webhook = Arc::clone(webhook);
        let now = self.now();
        let secrets = webhook.signing(now);
        let deliveries = self.window.take_off(now, self.free(), &self.unwritten);
        let started = !deliveries.is_empty();
        let mut failed = None;
        for delivery in deliveries {
            if failed.is_some() {
                self.window.call_back(delivery.id);
                continue;
            }
            let events = self.at_hand.remove(&delivery.id);
            match self.engine.parcel(delivery, events).await {
                Ok(Some(parcel)) => {
                    let engine = Arc::clone(&self.engine);
                    self.flights.spawn(engine.post(parcel, Arc::clone(&webhook), Arc::clone(&secrets), now));
                }
                Ok(None) => {
                    let open = self.window.land(delivery.id);
                    self.unwritten.extend(open.into_iter().flat_map(|open| open.identities));
                    self.settling.push((Delivery { state: DeliveryState::Empty, ..delivery }, None));
                }
                Err(error) => {
                    self.window.call_back(delivery.id);
                    failed = Some(error);
                }
            }
        }
        // What has to wait is read again when its turn comes: its people may be gone by then.
        self.at_hand.clear();
        failed.map_or(Ok(started), |error| Err(error.into()))
    }

    /// How long nothing can be done, if nothing lands and nobody wakes us.
    fn pause(&self, idle_until: Instant) -> Duration {
        let renewal = self.lease.until.duration_since(self.engine.wall()) / 3;
        let due = self.window.next_due().filter(|_| self.webhook.is_some() && self.free() > 0);
        let due = due.map_or(SignedDuration::MAX, |due| due.duration_since(self.now()));
        let soonest = Duration::try_from(renewal.min(due).max(SignedDuration::from_millis(1)));
        let idle = idle_until.saturating_duration_since(Instant::now()).max(Duration::from_millis(1));
        soonest.unwrap_or(LOOK).min(if self.flights.is_empty() { idle } else { LOOK })
    }

    /// Gives the lane back: from when on there is something to do again.
    async fn release(self) -> Result<(), Over> {
        let full = self.window_full || self.window.len() >= WINDOW;
        let due_at = self.window.next_due();
        // Events that cannot be packed for now are no reason to take the lane up again at once.
        let seen = if full { NEWEST } else { self.packed };
        let release = HookChange::Release { scope: self.scope, lease: self.lease.id, seen, due_at };
        match self.engine.store().commit(Unit::new().with(Change::Hook(release))).await {
            Ok(()) => Ok(()),
            Err(CommitError::Conflict) => Err(Over::Lost),
            Err(other) => Err(other.into()),
        }
    }
}
