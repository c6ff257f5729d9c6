//! A server, what it talks to, and the time.

mod carrier;
mod clock;
mod life;
mod mortal_store;
mod provider;
mod receiver;
mod registry;
mod relying_party;

use std::sync::{Arc, Mutex};

use std::time::Duration;

use jiff::SignedDuration;
use ringtrue_domain::{
    FlowId, PersonName, PhoneNumber, ProjectId, TargetUrl,
    flow::{Environment, PossessionType, View},
    secret::Pepper,
};
use ringtrue_engine::{
    By, Connectors, DeliverySettings, DeviceAnswer, Engine, Error, Key, Parts, Settings, StartVerification,
    Started,
    model::{Persona, Project, ProjectSettings},
    ports::{LocalBus, Personas, Store},
    run_dispatcher, run_worker,
};
use ringtrue_store::MemoryStore;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

pub(crate) use carrier::{Carrier, Deed};
pub(crate) use clock::SimClock;
pub(crate) use life::Life;
pub(crate) use mortal_store::MortalStore;
pub(crate) use receiver::{Receiver, Reply};
pub(crate) use registry::{Registry, Word};

use carrier::Line;
use clock::Seeded;
use provider::Provider;
use receiver::{Postman, render};
use registry::Wire;
use relying_party::RelyingParty;

/// How long a request waits for the work that it caused.
pub(crate) const BUDGET: Duration = Duration::from_secs(3);
/// How long a node may hold a job.
pub(crate) const LEASE: Duration = Duration::from_secs(30);

/// Everything, with one server process at a time.
pub(crate) struct World {
    pub(crate) clock: SimClock,
    pub(crate) carrier: Arc<Carrier>,
    pub(crate) registry: Arc<Registry>,
    pub(crate) receiver: Arc<Receiver>,
    pub(crate) project: ProjectId,
    entropy: Arc<Seeded>,
    node: Mutex<Arc<Node>>,
    token: String,
}

/// One server process.
pub(crate) struct Node {
    pub(crate) engine: Arc<Engine>,
    pub(crate) store: Arc<MortalStore>,
    pub(crate) life: Life,
    tasks: [JoinHandle<()>; 2],
}

/// What differs from world to world.
#[derive(Default)]
pub(crate) struct Plan {
    pub(crate) seed: u64,
    /// The sender knows a message that it was given before.
    pub(crate) recognises_repeats: bool,
    pub(crate) settings: ProjectSettings,
    /// How long verifications are kept after the day for which they answer.
    pub(crate) kept_on: SignedDuration,
}

/// These worlds have no sandbox.
struct NoPersonas;

impl Personas for NoPersonas {
    fn find<'a>(&'a self, _: &'a Project, _: &PhoneNumber) -> Option<&'a Persona> {
        None
    }

    fn all<'a>(&'a self, _: &'a Project) -> Vec<&'a Persona> {
        Vec::new()
    }
}

impl World {
    pub(crate) async fn new(plan: Plan) -> Self {
        let clock = SimClock::start();
        let carrier = Arc::new(Carrier::new(plan.seed, plan.recognises_repeats));
        let registry = Arc::new(Registry::new(plan.seed));
        let entropy = Arc::new(Seeded::new(plan.seed));
        let receiver = Arc::new(Receiver::default());
        let outside = Outside { clock: &clock, carrier: &carrier, registry: &registry, receiver: &receiver };
        let node = boot(&outside, &entropy, Arc::new(MemoryStore::new().keep_flows_for(plan.kept_on)));
        let project = node.engine.create_project(By::Nobody, "Shop", plan.settings).await.unwrap();
        let fresh = node
            .engine
            .create_credential(By::Nobody, project.id, Environment::Production, None)
            .await
            .unwrap();
        let issued = node.engine.issue_token(&fresh.id.to_string(), fresh.secret.expose()).await.unwrap();
        let token = issued.token.expose().to_owned();
        let node = Mutex::new(Arc::new(node));
        Self { clock, carrier, registry, receiver, project: project.id, entropy, node, token }
    }

    /// Another token, as the first one is good for an hour.
    pub(crate) async fn sign_in_again(&mut self) {
        let engine = self.engine();
        let made = engine.create_credential(By::Nobody, self.project, Environment::Production, None).await;
        let fresh = made.unwrap();
        let issued = engine.issue_token(&fresh.id.to_string(), fresh.secret.expose()).await.unwrap();
        issued.token.expose().clone_into(&mut self.token);
    }

    /// The server process of now.
    pub(crate) fn node(&self) -> Arc<Node> {
        Arc::clone(&self.node.lock().unwrap())
    }

    pub(crate) fn engine(&self) -> Arc<Engine> {
        Arc::clone(&self.node().engine)
    }

    /// The process dies if it has not already, and another one starts with what was committed.
    pub(crate) fn restart(&self) {
        let old = self.node();
        old.life.end();
        old.tasks.iter().for_each(JoinHandle::abort);
        let store = old.store.survivors();
        let node = boot(&self.outside(), &self.entropy, Arc::new(store));
        *self.node.lock().unwrap() = Arc::new(node);
    }

    /// A process of another node on the same store.
    pub(crate) fn another_node(&self) -> Node {
        boot(&self.outside(), &self.entropy, self.node().store.shared())
    }

