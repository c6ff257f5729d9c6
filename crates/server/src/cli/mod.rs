//! The command line.

mod access_key;
mod backup;
mod config;
mod credentials;
mod demo;
mod doctor;
mod feed;
mod healthcheck;
mod listen;
mod migrate_store;
mod output;
mod progress;
mod project;
mod serve;
mod sign_in_link;
mod subscribers;
mod webhook;

use std::{
    path::PathBuf,
    process::{ExitCode, Termination},
};

use anyhow::Context as _;
use clap::{Args, Parser, Subcommand};

use crate::{assemble::Installation, config::Config, run::FRESH_KEYS};

pub(crate) use webhook::outcome_in_words;

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
    /// Print a one-time link into the portal: for the first owner, or for a member who cannot sign in otherwise
    SignInLink(sign_in_link::SignInLink),
    /// Manage projects
    #[command(subcommand)]
    Project(project::ProjectCommand),
    /// Manage the credentials of back ends
    #[command(subcommand)]
    Credentials(credentials::CredentialsCommand),
    /// Manage the keys that automation calls the admin API with
    #[command(subcommand)]
    AccessKey(access_key::AccessKeyCommand),
    /// Manage the registry of subscribers
    #[command(subcommand)]
    Subscribers(subscribers::SubscribersCommand),
    /// Take in files of changes from carriers and vendors
    #[command(subcommand)]
    Feed(feed::FeedCommand),
    /// Manage where events of a project go, and what became of them
    #[command(subcommand)]
    Webhook(webhook::WebhookCommand),
    /// Get a project's sandbox events on this machine and post them to an address here, without a tunnel
    Listen(listen::Listen),
    /// Copy the embedded database into one file, while the server runs or not. The keys are not in it: keep keys.json
    /// apart
    Backup(backup::Backup),
    /// Put a backup into a data directory on which no server runs; the keys must be there already
    Restore(backup::Restore),
    /// Move everything from the embedded database to PostgreSQL or back. Neither may be served meanwhile; a move that was
    /// interrupted goes on when the command is given again
    MigrateStore(migrate_store::MigrateStore),
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
    /// URL of a PostgreSQL database, such as <postgres://user@host/database> [default: embedded in the data directory].
    /// Others on this machine can read it here: a URL with a password belongs into `store_file` of the configuration
    // A text: the parser of the command line would quote a value that it refuses.
    #[arg(long, value_name = "URL")]
    store: Option<String>,
}

impl Place {
    fn config(&self) -> anyhow::Result<Config> {
        let mut config = crate::config::load(self.config.as_deref(), &self.data.join("ringtrue.toml"))?;
        if let Some(store) = &self.store {
            config.store = store.parse().context("--store")?;
        }
        Ok(config)
    }

    /// Opens the installation for a command that sets something up.
    async fn open(&self) -> anyhow::Result<Installation> {
        let installation = Installation::open(&self.config()?, &self.data, None).await?;
        if let Some(path) = &installation.fresh_keys {
            output::note(&format!("{}: {FRESH_KEYS}", path.display()));
        }
        Ok(installation)
    }
}

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let done = match cli.command {
        Command::Serve(command) => command.run(),
        Command::Demo(command) => command.run(),
        Command::Config(command) => command.run(),
        Command::SignInLink(command) => command.run(),
        Command::Project(command) => command.run(),
        Command::Credentials(command) => command.run(),
        Command::AccessKey(command) => command.run(),
        Command::Subscribers(command) => command.run(),
        Command::Feed(command) => command.run(),
        Command::Webhook(command) => command.run(),
        Command::Listen(command) => command.run(),
        Command::Backup(command) => command.run(),
        Command::Restore(command) => command.run(),
        Command::MigrateStore(command) => command.run(),
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
fn block_on<T: Termination>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(work).map(Termination::report)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn every_command_can_be_given() {
        super::Cli::command().debug_assert();
    }
}
