//! Group commit: a few tasks, each with a connection of its own, take what waits, write it in one transaction, answer
//! all.
//!
//! # When the connection is lost
//!
//! As long as `COMMIT` was not sent, nothing of a transaction can have been written, so its units are written again on
//! a new connection. Once it was sent, nobody here can tell: the units are then *not* written again, and answered as
//! unavailable, which promises no more than that each is whole or absent. Whoever repeats such a unit is safe, because
//! units that must not happen twice carry what refuses the second time: versions, fresh ids, leases, idempotency keys.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use metrics::{counter, gauge, histogram};
use tokio::{
    sync::{mpsc, oneshot},
    task::JoinHandle,
};

use super::{
    PostgresOptions,
    connect::Connector,
    fault::Fault,
    group::{self, Answer, Stop},
    session::Standing,
};
use crate::sql::{DbError, Stmt, Value, WriteError};

/// Units in one transaction at most.
const GROUP: usize = 128;

/// Times that a unit gives way to others before it is answered as unavailable.
const WAYS_GIVEN: u32 = 8;

/// How long a unit waits for its turn.
const TURN: Duration = Duration::from_secs(30);

/// Begins a transaction in which nobody waits long for a lock (see [`Connector`]).
const BEGIN: &str = "BEGIN";

/// Begins a transaction that waits for its turn among those, of all nodes, that met such a lock: two of them never
/// meet again. The number is "deadlock" in ASCII, so that nobody else's is the same by accident.
fn turn(statement_timeout: Duration) -> String {
    format!(
        "BEGIN; SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = {}; SELECT pg_advisory_xact_lock(7234295460384433003); \
         SET LOCAL statement_timeout = {}",
        TURN.as_millis(),
        statement_timeout.as_millis()
    )
}

/// Times that a group is taken to a new connection.
const CONNECTIONS: u32 = 3;

struct Waiting {
    unit: Vec<Stmt>,
    answer: oneshot::Sender<Answer>,
}

/// The tasks as their callers see them.
#[derive(Debug)]
pub(super) struct Writer {
    /// `None` once closed.
    queue: Mutex<Option<mpsc::Sender<Waiting>>>,
    tasks: tokio::sync::Mutex<Vec<JoinHandle<()>>>,
}

impl Writer {
    pub(super) fn start(connector: &Connector, options: &PostgresOptions) -> Self {
        let (queue, inbox) = mpsc::channel(options.queue.max(1));
        let inbox = Arc::new(tokio::sync::Mutex::new(inbox));
        let task = |_| {
            let patience = options.statement_timeout * 2;
            let turn = turn(options.statement_timeout);
            let task = Task { standing: Standing::new(connector.clone()), patience, turn };
            tokio::spawn(task.run(Arc::clone(&inbox)))
        };
        let tasks = (0..options.writers.max(1)).map(task).collect();
        Self { queue: Mutex::new(Some(queue)), tasks: tokio::sync::Mutex::new(tasks) }
    }

    /// Writes a unit; it is durable when this returns, and may still become so when the caller stops waiting.
    pub(super) async fn write(&self, unit: Vec<Stmt>) -> Answer {
        let away = || WriteError::Failed(DbError::Away);
        let (answer, answered) = oneshot::channel();
        {
            let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
            let queue = queue.as_ref().ok_or_else(away)?;
            queue.try_send(Waiting { unit, answer }).map_err(|_| away())?;
        }
        answered.await.unwrap_or_else(|_| Err(away()))
    }

    /// Refuses further units, waits until the accepted ones are written.
    pub(super) async fn close(&self) {
        drop(self.queue.lock().unwrap_or_else(PoisonError::into_inner).take());
        for task in self.tasks.lock().await.drain(..) {
            // An error means that the task is gone, which is what we wait for.
            let _ = task.await;
        }
    }
}

struct Task {
    standing: Standing,
    /// For one transaction, with all that it waits for.
    patience: Duration,
    /// Begins the transaction of a unit that was in somebody's way, or they in its.
    turn: String,
}

impl Task {
    async fn run(mut self, inbox: Arc<tokio::sync::Mutex<mpsc::Receiver<Waiting>>>) {
        let mut group: Vec<Waiting> = Vec::with_capacity(GROUP);
        loop {
            {
                // One task waits for a unit, the others for their turn; while one writes, the next one gathers.
                let mut inbox = inbox.lock().await;
                let Some(first) = inbox.recv().await else { return };
                group.push(first);
                while group.len() < GROUP
                    && let Ok(next) = inbox.try_recv()
                {
                    group.push(next);
                }
                #[expect(clippy::cast_precision_loss, reason = "counts are small")]
                gauge!("ringtrue_store_queue_depth").set(inbox.len() as f64);
            }
            // Two groups that touch the same rows touch them in the same order, so they rarely deadlock.
            group.sort_by(|one, other| key(&one.unit).cmp(&key(&other.unit)));
            #[expect(clippy::cast_precision_loss, reason = "counts are small")]
            histogram!("ringtrue_store_group_units").record(group.len() as f64);
            let began = Instant::now();
            let (units, callers): (Vec<_>, Vec<_>) =
                group.drain(..).map(|waiting| (waiting.unit, waiting.answer)).unzip();
            let answers = self.write(&units).await;
            histogram!("ringtrue_store_commit_seconds").record(began.elapsed());
            for (caller, answer) in callers.into_iter().zip(answers) {
                // A caller that stopped waiting is no concern of ours.
                let _ = caller.send(answer);
            }
        }
    }

