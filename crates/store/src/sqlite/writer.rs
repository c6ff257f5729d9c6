//! Group commit: one thread takes all waiting units, writes them in one transaction, syncs once, answers all.
//!
//! There is no artificial delay: while one group syncs, the next one gathers in the queue.

use std::{
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::Instant,
};

use metrics::{gauge, histogram};
use rusqlite::{Connection, ErrorCode};
use tokio::sync::{mpsc, oneshot, watch};

use super::{
    OpenError, SqliteOptions,
    checkpoint::Nudge,
    run::{Runner, failure, is_refusal},
    witness::Witness,
};
use crate::sql::{DbError, Stmt, Then, WriteError, Written};

/// Units in one transaction at most.
const GROUP: usize = 256;

type Answer = Result<Written, WriteError>;

struct Waiting {
    unit: Vec<Stmt>,
    /// Runs once the unit is durable.
    then: Option<Then>,
    answer: oneshot::Sender<Answer>,
}

/// The writer thread as its callers see it.
#[derive(Debug)]
pub(super) struct Writer {
    /// `None` once closed.
    queue: Mutex<Option<mpsc::Sender<Waiting>>>,
    /// Becomes true when the thread is over.
    over: watch::Receiver<bool>,
}

impl Writer {
    pub(super) fn start(
        connection: Connection,
        options: &SqliteOptions,
        nudge: Nudge,
        witness: Arc<Witness>,
    ) -> Result<Self, OpenError> {
        let (queue, inbox) = mpsc::channel(options.queue.max(1));
        let (ended, over) = watch::channel(false);
        let thread = Thread { runner: Runner::new(connection), inbox, nudge, witness, untrusted: false };
        let run = move || {
            thread.run();
            ended.send_replace(true);
        };
        thread::Builder::new().name("store-writer".into()).spawn(run).map_err(OpenError::Thread)?;
        Ok(Self { queue: Mutex::new(Some(queue)), over })
    }

    /// Writes a unit; it is durable when this returns, and may still become so when the caller stops waiting.
    pub(super) async fn write(&self, unit: Vec<Stmt>, then: Option<Then>) -> Answer {
        let away = || WriteError::Failed(DbError::Away);
        let (answer, answered) = oneshot::channel();
        {
            let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
            let queue = queue.as_ref().ok_or_else(away)?;
            queue.try_send(Waiting { unit, then, answer }).map_err(|_| away())?;
        }
        answered.await.unwrap_or_else(|_| Err(away()))
    }

    /// Refuses further units, waits until the accepted ones are written.
    pub(super) async fn close(&self) {
        drop(self.queue.lock().unwrap_or_else(PoisonError::into_inner).take());
        // An error means that the thread is gone, which is what we wait for.
        let _ = self.over.clone().wait_for(|over| *over).await;
    }
}

struct Thread {
    runner: Runner,
    inbox: mpsc::Receiver<Waiting>,
    nudge: Nudge,
    witness: Arc<Witness>,
    /// A sync failed: the kernel may have dropped what it could not write, so no later sync proves anything.
    untrusted: bool,
}

impl Thread {
    fn run(mut self) {
        let mut group = Vec::with_capacity(GROUP);
        while let Some(first) = self.inbox.blocking_recv() {
            group.push(first);
            while group.len() < GROUP
                && let Ok(next) = self.inbox.try_recv()
            {
                group.push(next);
            }
            #[expect(clippy::cast_precision_loss, reason = "counts are small")]
            {
                gauge!("ringtrue_store_queue_depth").set(self.inbox.len() as f64);
                histogram!("ringtrue_store_group_units").record(group.len() as f64);
            }
            let began = Instant::now();
            let outcomes = self.write(&mut group);
            histogram!("ringtrue_store_commit_seconds").record(began.elapsed());
            for (waiting, outcome) in group.drain(..).zip(outcomes) {
                // A caller that stopped waiting is no concern of ours.
                let _ = waiting.answer.send(outcome);
            }
            self.nudge.after_commit(self.runner.connection());
        }
    }

