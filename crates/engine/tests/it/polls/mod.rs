//! Sources are polled: each watched number once per interval, within the budget, whoever fails in between.

mod answers;
mod budget;
mod crashes;
mod source;
mod trouble;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use ringtrue_domain::{
    IdentityId, PhoneNumber,
    flow::Environment,
    identity::{EventType, Identity, Line},
    text::CallerText,
};
use ringtrue_engine::{
    Monitor, PollPace,
    model::KeyScope,
    ports::{Change, Sight, Unit},
    run_monitor,
};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::world::{Node, Plan, World, number};
use source::{Asked, Source, Wire};

const HOUR: Duration = Duration::from_hours(1);

/// A world whose server polls a source.
struct Scene {
    world: World,
    source: Arc<Source>,
    pace: PollPace,
    tasks: Mutex<Vec<JoinHandle<()>>>,
}

impl Scene {
    /// Nothing is polled yet.
    async fn idle(hours: u64, per_hour: u32) -> Self {
        let world = World::new(Plan { seed: 1, ..Plan::default() }).await;
        let pace = PollPace { interval: HOUR * u32::try_from(hours).unwrap(), per_hour };
        Self { world, source: Arc::default(), pace, tasks: Mutex::default() }
    }

    async fn new(hours: u64, per_hour: u32) -> Self {
        let scene = Self::idle(hours, per_hour).await;
        scene.poll(&scene.world.node());
        scene
    }

    /// Lets a node poll.
    fn poll(&self, node: &Node) {
        let line = Arc::new(Wire { source: Arc::clone(&self.source), life: node.life.clone() });
        let monitor = Monitor { source: "test", line, pace: self.pace };
        let task = run_monitor(Arc::clone(&node.engine), monitor, CancellationToken::new());
        self.tasks.lock().unwrap().push(tokio::spawn(task));
    }

    /// Lets nobody poll.
    fn stop(&self) {
        self.tasks.lock().unwrap().drain(..).for_each(|task| task.abort());
    }

    /// The process dies, if it has not already, and another one takes its place.
    fn restart(&self) {
        self.stop();
        self.world.restart();
        self.poll(&self.world.node());
    }

    fn scope(&self) -> KeyScope {
        KeyScope { project: self.world.project, environment: Environment::Production }
    }

    async fn enrol(&self, ending: u32, customer: &str, carrier: Option<&str>) -> Identity {
        let engine = self.world.engine();
        let mut random = [0; 16];
        engine.random(&mut random);
        let id = IdentityId::from_bytes(random);
        let customer = CallerText::parse("clientCustomerId", customer).unwrap();
        let KeyScope { project, environment } = self.scope();
        let mut identity = Identity::new(id, project, environment, phone(ending), customer, engine.wall());
        identity.line.carrier = carrier.map(str::to_owned);
        let put = Change::PutIdentity { expect: 0, identity: Box::new(identity.clone()) };
        engine.store().commit(Unit::new().with(put)).await.unwrap();
        identity
    }

    async fn enrol_many(&self, count: u32) {
        for ending in 0..count {
            self.enrol(ending, "", Some("Alpha")).await;
        }
    }

    /// What everybody was told so far.
    async fn told(&self) -> Vec<(IdentityId, EventType)> {
        let events = self.world.engine().store().events(self.scope(), 0, 1 << 40, 100_000).await.unwrap();
        events.into_iter().map(|stored| (stored.event.identity, stored.event.what.event_type())).collect()
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        self.stop();
    }
}

fn phone(ending: u32) -> PhoneNumber {
    PhoneNumber::normalize("phoneNumber", &number(ending)).unwrap()
}

fn at_carrier(name: &str) -> Sight {
    Sight { line: Line { carrier: Some(name.to_owned()), ..Line::default() }, ..Sight::default() }
}

/// When each number was asked about.
fn by_number(asked: &[Asked]) -> BTreeMap<&str, Vec<Timestamp>> {
    let mut numbers = BTreeMap::<_, Vec<_>>::new();
    for question in asked {
        numbers.entry(question.number.as_str()).or_default().push(question.at);
    }
    numbers
}

/// Questions of the hour with the most of them.
fn busiest_hour(asked: &[Asked]) -> usize {
    let mut most = 0;
    let mut first = 0;
    for (at, question) in asked.iter().enumerate() {
        while question.at.duration_since(asked[first].at) >= SignedDuration::from_hours(1) {
            first += 1;
        }
        most = most.max(at + 1 - first);
    }
    most
}
