//! The driver's errors as the port's.

use std::{error::Error, fmt::Display, time::Duration};

use ringtrue_engine::ports::{CommitError, StoreError};

use super::{
    driver::{DbError, WriteError},
    keyring::KeyError,
};
use crate::seal::Kind;

/// When to ask again after the database was away.
const RETRY_AFTER: Duration = Duration::from_secs(1);

impl From<DbError> for StoreError {
    fn from(error: DbError) -> Self {
        match error {
            DbError::Away => Self::Unavailable { retry_after: RETRY_AFTER },
            DbError::Broken(_) => Self::Broken(error.into()),
        }
    }
}

impl From<DbError> for CommitError {
    fn from(error: DbError) -> Self {
        match error {
            DbError::Away => Self::Unavailable { retry_after: RETRY_AFTER },
            DbError::Broken(_) => Self::Broken(error.into()),
        }
    }
}

impl From<KeyError> for StoreError {
    fn from(error: KeyError) -> Self {
        match error {
            KeyError::Database(error) => error.into(),
            KeyError::Wrong(_) | KeyError::Seal(_) => Self::Broken(error.into()),
        }
    }
}

impl From<KeyError> for CommitError {
    fn from(error: KeyError) -> Self {
        match error {
            KeyError::Database(error) => error.into(),
            KeyError::Wrong(_) | KeyError::Seal(_) => Self::Broken(error.into()),
        }
    }
}

/// The error about a record that does not open or parse.
pub(super) fn corrupt<E: Into<anyhow::Error>>(kind: Kind, id: impl Display) -> impl FnOnce(E) -> StoreError {
    move |error| StoreError::Corrupt { what: format!("{} {id}", kind.name()), source: error.into() }
}

/// A read error met while writing.
pub(super) fn in_commit(error: StoreError) -> CommitError {
    match error {
        StoreError::Unavailable { retry_after } => CommitError::Unavailable { retry_after },
        error => CommitError::Broken(error.into()),
    }
}

/// A unit whose condition did not hold.
pub(super) fn refused_is_conflict(error: WriteError) -> CommitError {
    match error {
        WriteError::Refused { .. } => CommitError::Conflict,
        WriteError::Failed(error) => error.into(),
    }
}

/// What was read; none, and a word in the log, for a record that cannot be understood: one of many must not keep the
/// others from being used.
pub(super) fn readable<T>(read: Result<T, StoreError>) -> Result<Option<T>, StoreError> {
    match read {
        Ok(value) => Ok(Some(value)),
        Err(error @ StoreError::Corrupt { .. }) => {
            tracing::error!(error = %chain(&error), "passed over a record");
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// An error and its causes in one line.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
