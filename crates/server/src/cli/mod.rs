//! The command line.

mod config;
mod credentials;
mod demo;
mod doctor;
mod healthcheck;
mod output;
mod project;
mod serve;
mod subscribers;

use std::{path::PathBuf, process::ExitCode};

use clap::{Args, Parser, Subcommand};

/// Verifies users by phone, self-hosted.
#[derive(Parser)]
#[command(name = "ringtrue", version, about, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the server
    Serve(serve::Serve),
    /// Run the server with a sandbox project, a demo shop and a virtual handset
    Demo(demo::Demo),
    /// Show or check the configuration
    #[command(subcommand)]
    Config(config::ConfigCommand),
    /// Manage projects
    #[command(subcommand)]
    Project(project::ProjectCommand),
    /// Manage the credentials of back ends
    #[command(subcommand)]
    Credentials(credentials::CredentialsCommand),
    /// Manage the registry of subscribers
    #[command(subcommand)]
    Subscribers(subscribers::SubscribersCommand),
    /// Check that everything is in place
    Doctor(doctor::Doctor),
    /// Ask a running server whether it is ready; exit code 0 if so
    Healthcheck(healthcheck::Healthcheck),
}

/// Where the installation is.
#[derive(Args)]
struct Place {
    /// Directory of the database and the keys; made on first use
    #[arg(long, value_name = "DIR", default_value = "data")]
    data: PathBuf,
    /// Configuration file [default: ringtrue.toml in the data directory, if it is there]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

impl Place {
    fn config(&self) -> anyhow::Result<crate::config::Config> {
        crate::config::load(self.config.as_deref(), &self.data.join("ringtrue.toml"))
    }
}

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let done = match cli.command {
        Command::Serve(command) => command.run(),
        Command::Demo(command) => command.run(),
        Command::Config(command) => command.run(),
        Command::Project(command) => command.run(),
        Command::Credentials(command) => command.run(),
        Command::Subscribers(command) => command.run(),
        Command::Doctor(command) => command.run(),
        Command::Healthcheck(command) => Ok(command.run()),
    };
    match done {
        Ok(code) => code,
        Err(error) => {
            output::error(&error);
            ExitCode::FAILURE
        }
    }
}

/// Runs a command that needs to wait. Reads run on the threads of the runtime, so two are enough for small commands.
fn block_on(work: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(work).map(|()| ExitCode::SUCCESS)
}
