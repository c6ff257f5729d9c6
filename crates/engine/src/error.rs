//! Why a use case could not be carried out. No status, no wire code: the server maps these once.

use std::time::Duration;

use ringtrue_domain::FieldError;

use crate::{
    NumberLimit,
    ports::{CommitError, Fault, StoreError},
};

/// Why a use case could not be carried out.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A field breaks its rule.
    #[error(transparent)]
    Field(#[from] FieldError),
    /// Wrong or revoked credentials or token.
    #[error("not authorized")]
    Unauthorized,
    /// The call is not permitted to these credentials.
    #[error("not permitted")]
    NotPermitted,
    /// The project does not let the page call that the call comes from.
    #[error("the page may not call")]
    PageNotAllowed,
    /// Sandbox: no persona has this number.
    #[error("no persona has this number")]
    NoPersona,
    /// Unknown, expired or foreign flow; never tells which of the three.
    #[error("unknown flow")]
    UnknownFlow,
    /// Unknown or foreign identity; never tells which of the two.
    #[error("unknown identity")]
    UnknownIdentity,
    /// Somebody else has changed it since it was read.
    #[error("changed by somebody else in between")]
    Stale,
    /// Tried too often.
    #[error("tried too often")]
    TooMany {
        /// When to try again.
        retry_after: Duration,
    },
    /// The number was verified as often as its project allows.
    #[error("the number was verified too often")]
    NumberLimit(NumberLimit),
    /// Overloaded, or a dependency is away; nothing was half-done.
    #[error("not available at the moment")]
    Busy {
        /// When to ask again.
        retry_after: Duration,
    },
    /// Our fault.
    #[error("unexpected failure")]
    Bug(#[source] anyhow::Error),
}

impl Error {
    pub(crate) fn bug(what: &'static str) -> Self {
        Self::Bug(anyhow::Error::msg(what))
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable { retry_after } => Self::Busy { retry_after },
            other @ (StoreError::Corrupt { .. } | StoreError::Broken(_)) => Self::Bug(other.into()),
        }
    }
}

impl From<CommitError> for Error {
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::Unavailable { retry_after } => Self::Busy { retry_after },
            // Whoever can decide again does so before this; after several rounds it is load.
            CommitError::Conflict => Self::Busy { retry_after: Duration::from_secs(1) },
            other @ (CommitError::Duplicate(_) | CommitError::Broken(_)) => Self::Bug(other.into()),
        }
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Busy { retry_after } => {
                Self::Busy { retry_after: retry_after.unwrap_or(Duration::from_secs(1)) }
            }
            other @ (Fault::Rejected { .. } | Fault::Unknown(_)) => Self::Bug(other.into()),
        }
    }
}
