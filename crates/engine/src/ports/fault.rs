//! The three ways in which an outside party can fail; the engine knows no other.

use std::time::Duration;

/// Why a connector did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// It never will: asking again is useless.
    #[error("rejected: {reason}")]
    Rejected {
        /// Why, without personal data.
        reason: &'static str,
    },
    /// Not now: asking again later is right, nothing happened.
    #[error("busy")]
    Busy {
        /// When the other side said to ask again.
        retry_after: Option<Duration>,
    },
    /// It may have happened. Only a request that the other side recognises may be repeated.
    #[error("the outcome is unknown")]
    Unknown(#[source] anyhow::Error),
}
