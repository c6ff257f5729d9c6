//! `ringtrue backup` and `ringtrue restore`: the embedded database as one file.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context as _, bail};
use clap::Args;
use ringtrue_store::{BackupFacts, ServerLock, StoreKeys, back_up, restore};
use secrecy::ExposeSecret as _;
use serde_json::json;

use super::{Place, output, progress::Meter};
use crate::{
    config::{Config, StoreKind},
    keys::Keys,
};

/// Options of `backup`.
#[derive(Args)]
pub(super) struct Backup {
    /// The file to write, outside of the data directory
    to: PathBuf,
    /// Replace the file if it is there
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    place: Place,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Options of `restore`.
#[derive(Args)]
pub(super) struct Restore {
    /// A file that `ringtrue backup` wrote
    from: PathBuf,
    /// Replace the database of the data directory if it has one
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    place: Place,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Backup {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let config = self.place.config()?;
        embedded(&config)?;
        let keys = store_keys(&config, &self.place.data)?;
        let mut meter = Meter::new("pages");
        let facts = back_up(&self.place.data, &self.to, &keys, self.force, &mut |done, total| {
            meter.show("copied", done, total);
        });
        meter.end();
        report(&self.to, facts?, self.json);
        if !self.json {
            output::note(
                "the keys are not in it: keep keys.json (or what keys_file names) as well, and elsewhere; without \
                 it nobody can read the backup",
            );
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl Restore {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let config = self.place.config()?;
        embedded(&config)?;
        let data = &self.place.data;
        let keys = store_keys(&config, data)?;
        let lock = ServerLock::acquire(data)?;
        let mut meter = Meter::new("pages");
        let facts = restore(&self.from, data, &lock, &keys, self.force, &mut |done, total| {
            meter.show("copied", done, total);
        });
        meter.end();
        report(data, facts?, self.json);
        Ok(ExitCode::SUCCESS)
    }
}

fn report(path: &Path, facts: BackupFacts, json: bool) {
    if json {
        output::json(&json!({
            "path": path.display().to_string(),
            "bytes": facts.bytes,
            "schema": facts.schema,
            "verified": true,
            "keysIncluded": false,
        }));
    } else {
        output::line(&format!(
            "{}: {} bytes, schema {}, verified",
            path.display(),
            facts.bytes,
            facts.schema
        ));
    }
}

/// PostgreSQL has tools of its own, which know its roles, its settings and how to go on from a moment.
fn embedded(config: &Config) -> anyhow::Result<()> {
    if let StoreKind::Postgres(address) = &config.store {
        bail!(
            "{address} is a PostgreSQL database: use pg_dump and pg_restore, or a backup of the whole server; they \
             copy one moment of it while nodes serve, as this command does for the embedded database. Keep keys.json \
             apart from the dump"
        );
    }
    Ok(())
}

/// The keys as they are; a backup is no reason to make some.
pub(super) fn store_keys(config: &Config, directory: &Path) -> anyhow::Result<StoreKeys> {
    let keys = match &config.keys {
        Some(keys) => Keys::parse(keys.expose_secret()).context("keys")?,
        None => Keys::find(directory)?.with_context(|| {
            let path = Keys::path(directory);
            format!("the keys are not here: copy keys.json to {}, or name it in keys_file", path.display())
        })?,
    };
    Ok(StoreKeys::new(&keys.master, &keys.lookup))
}
