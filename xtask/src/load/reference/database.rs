//! One writer that commits what is waiting together and durably; readers beside it.

use std::{
    path::{Path, PathBuf},
    sync::{
        Mutex,
        mpsc::{Receiver, SyncSender, sync_channel},
    },
};

use anyhow::Context;
use rusqlite::{Connection, OpenFlags, Row, params_from_iter, types::Value};
use tokio::sync::oneshot;

/// Units in a transaction at most.
const GROUP: usize = 256;
/// Units that may wait.
const WAITING: usize = 1024;

const SCHEMA: &str = "
create table flow (id text primary key, version integer not null, body text not null) strict, without rowid;
create table outbox (id integer primary key, phone text not null, body text not null, code text not null) strict;
create index outbox_of on outbox (phone, id);
create table audit (id integer primary key, flow text not null, what text not null) strict;
create table identity (id text primary key, phone text not null unique) strict;
";

/// A statement of a unit; with `one`, it has to change exactly one row.
pub(super) struct Statement {
    pub(super) sql: &'static str,
    pub(super) args: Vec<Value>,
    pub(super) one: bool,
}

/// The database.
pub(super) struct Database {
    path: PathBuf,
    writer: SyncSender<(Vec<Statement>, oneshot::Sender<bool>)>,
    readers: Mutex<Vec<Connection>>,
}

impl Database {
    /// Opens a new one.
    pub(super) fn open(folder: &Path) -> anyhow::Result<Self> {
        let path = folder.join("reference.db");
        let connection = Connection::open(&path).context("cannot create the database")?;
        connection.pragma_update(None, "journal_mode", "wal")?;
        connection.pragma_update(None, "synchronous", "full")?;
        connection.set_prepared_statement_cache_capacity(64);
        connection.execute_batch(SCHEMA)?;
        let (writer, waiting) = sync_channel(WAITING);
        std::thread::spawn(move || write(&connection, &waiting));
        Ok(Self { path, writer, readers: Mutex::default() })
    }

    /// Commits a unit; `false` when it did not fit or too many wait.
    pub(super) async fn commit(&self, unit: Vec<Statement>) -> bool {
        let (tell, told) = oneshot::channel();
        self.writer.try_send((unit, tell)).is_ok() && told.await.unwrap_or(false)
    }

    /// Reads rows, on a connection that nobody else uses meanwhile.
    pub(super) fn read<T>(
        &self,
        sql: &str,
        arg: &str,
        row: fn(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Option<Vec<T>> {
        let idle = self.readers.lock().ok()?.pop();
        let connection = match idle {
            Some(connection) => connection,
            None => Connection::open_with_flags(&self.path, OpenFlags::SQLITE_OPEN_READ_ONLY).ok()?,
        };
        let rows = {
            let mut statement = connection.prepare_cached(sql).ok()?;
            let rows = statement.query_map([arg], row).ok()?;
            rows.collect::<rusqlite::Result<Vec<T>>>().ok()?
        };
        self.readers.lock().ok()?.push(connection);
        Some(rows)
    }
}

type Waiting = (Vec<Statement>, oneshot::Sender<bool>);

fn write(connection: &Connection, waiting: &Receiver<Waiting>) {
    while let Ok(first) = waiting.recv() {
        let group: Vec<Waiting> = std::iter::once(first).chain(waiting.try_iter().take(GROUP - 1)).collect();
        let mut fits = Vec::with_capacity(group.len());
        let begun = connection.execute_batch("begin immediate").is_ok();
        for (unit, _) in &group {
            fits.push(begun && apply(connection, unit));
        }
        let durable = begun && connection.execute_batch("commit").is_ok();
        for ((_, tell), fits) in group.into_iter().zip(fits) {
            // Who asked may have gone.
            tell.send(durable && fits).ok();
        }
    }
}

fn apply(connection: &Connection, unit: &[Statement]) -> bool {
    let run =
        |sql: &str| connection.prepare_cached(sql).and_then(|mut statement| statement.execute([])).is_ok();
    let fits = |statement: &Statement| {
        let changed = connection
            .prepare_cached(statement.sql)
            .and_then(|mut prepared| prepared.execute(params_from_iter(&statement.args)));
        changed.is_ok_and(|rows| !statement.one || rows == 1)
    };
    if !run("savepoint unit") {
        return false;
    }
    let good = unit.iter().all(fits);
    let closed = (good || run("rollback to unit")) && run("release unit");
    good && closed
}
