//! `cargo xtask load identities`: ten thousand monitored identities and ten times as many, as often as is asked for, in
//! the embedded store; what each size costs, and how long it takes until changes in a registry have been delivered.

mod changes;
mod reads;

use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::Context;
use clap::Args;

use super::{
    drive::as_f64,
    histogram::Latency,
    installation::{Key, Operator, enrol},
    process::Server,
    receiver::Receiver,
    single_thread,
};
use crate::{accept, repo};
use changes::Changes;
use reads::Reads;

/// Options of `load identities`.
#[derive(Debug, Clone, Args)]
pub(super) struct Options {
    /// The greatest number of identities; the measurement begins with 10,000 and goes on in steps of ten
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(10_000..=7_000_000))]
    up_to: u32,
    /// Carriers that change in the last import of each size
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    changes: u32,
    /// The server to measure; without it that of `RINGTRUE_BIN`, or a fresh build
    #[arg(long, value_name = "FILE")]
    bin: Option<PathBuf>,
}

const FIRST_SIZE: u32 = 10_000;

/// What was found at one size.
struct Found {
    size: u32,
    enrolled_per_second: f64,
    memory: u64,
    database: u64,
    reads: Reads,
    changes: Changes,
}

/// Measures and prints.
pub(super) fn run(options: &Options) -> anyhow::Result<()> {
    let bin = accept::server(options.bin.as_deref())?;
    let data = tempfile::tempdir_in(repo::scratch()?).context("cannot create a data folder")?;
    let operator = Operator::new(&bin, &data.path().join("data"));
    let receivers = Receiver::start(1)?;
    let receiver = receivers.first().context("no receiver")?;
    let server = start(&operator, &bin)?;
    let project = server.announced.project_id.clone();
    let key = operator.credentials(&project, "production")?;
    operator.set_webhook(&project, "production", &receiver.url())?;

    let mut found: Vec<Found> = Vec::new();
    let mut size = FIRST_SIZE;
    while size <= options.up_to {
        let from = found.last().map_or(0, |found| found.size);
        let began = Instant::now();
        single_thread()?.block_on(enrol(&server.announced, &key, from..size))?;
        let enrolled_per_second = f64::from(size - from) / began.elapsed().as_secs_f64();
        let reads = single_thread()?.block_on(reads::measure(&server.announced, &key, size))?;
        let registry = data.path().join("registry.csv");
        let changes = changes::measure(&operator, &project, receiver, &registry, size, options.changes)?;
        let (memory, database) = (server.memory("VmRSS")?, operator.database_bytes()?);
        let step = Found { size, enrolled_per_second, memory, database, reads, changes };
        step.show();
        found.push(step);
        size = size.saturating_mul(10);
    }
    if let [first, .., last] = found.as_slice() {
        last.show_growth(first);
    }
    let most = server.memory("VmHWM")?;
    println!("memory at most {:.1} MiB", mebi(most));
    server.stop()?;
    restart(&operator, &bin, &key, size / 10)
}

fn start(operator: &Operator, bin: &Path) -> anyhow::Result<Server> {
    let environment = [
        ("RINGTRUE__WEBHOOK__ALLOW_NETWORKS", "[\"127.0.0.0/8\"]"),
        ("RINGTRUE__LIMITS__REQUESTS_PER_SECOND", "0"),
    ];
    Server::start_with("identities", bin, &operator.serve()?, &environment)
}

/// What a server needs that finds all of them there.
fn restart(operator: &Operator, bin: &Path, key: &Key, size: u32) -> anyhow::Result<()> {
    let server = start(operator, bin)?;
    let first = server.first_answer;
    let idle = server.memory("VmRSS")?;
    let reads = single_thread()?.block_on(reads::measure(&server.announced, key, size.min(FIRST_SIZE)))?;
    println!(
        "started again: first answer after {:.0} ms, {:.1} MiB; get p99 {:.2} ms",
        first.as_secs_f64() * 1e3,
        mebi(idle),
        reads.get.p99_ms
    );
    server.stop().map(drop)
}

impl Found {
    fn show(&self) {
        let Self { size, enrolled_per_second, memory, database, reads, changes } = self;
        println!(
            "{size} identities: enrolled at {enrolled_per_second:.0}/s; {:.1} MiB of memory, {:.1} MiB of disk ({:.0} bytes each, with registry and events)",
            mebi(*memory),
            mebi(*database),
            as_f64(*database) / f64::from(*size)
        );
        for (what, latency) in reads.all() {
            let Latency { p50_ms, p99_ms, max_ms } = latency;
            println!("  {what:<24} p50 {p50_ms:>7.2} ms   p99 {p99_ms:>7.2} ms   max {max_ms:>7.2} ms");
        }
        println!(
            "  the registry of all of them imported in {:.1} s ({:.0} rows/s); again with {} changes: {:.1} s until the \
             import is over, {:.1} s until the last one has come, in {} posts",
            changes.first_import.as_secs_f64(),
            per_second(*size, changes.first_import),
            changes.count,
            changes.import.as_secs_f64(),
            changes.delivered.as_secs_f64(),
            changes.posts
        );
    }

    fn show_growth(&self, first: &Self) {
        println!("from {} to {} identities:", first.size, self.size);
        let ratio = |what: &str, after: f64, before: f64| println!("  {what:<24} × {:.2}", after / before);
        ratio("enrolments per second", self.enrolled_per_second, first.enrolled_per_second);
        ratio("memory", as_f64(self.memory), as_f64(first.memory));
        ratio("disk", as_f64(self.database), as_f64(first.database));
        for ((what, after), (_, before)) in self.reads.all().into_iter().zip(first.reads.all()) {
            ratio(&format!("{what}, p50"), after.p50_ms, before.p50_ms);
            ratio(&format!("{what}, p99"), after.p99_ms, before.p99_ms);
        }
        let rows = |found: &Self| per_second(found.size, found.changes.first_import);
        ratio("imported rows per second", rows(self), rows(first));
        let rows = |found: &Self| per_second(found.size, found.changes.import);
        ratio("rows per second, changes", rows(self), rows(first));
    }
}

fn per_second(count: u32, time: Duration) -> f64 {
    f64::from(count) / time.as_secs_f64()
}

fn mebi(bytes: u64) -> f64 {
    as_f64(bytes) / 1_048_576.0
}
