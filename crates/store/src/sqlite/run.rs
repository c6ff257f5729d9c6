//! One statement on one connection.

use std::collections::HashMap;

use rusqlite::{
    Connection, ErrorCode,
    types::{ToSql, ToSqlOutput, ValueRef},
};

use super::connection::is_busy;
use crate::sql::{DbError, Row, Stmt, Value};

/// A connection and its statements in SQLite's spelling.
pub(super) struct Runner {
    connection: Connection,
    /// By the address of the text: it is static, so the address tells it apart at no cost.
    spelled: HashMap<(usize, usize), Box<str>>,
}

/// What a statement did.
pub(super) struct Done {
    pub(super) changed: u64,
    pub(super) rows: Vec<Row>,
}

impl Runner {
    pub(super) fn new(connection: Connection) -> Self {
        Self { connection, spelled: HashMap::new() }
    }

    pub(super) fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Runs a statement, prepared once per connection.
    pub(super) fn run(&mut self, stmt: &Stmt) -> rusqlite::Result<Done> {
        let at = (stmt.sql.as_ptr().addr(), stmt.sql.len());
        let sql = self.spelled.entry(at).or_insert_with(|| numbered(stmt.sql).into_boxed_str());
        let mut prepared = self.connection.prepare_cached(sql)?;
        if prepared.parameter_count() != stmt.args.len() {
            return Err(rusqlite::Error::InvalidParameterCount(stmt.args.len(), prepared.parameter_count()));
        }
        for (index, value) in stmt.args.iter().enumerate() {
            prepared.raw_bind_parameter(index + 1, value)?;
        }
        if !stmt.answers {
            let changed = prepared.raw_execute()?;
            return Ok(Done { changed: changed as u64, rows: Vec::new() });
        }
        let columns = prepared.column_count();
        let mut rows = Vec::new();
        let mut cursor = prepared.raw_query();
        while let Some(row) = cursor.next()? {
            let values = (0..columns).map(|column| row.get_ref(column).map(owned));
            rows.push(Row::new(values.collect::<rusqlite::Result<_>>()?));
        }
        Ok(Done { changed: rows.len() as u64, rows })
    }
}

impl std::fmt::Debug for Runner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Runner(…)")
    }
}

/// `$1` as `?1`. To SQLite `$1` is a *name*, numbered by first appearance: `… $2 … $1` would swap the values.
fn numbered(sql: &str) -> String {
    sql.replace('$', "?")
}

fn owned(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Integer(number) => Value::Int(number),
        ValueRef::Blob(bytes) => Value::Blob(bytes.to_vec()),
        ValueRef::Text(text) => Value::Text(String::from_utf8_lossy(text).into_owned()),
        // No column holds a fraction; whoever reads one anyway is told that there is no value.
        ValueRef::Null | ValueRef::Real(_) => Value::Null,
    }
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(number) => ValueRef::Integer(*number),
            Self::Blob(bytes) => ValueRef::Blob(bytes),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
        }))
    }
}

/// Whether a statement was refused by a uniqueness rule, which is no failure of the database.
pub(super) fn is_refusal(error: &rusqlite::Error) -> bool {
    use rusqlite::ffi::{SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_UNIQUE};
    error.sqlite_error().is_some_and(|error| {
        matches!(error.extended_code, SQLITE_CONSTRAINT_PRIMARYKEY | SQLITE_CONSTRAINT_UNIQUE)
    })
}

/// SQLite's error as the seam's. Logged here when it says that the database is away: above, only that is known.
pub(super) fn failure(error: rusqlite::Error) -> DbError {
    if is_busy(&error) || error.sqlite_error_code() == Some(ErrorCode::DiskFull) {
        tracing::warn!(error = %error, "the database is away");
        return DbError::Away;
    }
    DbError::Broken(error.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_keep_their_numbers() {
        let mut runner = Runner::new(Connection::open_in_memory().unwrap());
        let stmt = Stmt {
            sql: "SELECT $2, $1, $2",
            args: vec![Value::Int(1), Value::Text("two".into())],
            expect: None,
            answers: true,
        };
        let rows = runner.run(&stmt).unwrap().rows;
        let two = || Value::Text("two".into());
        assert_eq!(format!("{rows:?}"), format!("{:?}", [Row::new(vec![two(), Value::Int(1), two()])]));
        let mut row = rows.into_iter().next().unwrap();
        assert_eq!(row.take::<String>().unwrap(), "two");
        assert_eq!(row.take::<i64>().unwrap(), 1);
    }

    #[test]
    fn a_missing_argument_is_an_error() {
        let mut runner = Runner::new(Connection::open_in_memory().unwrap());
        let stmt = Stmt { sql: "SELECT $1, $2", args: vec![Value::Null], expect: None, answers: true };
        assert!(runner.run(&stmt).is_err());
    }
}
