//! The driver for SQLite: one writer thread that groups commits, a few read-only connections used on the caller's
//! thread, a checkpoint thread.

mod backup;
mod bulk;
mod checkpoint;
mod connection;
mod lock;
mod migrate;
mod readers;
mod run;
mod witness;
mod writer;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

pub use backup::{BackupError, BackupFacts, CopyProgress, back_up, restore};
pub(crate) use bulk::{Bulk, HALF_MOVED};
pub use lock::{LockError, ServerLock};

use crate::{
    seal::StoreKeys,
    sql::{DbError, Driver, KeyError, Row, SqlStore, Stamp, Stmt, Then, WriteError, Written},
};
use checkpoint::Checkpointer;
use readers::Readers;
use witness::Witness;
use writer::Writer;

/// A store in a directory of its own.
pub type SqliteStore = SqlStore<SqliteDriver>;

/// What can be set. The defaults are right for a server.
#[derive(Debug, Clone)]
pub struct SqliteOptions {
    /// Read-only connections at most; each is opened when first needed and costs up to 0.5 MiB.
    pub readers: usize,
    /// Units that may wait to be written; more are refused.
    pub queue: usize,
    /// Milliseconds to wait for another process that writes.
    pub busy_millis: u32,
}

impl Default for SqliteOptions {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        Self { readers: cores.clamp(2, 4), queue: 1024, busy_millis: 5000 }
    }
}

/// Why a database could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The directory or the file could not be made.
    #[error("cannot create {path}")]
    Create {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// SQLite does not open it.
    #[error("cannot open {path}")]
    Open {
        /// The database file.
        path: PathBuf,
        /// Why.
        #[source]
        source: rusqlite::Error,
    },
    /// A schema step failed.
    #[error("schema step {step} failed")]
    Migrate {
        /// Its name.
        step: String,
        /// Why.
        #[source]
        source: rusqlite::Error,
    },
    /// A newer program wrote it.
    #[error("the database has schema {found}, this program knows up to {known}: use a newer program")]
    Newer {
        /// The database's schema.
        found: i64,
        /// The newest one known here.
        known: i64,
    },
    /// A step differs from the one that was applied.
    #[error("schema step {step} is not the one that was applied")]
    Altered {
        /// Its number.
        step: i64,
    },
    /// A move into it was begun and not finished.
    #[error("the database is an unfinished copy of another one: finish it with `ringtrue migrate-store`")]
    HalfMoved,
    /// The keys open nothing here.
    #[error("the keys do not belong to this database")]
    WrongKeys,
    /// The keys could not be checked.
    #[error("the keys could not be checked")]
    Keys(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The operating system gives no thread.
    #[error("cannot start a thread")]
    Thread(#[source] std::io::Error),
}

impl SqlStore<SqliteDriver> {
    /// Opens the database in `dir`, creating both if needed, readable by their owner only. Several processes may have
    /// it open; that only one of them serves is [`ServerLock`]'s business.
    pub async fn open(dir: &Path, keys: &StoreKeys, options: SqliteOptions) -> Result<Self, OpenError> {
        Self::over(SqliteDriver::open(dir, &options, Before::MayRun)?, keys).await
    }

    /// Opens the database in the directory that `lock` is for, as the one process that takes jobs and lanes. What
    /// another one before it had claimed is free at once: it runs no more, so nobody waits for its leases to end.
    pub async fn open_locked(
        lock: &ServerLock,
        keys: &StoreKeys,
        options: SqliteOptions,
    ) -> Result<Self, OpenError> {
        Self::over(SqliteDriver::open(lock.dir(), &options, Before::IsGone)?, keys).await
    }

    async fn over(driver: SqliteDriver, keys: &StoreKeys) -> Result<Self, OpenError> {
        Self::new(driver, keys).await.map_err(|error| match error {
            KeyError::Wrong(_) => OpenError::WrongKeys,
            error => OpenError::Keys(error.into()),
        })
    }
}

/// Whether another process may still hold leases.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    MayRun,
    IsGone,
}

/// Ends all leases, as if their time were over.
const END_LEASES: &str = "UPDATE jobs SET lease_until = 0 WHERE lease_until IS NOT NULL; \
    UPDATE lanes SET lease_until = 0 WHERE lease_id IS NOT NULL; \
    UPDATE polls SET due_at = 0 WHERE due_at IS NOT NULL AND lease_id IS NOT NULL";

/// Statements on SQLite.
#[derive(Debug)]
pub struct SqliteDriver {
    readers: Readers,
    writer: Writer,
    checkpointer: Checkpointer,
    witness: Arc<Witness>,
}

impl SqliteDriver {
    fn open(dir: &Path, options: &SqliteOptions, before: Before) -> Result<Self, OpenError> {
        let path = connection::create(dir)?;
        let mut connection = connection::writer(&path, options)?;
        migrate::run(&mut connection)?;
        let half_moved = connection.query_row(HALF_MOVED, [], |row| row.get::<_, bool>(0));
        let unusable = |source| OpenError::Open { path: path.clone(), source };
        if half_moved.map_err(unusable)? {
            return Err(OpenError::HalfMoved);
        }
        if before == Before::IsGone {
            connection.execute_batch(END_LEASES).map_err(unusable)?;
        }
        let checkpointer = Checkpointer::start(&path, options)?;
        let witness = Arc::new(Witness::new(&path));
        let writer = Writer::start(
            connection,
            options,
            checkpointer.nudge(Arc::clone(&witness)),
            Arc::clone(&witness),
        )?;
        Ok(Self { readers: Readers::new(path, options), writer, checkpointer, witness })
    }
}

impl Driver for SqliteDriver {
    async fn write(&self, unit: Vec<Stmt>) -> Result<Written, WriteError> {
        self.writer.write(unit, None).await
    }

    async fn write_then(&self, unit: Vec<Stmt>, then: Then) -> Result<Written, WriteError> {
        self.writer.write(unit, Some(then)).await
    }

    fn stamp(&self) -> Option<Stamp> {
        self.witness.stamp()
    }

    /// Runs on the caller's thread: a point read takes microseconds, a hop to another thread more than that.
    async fn rows(&self, query: Stmt) -> Result<Vec<Row>, DbError> {
        self.readers.rows(&query)
    }

    /// A lock file keeps a second server away.
    fn is_shared(&self) -> bool {
        false
    }

    async fn close(&self) {
        self.writer.close().await;
        self.witness.close();
        self.readers.close();
        // Last, so that the checkpoint sees everything and leaves no log behind.
        self.checkpointer.close().await;
    }
}
