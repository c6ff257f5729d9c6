//! `cargo xtask month`: fills an embedded data directory with what the month of a real company looks like, to look at
//! pages with, to take pictures of them and to measure them.
//!
//! Nothing is written by hand: every row comes from the engine's own use cases over the real store, with a clock that is
//! set instead of waited for and seeded entropy. Verifications start, messages are taken by a carrier that hands the
//! code to the person, codes are typed; numbers change hands and the events go out to endpoints that have their bad
//! days; the team signs in and invites. Days end as on a server: what can be counted is counted, what has outlived its
//! use is purged. So the directory holds the counts of all days, but verifications only of the last one; for a database
//! of a million that are there, let a million fall into it: `--days 1 --verifications 1000000`.
//!
//! Made up after what such companies see: hours of the day and weekends in each country's own time, shares of methods
//! and countries, times until codes arrive and are typed, people who come again, wrong, late and missing codes, links
//! that nobody opens, names and numbers that do not match, a carrier's slow afternoon, a night of pumped messages to one
//! range of numbers, an endpoint's outage and another's broken deployment that ends in a pause.
//!
//! Not as in life: who answers takes no time (webhooks take milliseconds, identity sources none); nobody has an identity
//! source besides the registry; back ends send no `Idempotency-Key`. The same seed makes the same people do the same
//! things; keys, sealed bytes and the present instant differ. Secrets of such a directory can be guessed by whoever knows
//! the seed, except the link that is printed: it is for nothing but looking at.

#[cfg(feature = "month")]
mod carrier;
#[cfg(feature = "month")]
mod company;
#[cfg(feature = "month")]
mod crowd;
#[cfg(feature = "month")]
mod days;
#[cfg(feature = "month")]
mod dice;
#[cfg(feature = "month")]
mod endpoint;
#[cfg(feature = "month")]
mod make;
#[cfg(feature = "month")]
mod people;
#[cfg(feature = "month")]
mod sandbox;
#[cfg(feature = "month")]
mod team;
#[cfg(feature = "month")]
mod walk;
#[cfg(feature = "month")]
mod watch;
#[cfg(feature = "month")]
mod world;

use std::path::PathBuf;

use clap::Args;

/// Options of `month`.
#[derive(Debug, Clone, Args)]
pub(crate) struct Options {
    /// The data directory; must be empty or not there
    data: PathBuf,
    /// Production verifications
    #[arg(long, default_value_t = 20_000, value_parser = clap::value_parser!(u32).range(100..=10_000_000))]
    verifications: u32,
    /// Days that they fall into; the last one ends now
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..=365))]
    days: u16,
    /// The same seed makes the same people do the same things
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The server that the directory is for; without it that of `RINGTRUE_BIN`, or a fresh build
    #[arg(long, value_name = "FILE")]
    bin: Option<PathBuf>,
}

/// Makes a month.
#[cfg(feature = "month")]
pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    make::run(options)
}

/// The engine and the store are not compiled for the other tasks: builds this program with them, and runs that. An
/// optimised build takes longer than the work that it saves, unless there is much of it.
#[cfg(not(feature = "month"))]
pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    use crate::{command, repo};

    const WORTH_OPTIMISING: u32 = 100_000;
    let optimised = options.verifications > WORTH_OPTIMISING;
    let mut args = vec!["build", "--locked", "--package", "xtask", "--features", "month"];
    args.extend(optimised.then_some("--profile=demo"));
    command::shown(&mut command::cargo(&args))?;
    let built = repo::target().join(if optimised { "demo/xtask" } else { "debug/xtask" });
    command::shown(std::process::Command::new(built).args(std::env::args_os().skip(1)))
}
