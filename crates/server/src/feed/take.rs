//! Taking a file in: a thread reads rows, the engine writes them.

use std::{
    io::{self, Read, Seek as _},
    path::Path,
    sync::Arc,
};

use aws_lc_rs::digest;
use ringtrue_domain::secret::Digest;
use ringtrue_engine::{Engine, Error, FeedRow, model::FeedFile};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::row::Row;
use crate::rows::{Format, Rows, Unreadable};

/// Rows written in one unit.
const BATCH: usize = 500;
/// Batches that are read ahead of what is written.
const AHEAD: usize = 2;

/// A file that is to be taken in.
pub(crate) struct Source<R> {
    /// The feed that it came by.
    pub(crate) feed: String,
    pub(crate) digest: Digest,
    pub(crate) format: Format,
    pub(crate) reader: R,
}

/// What became of a file.
#[derive(Debug)]
pub(crate) struct Report {
    pub(crate) file: FeedFile,
    /// Nothing was left to take in.
    pub(crate) already_taken: bool,
    /// The first of the bad rows.
    pub(crate) errors: Vec<RowError>,
}

/// What is wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RowError {
    /// The line that it begins at, from 1.
    pub(crate) line: u64,
    /// Field and rule, nothing of the value.
    pub(crate) rule: String,
}

/// Why a file was not taken in to its end. What was taken in is not taken again when the file is.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TakeError {
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    #[error("its rows could not be written")]
    Engine(#[from] Error),
    #[error("the server is stopping")]
    Stopped,
    #[error("reading it failed")]
    Panicked(#[from] tokio::task::JoinError),
}

/// Takes a file in to its end, or until `stop`. At most `named` bad rows are reported; all are counted.
pub(crate) async fn take<R: Read + Send + 'static>(
    engine: &Arc<Engine>,
    source: Source<R>,
    named: usize,
    stop: &CancellationToken,
) -> Result<Report, TakeError> {
    let mut intake = engine.intake(&source.feed, source.digest).await?;
    let (batches, mut arriving) = mpsc::channel(AHEAD);
    // It ends when nobody wants its batches any more.
    let reading = tokio::task::spawn_blocking(move || read(source.format, source.reader, &batches));
    let mut errors = Vec::new();
    while let Some(Batch { rows, wrong }) = arriving.recv().await {
        if stop.is_cancelled() {
            return Err(TakeError::Stopped);
        }
        let room = named.saturating_sub(errors.len());
        errors.extend(wrong.into_iter().take(room));
        intake.take(&rows).await?;
    }
    reading.await??;
    let already_taken = intake.was_done();
    Ok(Report { file: intake.finish().await?, already_taken, errors })
}

#[derive(Default)]
struct Batch {
    rows: Vec<Option<FeedRow>>,
    wrong: Vec<RowError>,
}

fn read(format: Format, reader: impl Read, batches: &mpsc::Sender<Batch>) -> Result<(), Unreadable> {
    let mut rows = Rows::<_, Row>::open(format, reader, &Row::COLUMNS)?;
    let mut batch = Batch::default();
    let end = loop {
        let (line, row) = match rows.next() {
            Ok(Some(next)) => next,
            Ok(None) => break Ok(()),
            Err(error) => break Err(error),
        };
        let row = row.and_then(Row::into_change);
        if let Err(error) = &row {
            batch.wrong.push(RowError { line, rule: error.to_string() });
        }
        batch.rows.push(row.ok());
        if batch.rows.len() == BATCH && batches.blocking_send(std::mem::take(&mut batch)).is_err() {
            return Ok(());
        }
    };
    if !batch.rows.is_empty() {
        // Whoever is gone does not miss it.
        let _ = batches.blocking_send(batch);
    }
    end
}

/// A file on disk, opened at its beginning, and the digest of its content.
pub(crate) fn open(path: &Path) -> io::Result<(std::fs::File, Digest)> {
    let mut file = std::fs::File::open(path)?;
    let mut context = digest::Context::new(&digest::SHA256);
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            break;
        }
        context.update(buffer.get(..read).unwrap_or_default());
    }
    file.rewind()?;
    let mut bytes = [0; 32];
    bytes.copy_from_slice(context.finish().as_ref());
    Ok((file, Digest::from_bytes(bytes)))
}
