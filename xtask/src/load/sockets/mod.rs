//! `cargo xtask load sockets`: many desktops that wait for a phone, on the release binary; what each costs in memory,
//! and how soon it is told when its link is pressed while all the others wait, on its own node, or on another one that
//! shares a PostgreSQL with it. In the same run: axum's bare sockets.

#[cfg(feature = "reference")]
pub(super) mod bare;
mod flows;
mod wait;

use std::{
    cell::Cell,
    fmt,
    path::{Path, PathBuf},
    rc::Rc,
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use clap::Args;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde::Serialize;
use tokio::task::LocalSet;

use super::{
    drive::{as_f64, token},
    histogram::{Histogram, Latency},
    http::Connection,
    postgres::Postgres,
    process::Server,
};
use crate::{accept, repo};
use wait::Waiting;

/// Options of `load sockets`.
#[derive(Debug, Clone, Args)]
pub(crate) struct Options {
    /// Sockets that wait
    #[arg(long, default_value_t = 20_000, value_parser = clap::value_parser!(u32).range(1..=200_000))]
    sockets: u32,
    /// Links that are pressed while all wait
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..))]
    presses: u32,
    /// One JSON document instead of text
    #[arg(long)]
    json: bool,
    /// The server to measure; without it that of `RINGTRUE_BIN`, or a fresh build
    #[arg(long, value_name = "FILE")]
    bin: Option<PathBuf>,
}

/// Connections that set up at once.
const WORKERS: usize = 32;
/// Files that a process needs besides its sockets.
const OTHER_FILES: u64 = 200;

/// What was found.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    sockets: usize,
    /// Bytes of resident memory that a socket added, everything counted.
    per_socket_bytes: f64,
    /// The same with the verification that it waits for.
    per_flow_and_socket_bytes: f64,
    bare_default_bytes: f64,
    bare_small_bytes: f64,
    /// From a link's POST to the last word on its socket.
    told: Latency,
    /// The same where another node takes the POST: both on one PostgreSQL.
    told_by_another_node: Latency,
    opened_per_second: f64,
}

/// Measures.
pub(super) fn run(options: &Options) -> anyhow::Result<()> {
    let bin = accept::server(options.bin.as_deref())?;
    let sockets = allowed(options.sockets as usize)?;
    let data = tempfile::tempdir_in(repo::scratch()?).context("cannot create a data folder")?;
    let folder = data.path().display().to_string();
    let own = std::env::current_exe().context("cannot find this program")?;
    let mut report = Report { sockets, ..Report::default() };
    let serve = ["demo", "--listen", "127.0.0.1:0", "--data", &folder, "--json"];
    let server = Server::start("sockets", &bin, &serve)?;
    super::single_thread()?.block_on(LocalSet::new().run_until(measure(&server, options, &mut report)))?;
    drop(server);
    report.told_by_another_node = elsewhere(&bin, &data.path().join("nodes"), sockets, options)?;
    for (kind, bytes) in
        [("default", &mut report.bare_default_bytes), ("small", &mut report.bare_small_bytes)]
    {
        let server = Server::start("bare-sockets", &own, &["peer", "sockets", kind])?;
        let before = server.memory("VmRSS")?;
        let targets = Rc::new(vec!["/".to_owned(); sockets]);
        let open = async {
            let _open = open_all(&server, targets).await?;
            settle().await;
            server.memory("VmRSS")
        };
        let after = super::single_thread()?.block_on(LocalSet::new().run_until(open))?;
        *bytes = per(after, before, sockets);
    }
    if options.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        print!("{report}");
    }
    Ok(())
}

async fn measure(server: &Server, options: &Options, report: &mut Report) -> anyhow::Result<()> {
    let sockets = report.sockets;
    let host = server.announced.host()?;
    let token = token(host, &server.announced).await?;
    let idle = server.memory("VmRSS")?;
    let devices = begin_all(server, &token, sockets).await?;
    settle().await;
    let before = server.memory("VmRSS")?;
    let began = Instant::now();
    let mut open = open_all(server, status_targets(&devices)).await?;
    report.opened_per_second = as_f64(sockets as u64) / began.elapsed().as_secs_f64();
    settle().await;
    let after = server.memory("VmRSS")?;
    report.per_socket_bytes = per(after, before, sockets);
    report.per_flow_and_socket_bytes = per(after, idle, sockets);
    report.told = press_some(host, &token, &devices, &mut open, options).await?;
    Ok(())
}

/// Presses some of the links on `host`, one after another; how long it took from each to its socket's last word.
async fn press_some(
    host: &str,
    token: &str,
    devices: &[String],
    open: &mut [Waiting],
    options: &Options,
) -> anyhow::Result<Latency> {
    let mut told = Histogram::new();
    let mut connection = Connection::open(host).await?;
    let sockets = open.len();
    let presses = sockets.min(options.presses as usize);
    for number in (0..presses).map(|press| press * sockets / presses) {
        told.record(flows::press(&mut connection, token, &devices[number], &mut open[number]).await?);
    }
    Ok(told.summary())
}

