//! Read-only connections, lent to the calling thread for the microseconds that a read takes.

use std::{
    path::PathBuf,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
};

use super::{
    SqliteOptions, connection,
    run::{Runner, failure},
};
use crate::sql::{DbError, Row, Stmt};

/// The pool. Readers of a write-ahead log wait for nobody, so there is no queue to speak of: whoever finds all
/// connections lent waits for one read of somebody else.
#[derive(Debug)]
pub(super) struct Readers {
    path: PathBuf,
    options: SqliteOptions,
    pool: Mutex<Pool>,
    back: Condvar,
}

#[derive(Debug, Default)]
struct Pool {
    /// The last one used comes first: its cache is warm.
    idle: Vec<Runner>,
    open: usize,
    /// Threads that wait for one to come back.
    waiting: usize,
    closed: bool,
}

impl Readers {
    pub(super) fn new(path: PathBuf, options: &SqliteOptions) -> Self {
        Self { path, options: options.clone(), pool: Mutex::default(), back: Condvar::new() }
    }

    pub(super) fn rows(&self, query: &Stmt) -> Result<Vec<Row>, DbError> {
        let mut runner = self.take()?;
        let done = runner.run(query);
        self.give_back(runner);
        done.map(|done| done.rows).map_err(failure)
    }

    /// Closes what is idle now and the rest when it comes back.
    pub(super) fn close(&self) {
        let mut pool = self.pool();
        pool.closed = true;
        pool.idle.clear();
        self.back.notify_all();
    }

    fn take(&self) -> Result<Runner, DbError> {
        let mut pool = self.pool();
        loop {
            if pool.closed {
                return Err(DbError::Away);
            }
            if let Some(runner) = pool.idle.pop() {
                return Ok(runner);
            }
            if pool.open < self.options.readers.max(1) {
                pool.open += 1;
                drop(pool);
                return self.open();
            }
            pool.waiting += 1;
            pool = self.back.wait(pool).unwrap_or_else(PoisonError::into_inner);
            pool.waiting -= 1;
        }
    }

    fn open(&self) -> Result<Runner, DbError> {
        connection::reader(&self.path, &self.options).map(Runner::new).map_err(|error| {
            self.pool().open -= 1;
            self.back.notify_one();
            DbError::Broken(error.into())
        })
    }

    fn give_back(&self, runner: Runner) {
        let mut pool = self.pool();
        if !pool.closed {
            pool.idle.push(runner);
        }
        // Waking costs a system call even when nobody waits, so it is asked first.
        if pool.waiting > 0 {
            self.back.notify_one();
        }
    }

    fn pool(&self) -> MutexGuard<'_, Pool> {
        // A panic cannot leave the pool half-changed: nothing in between can panic.
        self.pool.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
