//! Events reach the customer's endpoint: in order, at least once, whoever fails in between.

mod crashes;
mod delivery;
mod feeds;
mod order;
mod setup;
mod trouble;

use std::time::Duration;

use ringtrue_domain::{
    EventId, IdentityId, PhoneNumber,
    flow::Environment,
    identity::{Identity, LineChange},
    text::CallerText,
};
use ringtrue_engine::{
    By,
    model::{Delivery, DeliveryQuery, DeliveryState, Expect, KeyScope, Webhook},
    ports::{Change, Unit},
};

use crate::world::{Plan, World, number, pass};

const URL: &str = "https://shop.example/hook?token=t";

/// A world with a webhook, and people whose numbers are watched.
struct Scene {
    world: World,
    changes: std::cell::Cell<u32>,
}

impl Scene {
    async fn new() -> Self {
        Self::seeded(1).await
    }

    async fn seeded(seed: u64) -> Self {
        let world = World::new(Plan { seed, ..Plan::default() }).await;
        let scene = Self { world, changes: std::cell::Cell::new(0) };
        scene.save().await;
        scene
    }

    fn scope(&self) -> KeyScope {
        KeyScope { project: self.world.project, environment: Environment::Production }
    }

    async fn save(&self) -> Webhook {
        self.world.engine().save_webhook(By::Operator, self.scope(), URL, Expect::Any).await.unwrap().webhook
    }

    /// Enrols the person of the number that ends in these digits, as this customer.
    async fn enrol(&self, ending: u32, customer: &str) -> IdentityId {
        let engine = self.world.engine();
        let mut random = [0; 16];
        engine.random(&mut random);
        let id = IdentityId::from_bytes(random);
        let customer = CallerText::parse("clientCustomerId", customer).unwrap();
        let KeyScope { project, environment } = self.scope();
        let identity = Identity::new(id, project, environment, phone(ending), customer, engine.wall());
        let put = Change::PutIdentity { expect: 0, identity: Box::new(identity) };
        engine.store().commit(Unit::new().with(put)).await.unwrap();
        id
    }

    /// Lets the number go to a carrier that it was never at before: one event for each who watches it.
    async fn port(&self, ending: u32) {
        self.changes.set(self.changes.get() + 1);
        let to = Some(format!("Carrier {}", self.changes.get()));
        let change = LineChange::Ported { from: None, to };
        self.world.engine().take_in(&phone(ending), &[change], Vec::new).await.unwrap();
    }

    /// The events of the stream, oldest first, as the endpoint reads them.
    async fn stream(&self) -> Vec<String> {
        let events = self.world.engine().store().events(self.scope(), 0, 1 << 40, 100_000).await.unwrap();
        events.into_iter().map(|stored| line(stored.event.id, stored.event.identity)).collect()
    }

    async fn deliveries(&self) -> Vec<Delivery> {
        let query = DeliveryQuery { limit: 100, ..DeliveryQuery::default() };
        let mut deliveries = self.world.engine().deliveries(self.scope(), query).await.unwrap();
        deliveries.reverse();
        deliveries
    }

    /// Until no delivery is open.
    async fn all_ended(&self) {
        for _ in 0..72 * 60 {
            pass(Duration::from_mins(1)).await;
            let query =
                DeliveryQuery { limit: 1, state: Some(DeliveryState::Open), ..DeliveryQuery::default() };
            if self.world.engine().deliveries(self.scope(), query).await.unwrap().is_empty() {
                return;
            }
        }
        panic!("deliveries are open after three days");
    }

    /// Long enough for everything that is due.
    async fn settle(&self) {
        pass(Duration::from_secs(3)).await;
    }
}

fn line(event: EventId, identity: IdentityId) -> String {
    format!("{event} {identity} PORT")
}

fn phone(ending: u32) -> PhoneNumber {
    PhoneNumber::normalize("phoneNumber", &number(ending)).unwrap()
}

/// Those lines that are of one identity.
fn of(identity: IdentityId, events: &[String]) -> Vec<String> {
    events.iter().filter(|event| event.contains(&identity.to_string())).cloned().collect()
}
