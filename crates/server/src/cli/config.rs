//! `ringtrue config`

use std::{path::PathBuf, process::ExitCode};

use clap::Subcommand;

use super::output;
use crate::config;

/// Subcommands of `config`.
#[derive(Subcommand)]
pub(super) enum ConfigCommand {
    /// Print every key with its default and its meaning
    Print,
    /// Say what is wrong with a file, and where
    Check {
        /// The file
        file: PathBuf,
    },
}

impl ConfigCommand {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::Print => output::line(config::REFERENCE.trim_end()),
            Self::Check { file } => {
                config::check(&file)?;
                output::line(&format!("{}: fine", file.display()));
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}
