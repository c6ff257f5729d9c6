//! Checkpoints: moving committed pages from the write-ahead log into the database, off the writer's path.
//!
//! SQLite would do it inside a commit, every 1,000 pages, which makes that commit ten times slower. Here a thread does
//! the bulk on a connection of its own while the writer goes on. SQLite begins the log anew only when all of it is
//! checkpointed at the start of a write, which never happens while writes keep coming; so once the log is long, the
//! writer itself checkpoints the little that came in during the thread's turn, and the next write begins at the front.

use std::{
    path::Path,
    sync::{
        Arc,
        mpsc::{self, Receiver, RecvTimeoutError, SyncSender, TrySendError},
    },
    thread,
    time::Duration,
};

use rusqlite::Connection;
use tokio::sync::watch;

use super::{OpenError, SqliteOptions, connection, witness::Witness};

/// Pages in the log, not yet checkpointed, at which the thread is woken (4 KiB each).
const WORTHWHILE: i64 = 1_000;
/// Pages in the log at which the writer finishes a checkpoint, so that the log begins anew: 16 MiB.
const LONG: i64 = 4_096;
/// Pages that the writer is willing to checkpoint itself; a few milliseconds.
const LITTLE: i64 = 1_000;
/// Pages in the log at which it is cut off, whatever that costs: 64 MiB.
const TOO_LONG: i64 = 16_384;

/// Milliseconds that the writer waits for readers of other processes when it begins the log anew.
const PATIENCE: u64 = 50;

const LOOK: &str = "PRAGMA wal_checkpoint(NOOP)";
const PASSIVE: &str = "PRAGMA wal_checkpoint(PASSIVE)";
const RESTART: &str = "PRAGMA wal_checkpoint(RESTART)";
const TRUNCATE: &str = "PRAGMA wal_checkpoint(TRUNCATE)";

/// State of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Log {
    /// Pages in it.
    pages: i64,
    /// Pages of it that are in the database too.
    done: i64,
}

impl Log {
    const fn left(self) -> i64 {
        self.pages - self.done
    }
}

/// The writer's end: looks at the log after a commit.
#[derive(Debug)]
pub(super) struct Nudge {
    wake: SyncSender<()>,
    /// Pages at which the next attempt to begin the log anew is worth its cost.
    again_at: i64,
    /// How long the writer's connection waits for other writers.
    busy: Duration,
    witness: Arc<Witness>,
}

impl Nudge {
    /// Wakes the checkpoint thread, or finishes its work, when the log calls for it.
    pub(super) fn after_commit(&mut self, connection: &Connection) {
        let Some(log) = self.look(connection) else { return };
        if log.pages < LONG {
            self.again_at = LONG;
        }
        if log.pages >= self.again_at && (log.left() <= LITTLE || log.pages >= TOO_LONG) {
            self.finish(connection, log);
        } else if log.left() >= WORTHWHILE {
            // Full means that it is awake already; gone means that the store is closing.
            let (Ok(()) | Err(TrySendError::Full(()) | TrySendError::Disconnected(()))) =
                self.wake.try_send(());
        }
    }

    /// Without a statement where that can be: this is done after each commit.
    fn look(&self, connection: &Connection) -> Option<Log> {
        let glance = self.witness.log().map(|(pages, done)| Log { pages: pages.into(), done: done.into() });
        glance.or_else(|| checkpoint(connection, LOOK).ok())
    }

    fn finish(&mut self, connection: &Connection, log: Log) {
        // RESTART waits for readers, which take microseconds here; TRUNCATE also gives the space back.
        let mode = if log.pages >= TOO_LONG { TRUNCATE } else { RESTART };
        let finish = || {
            connection.busy_timeout(Duration::from_millis(PATIENCE))?;
            let finished = checkpoint(connection, mode);
            connection.busy_timeout(self.busy)?;
            finished
        };
        let left = finish().unwrap_or_else(|error| {
            tracing::warn!(error = %error, "the write-ahead log could not be checkpointed");
            log
        });
        // Somebody in another process reads from the log; leave it alone until it has grown by as much again.
        self.again_at = if left.left() > 0 { log.pages + LONG } else { LONG };
    }
}

/// The checkpoint thread as the driver sees it.
#[derive(Debug)]
pub(super) struct Checkpointer {
    wake: SyncSender<()>,
    busy: Duration,
    stop: watch::Sender<bool>,
    over: watch::Receiver<bool>,
}

impl Checkpointer {
    pub(super) fn start(path: &Path, options: &SqliteOptions) -> Result<Self, OpenError> {
        let connection = connection::checkpointer(path, options)?;
        let (wake, woken) = mpsc::sync_channel(1);
        let (stop, stopped) = watch::channel(false);
        let (ended, over) = watch::channel(false);
        let run = move || {
            run(&connection, &woken, &stopped);
            // The last connection to close folds the log into the database and removes it.
            drop(connection);
            ended.send_replace(true);
        };
        thread::Builder::new().name("store-checkpoint".into()).spawn(run).map_err(OpenError::Thread)?;
        Ok(Self { wake, busy: Duration::from_millis(options.busy_millis.into()), stop, over })
    }

