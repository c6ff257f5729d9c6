//! `cargo xtask load`: whole flows over HTTP against the release binary; and in the same run, on the same machine, what
//! they are to be compared with: a bare handler, the store alone, and a minimal server doing the same calls.
//!
//! Figures of different runs cannot be compared where others use the machine too; ratios within one run can.

mod bare;
mod drive;
mod flow;
mod histogram;
mod http;
mod identities;
mod installation;
mod nodes;
mod pages;
mod peer;
mod postgres;
mod process;
mod receiver;
#[cfg(feature = "reference")]
mod reference;
mod render;
mod report;
mod sockets;
mod store_rate;
mod tally;
mod webhooks;

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use anyhow::{Context, bail, ensure};
use clap::{Args, Subcommand};

use crate::{accept, command, repo};
use drive::Plan;
use process::Server;
use report::{Report, Run, Sample};

/// Options of `load`.
#[derive(Debug, Clone, Args)]
pub(crate) struct Options {
    /// Flows at once; at a rate, flows at once at most
    #[arg(long, default_value_t = 32, value_parser = clap::value_parser!(u16).range(1..=4096))]
    clients: u16,
    /// Seconds that are measured
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=3600))]
    seconds: u16,
    /// Seconds before them
    #[arg(long, default_value_t = 1)]
    warm_up: u16,
    /// Offers so many flows per second, however slow the answers; latency counts from when a flow was due
    #[arg(long, value_name = "RATE")]
    open_loop: Option<f64>,
    /// Only the server, nothing to compare it with
    #[arg(long)]
    alone: bool,
    /// Repeats everything and reports the median ratio
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=20))]
    rounds: u16,
    /// One JSON document instead of text
    #[arg(long)]
    json: bool,
    /// The server to measure; without it that of `RINGTRUE_BIN`, or a fresh build
    #[arg(long, value_name = "FILE")]
    bin: Option<PathBuf>,
    #[command(subcommand)]
    instead: Option<Instead>,
}

/// What is measured instead of flows.
#[derive(Debug, Clone, Subcommand)]
enum Instead {
    /// Many desktops that wait for a phone: memory of each, and how soon it is told
    Sockets(sockets::Options),
    /// One node and two on PostgreSQL, beside the embedded store and pgbench
    Nodes(nodes::Options),
    /// Events to receivers: how fast beside a bare client, and how soon while others' receivers are dead
    Webhooks(webhooks::Options),
    /// Monitored identities, up to a million: time, memory, disk; lists and lookups; changes in a registry
    Identities(identities::Options),
    /// The portal's pages on a large database: time and size of each
    Pages(pages::Options),
}

/// What a server is compared with, in a process of its own.
#[derive(Debug, Subcommand)]
pub(crate) enum Peer {
    /// Takes a body, answers a body
    Bare,
    /// A minimal server: HS256 tokens, durable grouped commits
    Reference {
        /// Where its database goes
        #[arg(long)]
        data: PathBuf,
    },
    /// Sockets that are opened and wait
    Sockets {
        /// Their buffers
        #[arg(value_enum)]
        buffers: Buffers,
    },
}

/// How large a bare socket's buffers are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Buffers {
    /// As axum makes them
    Default,
    /// 1 KiB to read, none to write
    Small,
}

/// Measures; fails when a flow did not go as it should.
pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    if let Some(rate) = options.open_loop {
        ensure!(rate.is_finite() && rate > 0.0, "--open-loop must be over 0");
    }
    if let Some(Instead::Pages(options)) = &options.instead {
        // A call now and then: an unoptimised client takes nothing away from the server.
        return pages::run(options);
    }
    if cfg!(debug_assertions) {
        return run_optimised();
    }
    match &options.instead {
        Some(Instead::Sockets(options)) => return sockets::run(options),
        Some(Instead::Nodes(options)) => return nodes::run(options),
        Some(Instead::Webhooks(options)) => return webhooks::run(options),
        Some(Instead::Identities(options)) => return identities::run(options),
        Some(Instead::Pages(_)) | None => {}
    }
    let bin = accept::server(options.bin.as_deref())?;
    let store = if options.alone { None } else { store_rate::build()? };
    let mut report = Report::default();
    for _ in 0..options.rounds {
        report.rounds.push(round(options, &bin, store.as_deref())?);
    }
    report.compare();
    if options.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        print!("{report}");
    }
    match report.errors() {
        0 => Ok(()),
        errors => bail!("{errors} flows did not go as they should"),
    }
}

