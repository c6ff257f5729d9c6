//! The seam between the SQL text and a database.

use std::{error::Error, future::Future};

use super::{
    recent::Stamp,
    value::{Row, Value},
};

/// One statement. Parameters are `$1`, `$2`, … in both dialects; each driver spells them as its database wants.
#[derive(Debug)]
pub struct Stmt {
    /// The text. Static, so that drivers can cache prepared statements by it.
    pub sql: &'static str,
    /// The value of `$1` first.
    pub args: Vec<Value>,
    /// Rows that it must change; another number refuses the whole unit.
    pub expect: Option<u64>,
    /// Whether it answers rows (a `select`, or a write with `returning`).
    pub answers: bool,
}

impl Stmt {
    /// What tells its text apart at no cost: the address, since it is static.
    pub(crate) fn text_id(&self) -> (usize, usize) {
        (self.sql.as_ptr().addr(), self.sql.len())
    }

    /// Whether it asks the very same question.
    pub(crate) fn asks_as(&self, other: &Self) -> bool {
        self.text_id() == other.text_id() && self.args == other.args
    }

    /// A write.
    pub(super) fn write(sql: &'static str, args: impl Into<Vec<Value>>) -> Self {
        Self { sql, args: args.into(), expect: None, answers: false }
    }

    /// A statement that answers rows.
    pub(super) fn rows(sql: &'static str, args: impl Into<Vec<Value>>) -> Self {
        Self { sql, args: args.into(), expect: None, answers: true }
    }

    /// The unit holds only if this one changes exactly one row.
    pub(super) fn once(mut self) -> Self {
        self.expect = Some(1);
        self
    }
}

/// What a unit did.
#[derive(Debug, Default)]
pub struct Written {
    /// Rows changed by all of its statements.
    pub changed: u64,
    /// Rows answered by all of its statements.
    pub rows: Vec<Row>,
}

/// Why a unit was not written. None of it was.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// A statement changed another number of rows than expected, or broke a uniqueness rule.
    #[error("statement {statement} was refused")]
    Refused {
        /// Its place in the unit.
        statement: usize,
    },
    /// The database failed.
    #[error("the unit could not be written")]
    Failed(#[source] DbError),
}

/// Why the database failed.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// It may be back soon: closed, locked by somebody, full.
    #[error("the database is away")]
    Away,
    /// It will not get better by itself.
    #[error("the database is broken")]
    Broken(#[source] Box<dyn Error + Send + Sync>),
}

/// What is to be done in memory after a commit, told what the unit did.
pub(crate) type Then = Box<dyn FnOnce(&Written) + Send>;

/// Runs statements on a database.
pub trait Driver: Send + Sync + 'static {
    /// Writes a unit in its order: all or nothing, durable when it returns. Units of several callers may share one
    /// transaction.
    fn write(&self, unit: Vec<Stmt>) -> impl Future<Output = Result<Written, WriteError>> + Send;

    /// As [`Driver::write`]; `then` runs as soon as the unit is durable, before [`Driver::stamp`] gives a stamp again,
    /// whether or not the caller still waits. Only drivers that give stamps need it.
    fn write_then(
        &self,
        unit: Vec<Stmt>,
        then: Then,
    ) -> impl Future<Output = Result<Written, WriteError>> + Send {
        drop(then);
        self.write(unit)
    }

    /// The present moment, if everything committed so far went through this driver: then memory is as good as a read.
    /// Databases with several writers have none.
    fn stamp(&self) -> Option<Stamp> {
        None
    }

    /// Reads what was committed.
    fn rows(&self, query: Stmt) -> impl Future<Output = Result<Vec<Row>, DbError>> + Send;

    /// Whether other nodes may use the database at the same time.
    fn is_shared(&self) -> bool {
        true
    }

    /// Writes what was accepted, then refuses everything.
    fn close(&self) -> impl Future<Output = ()> + Send;
}