    pub(super) fn nudge(&self, witness: Arc<Witness>) -> Nudge {
        Nudge { wake: self.wake.clone(), again_at: LONG, busy: self.busy, witness }
    }

    /// Lets the thread do a last checkpoint and end.
    pub(super) async fn close(&self) {
        self.stop.send_replace(true);
        let _ = self.wake.try_send(());
        // An error means that the thread is gone, which is what we wait for.
        let _ = self.over.clone().wait_for(|over| *over).await;
    }
}

fn run(connection: &Connection, woken: &Receiver<()>, stopped: &watch::Receiver<bool>) {
    // The time-out is for a quiet server: what was written last should not stay in the log for days.
    let pause = Duration::from_mins(1);
    while !*stopped.borrow() {
        match woken.recv_timeout(pause) {
            Ok(()) | Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
        if let Err(error) = checkpoint(connection, PASSIVE) {
            tracing::warn!(error = %error, "the write-ahead log could not be checkpointed");
        }
    }
}

/// Does a checkpoint and tells what the log looks like after it.
fn checkpoint(connection: &Connection, sql: &str) -> rusqlite::Result<Log> {
    connection.prepare_cached(sql)?.query_row([], |row| Ok(Log { pages: row.get(1)?, done: row.get(2)? }))
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    struct Database {
        dir: tempfile::TempDir,
        writer: Connection,
        nudge: Nudge,
        woken: Receiver<()>,
    }

    fn database() -> Database {
        let dir = tempfile::tempdir().unwrap();
        let path = connection::create(dir.path()).unwrap();
        let writer = connection::writer(&path, &SqliteOptions::default()).unwrap();
        writer.execute_batch("CREATE TABLE pages (content BLOB)").unwrap();
        let (wake, woken) = mpsc::sync_channel(1);
        let witness = Arc::new(Witness::new(&path));
        let nudge = Nudge { wake, again_at: LONG, busy: Duration::from_secs(5), witness };
        Database { dir, writer, nudge, woken }
    }

    impl Database {
        /// Writes about so many pages in one commit, then does what the writer thread does after each.
        fn write(&mut self, pages: i64) -> Log {
            self.writer.execute("INSERT INTO pages VALUES (zeroblob(?1))", [pages * 4096]).unwrap();
            self.nudge.after_commit(&self.writer);
            checkpoint(&self.writer, LOOK).unwrap()
        }

        fn other(&self) -> Connection {
            Connection::open(self.dir.path().join("ringtrue.db")).unwrap()
        }
    }

    #[test]
    fn the_thread_is_woken_when_it_is_worthwhile() {
        let mut db = database();
        db.write(WORTHWHILE / 2);
        assert!(db.woken.try_recv().is_err());
        db.write(WORTHWHILE);
        assert!(db.woken.try_recv().is_ok());
    }

    #[test]
    fn a_long_log_begins_anew_although_writes_keep_coming() {
        let mut db = database();
        assert!(db.write(LONG).left() > LITTLE, "too much for the writer to do by itself");
        // The thread's turn. More is written meanwhile, which a reader's mark stands for here; so the log goes on.
        let mark = db.other();
        mark.execute_batch("BEGIN; SELECT count(*) FROM pages").unwrap();
        db.write(10);
        let after_turn = checkpoint(&db.other(), PASSIVE).unwrap();
        assert!(after_turn.left() > 0 && after_turn.left() < LITTLE);
        drop(mark);
        assert_eq!(db.write(100).left(), 0);
        assert!(db.write(1).pages < 10);
    }

    #[test]
    fn a_log_that_is_too_long_is_cut_off() {
        let mut db = database();
        db.write(TOO_LONG);
        let log = std::fs::metadata(db.dir.path().join("ringtrue.db-wal")).unwrap().len();
        assert_eq!(log, 0);
    }

    #[test]
    fn a_reader_of_another_process_does_not_stop_the_writer() {
        let mut db = database();
        let reader = db.other();
        reader.execute_batch("BEGIN; SELECT count(*) FROM pages").unwrap();
        let began = Instant::now();
        let before = db.write(TOO_LONG);
        assert!(before.left() > 0 && db.nudge.again_at > before.pages, "tried and put off");
        for _ in 0..20 {
            db.write(1);
        }
        assert!(began.elapsed() < Duration::from_secs(4), "waited for the reader at each commit");
        drop(reader);
        db.write(LONG);
        assert_eq!(checkpoint(&db.writer, LOOK).unwrap().left(), 0);
    }
}