    /// One answer per unit, in order.
    async fn write(&mut self, units: &[Vec<Stmt>]) -> Vec<Answer> {
        match self.together(units, BEGIN).await {
            Ok(answers) => answers,
            // Units that nobody else in the group can be in the way of.
            Err(Fault::Again) if units.len() > 1 => {
                let mut answers = Vec::with_capacity(units.len());
                for unit in units {
                    answers.push(self.alone(unit).await);
                }
                answers
            }
            Err(Fault::Again) => vec![self.alone(&units[0]).await],
            Err(fault) => refuse_all(units.len(), fault),
        }
    }

    /// Writes a unit in a transaction of its own, and gives way to others a bounded number of times.
    async fn alone(&mut self, unit: &Vec<Stmt>) -> Answer {
        let turn = self.turn.clone();
        for given in 0..WAYS_GIVEN {
            match self.together(std::slice::from_ref(unit), &turn).await {
                Ok(mut answers) => return answers.remove(0),
                Err(Fault::Again) => {
                    counter!("ringtrue_store_deadlocks_total").increment(1);
                    // The other one is done soon. Everyone waits differently long: tasks differ in what they did.
                    tokio::time::sleep(Duration::from_millis(1 << given)).await;
                }
                Err(fault) => return Err(WriteError::Failed(fault.into())),
            }
        }
        Err(WriteError::Failed(DbError::Away))
    }

    /// Writes units in one transaction, on a new connection if the old one is lost, with savepoints if one is refused.
    async fn together(&mut self, units: &[Vec<Stmt>], begin: &str) -> Result<Vec<Answer>, Fault> {
        let (mut guarded, mut connections) = (false, 0);
        loop {
            let mut session = self.standing.take().await?;
            let stop = match tokio::time::timeout(
                self.patience_for(units, guarded, begin),
                group::write(&mut session, units, guarded, begin),
            )
            .await
            {
                Ok(Ok(answers)) => {
                    self.standing.keep(session);
                    return Ok(answers);
                }
                Ok(Err(stop)) => stop,
                // It may have been on its way to commit.
                Err(_) => Stop::Unknown,
            };
            match stop {
                Stop::Guard if guarded => {
                    return Err(Fault::Broken("a guarded group asked for a guard".to_owned()));
                }
                Stop::Guard => {
                    guarded = true;
                    self.standing.keep(session);
                }
                Stop::Failed(Fault::Lost) if connections < CONNECTIONS => connections += 1,
                Stop::Failed(Fault::Lost) => return Err(Fault::Away),
                Stop::Unknown => {
                    counter!("ringtrue_store_unknown_commits_total").increment(1);
                    tracing::warn!(
                        store.units = units.len(),
                        "the database went away during a commit: its outcome is unknown"
                    );
                    return Err(Fault::Away);
                }
                Stop::Failed(fault) => {
                    self.standing.keep(session);
                    return Err(fault);
                }
            }
        }
    }

    /// The server ends a statement that takes too long by itself; this is for a server that is not heard any more.
    fn patience_for(&self, units: &[Vec<Stmt>], guarded: bool, begin: &str) -> Duration {
        let waiting = if begin == BEGIN { Duration::ZERO } else { TURN };
        let round_trips = if guarded { units.len().min(4) } else { 1 };
        waiting + self.patience * u32::try_from(round_trips).unwrap_or(4)
    }
}

/// The same answer for every unit.
fn refuse_all(units: usize, fault: Fault) -> Vec<Answer> {
    let text = match fault {
        Fault::Broken(text) => Some(text),
        _ => None,
    };
    let error = || text.clone().map_or(DbError::Away, |text| DbError::Broken(text.into()));
    (0..units).map(|_| Err(WriteError::Failed(error()))).collect()
}

/// What a unit is sorted by: the first id of its first statement.
fn key(unit: &[Stmt]) -> Option<&[u8]> {
    unit.first()?.args.iter().find_map(|value| match value {
        Value::Blob(bytes) => Some(bytes.as_slice()),
        _ => None,
    })
}
