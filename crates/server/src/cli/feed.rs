//! `ringtrue feed`

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context as _, bail};
use clap::Subcommand;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::{Place, block_on, output, progress};
use crate::{
    feed::take::{self, Report, Source, TakeError},
    rows::Format,
};

/// Subcommands of `feed`.
#[derive(Subcommand)]
pub(super) enum FeedCommand {
    /// Take a file of changes in, as if it had come by the feed. A file that was taken in before changes nothing; one that
    /// was interrupted goes on where it was
    Take {
        /// The feed, as the configuration names it
        name: String,
        /// A .csv file with a header line, or a .jsonl file with an object per line. Fields: phoneNumber, eventType,
        /// newPhoneNumber, carrier, newCarrier, lineType, newLineType
        file: PathBuf,
        #[command(flatten)]
        place: Place,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

/// Bad rows that are named; the rest is counted.
const NAMED: usize = 100;

impl FeedCommand {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let Self::Take { name, file, place, json } = self;
        block_on(async {
            let feeds = place.config()?.feed;
            if !feeds.iter().any(|feed| feed.name == name) {
                bail!("the configuration has no feed of this name");
            }
            let report = take(&place, name, &file).await?;
            print(&report, json);
            Ok(())
        })
    }
}

async fn take(place: &Place, feed: String, path: &Path) -> anyhow::Result<Report> {
    let Some(format) = Format::of_path(path) else {
        bail!("{}: must end in .csv or .jsonl", path.display());
    };
    let (file, digest) = take::open(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let bar = progress::of_bytes(file.metadata()?.len());
    let engine = place.open().await?.admin_engine()?;
    let source = Source { feed, digest, format, reader: bar.wrap_read(file) };
    let taken = take::take(&engine, source, NAMED, &CancellationToken::new()).await;
    engine.store().close().await;
    bar.finish_and_clear();
    taken.map_err(|error| {
        let hint = match error {
            TakeError::Unreadable(_) => "cannot be read to its end",
            _ => "was not taken in to its end; rows written so far stay, take the file again",
        };
        anyhow::Error::new(error).context(format!("{} {hint}", path.display()))
    })
}

fn print(report: &Report, json: bool) {
    let Report { file, already_taken, errors } = report;
    for error in errors {
        output::note(&format!("line {}: {}", error.line, error.rule));
    }
    if file.rejected > errors.len() as u64 {
        output::note("more rows are rejected; only the first 100 are named");
    }
    let digest = file.digest.to_hex();
    if json {
        output::json(&json!({
            "file": digest,
            "rows": file.rows,
            "rejected": file.rejected,
            "events": file.events,
            "alreadyTaken": already_taken,
        }));
        return;
    }
    if *already_taken {
        output::line(&format!("was taken in before, by {} on {}", file.source, file.begun_at));
    }
    output::line(&format!("{} rows, {} rejected, {} events", file.rows, file.rejected, file.events));
}
