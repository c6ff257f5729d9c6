//! One of the two databases of a move.

use std::path::PathBuf;

use super::{Cause, MoveError};
use crate::{PostgresAddress, postgres, sql::Value, sqlite};

/// Where a store is.
#[derive(Debug, Clone)]
pub enum StorePlace {
    /// The embedded database of a directory.
    Sqlite(PathBuf),
    /// A PostgreSQL database.
    Postgres(Box<PostgresAddress>),
}

/// The part that a database plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Read as one moment; nobody writes to it until the connection ends.
    Source,
    /// Written.
    Target,
}

impl Role {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Source => "source",
            Self::Target => "target",
        }
    }
}

/// A statement and its parameters.
pub(crate) type Command = (String, Vec<Value>);

/// A database that nobody serves while this is held.
pub(super) struct Side {
    role: Role,
    database: Database,
}

enum Database {
    Sqlite(sqlite::Bulk),
    Postgres(postgres::Bulk),
}

impl Side {
    /// Opens it, with its schema up to date, and keeps servers out.
    pub(super) async fn open(place: &StorePlace, role: Role) -> Result<Self, MoveError> {
        let opened = match place {
            StorePlace::Sqlite(dir) => sqlite::Bulk::open(dir, role).map(Database::Sqlite),
            StorePlace::Postgres(address) => {
                postgres::Bulk::open(address, role).await.map(Database::Postgres)
            }
        };
        match opened {
            Ok(database) => Ok(Self { role, database }),
            Err(source) => Err(MoveError::Open { side: role.name(), source }),
        }
    }

    /// Whether a copy into it was begun and not finished.
    pub(super) async fn is_marked(&mut self) -> Result<bool, MoveError> {
        let sql = match self.database {
            Database::Sqlite(_) => sqlite::HALF_MOVED,
            Database::Postgres(_) => postgres::HALF_MOVED,
        };
        Ok(self.number(sql).await? != 0)
    }

    pub(super) async fn rows(&mut self, sql: &str, args: &[Value]) -> Result<Vec<Vec<Value>>, MoveError> {
        let rows = match &mut self.database {
            Database::Sqlite(database) => database.rows(sql, args),
            Database::Postgres(database) => database.rows(sql, args).await,
        };
        rows.map_err(|source| self.failed(source))
    }

    /// The number that a statement answers.
    pub(super) async fn number(&mut self, sql: &str) -> Result<u64, MoveError> {
        match self.rows(sql, &[]).await?.first().and_then(|row| row.first()) {
            Some(Value::Int(number)) => Ok(u64::try_from(*number).unwrap_or_default()),
            _ => Err(self.failed("a number is missing".into())),
        }
    }

    /// Writes all or nothing; it is durable when this returns.
    pub(super) async fn write(&mut self, commands: &[Command]) -> Result<(), MoveError> {
        let written = match &mut self.database {
            Database::Sqlite(database) => database.write(commands),
            Database::Postgres(database) => database.write(commands).await,
        };
        written.map_err(|source| self.failed(source))
    }

    fn failed(&self, source: Cause) -> MoveError {
        MoveError::Database { side: self.role.name(), source }
    }
}
