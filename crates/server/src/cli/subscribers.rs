//! `ringtrue subscribers`

mod row;

use std::{
    collections::BTreeMap,
    fs::File,
    io::{BufRead as _, BufReader, Read},
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context as _, bail};
use clap::Subcommand;
use indicatif::{ProgressBar, ProgressStyle};
use ringtrue_domain::FieldError;
use ringtrue_engine::{Engine, Error, EventCounts, Registered, model::Subscriber};
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
/// Bytes of a line at most; a longer one is no subscriber.
const MAX_LINE: usize = 64 * 1024;

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
    let file = File::open(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let bar = ProgressBar::new(file.metadata()?.len());
    bar.set_style(ProgressStyle::with_template(
        "{bar:30} {percent:>3} %  {bytes}/{total_bytes}  {msg}  {eta} left",
    )?);
    let reader = bar.wrap_read(file);
    let mut import =
        Import { engine, batch: Vec::with_capacity(BATCH), counts: Counts::default(), bar: bar.clone() };
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
    engine: &'a Engine,
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
