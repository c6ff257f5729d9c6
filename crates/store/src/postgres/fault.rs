//! What went wrong in the database, and what that means for the statement.

use std::error::Error as StdError;

use tokio_postgres::{Error, error::SqlState};

use crate::sql::DbError;

/// Why a statement did not do what it should. A connection after a [`Fault::Lost`] is of no use any more; after any
/// other its transaction has to be rolled back.
#[derive(Debug, Clone)]
pub(super) enum Fault {
    /// It breaks a uniqueness rule, which is no failure of the database.
    Refused,
    /// Another transaction was in the way; again is right.
    Again,
    /// The connection ended, or the server is about to end it.
    Lost,
    /// Not now: locked for too long, full, shutting down, a standby.
    Away,
    /// It will not get better by itself. The text holds no values.
    Broken(String),
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        let Some(code) = error.code() else {
            let broken = error.is_closed() || error.source().is_none_or(<dyn StdError>::is::<std::io::Error>);
            return if broken { Self::Lost } else { Self::Broken(text(&error)) };
        };
        let class = code.code().get(..2).unwrap_or_default();
        match class {
            _ if *code == SqlState::UNIQUE_VIOLATION => Self::Refused,
            // Serialization failures and deadlocks; a lock that was waited for longer than a group may.
            "40" => Self::Again,
            _ if *code == SqlState::LOCK_NOT_AVAILABLE => Self::Again,
            _ if *code == SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT => Self::Lost,
            // Connections; the operator (shutdown, crash, timeout); resources; locks; a standby.
            "08" => Self::Lost,
            "57" if *code != SqlState::QUERY_CANCELED => Self::Lost,
            "53" | "55" | "57" | "25" => Self::Away,
            _ => Self::Broken(text(&error)),
        }
    }
}

impl From<Fault> for DbError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Broken(text) => Self::Broken(text.into()),
            // A read, or a unit alone, that breaks a uniqueness rule does not get here.
            Fault::Refused | Fault::Again | Fault::Lost | Fault::Away => Self::Away,
        }
    }
}

/// [`text`], where no error means that it took too long.
pub(super) fn text_of(error: Option<Error>) -> String {
    error.map_or_else(|| "it did not answer in time".to_owned(), |error| text(&error))
}

/// An error in one line for logs. Of what the server says only code and message: its details may quote values.
pub(super) fn text(error: &Error) -> String {
    if let Some(said) = error.as_db_error() {
        return format!("{} ({})", said.message(), said.code().code());
    }
    match error.source() {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}
