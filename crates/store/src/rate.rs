//! How many units a store commits per second: the yardstick for the server's own load tests.

use std::{sync::Arc, time::Duration};

use ringtrue_domain::{
    Entropy, JobId, PersonName, PhoneNumber, ProjectId,
    flow::{Conduct, Environment, Flow, Moment, PossessionType, Subject, Terms},
    secret::Pepper,
    sms::{Slot, SmsTemplate},
};
use ringtrue_engine::{
    model::{AuditEntry, Job, Task},
    ports::{Change, Clock, EntropySource, Store, SystemClock, SystemEntropy, Unit},
};
use tokio::time::Instant;

/// What was measured.
#[derive(Debug, Clone, Copy)]
pub struct Rate {
    /// Units committed per second.
    pub per_second: f64,
    /// Half of the commits took at most this long.
    pub p50: Duration,
    /// 99 of 100 commits took at most this long.
    pub p99: Duration,
}

/// Lets `clients` tasks commit one unit after the other for a while. A unit inserts a flow, writes it again with a
/// version check, adds a job and a line of history.
pub async fn measure(store: Arc<dyn Store>, clients: usize, duration: Duration) -> anyhow::Result<Rate> {
    let began = Instant::now();
    let tasks: Vec<_> =
        (0..clients).map(|_| tokio::spawn(client(Arc::clone(&store), began + duration))).collect();
    let mut times = Vec::new();
    for task in tasks {
        times.extend(task.await??);
    }
    let seconds = began.elapsed().as_secs_f64();
    times.sort_unstable();
    let at = |percent: usize| times.get(times.len() * percent / 100).copied().unwrap_or_default();
    #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
    let per_second = times.len() as f64 / seconds;
    Ok(Rate { per_second, p50: at(50), p99: at(99) })
}

async fn client(store: Arc<dyn Store>, until: Instant) -> anyhow::Result<Vec<Duration>> {
    let project = ProjectId::new(SystemClock.wall(), &mut System::default());
    let mut times = Vec::new();
    while Instant::now() < until {
        let unit = unit(project)?;
        let began = Instant::now();
        store.commit(unit).await?;
        times.push(began.elapsed());
    }
    Ok(times)
}

/// The operating system's randomness as an argument.
#[derive(Debug, Default)]
struct System(SystemEntropy);

impl Entropy for System {
    fn fill(&mut self, out: &mut [u8]) {
        EntropySource::fill(&self.0, out);
    }
}

fn unit(project: ProjectId) -> anyhow::Result<Unit> {
    let now = SystemClock.wall();
    let mut entropy = System::default();
    let pepper = Pepper::new(&[0; 32]);
    let environment = Environment::Production;
    let terms = Terms {
        possession: PossessionType::Mobile,
        environment,
        name: PersonName::parse("Ada", "Lovelace")?,
        target_url: None,
        message: SmsTemplate::ours(Slot::Code, "Example", None),
        link_base: "https://verify.example/l/".into(),
        email: None,
        client_customer_id: None,
        client_request_id: None,
        tries: 3,
        retry_page: true,
        number_changes: 0,
        resend_pause_seconds: 10,
        origins: Vec::new(),
    };
    let phone = PhoneNumber::normalize("phoneNumber", "+14155552671")?;
    let subject = Subject { phone, conduct: Conduct::Ordinary, network_auth: false };
    let mut moment = Moment { now, entropy: &mut entropy, pepper: &pepper };
    let step = Flow::start(project, terms, subject, &mut moment);
    let flow = step.flow.id();
    let task = Task::LookupOwnership { flow };
    let id = JobId::new(now, &mut entropy);
    let job = Job { id, project, environment, task, due_at: now, attempts: 0, lease: None };
    Ok(Unit::new()
        .with(Change::PutFlow { expect: 0, flow: Box::new(step.flow.clone()) })
        .with(Change::PutFlow { expect: 1, flow: Box::new(step.flow) })
        .with(Change::Enqueue(Box::new(job)))
        .with(Change::Audit(AuditEntry { project, flow, at: now, events: step.events })))
}
