//! `cargo xtask load webhooks`: how fast events leave for a local receiver, beside a bare HTTP client that posts the same
//! signed bodies; and whether dead receivers of some projects are felt by the others.

mod backlog;
#[cfg(feature = "reference")]
mod bare;
mod dead;

use std::path::PathBuf;

use anyhow::Context;
use clap::Args;

use super::installation::Operator;
use crate::{accept, repo};

/// Options of `load webhooks`.
#[derive(Debug, Clone, Args)]
pub(super) struct Options {
    /// Events of the backlogs that are delivered
    #[arg(long, default_value_t = 20_000, value_parser = clap::value_parser!(u32).range(1_000..=1_000_000))]
    events: u32,
    /// Projects of the run with dead receivers
    #[arg(long, default_value_t = 40, value_parser = clap::value_parser!(u8).range(10..=100))]
    projects: u8,
    /// Events per second of that run, over all projects
    #[arg(long, default_value_t = 400, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    rate: u16,
    /// Seconds of each of its parts
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u16).range(2..=600))]
    seconds: u16,
    /// The server to measure; without it that of `RINGTRUE_BIN`, or a fresh build
    #[arg(long, value_name = "FILE")]
    bin: Option<PathBuf>,
}

/// Receivers on this machine may be posted to.
const REACHABLE: (&str, &str) = ("RINGTRUE__WEBHOOK__ALLOW_NETWORKS", "[\"127.0.0.0/8\"]");
/// The machine is the only limit.
const UNLIMITED: (&str, &str) = ("RINGTRUE__LIMITS__REQUESTS_PER_SECOND", "0");

/// Measures.
pub(super) fn run(options: &Options) -> anyhow::Result<()> {
    let bin = accept::server(options.bin.as_deref())?;
    let data = tempfile::tempdir_in(repo::scratch()?).context("cannot create a data folder")?;
    let registry = data.path().join("registry.csv");
    backlog::run(&Operator::new(&bin, &data.path().join("backlog")), &bin, &registry, options.events)?;
    dead::run(&Operator::new(&bin, &data.path().join("dead")), &bin, options)
}
