//! A backlog that goes to one receiver as fast as it can: one event per post, then up to a hundred.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use serde::de::IgnoredAny;

use super::{
    super::{
        drive::as_f64,
        installation::{Operator, enrol, eventually, write_registry},
        process::Server,
        receiver::{Receipt, Receiver},
        single_thread,
    },
    REACHABLE, UNLIMITED,
};

/// Posts at once where each has one event.
const PARALLEL: usize = 64;

/// What draining a backlog took.
struct Drained {
    receipts: Vec<Receipt>,
    events: usize,
    /// From the first receipt to the last.
    took: Duration,
    cpu: Duration,
    memory: u64,
}

/// Measures and prints.
pub(super) fn run(operator: &Operator, bin: &Path, registry: &Path, people: u32) -> anyhow::Result<()> {
    let receivers = Receiver::start(1)?;
    let receiver = receivers.first().context("no receiver")?;
    let parallel = PARALLEL.to_string();
    let single = [
        REACHABLE,
        UNLIMITED,
        ("RINGTRUE__DELIVERY__PARALLEL", parallel.as_str()),
        ("RINGTRUE__DELIVERY__MAX_EVENTS", "1"),
    ];
    let server = Server::start_with("webhooks", bin, &operator.serve()?, &single)?;
    let project = server.announced.project_id.clone();
    let key = operator.credentials(&project, "production")?;
    operator.set_webhook(&project, "production", &receiver.url())?;
    write_registry(registry, 0..people, |_| "Carrier 0".to_owned())?;
    operator.import(registry)?;
    single_thread()?.block_on(enrol(&server.announced, &key, 0..people))?;

    println!("a backlog of {people} events to one receiver");
    let scene = Scene { operator, project: &project, registry, people, receiver };
    let one = scene.drain(&server, 1, true)?;
    let rate = show("one event per post, 64 at once", &one);
    server.stop()?;
    compare(&one, rate, receiver)?;

    let batches = [REACHABLE, UNLIMITED];
    let server = Server::start_with("webhooks-batches", bin, &operator.serve()?, &batches)?;
    show("up to 100 events per post, 8 at once", &scene.drain(&server, 2, false)?);
    server.stop().map(drop)
}

/// The same bodies by a bare client, as many at once.
#[cfg(feature = "reference")]
fn compare(ours: &Drained, rate: f64, receiver: &Receiver) -> anyhow::Result<()> {
    let bare = super::bare::measure(&ours.receipts, receiver, PARALLEL)?;
    println!("  {:<38}{bare:>9.0} posts/s", "a bare client, the same posts");
    println!("  posts/s to the bare client's: {:.2}", rate / bare);
    Ok(())
}

#[cfg(not(feature = "reference"))]
fn compare(_: &Drained, _: f64, _: &Receiver) -> anyhow::Result<()> {
    anyhow::bail!("built without the feature `reference`")
}

struct Scene<'a> {
    operator: &'a Operator,
    project: &'a str,
    registry: &'a Path,
    people: u32,
    receiver: &'a Receiver,
}

impl Scene<'_> {
    /// Lets everybody change the carrier while nothing is sent, then has it all sent, each event by itself or not.
    fn drain(&self, server: &Server, round: u32, alone: bool) -> anyhow::Result<Drained> {
        let expected = self.people as usize;
        self.operator.webhook("pause", self.project)?;
        write_registry(self.registry, 0..self.people, |_| format!("Carrier {round}"))?;
        self.operator.import(self.registry)?;
        let waiting = self.operator.webhook("show", self.project)?["waiting"].as_u64();
        ensure!(waiting == Some(u64::from(self.people)), "{waiting:?} events wait instead of {expected}");
        self.receiver.take();
        self.operator.webhook("resume", self.project)?;
        eventually("the first post", || Ok(self.receiver.count() > 0))?;
        let cpu = server.cpu()?;
        let (mut receipts, mut events) = (Vec::new(), 0);
        eventually("the last post", || {
            // A short look, so that the receiver is not kept waiting.
            std::thread::sleep(Duration::from_millis(20));
            let new = self.receiver.take();
            // Reading every body would cost time that the server needs.
            events += if alone { new.len() } else { count(&new)? };
            receipts.extend(new);
            Ok(events >= expected)
        })?;
        let cpu = server.cpu()?.saturating_sub(cpu);
        let events = count(&receipts)?;
        ensure!(events == expected, "{events} events came instead of {expected}");
        self.operator.check_delivered(self.project)?;
        let at = |receipt: Option<&Receipt>| receipt.map_or_else(Instant::now, |receipt| receipt.at);
        let took = at(receipts.last()).duration_since(at(receipts.first()));
        Ok(Drained { receipts, events, took, cpu, memory: server.memory("VmHWM")? })
    }
}

/// Events of posts.
fn count(receipts: &[Receipt]) -> anyhow::Result<usize> {
    let bodies = receipts.iter().map(Receipt::body);
    let counts = bodies.map(|body| Ok(serde_json::from_slice::<Vec<IgnoredAny>>(body)?.len()));
    counts.sum()
}

/// Prints a line; answers the posts per second.
fn show(name: &str, drained: &Drained) -> f64 {
    let seconds = drained.took.as_secs_f64();
    let posts = as_f64(drained.receipts.len() as u64);
    let events = as_f64(drained.events as u64);
    println!(
        "  {name:<38}{:>9.0} posts/s, {:.0} events/s; server: {:.0} µs CPU per post, {:.1} MiB at most",
        posts / seconds,
        events / seconds,
        drained.cpu.as_secs_f64() * 1e6 / posts,
        as_f64(drained.memory) / 1_048_576.0
    );
    posts / seconds
}
