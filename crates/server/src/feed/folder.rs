//! Directories that files are dropped into. A file is taken in when it is complete, and put away after that.
//!
//! Any number of nodes may look at the same directory. Who finds a complete file moves it to `taking/` under a name that
//! no other file ever has; from there on its content and its name belong together, so that whoever puts it away puts away
//! what was taken in. A file that stays there, because a node ended, is taken up by the next look of any node.

use std::{
    collections::HashMap,
    ffi::{OsStr, OsString},
    fmt::Write as _,
    fs::{self, Metadata},
    io,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use anyhow::Context as _;
use jiff::Timestamp;
use ringtrue_engine::Engine;
use serde_json::json;
use tokio::{task::spawn_blocking, time::MissedTickBehavior};
use tokio_util::sync::CancellationToken;

use super::take::{self, Report, RowError, Source, TakeError};
use crate::{
    config,
    rows::{Format, Unreadable},
};

/// How often a directory is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(10);
/// Bad rows of a file that are reported; the rest is counted.
const NAMED: usize = 10_000;
const TAKING: &str = "taking";
const TAKEN: &str = "taken";
const FAILED: &str = "failed";

/// A directory that files are dropped into.
pub(crate) struct Folder {
    feed: String,
    directory: PathBuf,
    /// What was there at the last look.
    seen: HashMap<PathBuf, Shape>,
    /// The last look failed, and that was said.
    away: bool,
}

/// What changes of a file while it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Shape {
    inode: u64,
    size_bytes: u64,
    /// Seconds and nanoseconds.
    modified: (i64, i64),
}

/// A file to be taken in.
#[derive(Debug)]
struct Found {
    path: PathBuf,
    shape: Shape,
    format: Format,
    /// It is in `taking/` already.
    claimed: bool,
}

/// Looks at a directory until `stop`.
pub(crate) async fn watch(engine: Arc<Engine>, mut folder: Folder, stop: CancellationToken) {
    let mut clock = tokio::time::interval(LOOK_EVERY);
    clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = clock.tick() => {
                folder.look(&engine, &stop).await;
            }
        }
    }
}

/// Whether files in a directory could be taken in: it is there, and can be written to.
pub(crate) fn try_out(directory: &Path) -> anyhow::Result<()> {
    let name = || directory.display().to_string();
    fs::read_dir(directory).with_context(name)?;
    let trial = directory.join(format!(".ringtrue-{}", std::process::id()));
    fs::write(&trial, []).and_then(|()| fs::remove_file(&trial)).with_context(name)
}

impl Folder {
    /// The directory of a feed, if it has one.
    pub(crate) fn of(feed: &config::Feed) -> Option<Self> {
        let directory = feed.directory.clone()?;
        Some(Self { feed: feed.name.clone(), directory, seen: HashMap::new(), away: false })
    }

    /// Takes in what has not changed since the look before, oldest first; returns how many files were put away. What goes
    /// wrong is logged, and tried again at later looks.
    pub(crate) async fn look(&mut self, engine: &Arc<Engine>, stop: &CancellationToken) -> usize {
        let mut away = 0;
        match self.take_settled(engine, stop, &mut away).await {
            Ok(()) if self.away => {
                self.away = false;
                tracing::info!(feed.name = self.feed, "files are taken in again");
            }
            Err(error) if !self.away => {
                self.away = true;
                tracing::warn!(
                    feed.name = self.feed,
                    error = format!("{error:#}"),
                    "a directory of files cannot be worked off"
                );
            }
            Ok(()) | Err(_) => {}
        }
        away
    }

    async fn take_settled(
        &mut self,
        engine: &Arc<Engine>,
        stop: &CancellationToken,
        away: &mut usize,
    ) -> anyhow::Result<()> {
        let directory = self.directory.clone();
        let found = spawn_blocking(move || list(&directory)).await?.context("it cannot be read")?;
        let shapes = found.iter().map(|file| (file.path.clone(), file.shape)).collect();
        let before = std::mem::replace(&mut self.seen, shapes);
        for file in found {
            let settled = before.get(&file.path) == Some(&file.shape);
            if !settled && !file.claimed {
                continue;
            }
            // A later file must not overtake one that another node is at, or that is still to be taken.
            if !settled || !self.take(engine, file, stop).await? {
                break;
            }
            *away += 1;
        }
        Ok(())
    }

