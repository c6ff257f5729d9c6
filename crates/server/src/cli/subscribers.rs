//! `ringtrue subscribers`

mod row;

use std::{
    fs::File,
    io::{BufRead as _, BufReader, Read},
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context as _, bail};
use clap::Subcommand;
use indicatif::{ProgressBar, ProgressStyle};
use ringtrue_domain::FieldError;
use ringtrue_engine::{
    model::Subscriber,
    ports::{Change, CommitError, Store, Unit},
};
use serde_json::json;

use super::{Place, block_on, output};
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
}

/// Rows written in one unit.
const BATCH: usize = 500;
/// Bad rows that are named; the rest is counted.
const NAMED: u64 = 100;
/// Bytes of a line at most; a longer one is no subscriber.
const MAX_LINE: usize = 64 * 1024;

#[derive(Default)]
struct Counts {
    imported: u64,
    rejected: u64,
    unchanged: u64,
}

impl SubscribersCommand {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let Self::Import { file, place, json } = self;
        block_on(async {
            let installation = place.open().await?;
            let counts = import(&*installation.store, &file).await;
            installation.store.close().await;
            let counts = counts?;
            if json {
                output::json(&json!({
                    "imported": counts.imported,
                    "rejected": counts.rejected,
                    "unchanged": counts.unchanged,
                }));
            } else {
                output::line(&format!(
                    "{} imported, {} unchanged, {} rejected",
                    counts.imported, counts.unchanged, counts.rejected
                ));
            }
            Ok(())
        })
    }
}

async fn import(store: &dyn Store, path: &Path) -> anyhow::Result<Counts> {
    let file = File::open(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let bar = ProgressBar::new(file.metadata()?.len());
    bar.set_style(ProgressStyle::with_template(
        "{bar:30} {percent:>3} %  {bytes}/{total_bytes}  {msg}  {eta} left",
    )?);
    let reader = bar.wrap_read(file);
    let mut import =
        Import { store, batch: Vec::with_capacity(BATCH), counts: Counts::default(), bar: bar.clone() };
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("csv") => import.csv(reader).await?,
        Some("jsonl" | "ndjson") => import.jsonl(reader).await?,
        _ => bail!("{}: must end in .csv or .jsonl", path.display()),
    }
    import.flush().await?;
    bar.finish_and_clear();
    Ok(import.counts)
}

struct Import<'a> {
    store: &'a dyn Store,
    batch: Vec<Subscriber>,
    counts: Counts,
    bar: ProgressBar,
}

impl Import<'_> {
    async fn csv(&mut self, reader: impl Read) -> anyhow::Result<()> {
        // An export of a spreadsheet may begin with a byte order mark, which the reader strips.
        let mut csv = csv::ReaderBuilder::new().flexible(false).trim(csv::Trim::All).from_reader(reader);
        let header = csv.headers().context("line 1: the header cannot be read")?.clone();
        row::check_header(&header)?;
        let mut record = csv::StringRecord::new();
        loop {
            let line = csv.position().line();
            match csv.read_record(&mut record) {
                Ok(false) => return Ok(()),
                Ok(true) => {
                    let row: Result<Row, _> = record.deserialize(Some(&header));
                    let subscriber = row
                        .map_err(|_| FieldError::new("row", "cannot be read"))
                        .and_then(Row::into_subscriber);
                    self.take(record.position().map_or(line, csv::Position::line), subscriber).await?;
                }
                Err(error) => {
                    let reason = match error.kind() {
                        csv::ErrorKind::UnequalLengths { .. } => {
                            "has another number of fields than the header"
                        }
                        csv::ErrorKind::Utf8 { .. } => "is not UTF-8",
                        csv::ErrorKind::Io(_) => return Err(error).context("the file cannot be read"),
                        _ => "cannot be read",
                    };
                    self.take(line, Err(FieldError::new("row", reason))).await?;
                }
            }
        }
    }

    async fn jsonl(&mut self, reader: impl Read) -> anyhow::Result<()> {
        let mut reader = BufReader::new(reader);
        let mut line = Vec::new();
        for number in 1_u64.. {
            line.clear();
            // Reads on past a line that is too long, without keeping it.
            let read = (&mut reader).take(MAX_LINE as u64).read_until(b'\n', &mut line)?;
            if read == 0 {
                break;
            }
            if read == MAX_LINE && line.last() != Some(&b'\n') {
                reader.skip_until(b'\n')?;
                self.take(number, Err(FieldError::new("row", "is longer than 64 KiB"))).await?;
                continue;
            }
            if line.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            let subscriber = match crate::http::body::parse::<Row>(&line) {
                Ok(row) => row.into_subscriber(),
                Err(_) => Err(FieldError::new("row", "is not a JSON object with texts in the known fields")),
            };
            self.take(number, subscriber).await?;
        }
        Ok(())
    }

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
        let mut unit = Unit::new();
        for subscriber in self.batch.drain(..) {
            if self.store.subscriber(&subscriber.phone).await?.as_ref() == Some(&subscriber) {
                self.counts.unchanged += 1;
            } else {
                self.counts.imported += 1;
                unit.push(Change::PutSubscriber(Box::new(subscriber)));
            }
        }
        self.bar.set_message(format!("{} rows", self.counts.imported + self.counts.unchanged));
        if unit.changes.is_empty() {
            return Ok(());
        }
        match self.store.commit(unit).await {
            Ok(()) => Ok(()),
            Err(error @ CommitError::Unavailable { .. }) => {
                Err(error).context("the database is busy; rows written so far stay, import the file again")
            }
            Err(error) => Err(error).context("rows could not be written"),
        }
    }
}
