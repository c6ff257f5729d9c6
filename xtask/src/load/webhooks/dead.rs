//! Many projects, each with a receiver of its own; then a tenth of these are dead. From the call that makes an event to
//! its receipt, for those that are well at all times.

use std::{
    collections::HashSet,
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use serde::Deserialize;
use serde_json::json;
use tokio::task::LocalSet;

use super::{
    super::{
        drive::as_f64,
        histogram::{Histogram, Latency},
        installation::{Caller, Key, Operator, eventually},
        process::{Announcement, Server},
        receiver::{Receipt, Receiver},
        single_thread,
    },
    Options, REACHABLE, UNLIMITED,
};

/// The sandbox's person for events (contract `sandbox.md`).
const MERLA: &str = "+12001004031";
/// Before the first part is measured.
const WARM_UP: Duration = Duration::from_secs(2);
/// One receiver in so many is dead.
const DEAD: usize = 10;

/// A project with a person and a receiver.
struct Project {
    key: Key,
    identity: String,
    receiver: Receiver,
}

/// What events look like, as far as it counts.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    event_id: String,
}

/// Measures and prints.
pub(super) fn run(operator: &Operator, bin: &Path, options: &Options) -> anyhow::Result<()> {
    let server = Server::start_with("webhooks-dead", bin, &operator.serve()?, &[REACHABLE, UNLIMITED])?;
    let projects = single_thread()?.block_on(set_up(operator, &server.announced, options.projects.into()))?;
    let (dead, healthy) = projects.split_at(projects.len() / DEAD);
    println!(
        "{} projects, {} events/s over all, from the call to the receipt at those {} that are well at all times",
        projects.len(),
        options.rate,
        healthy.len()
    );
    part(&server, &projects, options.rate, WARM_UP)?;
    let seconds = Duration::from_secs(options.seconds.into());
    let before = show("none is dead", &server, &projects, dead.len(), options.rate, seconds)?;
    for project in dead {
        project.receiver.hang(true);
    }
    // The senders find out, and have as many posts under way as they may.
    part(&server, &projects, options.rate, WARM_UP)?;
    let with_dead =
        show(&format!("{} never answer", dead.len()), &server, &projects, dead.len(), options.rate, seconds)?;
    for project in dead {
        project.receiver.hang(false);
    }
    println!(
        "  with dead ones to without: p50 {:.2}, p99 {:.2}",
        with_dead.p50_ms / before.p50_ms,
        with_dead.p99_ms / before.p99_ms
    );
    server.stop().map(drop)
}

async fn set_up(operator: &Operator, server: &Announcement, count: usize) -> anyhow::Result<Vec<Project>> {
    let mut projects = Vec::with_capacity(count);
    for (number, receiver) in Receiver::start(count)?.into_iter().enumerate() {
        let id = operator.project(&format!("Project {number}"))?;
        let key = operator.credentials(&id, "sandbox")?;
        operator.set_webhook(&id, "sandbox", &receiver.url())?;
        let mut caller = Caller::sign_in(server, &key).await?;
        let enrolled = caller.post("/v3/identity", &json!({ "phoneNumber": MERLA })).await?;
        let identity = enrolled["identityId"].as_str().context("no identityId")?.to_owned();
        projects.push(Project { key, identity, receiver });
    }
    Ok(projects)
}

/// Measures a part and prints its line.
fn show(
    name: &str,
    server: &Server,
    projects: &[Project],
    dead: usize,
    rate: u16,
    seconds: Duration,
) -> anyhow::Result<Latency> {
    let cpu = server.cpu()?;
    let made = part(server, projects, rate, seconds)?;
    let cpu = server.cpu()?.saturating_sub(cpu);
    let mut seen = Histogram::new();
    let mut events = 0;
    for (project, made) in projects.iter().zip(made).skip(dead) {
        let came = came(&project.receiver.take())?;
        ensure!(came.len() == made.len(), "{} events came of {}", came.len(), made.len());
        events += made.len();
        for (made, came) in made.into_iter().zip(came) {
            seen.record(came.duration_since(made));
        }
    }
    let latency = seen.summary();
    println!(
        "  {name:<20} p50 {:>7.2} ms   p99 {:>7.2} ms   max {:>7.2} ms   {events} events   server: {:.0} % of a core, {:.1} MiB",
        latency.p50_ms,
        latency.p99_ms,
        latency.max_ms,
        cpu.as_secs_f64() * 100.0 / seconds.as_secs_f64(),
        as_f64(server.memory("VmRSS")?) / 1_048_576.0
    );
    Ok(latency)
}

/// Lets events happen to everybody for a while, and waits until those at receivers that take them have come. When each
/// was made, by project.
fn part(
    server: &Server,
    projects: &[Project],
    rate: u16,
    time: Duration,
) -> anyhow::Result<Vec<Vec<Instant>>> {
    for project in projects {
        project.receiver.take();
    }
    let made = single_thread()?.block_on(LocalSet::new().run_until(make(server, projects, rate, time)))?;
    for (project, made) in projects.iter().zip(&made) {
        if !project.receiver.hangs() {
            eventually("the last events", || Ok(came(&project.receiver.look())?.len() >= made.len()))?;
        }
    }
    Ok(made)
}

async fn make(
    server: &Server,
    projects: &[Project],
    rate: u16,
    time: Duration,
) -> anyhow::Result<Vec<Vec<Instant>>> {
    let pause = Duration::from_secs_f64(as_f64(projects.len() as u64) / f64::from(rate));
    let mut workers = Vec::new();
    for (number, project) in projects.iter().enumerate() {
        let mut caller = Caller::sign_in(&server.announced, &project.key).await?;
        let event = json!({ "identityId": project.identity, "eventType": "PORT" });
        // Not all at the same moment.
        let offset = pause.mul_f64(as_f64(number as u64) / as_f64(projects.len() as u64));
        workers.push(tokio::task::spawn_local(async move {
            let mut made = Vec::new();
            let mut due = Instant::now() + offset;
            let end = due + time;
            while due < end {
                tokio::time::sleep_until(due.into()).await;
                made.push(Instant::now());
                caller.post("/v3/sandbox/events", &event).await?;
                due += pause;
            }
            anyhow::Ok(made)
        }));
    }
    let mut made = Vec::with_capacity(workers.len());
    for worker in workers {
        made.push(worker.await??);
    }
    Ok(made)
}

/// When each event came first. A project has one person, whose events come in the order in which they were made.
fn came(receipts: &[Receipt]) -> anyhow::Result<Vec<Instant>> {
    let mut known = HashSet::new();
    let mut came = Vec::new();
    for receipt in receipts {
        for event in serde_json::from_slice::<Vec<Event>>(receipt.body())? {
            if known.insert(event.event_id) {
                came.push(receipt.at);
            }
        }
    }
    Ok(came)
}