    /// Takes a file in and puts it away; `false` when another node did, or it is not to be taken yet.
    async fn take(
        &self,
        engine: &Arc<Engine>,
        file: Found,
        stop: &CancellationToken,
    ) -> anyhow::Result<bool> {
        let Some(path) = self.claim(&file, engine.wall()).await? else { return Ok(false) };
        let opening = path.clone();
        let (reader, digest) = match spawn_blocking(move || take::open(&opening)).await? {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            opened => opened.context("a file cannot be read")?,
        };
        let source =
            Source { feed: self.feed.clone(), digest, format: file.format, reader: reader.try_clone()? };
        let (into, errors, more) = match take::take(engine, source, NAMED, stop).await {
            Ok(report) => {
                self.tell(&report);
                let none = report.file.rejected == report.file.rows && report.file.rows > 0;
                let more = report.file.rejected.saturating_sub(report.errors.len() as u64);
                (if none { FAILED } else { TAKEN }, report.errors, more)
            }
            Err(TakeError::Unreadable(Unreadable::Line { line, rule })) => {
                tracing::warn!(feed.name = self.feed, "a file of changes cannot be read to its end");
                (FAILED, vec![RowError { line, rule: rule.into_owned() }], 0)
            }
            Err(TakeError::Stopped) => return Ok(false),
            Err(other) => return Err(other).context("a file was not taken in to its end"),
        };
        let expected = file.shape;
        let target = self.directory.join(into);
        spawn_blocking(move || {
            if Shape::of(&reader.metadata()?) != expected {
                // Somebody goes on writing it: it is another file now.
                return Ok(false);
            }
            put_away(&path, &target, &errors, more)
        })
        .await?
        .context("a file cannot be put away")
    }

    /// Moves a file to `taking/`, if it is not there; `None` when somebody else did, or when it is not the one that was
    /// found any more.
    async fn claim(&self, file: &Found, now: Timestamp) -> anyhow::Result<Option<PathBuf>> {
        if file.claimed {
            return Ok(Some(file.path.clone()));
        }
        // In the order in which they are claimed.
        let mut name = OsString::from(now.strftime("%Y%m%dT%H%M%S.%6fZ-").to_string());
        name.push(file.path.file_name().unwrap_or_default());
        let (from, to, shape) = (file.path.clone(), self.directory.join(TAKING).join(name), file.shape);
        let claimed = spawn_blocking(move || {
            fs::rename(&from, &to)?;
            // Another one may have come under its name meanwhile. It waits there until it is known to be complete.
            io::Result::Ok((Shape::of(&fs::metadata(&to)?) == shape).then_some(to))
        });
        match claimed.await? {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            claimed => claimed.context("a file cannot be moved to taking/"),
        }
    }

    fn tell(&self, report: &Report) {
        let file = &report.file;
        tracing::info!(
            feed.name = self.feed,
            feed.rows = file.rows,
            feed.rejected = file.rejected,
            feed.events = file.events,
            feed.already_taken = report.already_taken,
            "a file of changes was taken in"
        );
        if file.rejected > 0 {
            tracing::warn!(
                feed.name = self.feed,
                feed.rejected = file.rejected,
                "rows of a file were rejected"
            );
        }
    }
}

impl Shape {
    fn of(data: &Metadata) -> Self {
        Self { inode: data.ino(), size_bytes: data.size(), modified: (data.mtime(), data.mtime_nsec()) }
    }
}

/// What is there to be taken in, those first that were claimed before, then the oldest. Makes what is missing of the
/// directories beneath.
fn list(directory: &Path) -> io::Result<Vec<Found>> {
    for name in [TAKING, TAKEN, FAILED] {
        match fs::create_dir(directory.join(name)) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            _ => {}
        }
    }
    let mut claimed = files(&directory.join(TAKING), true)?;
    claimed.sort_by(|one, other| one.path.cmp(&other.path));
    let mut dropped = files(directory, false)?;
    dropped.sort_by(|one, other| (one.shape.modified, &one.path).cmp(&(other.shape.modified, &other.path)));
    claimed.append(&mut dropped);
    Ok(claimed)
}

fn files(directory: &Path, claimed: bool) -> io::Result<Vec<Found>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let path = entry.path();
        let hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
        let Some(format) = Format::of_path(&path).filter(|_| !hidden) else { continue };
        match entry.metadata() {
            // Of the entry itself: what a link points to is nobody's to move.
            Ok(data) if data.is_file() => {
                found.push(Found { path, shape: Shape::of(&data), format, claimed });
            }
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(found)
}

/// Moves a file to where it stays, beside a report if there is something to report; `false` when another node has done
/// it.
fn put_away(path: &Path, directory: &Path, errors: &[RowError], more: u64) -> io::Result<bool> {
    let target = directory.join(path.file_name().unwrap_or(OsStr::new("unnamed")));
    if !errors.is_empty() {
        let mut text = String::new();
        for error in errors {
            let _ = writeln!(text, "{}", json!({ "line": error.line, "rule": error.rule }));
        }
        if more > 0 {
            let _ = writeln!(text, "{}", json!({ "more": more }));
        }
        let mut report = target.clone().into_os_string();
        report.push(".report.jsonl");
        fs::write(report, text)?;
    }
    match fs::rename(path, target) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
        Ok(()) => Ok(true),
    }
}

#[cfg(test)]
mod tests;