    /// One answer per unit, in order.
    fn write(&mut self, group: &mut [Waiting]) -> Vec<Answer> {
        if self.untrusted {
            return refuse_all(group, || {
                DbError::Broken("an earlier write could not be made durable".into())
            });
        }
        // A savepoint per unit costs a copy of every page that the unit touches (measured: a quarter of the rate), and
        // refused units are rare: try without first.
        let attempt = match self.attempt(group, false) {
            Err(Stop::Guard) => self.attempt(group, true),
            other => other,
        };
        let error = match attempt {
            Ok(answers) => return answers,
            Err(Stop::Failed(error)) => failure(error),
            Err(Stop::Guard) => DbError::Broken("a guarded group asked for a guard".into()),
        };
        match error {
            DbError::Away => refuse_all(group, || DbError::Away),
            DbError::Broken(error) => refuse_all(group, || DbError::Broken(error.to_string().into())),
        }
    }

    fn attempt(&mut self, group: &mut [Waiting], guarded: bool) -> Result<Vec<Answer>, Stop> {
        let attempted = self.transaction(group, guarded);
        // Some failures end the transaction by themselves.
        if attempted.is_err() && !self.runner.connection().is_autocommit() {
            self.sql("ROLLBACK")?;
        }
        attempted
    }

    fn transaction(&mut self, group: &mut [Waiting], guarded: bool) -> Result<Vec<Answer>, Stop> {
        self.sql("BEGIN IMMEDIATE")?;
        let before = self.witness.began();
        let mut answers = Vec::with_capacity(group.len());
        for waiting in &*group {
            if guarded {
                self.sql("SAVEPOINT unit")?;
            }
            match self.unit(&waiting.unit) {
                Ok(written) => answers.push(Ok(written)),
                // The transaction is gone, and with it the other units.
                Err(Undone::Failed(error)) if self.runner.connection().is_autocommit() => {
                    return Err(Stop::Failed(error));
                }
                Err(undone) if group.len() == 1 => {
                    self.sql("ROLLBACK")?;
                    return Ok(vec![Err(undone.into())]);
                }
                Err(_) if !guarded => return Err(Stop::Guard),
                Err(undone) => {
                    self.sql("ROLLBACK TO unit")?;
                    answers.push(Err(undone.into()));
                }
            }
            if guarded {
                self.sql("RELEASE unit")?;
            }
        }
        if let Err(error) = self.sql("COMMIT") {
            self.untrusted = error.sqlite_error_code() == Some(ErrorCode::SystemIoFailure);
            return Err(Stop::Failed(error));
        }
        let mut wrote = false;
        for (waiting, answer) in group.iter_mut().zip(&answers) {
            if let Ok(written) = answer {
                wrote |= written.changed > 0;
                if let Some(then) = waiting.then.take() {
                    then(written);
                }
            }
        }
        self.witness.committed(before, wrote);
        Ok(answers)
    }

    fn unit(&mut self, unit: &[Stmt]) -> Result<Written, Undone> {
        let mut written = Written::default();
        for (statement, stmt) in unit.iter().enumerate() {
            let done = match self.runner.run(stmt) {
                Ok(done) => done,
                Err(error) if is_refusal(&error) => return Err(Undone::Refused { statement }),
                Err(error) => return Err(Undone::Failed(error)),
            };
            if stmt.expect.is_some_and(|expected| expected != done.changed) {
                return Err(Undone::Refused { statement });
            }
            written.changed += done.changed;
            written.rows.extend(done.rows);
        }
        Ok(written)
    }

    fn sql(&self, sql: &str) -> rusqlite::Result<()> {
        self.runner.connection().prepare_cached(sql)?.execute([]).map(drop)
    }
}

/// Why a group was not written.
enum Stop {
    /// One of its units failed: again, with savepoints.
    Guard,
    /// The database failed.
    Failed(rusqlite::Error),
}

impl From<rusqlite::Error> for Stop {
    fn from(error: rusqlite::Error) -> Self {
        Self::Failed(error)
    }
}

/// Why a unit was not written.
enum Undone {
    Refused { statement: usize },
    Failed(rusqlite::Error),
}

impl From<Undone> for WriteError {
    fn from(undone: Undone) -> Self {
        match undone {
            Undone::Refused { statement } => Self::Refused { statement },
            Undone::Failed(error) => Self::Failed(failure(error)),
        }
    }
}

/// The same answer for every unit.
fn refuse_all(group: &[Waiting], error: impl Fn() -> DbError) -> Vec<Answer> {
    group.iter().map(|_| Err(WriteError::Failed(error()))).collect()
}
