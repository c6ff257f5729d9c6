//! What becomes of verified numbers, and of the events that tell of it.

use std::{collections::HashSet, sync::Arc, time::Duration};

use anyhow::ensure;
use jiff::{SignedDuration, Timestamp, civil::time, tz::Offset};
use ringtrue_domain::{LineType, PhoneNumber, flow::Environment, identity::LineChange};
use ringtrue_engine::{
    model::{By, Expect, KeyScope, Project, SignedIn},
    ports::Note,
    run_dispatcher,
};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::{
    company::PRODUCTS,
    crowd::Verified,
    days::{Days, instant},
    dice::Dice,
    people::Country,
    world::{Actor, World},
};

/// Of a hundred numbers, how many something becomes of in a month.
const CHANGES_PER_HUNDRED: usize = 3;
/// Changes of a day at most: enough to look at.
const MOST_CHANGES: usize = 60;
/// Open deliveries that are looked at.
const LOOK: usize = 1000;
/// How long deliveries may take that take milliseconds.
const PATIENCE: Duration = Duration::from_mins(2);

/// Those who watch the numbers, and the dispatcher of their events.
pub(super) struct Watch {
    actor: Actor,
    dice: Dice,
    days: Days,
    scopes: Vec<KeyScope>,
    people: Vec<Verified>,
    /// Those whom something has happened to. Nothing else does: a second event would wait for the first one, and nobody
    /// here could tell that from one that is not sent.
    changed: HashSet<PhoneNumber>,
    stop: CancellationToken,
    dispatcher: JoinHandle<()>,
}

impl Watch {
    /// Sets webhooks and begins to send.
    pub(super) async fn begin(
        world: &World,
        owner: &SignedIn,
        seed: u64,
        days: Days,
        projects: &[Project],
    ) -> anyhow::Result<Self> {
        let actor = world.actor(1);
        actor.clock.set(days.bounds(0).0);
        let mut scopes = Vec::new();
        for (product, project) in PRODUCTS.iter().zip(projects) {
            let Some(url) = product.webhook else { continue };
            let scope = KeyScope { project: project.id, environment: Environment::Production };
            actor.engine.save_webhook(owner, scope, url, Expect::Any).await?;
            actor.engine.test_webhook(owner, scope).await?;
            scopes.push(scope);
        }
        let stop = CancellationToken::new();
        let dispatcher = tokio::spawn(run_dispatcher(Arc::clone(&actor.engine), stop.clone()));
        Ok(Self {
            actor,
            dice: Dice::new(seed, 2),
            days,
            scopes,
            people: Vec::new(),
            changed: HashSet::new(),
            stop,
            dispatcher,
        })
    }

    /// Lives through a day; those who were verified in it are watched from the next one on.
    pub(super) async fn day(&mut self, day: u16, verified: Vec<Verified>) -> anyhow::Result<()> {
        let (from, to) = self.days.bounds(day);
        let expected = self.people.len() * CHANGES_PER_HUNDRED / 100 / 3;
        let count = expected.min(MOST_CHANGES);
        let mut times: Vec<_> = (0..count).map(|_| self.told_at(from, to)).collect();
        times.sort_unstable();
        for at in times {
            self.settle(at).await?;
            let person = self.people.swap_remove(self.dice.below(self.people.len()));
            if !self.changed.insert(person.phone.clone()) {
                continue;
            }
            let change = self.change(person.country)?;
            self.actor.engine.take_in(&person.phone, &[change], Vec::new).await?;
        }
        // A secret is changed now and then.
        if day + 8 == self.days.count
            && let Some(scope) = self.scopes.first()
        {
            self.settle(to).await?;
            self.actor.engine.rotate_webhook_secret(By::Operator, *scope, Duration::from_hours(24)).await?;
        }
        self.settle(to).await?;
        self.people.extend(verified.into_iter().filter(|one| PRODUCTS[one.product].webhook.is_some()));
        Ok(())
    }

    /// Most changes come in a file at night, the others when a source is asked.
    fn told_at(&mut self, from: Timestamp, to: Timestamp) -> Timestamp {
        let night = Offset::UTC.to_datetime(to).with().time(time(3, 20, 0, 0)).build();
        let file = night.and_then(|night| Offset::UTC.to_timestamp(night)).unwrap_or(to);
        let file =
            if file < to { file } else { file.checked_sub(SignedDuration::from_hours(24)).unwrap_or(from) };
        if self.dice.chance(0.6) && file >= from {
            return file.checked_add(self.dice.within(SignedDuration::from_secs(20))).unwrap_or(file);
        }
        instant(from, to, 0, &mut self.dice)
    }

    fn change(&mut self, country: &'static Country) -> anyhow::Result<LineChange> {
        let to = Some(country.carrier(&mut self.dice));
        let new = if self.dice.chance(0.3) { Some(country.number(&mut self.dice)?) } else { None };
        let changes = [
            LineChange::SimSwapped,
            LineChange::Ported { from: None, to },
            LineChange::NumberChanged { new },
            LineChange::Disconnected,
            LineChange::LineTypeChanged { from: None, to: LineType::NonFixedVoip },
            LineChange::MovedOutOfCoverage,
        ];
        let which = self.dice.weighted(&[(0, 34), (1, 28), (2, 17), (3, 14), (4, 4), (5, 3)]);
        Ok(changes[which].clone())
    }

    /// Lets everything happen that is due until an instant, each at its time.
    async fn settle(&self, until: Timestamp) -> anyhow::Result<()> {
        loop {
            self.wait_until_quiet().await?;
            match self.next_due().await? {
                Some(due) if due < until => self.actor.clock.set(due),
                _ => break,
            }
        }
        self.actor.clock.set(until);
        self.wait_until_quiet().await
    }

    /// When the next delivery is tried again.
    async fn next_due(&self) -> anyhow::Result<Option<Timestamp>> {
        let mut dues = Vec::new();
        for scope in &self.scopes {
            if !self.is_paused(*scope).await? {
                let open = self.actor.engine.store().open_deliveries(*scope, LOOK).await?;
                dues.extend(open.into_iter().map(|delivery| delivery.due_at));
            }
        }
        Ok(dues.into_iter().min())
    }

    /// Waits until nothing is due now.
    async fn wait_until_quiet(&self) -> anyhow::Result<()> {
        let began = std::time::Instant::now();
        while !self.is_quiet().await? {
            ensure!(began.elapsed() < PATIENCE, "events are not sent");
            for scope in &self.scopes {
                self.actor.engine.bus().publish(Note::EventsAdded(scope.project));
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        Ok(())
    }

    async fn is_quiet(&self) -> anyhow::Result<bool> {
        let store = self.actor.engine.store();
        for scope in &self.scopes {
            if self.is_paused(*scope).await? {
                continue;
            }
            let packed = store.lane(*scope).await?.is_none_or(|lane| lane.packed == lane.last);
            let open = store.open_deliveries(*scope, LOOK).await?;
            if !packed || open.iter().any(|delivery| delivery.due_at <= self.actor.engine.wall()) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    async fn is_paused(&self, scope: KeyScope) -> anyhow::Result<bool> {
        let stored = self.actor.engine.store().webhook(scope).await?;
        Ok(stored.is_none_or(|stored| stored.webhook.paused.is_some()))
    }

    /// Stops sending.
    pub(super) async fn end(self) -> anyhow::Result<()> {
        self.stop.cancel();
        Ok(self.dispatcher.await?)
    }
}
