//! `ringtrue migrate-store`

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context as _, bail};
use clap::Args;
use ringtrue_store::{
    MoveOptions, MoveProgress, PostgresAddress, StoreKeys, StorePlace, TableFacts, move_store,
};
use serde_json::json;

use super::{backup::store_keys, block_on, output, progress::Meter};
use crate::{config, keys::Keys};

/// Options of `migrate-store`.
#[derive(Args)]
pub(super) struct MigrateStore {
    /// Where everything is: `sqlite:DIR`, <postgres://user@host/database>, or `file:PATH`, a file with such a URL: others
    /// on this machine can read a password on the command line
    // A text: the parser of the command line would quote a value that it refuses.
    #[arg(long, value_name = "STORE")]
    from: String,
    /// Where it shall be: the same, of the other kind, and empty
    #[arg(long, value_name = "STORE")]
    to: String,
    /// The keys of the source, which will be those of the target [default: the configured ones, else the keys.json of the
    /// SQLite directory]
    #[arg(long, value_name = "FILE")]
    keys: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl MigrateStore {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let from = place(&self.from).context("--from")?;
        let to = place(&self.to).context("--to")?;
        let directory = match (&from, &to) {
            (StorePlace::Sqlite(directory), StorePlace::Postgres(_))
            | (StorePlace::Postgres(_), StorePlace::Sqlite(directory)) => directory.clone(),
            _ => bail!("one store must be sqlite:DIR and the other one a PostgreSQL database"),
        };
        let keys = self.keys(&directory)?;
        let json = self.json;
        block_on(async {
            let mut meter = Meter::new("rows");
            let mut progress = |progress| show(&mut meter, progress);
            let moved = move_store(&from, &to, &keys, MoveOptions::default(), &mut progress).await;
            meter.end();
            report(&moved?, json);
            if matches!(to, StorePlace::Sqlite(_)) && !Keys::path(&directory).exists() {
                output::note(&format!("now put keys.json into {}", directory.display()));
            }
            output::note("the source is as it was: do not serve it again, it would go its own way");
            Ok(())
        })
    }

    fn keys(&self, directory: &Path) -> anyhow::Result<StoreKeys> {
        let Some(path) = &self.keys else {
            return store_keys(&config::load(None, &directory.join("ringtrue.toml"))?, directory);
        };
        let text = fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
        let keys = Keys::parse(text.trim()).with_context(|| path.display().to_string())?;
        Ok(StoreKeys::new(&keys.master, &keys.lookup))
    }
}

/// Takes a store's name apart. Errors do not quote it: it may hold a password.
fn place(text: &str) -> anyhow::Result<StorePlace> {
    if let Some(path) = text.strip_prefix("file:") {
        let url = fs::read_to_string(path).with_context(|| format!("{path} cannot be read"))?;
        return postgres(url.trim()).with_context(|| path.to_owned());
    }
    match text.strip_prefix("sqlite:") {
        Some("") => bail!("names no directory"),
        Some(directory) => Ok(StorePlace::Sqlite(directory.into())),
        None if PostgresAddress::is_meant(text) => postgres(text),
        None => bail!("must begin with sqlite:, postgres:// or file:"),
    }
}

fn postgres(url: &str) -> anyhow::Result<StorePlace> {
    Ok(StorePlace::Postgres(Box::new(url.parse().context("the URL of the database")?)))
}

fn show(meter: &mut Meter, progress: MoveProgress) {
    let what = if progress.checking { "compared" } else { "copied" };
    meter.show(&format!("{what} {}", progress.table), progress.done, progress.total);
}

/// Both sides were read and are the same, so each number stands for both.
fn report(tables: &[TableFacts], json: bool) {
    if json {
        let list: Vec<_> = (tables.iter())
            .map(|facts| {
                let checksum = facts.checksum.to_string();
                json!({
                    "table": facts.table,
                    "source": { "rows": facts.rows, "checksum": checksum },
                    "target": { "rows": facts.rows, "checksum": checksum },
                })
            })
            .collect();
        output::json(&json!({ "tables": list, "verified": true }));
        return;
    }
    output::line("table        rows on both sides  checksum of both sides");
    for facts in tables {
        output::line(&format!("{:<12} {:>18}  {}", facts.table, facts.rows, facts.checksum));
    }
}