    fn outside(&self) -> Outside<'_> {
        let Self { clock, carrier, registry, receiver, .. } = self;
        Outside { clock, carrier, registry, receiver }
    }

    /// Asks the server; `None` when it died meanwhile.
    pub(crate) async fn ask<T, F: Future<Output = T>>(
        &self,
        work: impl FnOnce(Arc<Engine>) -> F,
    ) -> Option<T> {
        let node = self.node();
        tokio::select! {
            biased;
            () = node.life.ended() => None,
            answer = work(Arc::clone(&node.engine)) => Some(answer),
        }
    }

    /// Begins a verification of the number that ends in these digits.
    pub(crate) async fn verify(
        &self,
        possession: PossessionType,
        ending: u32,
    ) -> Option<Result<(FlowId, View), Error>> {
        let request = request(possession, ending);
        self.ask(|engine| async move {
            let caller = engine.caller(&self.token).await?;
            match engine.start(&caller, request, None).await? {
                Started::Flow { flow, view } => Ok((flow.id(), view)),
                Started::Answer(_) => unreachable!("no key was given"),
            }
        })
        .await
    }

    /// Begins a verification by code under an idempotency key.
    pub(crate) async fn verify_under(&self, key: Option<&Key>, ending: u32) -> Result<Started, Error> {
        let engine = self.engine();
        let caller = engine.caller(&self.token).await?;
        engine.start(&caller, request(PossessionType::Mobile, ending), key).await
    }

    /// A verification that begins well.
    pub(crate) async fn begin(&self, possession: PossessionType) -> FlowId {
        self.verify(possession, 2671).await.unwrap().unwrap().0
    }

    pub(crate) async fn send_code(&self, id: FlowId) -> Option<Result<DeviceAnswer, Error>> {
        self.ask(|engine| async move { engine.start_code(id, None).await }).await
    }

    pub(crate) async fn enter(&self, id: FlowId, code: &str) -> Option<Result<DeviceAnswer, Error>> {
        let code = code.to_owned();
        self.ask(|engine| async move { engine.enter_code(id, code).await }).await
    }

    /// What the back end is told.
    pub(crate) async fn status(&self, id: FlowId) -> Option<Result<View, Error>> {
        self.ask(|engine| async move {
            let caller = engine.caller(&self.token).await?;
            engine.status(&caller, &id.to_string()).await.map(|answer| answer.view)
        })
        .await
    }

    pub(crate) async fn jobs_open(&self) -> u64 {
        self.node().store.jobs_open().await.unwrap()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert_eq!(self.carrier.complaints(), Vec::<String>::new());
        }
    }
}

fn request(possession: PossessionType, ending: u32) -> StartVerification {
    StartVerification {
        possession,
        phone: number(ending),
        name: PersonName::parse("Ada", "Lovelace").unwrap(),
        target_url: Some(TargetUrl::parse("https://shop.example/back", false).unwrap()),
        message: None,
        email: None,
        client_customer_id: None,
        client_request_id: None,
        allow_otp_retry: true,
    }
}

/// A US number.
pub(crate) fn number(ending: u32) -> String {
    format!("+1415555{ending:04}")
}

/// Lets time pass for everything that waits for it.
pub(crate) async fn pass(time: Duration) {
    tokio::time::sleep(time).await;
}

/// Whom a server process talks to.
struct Outside<'a> {
    clock: &'a SimClock,
    carrier: &'a Arc<Carrier>,
    registry: &'a Arc<Registry>,
    receiver: &'a Arc<Receiver>,
}

fn boot(outside: &Outside<'_>, entropy: &Arc<Seeded>, store: Arc<MemoryStore>) -> Node {
    let Outside { clock, carrier, registry, receiver } = outside;
    let life = Life::default();
    let store = Arc::new(MortalStore::new(store, life.clone()));
    let connectors = Connectors {
        sms: Arc::new(Line::new(carrier, &life, clock)),
        identity: Arc::new(Wire::new(registry, &life, clock)),
        network: None,
    };
    let engine = Engine::new(Parts {
        store: Arc::<MortalStore>::clone(&store),
        bus: Arc::new(LocalBus::default()),
        clock: Arc::new(SimClock::clone(clock)),
        entropy: Arc::<Seeded>::clone(entropy),
        pepper: Pepper::new(&[7; 32]),
        personas: Arc::new(NoPersonas),
        sandbox: connectors.clone(),
        production: connectors,
        webhooks: Arc::new(Postman::new(receiver, &life, clock)),
        render_events: render,
        passkeys: Some(Arc::new(RelyingParty::default())),
        sign_on: Some(Arc::new(Provider)),
        settings: Settings {
            link_base: "https://verify.example/l/".to_owned(),
            inline_budget: BUDGET,
            verifications_kept: SignedDuration::from_hours(2 * 24),
            lease: LEASE,
            delivery: DeliverySettings::default(),
        },
    });
    let stop = CancellationToken::new();
    let worker = tokio::spawn(run_worker(Arc::clone(&engine), stop.clone()));
    let dispatcher = tokio::spawn(run_dispatcher(Arc::clone(&engine), stop));
    Node { engine, store, life, tasks: [worker, dispatcher] }
}