/// Runs what a server is compared with, until it is killed.
pub(crate) fn serve_peer(which: &Peer) -> anyhow::Result<()> {
    match which {
        Peer::Bare => peer::serve(bare::answer),
        #[cfg(feature = "reference")]
        Peer::Reference { data } => reference::serve(data),
        #[cfg(not(feature = "reference"))]
        Peer::Reference { .. } => bail!("built without the feature `reference`"),
        #[cfg(feature = "reference")]
        Peer::Sockets { buffers } => sockets::bare::serve(*buffers == Buffers::Small),
        #[cfg(not(feature = "reference"))]
        Peer::Sockets { .. } => bail!("built without the feature `reference`"),
    }
}

/// An unoptimised client would be measured instead of the server: builds an optimised one and runs that.
fn run_optimised() -> anyhow::Result<()> {
    let args = ["build", "--release", "--locked", "--package", "xtask", "--features", "reference"];
    command::shown(&mut command::cargo(&args))?;
    let optimised = repo::target().join("release/xtask");
    command::shown(Command::new(optimised).args(std::env::args_os().skip(1)))
}

/// Everything once. The peers run right after the server, so that they find the same machine.
fn round(options: &Options, bin: &Path, store: Option<&Path>) -> anyhow::Result<report::Round> {
    let data = tempfile::tempdir_in(repo::scratch()?).context("cannot create a data folder")?;
    let folder = |name: &str| data.path().join(name).display().to_string();
    let own = std::env::current_exe().context("cannot find this program")?;
    let plan = plan(options);

    let (first, second) = (folder("server"), folder("reference"));
    let serve = ["demo", "--listen", "127.0.0.1:0", "--data", &first, "--json"];
    let mut round = report::Round { server: measure("server", bin, &serve, plan)?, ..Default::default() };
    let again = Server::start("server-again", bin, &serve)?;
    round.server.restart_ms = Some(again.first_answer.as_secs_f64() * 1e3);
    stop(again, &mut round.server)?;
    if options.alone {
        return Ok(round);
    }
    if cfg!(feature = "reference") {
        let serve = ["peer", "reference", "--data", &second];
        round.reference = Some(measure("reference", &own, &serve, plan)?);
    }
    let bare = Server::start("bare", &own, &["peer", "bare"])?;
    let short = Plan { measured: plan.measured.min(Duration::from_secs(5)), ..plan };
    round.bare_requests_per_second = Some(bare::measure(&bare, short)?);
    drop(bare);
    if let Some(example) = store {
        round.store = store_rate::measure(example, &data.path().join("store"))?;
    }
    Ok(round)
}

fn plan(options: &Options) -> Plan {
    Plan {
        clients: options.clients.into(),
        warm_up: Duration::from_secs(options.warm_up.into()),
        measured: Duration::from_secs(options.seconds.into()),
        rate: options.open_loop,
    }
}

/// Starts a server, runs flows against it, stops it.
fn measure(name: &str, program: &Path, args: &[&str], plan: Plan) -> anyhow::Result<Run> {
    let server = Server::start(name, program, args)?;
    std::thread::sleep(Duration::from_millis(500));
    let idle_before = server.memory("VmRSS")?;
    let mut samples = Vec::new();
    let tally =
        single_thread()?.block_on(drive::flows(&[&server.announced], flow::built_in(), plan, || {
            samples.push(Sample::take(&server)?);
            Ok(())
        }))?;
    let peak = server.memory("VmHWM")?;
    std::thread::sleep(Duration::from_secs(1));
    let mut run = Run::new(&tally, plan, &samples);
    run.first_answer_ms = server.first_answer.as_secs_f64() * 1e3;
    run.memory = report::Memory { idle_before, peak, idle_after: server.memory("VmRSS")? };
    if name == "server" {
        stop(server, &mut run)?;
    }
    Ok(run)
}

/// Stops our server, which has to end well.
fn stop(server: Server, run: &mut Run) -> anyhow::Result<()> {
    let (status, took) = server.stop()?;
    ensure!(status.success(), "after SIGTERM the server ended with {status}");
    run.shutdown_ms = Some(took.as_secs_f64() * 1e3);
    Ok(())
}

fn single_thread() -> anyhow::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread().enable_all().build().context("cannot start a runtime")
}
