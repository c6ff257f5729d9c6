//! Arithmetic on instants that cannot panic.

use jiff::{SignedDuration, Timestamp};

/// `at` plus `seconds`; the end of time when that cannot be represented.
pub fn after(at: Timestamp, seconds: u32) -> Timestamp {
    at.checked_add(SignedDuration::from_secs(i64::from(seconds))).unwrap_or(Timestamp::MAX)
}
