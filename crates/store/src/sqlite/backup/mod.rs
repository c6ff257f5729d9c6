//! Copies of the database: into one file while it is in use, and back.
//!
//! By SQLite's online backup (sqlite.org/backup.html) rather than `VACUUM INTO`: it tells how far it is, does not
//! build every index anew, and can write into a database that is there, as one transaction of it. By itself it begins
//! again whenever somebody writes; here the source is held in one read transaction, so that the copy is one moment of
//! the database however busy that is. Copying the file would miss what is in the write-ahead log, and to close any
//! file handle of ours on a database drops the locks that SQLite has on it in this process (POSIX).

mod draft;
mod verify;

use std::path::{Path, PathBuf};

use rusqlite::{
    Connection, OpenFlags,
    backup::{Backup, StepResult},
};

use super::{OpenError, ServerLock, SqliteOptions, connection};
use crate::seal::StoreKeys;
use draft::Draft;

/// Pages that are copied between two reports of progress; 4 KiB each.
const STEP: i32 = 1024;

/// What was copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BackupFacts {
    /// Bytes of the database.
    pub bytes: u64,
    /// Its newest schema step.
    pub schema: i64,
}

/// Why a database was not copied. Nothing is left of the attempt.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// There is nothing to copy.
    #[error("{path} is not there")]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// Something is in the way, and it was not said that it may be replaced.
    #[error("{path} is there already")]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// Not a plain file, or one that belongs to the database.
    #[error("{path} cannot be the target: {rule}")]
    Target {
        /// The file.
        path: PathBuf,
        /// What it must be.
        rule: &'static str,
    },
    /// A file cannot be made, synced or named.
    #[error("cannot write {path}")]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// SQLite does not open or read it.
    #[error("cannot read {path}")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The pages could not be copied.
    #[error("the copy to {path} failed")]
    Copy {
        /// The target.
        path: PathBuf,
        /// Why.
        #[source]
        source: rusqlite::Error,
    },
    /// Another process writes to the database that is to be replaced.
    #[error("{path} is in use")]
    Busy {
        /// The database.
        path: PathBuf,
    },
    /// SQLite opens it, and it is none of ours.
    #[error("{path} is not a database of this program")]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// A newer program wrote it, or its schema was changed.
    #[error("the schema of {path} cannot be used")]
    Schema {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: OpenError,
    },
    /// SQLite's own check found damage.
    #[error("{path} is damaged")]
    Damaged {
        /// The file.
        path: PathBuf,
    },
    /// The keys do not open what is in it.
    #[error("the keys do not belong to {path}")]
    WrongKeys {
        /// The file.
        path: PathBuf,
    },
}

/// Is told how many pages of how many are copied.
pub type CopyProgress<'a> = &'a mut dyn FnMut(u64, u64);

/// Copies the database of `dir`, served or not, into the file `to`, which appears whole, checked and on disk, for its
/// owner only, or not at all. `replace`: an older file of that name goes. The keys are not in it.
pub fn back_up(
    dir: &Path,
    to: &Path,
    keys: &StoreKeys,
    replace: bool,
    progress: CopyProgress<'_>,
) -> Result<BackupFacts, BackupError> {
    let from = connection::file(dir);
    if !from.exists() {
        return Err(BackupError::Missing { path: from });
    }
    check_target(dir, to, replace)?;
    let draft = Draft::create(to)?;
    let failed = |source| BackupError::Copy { path: to.to_owned(), source };
    let read = |source: OpenError| BackupError::Read { path: from.clone(), source: source.into() };
    let source = connection::reader(&from, &SqliteOptions::default()).map_err(read)?;
    {
        let mut target = Connection::open(draft.path()).map_err(failed)?;
        // Nobody reads it before it is synced as a whole, so SQLite need neither sync nor be able to undo.
        target.execute_batch("PRAGMA synchronous = OFF; PRAGMA journal_mode = OFF").map_err(failed)?;
        snapshot(&source, &from)?;
        copy(&source, &mut target, to, progress)?;
    }
    // The server may have its log back while we check.
    drop(source);
    let facts = {
        let target = Connection::open(draft.path()).map_err(failed)?;
        // One file that needs nothing beside it, wherever it is opened.
        target.pragma_update_and_check(None, "journal_mode", "DELETE", |_| Ok(())).map_err(failed)?;
        verify::verify(&target, to, keys)?
    };
    draft.publish(to, replace)?;
    Ok(facts)
}

