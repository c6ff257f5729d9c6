//! A database as one side of a move: one connection, and no server beside it.

use std::path::Path;

use rusqlite::{
    Connection,
    types::{ToSql, ValueRef},
};

use super::{ServerLock, SqliteOptions, connection, migrate};
use crate::{
    moving::{Cause, Command, Role},
    sql::Value,
};

/// Pages in the log at which a commit checkpoints; no thread does it here.
const CHECKPOINT: i64 = 4_096;

/// Whether a move into the database was begun and not finished: 0 or 1.
pub(crate) const HALF_MOVED: &str = "SELECT count(*) FROM sqlite_schema WHERE name = 'store_move'";

pub(crate) struct Bulk {
    connection: Connection,
    _lock: ServerLock,
}

impl Bulk {
    /// Takes the server's lock; from a source also the right to write, so that no command writes either.
    pub(crate) fn open(dir: &Path, role: Role) -> Result<Self, Cause> {
        let path = connection::file(dir);
        if role == Role::Source && !path.exists() {
            return Err(format!("{} is not there", path.display()).into());
        }
        let lock = ServerLock::acquire(dir)?;
        let path = connection::create(dir)?;
        let mut connection = connection::writer(&path, &SqliteOptions::default())?;
        migrate::run(&mut connection)?;
        connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT)?;
        if role == Role::Source {
            connection.execute_batch("BEGIN IMMEDIATE")?;
        }
        Ok(Self { connection, _lock: lock })
    }

    pub(crate) fn rows(&self, sql: &str, args: &[Value]) -> Result<Vec<Vec<Value>>, Cause> {
        let mut statement = self.connection.prepare_cached(&sql.replace('$', "?"))?;
        let width = statement.column_count();
        let mut cursor = statement.query(&*parameters(args))?;
        let mut rows = Vec::new();
        while let Some(row) = cursor.next()? {
            rows.push((0..width).map(|column| owned(row.get_ref(column)?)).collect::<Result<_, Cause>>()?);
        }
        Ok(rows)
    }

    pub(crate) fn write(&mut self, commands: &[Command]) -> Result<(), Cause> {
        let transaction = self.connection.transaction()?;
        for (sql, args) in commands {
            transaction.prepare_cached(&sql.replace('$', "?"))?.execute(&*parameters(args))?;
        }
        Ok(transaction.commit()?)
    }
}

fn parameters(args: &[Value]) -> Vec<&dyn ToSql> {
    args.iter().map(|value| value as &dyn ToSql).collect()
}

/// The value as it is. Unlike a store, a copy may not pass over what no column should hold.
fn owned(value: ValueRef<'_>) -> Result<Value, Cause> {
    Ok(match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Int(number),
        ValueRef::Blob(bytes) => Value::Blob(bytes.to_vec()),
        ValueRef::Text(text) => Value::Text(str::from_utf8(text)?.to_owned()),
        ValueRef::Real(_) => return Err("a column holds a fraction".into()),
    })
}
