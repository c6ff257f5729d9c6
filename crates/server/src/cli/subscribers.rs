//! `ringtrue subscribers`

mod row;

use std::{
    collections::BTreeMap,
    fs::File,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context as _, bail};
use clap::Subcommand;
use indicatif::ProgressBar;
use ringtrue_domain::FieldError;
use ringtrue_engine::{Engine, Error, EventCounts, Registered, model::Subscriber};
use serde_json::json;

use super::{Place, block_on, output, progress};
use crate::rows::{Format, Rows};
use row::Row;

/// Subcommands of `subscribers`.
#[derive(Subcommand)]
pub(super) enum SubscribersCommand {
    /// Import subscribers: new numbers are added, known ones updated, unchanged ones left alone
    Import {
        /// A .csv file with a header line, or a .jsonl file with an object per line. Fields: phoneNumber, firstName,
        /// middleName, lastName, fullName, carrier, lineType, countryCode, status; all but the number optional
        file: PathBuf,
        #[command(flatten)]
        place: Place,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Put one subscriber into the registry, in place of what is known of the number
    Set {
        #[command(flatten)]
        row: Row,
        #[command(flatten)]
        place: Place,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

/// Rows written in one unit.
const BATCH: usize = 500;
/// Bad rows that are named; the rest is counted.
const NAMED: u64 = 100;

#[derive(Default)]
struct Counts {
    imported: u64,
    rejected: u64,
    unchanged: u64,
    events: EventCounts,
}

impl SubscribersCommand {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        block_on(async {
            let (counts, json) = match self {
                Self::Import { file, place, json } => {
                    let engine = place.open().await?.admin_engine()?;
                    let counts = import(&engine, &file).await;
                    engine.store().close().await;
                    (counts?, json)
                }
                Self::Set { row, place, json } => {
                    let subscriber = row.into_subscriber()?;
                    let engine = place.open().await?.admin_engine()?;
                    let mut counts = Counts::default();
                    let registered = engine.register(&[subscriber]).await;
                    engine.store().close().await;
                    counts.add(registered?);
                    (counts, json)
                }
            };
            counts.print(json);
            Ok(())
        })
    }
}

impl Counts {
    fn add(&mut self, registered: Registered) {
        self.imported += registered.imported;
        self.unchanged += registered.unchanged;
        for (kind, count) in registered.events {
            *self.events.entry(kind).or_default() += count;
        }
    }

    fn print(&self, json: bool) {
        let Self { imported, rejected, unchanged, events } = self;
        if json {
            let events: BTreeMap<_, _> = events.iter().map(|(kind, count)| (kind.as_str(), count)).collect();
            output::json(&json!({
                "imported": imported,
                "rejected": rejected,
                "unchanged": unchanged,
                "events": events,
            }));
            return;
        }
        output::line(&format!("{imported} imported, {unchanged} unchanged, {rejected} rejected"));
        for (kind, count) in events {
            output::line(&format!("{count} × {}", kind.as_str()));
        }
    }
}

async fn import(engine: &Engine, path: &Path) -> anyhow::Result<Counts> {
    let Some(format) = Format::of_path(path) else {
        bail!("{}: must end in .csv or .jsonl", path.display());
    };
    let file = File::open(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let bar = progress::of_bytes(file.metadata()?.len());
    let mut rows = Rows::<_, Row>::open(format, bar.wrap_read(file), &["phoneNumber"])?;
    let mut import = Import { engine, batch: Vec::with_capacity(BATCH), counts: Counts::default(), bar };
    while let Some((line, row)) = rows.next()? {
        import.take(line, row.and_then(Row::into_subscriber)).await?;
    }
    import.flush().await?;
    import.bar.finish_and_clear();
    Ok(import.counts)
}

struct Import<'a> {
    engine: &'a Engine,
    batch: Vec<Subscriber>,
    counts: Counts,
    bar: ProgressBar,
}

impl Import<'_> {
    async fn take(&mut self, line: u64, row: Result<Subscriber, FieldError>) -> anyhow::Result<()> {
        match row {
            Ok(subscriber) => {
                self.batch.push(subscriber);
                if self.batch.len() >= BATCH {
                    self.flush().await?;
                }
            }
            Err(error) => {
                self.counts.rejected += 1;
                if self.counts.rejected <= NAMED {
                    self.bar.suspend(|| output::note(&format!("line {line}: {error}")));
                } else if self.counts.rejected == NAMED + 1 {
                    self.bar.suspend(|| output::note("more rows are rejected; only the first 100 are named"));
                }
            }
        }
        Ok(())
    }

    async fn flush(&mut self) -> anyhow::Result<()> {
        let registered = self.engine.register(&self.batch).await.map_err(|error| {
            let hint = match error {
                Error::Busy { .. } => "the database is busy; rows written so far stay, import the file again",
                _ => "rows could not be written",
            };
            anyhow::Error::new(error).context(hint)
        })?;
        self.batch.clear();
        self.counts.add(registered);
        self.bar.set_message(format!("{} rows", self.counts.imported + self.counts.unchanged));
        Ok(())
    }
}