/// All sockets wait on one node, all links are pressed on another one.
fn elsewhere(bin: &Path, data: &Path, sockets: usize, options: &Options) -> anyhow::Result<Latency> {
    let postgres = Postgres::start()?;
    let folder = data.display().to_string();
    let serve = ["demo", "--listen", "127.0.0.1:0", "--data", &folder, "--json", "--store", &postgres.url];
    let here = Server::start("sockets-here", bin, &serve)?;
    let there = Server::start("sockets-there", bin, &serve)?;
    let measure = async {
        let token = token(here.announced.host()?, &here.announced).await?;
        let devices = begin_all(&here, &token, sockets).await?;
        let mut open = open_all(&here, status_targets(&devices)).await?;
        settle().await;
        press_some(there.announced.host()?, &token, &devices, &mut open, options).await
    };
    super::single_thread()?.block_on(LocalSet::new().run_until(measure))
}

/// Where each device waits.
fn status_targets(devices: &[String]) -> Rc<Vec<String>> {
    Rc::new(devices.iter().map(|device| format!("/v1/client/status?token={device}")).collect())
}

/// Memory is looked at when nothing moves any more.
async fn settle() {
    tokio::time::sleep(Duration::from_secs(2)).await;
}

fn per(after: u64, before: u64, sockets: usize) -> f64 {
    as_f64(after.saturating_sub(before)) / as_f64(sockets as u64)
}

/// Begins as many verifications, some at a time.
async fn begin_all(server: &Server, token: &str, count: usize) -> anyhow::Result<Vec<String>> {
    let host = server.announced.host()?;
    let mut workers = Vec::new();
    for worker in 0..WORKERS {
        let mut connection = Connection::open(host).await?;
        let (token, mine) = (token.to_owned(), (worker..count).step_by(WORKERS).len());
        workers.push(tokio::task::spawn_local(async move {
            let mut devices = Vec::with_capacity(mine);
            for _ in 0..mine {
                devices.push(flows::begin(&mut connection, &token).await?);
            }
            anyhow::Ok(devices)
        }));
    }
    let mut devices = Vec::with_capacity(count);
    for worker in workers {
        devices.extend(worker.await??);
    }
    Ok(devices)
}

/// Opens a socket at each target, in their order, some at a time.
async fn open_all(server: &Server, targets: Rc<Vec<String>>) -> anyhow::Result<Vec<Waiting>> {
    let next = Rc::new(Cell::new(0));
    let mut workers = Vec::new();
    for _ in 0..WORKERS {
        let host = server.announced.host()?.to_owned();
        let (next, targets) = (Rc::clone(&next), Rc::clone(&targets));
        workers.push(tokio::task::spawn_local(async move {
            let mut mine = Vec::new();
            while let Some(target) = targets.get(next.get()) {
                let number = next.replace(next.get() + 1);
                mine.push((number, Waiting::open(&host, target, number).await?));
            }
            anyhow::Ok(mine)
        }));
    }
    let mut all = Vec::with_capacity(targets.len());
    for worker in workers {
        all.extend(worker.await??);
    }
    all.sort_unstable_by_key(|(number, _)| *number);
    Ok(all.into_iter().map(|(_, socket)| socket).collect())
}

/// Raises the limit of open files, for the servers too, which inherit it; says how many sockets it allows.
fn allowed(wanted: usize) -> anyhow::Result<usize> {
    let need = wanted as u64 + OTHER_FILES;
    let limit = getrlimit(Resource::Nofile);
    if limit.current.is_none_or(|files| files >= need) {
        return Ok(wanted);
    }
    // Root may go over the hard limit too.
    let higher = Rlimit { current: Some(need), maximum: limit.maximum.map(|files| files.max(need)) };
    if setrlimit(Resource::Nofile, higher).is_ok() {
        return Ok(wanted);
    }
    let most = limit.maximum.unwrap_or(need);
    setrlimit(Resource::Nofile, Rlimit { current: Some(most), maximum: limit.maximum })?;
    ensure!(most > 2 * OTHER_FILES, "only {most} open files are allowed; raise the limit (ulimit -Hn)");
    let fewer = usize::try_from(most - OTHER_FILES)?.min(wanted);
    eprintln!("only {most} open files are allowed (ulimit -Hn): {fewer} sockets instead of {wanted}");
    Ok(fewer)
}

impl fmt::Display for Report {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kibi = |bytes: f64| bytes / 1024.0;
        writeln!(out, "{} waiting sockets, opened at {:.0}/s", self.sockets, self.opened_per_second)?;
        writeln!(
            out,
            "  memory per socket: {:.1} KiB, with its verification {:.1} KiB",
            kibi(self.per_socket_bytes),
            kibi(self.per_flow_and_socket_bytes)
        )?;
        writeln!(
            out,
            "  axum's by itself: {:.1} KiB, with small buffers {:.1} KiB",
            kibi(self.bare_default_bytes),
            kibi(self.bare_small_bytes)
        )?;
        writeln!(out, "  ratio to small buffers: {:.2}", self.per_socket_bytes / self.bare_small_bytes)?;
        for (name, told) in
            [("on the same node", self.told), ("on another node (PostgreSQL)", self.told_by_another_node)]
        {
            let Latency { p50_ms, p99_ms, max_ms } = told;
            writeln!(
                out,
                "  from a link's POST {name} to its socket's last word: p50 {p50_ms:.2} ms, p99 {p99_ms:.2} ms, \
                 max {max_ms:.2} ms"
            )?;
        }
        Ok(())
    }
}