/// Puts a backup into `dir`, whose lock the caller holds. Into an empty directory it appears whole or not at all; a
/// database that is there is replaced (`replace`) by one transaction, after which whoever has it open reads the new
/// one.
pub fn restore(
    from: &Path,
    dir: &Path,
    _lock: &ServerLock,
    keys: &StoreKeys,
    replace: bool,
    progress: CopyProgress<'_>,
) -> Result<BackupFacts, BackupError> {
    if !from.exists() {
        return Err(BackupError::Missing { path: from.to_owned() });
    }
    let to = connection::file(dir);
    let there = to.exists();
    if there && !replace {
        return Err(BackupError::Exists { path: to });
    }
    let failed = |source| BackupError::Copy { path: to.clone(), source };
    let source = Connection::open_with_flags(from, OpenFlags::SQLITE_OPEN_READ_ONLY)
        .map_err(|source| BackupError::Read { path: from.to_owned(), source: source.into() })?;
    // Checked and copied in the same moment of it: what was checked is what is copied.
    snapshot(&source, from)?;
    let facts = verify::verify(&source, from, keys)?;
    if there {
        let mut target = connection::writer(&to, &SqliteOptions::default())
            .map_err(|source| BackupError::Read { path: to.clone(), source: source.into() })?;
        copy(&source, &mut target, &to, progress)?;
        return Ok(facts);
    }
    // What is in a log without a database would be taken for a part of the new one.
    let log = dir.join("ringtrue.db-wal");
    if log.exists() {
        return Err(BackupError::Target { path: log, rule: "move it away first" });
    }
    let draft = Draft::create(&to)?;
    {
        let mut target = Connection::open(draft.path()).map_err(failed)?;
        target.execute_batch("PRAGMA synchronous = OFF; PRAGMA journal_mode = OFF").map_err(failed)?;
        copy(&source, &mut target, &to, progress)?;
    }
    draft.publish(&to, false)?;
    Ok(facts)
}

/// Holds a database in the moment that it is in, until the connection is closed.
fn snapshot(connection: &Connection, path: &Path) -> Result<(), BackupError> {
    connection
        .execute_batch("BEGIN; SELECT count(*) FROM sqlite_schema")
        .map_err(|source| BackupError::Read { path: path.to_owned(), source: source.into() })
}

fn copy(
    source: &Connection,
    target: &mut Connection,
    path: &Path,
    progress: CopyProgress<'_>,
) -> Result<(), BackupError> {
    let failed = |source| BackupError::Copy { path: path.to_owned(), source };
    let backup = Backup::new(source, target).map_err(failed)?;
    loop {
        let step = backup.step(STEP).map_err(failed)?;
        let pages = backup.progress();
        let total = u64::try_from(pages.pagecount).unwrap_or_default();
        progress(total.saturating_sub(u64::try_from(pages.remaining).unwrap_or_default()), total);
        match step {
            StepResult::Done => return Ok(()),
            StepResult::More => {}
            _ => return Err(BackupError::Busy { path: path.to_owned() }),
        }
    }
}

/// A backup must not replace what it is made of, nor lie where it is lost together with that.
fn check_target(dir: &Path, to: &Path, replace: bool) -> Result<(), BackupError> {
    let refused = |rule| Err(BackupError::Target { path: to.to_owned(), rule });
    let inside = |dir: PathBuf| draft::parent(to).canonicalize().is_ok_and(|parent| parent.starts_with(dir));
    if dir.canonicalize().is_ok_and(inside) {
        return refused("it must lie outside of the data directory");
    }
    match to.symlink_metadata() {
        Ok(there) if !there.is_file() => refused("it must be a plain file"),
        Ok(_) if !replace => Err(BackupError::Exists { path: to.to_owned() }),
        _ => Ok(()),
    }
}
