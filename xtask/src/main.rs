//! The repository's tasks: `cargo xtask <command>`. No tool has to be installed for them beyond the toolchain
//! (and Node for what concerns browsers).

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command-line tool talks to its terminal")]

mod accept;
mod check;
mod command;
mod generated;
mod load;
mod month;
mod npm;
mod openapi;
mod repo;
mod sdk;

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Tasks of the repository")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Everything that must hold before a change lands
    Check {
        /// Leave out what needs Node, rustdoc or a look at generated files
        #[arg(long)]
        fast: bool,
        /// Only the steps whose name contains this
        #[arg(long, value_name = "STEP", conflicts_with = "fast")]
        only: Option<String>,
    },
    /// Type-checks, tests, measures and rebuilds sdk/web; its committed dist must not differ
    Sdk,
    /// Regenerates docs/openapi.json, or compares it with an older one
    Openapi {
        /// A git revision or a file; fails when a client of that document would break
        #[arg(long, value_name = "BASE")]
        compare: Option<String>,
    },
    /// Regenerates docs/configuration.toml and docs/errors.md
    Docs,
    /// Runs the black-box suites of tests/ against the release binary
    Accept {
        /// The server to test; without it that of `RINGTRUE_BIN`, or a fresh build
        #[arg(long, value_name = "FILE")]
        bin: Option<PathBuf>,
    },
    /// Whole flows over HTTP against the release binary, beside a bare handler and a minimal server
    Load(load::Options),
    /// Fills a data directory with what the month of a real company looks like
    Month(month::Options),
    /// What `load` starts to compare with
    #[command(hide = true, subcommand)]
    Peer(load::Peer),
}

fn main() -> ExitCode {
    let done = match Cli::parse().task {
        Task::Check { fast, only } => check::run(fast, only.as_deref().unwrap_or_default()),
        Task::Sdk => sdk::run().map(|found| println!("{found}")),
        Task::Openapi { compare: Some(base) } => openapi::compare(&base),
        Task::Openapi { compare: None } | Task::Docs => generated::rewrite(),
        Task::Accept { bin } => accept::run(bin.as_deref()),
        Task::Load(options) => load::run(&options),
        Task::Month(options) => month::run(&options),
        Task::Peer(peer) => load::serve_peer(&peer),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
