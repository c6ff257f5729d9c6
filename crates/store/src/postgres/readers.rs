//! Reads: a few tasks, each with a connection of its own, take what waits, send it all at once, answer each.
//!
//! Equal reads that wait at the same moment are made once: whoever asks gets what was committed after the question, so
//! one answer is right for all of them. Under load that is most of what a busy back end asks about its own token.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use metrics::counter;
use tokio::sync::{mpsc, oneshot};

use super::{
    PostgresOptions,
    connect::Connector,
    fault::Fault,
    pipeline::pipelined,
    session::{Session, Standing},
};
use crate::sql::{DbError, Row, Stmt};

/// Reads sent together at most.
const TOGETHER: usize = 64;

/// Times that a read is taken to a new connection.
const CONNECTIONS: u32 = 3;

type Answer = Result<Vec<Row>, DbError>;

struct Waiting {
    query: Stmt,
    answer: oneshot::Sender<Answer>,
}

/// The tasks as their callers see them.
#[derive(Debug)]
pub(super) struct Readers {
    /// `None` once closed.
    queue: Mutex<Option<mpsc::Sender<Waiting>>>,
}

impl Readers {
    pub(super) fn start(connector: &Connector, options: &PostgresOptions) -> Self {
        let (queue, inbox) = mpsc::channel(options.queue.max(1));
        let inbox = Arc::new(tokio::sync::Mutex::new(inbox));
        for _ in 0..options.readers.max(1) {
            let task =
                Task { standing: Standing::new(connector.clone()), patience: options.statement_timeout * 2 };
            tokio::spawn(task.run(Arc::clone(&inbox)));
        }
        Self { queue: Mutex::new(Some(queue)) }
    }

    /// Reads what was committed.
    pub(super) async fn rows(&self, query: Stmt) -> Answer {
        let (answer, answered) = oneshot::channel();
        {
            let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
            let queue = queue.as_ref().ok_or(DbError::Away)?;
            queue.try_send(Waiting { query, answer }).map_err(|_| DbError::Away)?;
        }
        answered.await.unwrap_or(Err(DbError::Away))
    }

    /// Refuses further reads; the accepted ones are answered.
    pub(super) fn close(&self) {
        drop(self.queue.lock().unwrap_or_else(PoisonError::into_inner).take());
    }
}

/// A read and everybody who waits for it.
struct Shared {
    query: Stmt,
    answers: Vec<oneshot::Sender<Answer>>,
}

struct Task {
    standing: Standing,
    /// For what is sent together.
    patience: Duration,
}

impl Task {
    async fn run(mut self, inbox: Arc<tokio::sync::Mutex<mpsc::Receiver<Waiting>>>) {
        let mut together = Vec::with_capacity(TOGETHER);
        loop {
            // One task waits for a read, the others for their turn; while one is asked, the next ones gather.
            if inbox.lock().await.recv_many(&mut together, TOGETHER).await == 0 {
                return;
            }
            self.read(shared(together.drain(..))).await;
        }
    }

    /// Answers all of them, on a new connection if the old one is lost: a read may be repeated.
    async fn read(&mut self, mut reads: Vec<Shared>) {
        for _ in 0..CONNECTIONS {
            let Ok(mut session) = self.standing.take().await else { return };
            match tokio::time::timeout(self.patience, ask(&mut session, reads)).await {
                Ok(lost) if lost.is_empty() => {
                    self.standing.keep(session);
                    return;
                }
                Ok(lost) => reads = lost,
                // The next ones to use the connection would only wait as well.
                Err(_) => {
                    tracing::warn!("the database is away: it did not answer in time");
                    return;
                }
            }
        }
    }
}

/// Makes one of equal reads.
fn shared(waiting: impl Iterator<Item = Waiting>) -> Vec<Shared> {
    let mut reads: Vec<Shared> = Vec::new();
    for Waiting { query, answer } in waiting {
        match reads.iter_mut().find(|read| read.query.asks_as(&query)) {
            Some(read) => {
                counter!("ringtrue_store_reads_shared_total").increment(1);
                read.answers.push(answer);
            }
            None => reads.push(Shared { query, answers: vec![answer] }),
        }
    }
    reads
}

/// Sends all reads and answers each as soon as its answer is there; gives back those that the connection was lost for.
async fn ask(session: &mut Session, reads: Vec<Shared>) -> Vec<Shared> {
    match session.prepare(reads.iter().map(|read| &read.query)).await {
        Ok(()) => {}
        Err(Fault::Lost) => return reads,
        Err(fault) => {
            for read in reads {
                read.answer(Err(fault.clone()));
            }
            return Vec::new();
        }
    }
    let session = &*session;
    let asked = reads.into_iter().map(|read| async move {
        match session.run(&read.query).await {
            Err(Fault::Lost) => Some(read),
            done => {
                read.answer(done.map(|done| done.rows));
                None
            }
        }
    });
    pipelined(asked.collect()).await.into_iter().flatten().collect()
}

impl Shared {
    fn answer(mut self, rows: Result<Vec<Row>, Fault>) {
        let last = self.answers.pop();
        // A caller that stopped waiting is no concern of ours.
        for answer in self.answers {
            let _ = answer.send(rows.clone().map_err(DbError::from));
        }
        let _ = last.map(|answer| answer.send(rows.map_err(DbError::from)));
    }
}
