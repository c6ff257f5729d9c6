//! A server as a child process, and what the kernel knows of it.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc,
    time::{Duration, Instant},
};

use anyhow::{Context, bail, ensure};
use rustix::process::{Pid, Signal, kill_process};
use serde::Deserialize;

use crate::repo;

/// How long a server may take to come up or to go down.
const PATIENCE: Duration = Duration::from_secs(30);

/// The line that a server prints once it answers.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Announcement {
    pub(super) origin: String,
    pub(super) client_id: String,
    pub(super) client_secret: String,
    #[serde(default)]
    pub(super) project_id: String,
    /// A link that signs an owner in to the portal.
    #[serde(default)]
    pub(super) portal: String,
}

impl Announcement {
    /// `host:port` of the origin.
    pub(super) fn host(&self) -> anyhow::Result<&str> {
        self.origin.strip_prefix("http://").with_context(|| format!("{} is not plain http", self.origin))
    }
}

/// A running server; killed when dropped.
#[derive(Debug)]
pub(super) struct Server {
    child: Child,
    pub(super) announced: Announcement,
    /// From starting the process to the first 200 of `/livez`.
    pub(super) first_answer: Duration,
}

impl Server {
    /// Starts a program that announces itself; its words go to `target/xtask/load-<name>.log`.
    pub(super) fn start(name: &str, program: &Path, args: &[&str]) -> anyhow::Result<Self> {
        Self::start_with(name, program, args, &[])
    }

    /// The same with configuration.
    pub(super) fn start_with(
        name: &str,
        program: &Path,
        args: &[&str],
        environment: &[(&str, &str)],
    ) -> anyhow::Result<Self> {
        let log = std::fs::File::create(repo::scratch()?.join(format!("load-{name}.log")))?;
        let began = Instant::now();
        let mut child = Command::new(program)
            .args(args)
            .envs(environment.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .with_context(|| format!("cannot start {}", program.display()))?;
        let found = announcement(&mut child).and_then(|announced| {
            wait_until_live(announced.host()?)?;
            Ok(announced)
        });
        match found {
            Ok(announced) => Ok(Self { child, announced, first_answer: began.elapsed() }),
            Err(error) => {
                child.kill().and_then(|()| child.wait()).context("cannot stop what did not come up")?;
                Err(error.context(format!("{name} did not come up; see target/xtask/load-{name}.log")))
            }
        }
    }

    /// CPU time of all its threads so far.
    pub(super) fn cpu(&self) -> anyhow::Result<Duration> {
        cpu_of(&self.child.id().to_string())
    }

    /// A memory figure of `/proc/<pid>/status`, in bytes: `VmRSS` now, `VmHWM` at most.
    pub(super) fn memory(&self, field: &str) -> anyhow::Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(':'));
        let kibibytes = line.and_then(|rest| rest.trim().trim_end_matches(" kB").parse::<u64>().ok());
        Ok(kibibytes.with_context(|| format!("the kernel says no {field}"))? * 1024)
    }

    /// Asks it to stop and waits; says how long that took.
    pub(super) fn stop(mut self) -> anyhow::Result<(ExitStatus, Duration)> {
        let began = Instant::now();
        let id = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw).context("no process id")?;
        kill_process(id, Signal::TERM).context("cannot send SIGTERM")?;
        while began.elapsed() < PATIENCE {
            if let Some(status) = self.child.try_wait()? {
                return Ok((status, began.elapsed()));
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        bail!("the server did not stop within {PATIENCE:?} of SIGTERM");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) && self.child.kill().is_ok() {
            self.child.wait().ok();
        }
    }
}

/// CPU time of this process.
pub(super) fn own_cpu() -> anyhow::Result<Duration> {
    cpu_of("self")
}

/// CPU time that the whole machine has spent on anything.
pub(super) fn machine_cpu() -> anyhow::Result<Duration> {
    let text = std::fs::read_to_string("/proc/stat")?;
    let line = text.lines().next().and_then(|line| line.strip_prefix("cpu ")).context("no cpu line")?;
    let ticks: Vec<u64> = line.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    ensure!(ticks.len() >= 7, "the kernel's cpu line is short");
    // user, nice, system, (idle, iowait,) irq, softirq
    Ok(from_ticks(ticks[..3].iter().chain(&ticks[5..7]).sum()))
}

fn cpu_of(process: &str) -> anyhow::Result<Duration> {
    let text = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    let (_, after_name) = text.rsplit_once(')').context("no name in /proc/…/stat")?;
    let fields: Vec<&str> = after_name.split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|word| word.parse::<u64>().ok());
    // utime and stime are the fields 14 and 15 of the line, so 12 and 13 after the name.
    Ok(from_ticks(ticks(11).zip(ticks(12)).map(|(user, system)| user + system).context("no CPU times")?))
}

fn from_ticks(ticks: u64) -> Duration {
    Duration::from_millis(ticks * 1000 / rustix::param::clock_ticks_per_second().max(1))
}

/// Waits for the first line and goes on reading, so that the server never blocks on its standard output.
fn announcement(child: &mut Child) -> anyhow::Result<Announcement> {
    let output = child.stdout.take().context("no standard output")?;
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            // Later lines have no listener any more.
            tell.send(line).ok();
        }
    });
    let line = told.recv_timeout(PATIENCE).context("it ended or said nothing")?;
    serde_json::from_str(&line).with_context(|| format!("its first line is not what was agreed: {line}"))
}

fn wait_until_live(host: &str) -> anyhow::Result<()> {
    let began = Instant::now();
    while began.elapsed() < PATIENCE {
        if is_live(host).unwrap_or(false) {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    bail!("/livez does not answer 200")
}

fn is_live(host: &str) -> std::io::Result<bool> {
    let mut stream = TcpStream::connect(host)?;
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    write!(stream, "GET /livez HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n")?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    Ok(answer.starts_with(b"HTTP/1.1 200"))
}
