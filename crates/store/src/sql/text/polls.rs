//! Statements about polling sources.

pub(crate) const HAND: &str = "SELECT version, place, at, free_at FROM poll_hands WHERE source = $1";
pub(crate) const ADD_HAND: &str = "INSERT INTO poll_hands (source, place, at, free_at, version) \
    VALUES ($1, $2, $3, $4, 1) ON CONFLICT (source) DO NOTHING";
pub(crate) const SET_HAND: &str = "UPDATE poll_hands SET place = $2, at = $3, free_at = $4, \
    version = version + 1 WHERE source = $1 AND version = $5";
/// A new version too: a node that has read the old one must not take anything up.
pub(crate) const REST: &str =
    "UPDATE poll_hands SET free_at = $2, version = version + 1 WHERE source = $1 AND free_at < $2";
/// What the hand went over: `$2` is before, `$3` the last.
pub(crate) const FORGET_UNWATCHED: &str = "DELETE FROM polls WHERE source = $1 AND number > $2 AND number <= $3 \
    AND due_at IS NULL AND NOT EXISTS (SELECT 1 FROM identities WHERE watch_hash = polls.number)";

/// By the index of watched numbers, in its order.
pub(crate) const WATCHED_NUMBERS: &str = "SELECT DISTINCT watch_hash FROM identities \
    WHERE watch_hash > $1 AND watch_hash <= $2 ORDER BY watch_hash LIMIT $3";
pub(crate) const DUE: &str =
    "SELECT number FROM polls WHERE source = $1 AND due_at <= $2 ORDER BY due_at LIMIT $3";
pub(crate) const POLL: &str =
    "SELECT looked_at, failures, due_at, lease_id FROM polls WHERE source = $1 AND number = $2";
/// `$3` lease, `$4` its end, `$5` wall.
pub(crate) const TAKE: &str = "INSERT INTO polls (source, number, failures, due_at, lease_id) \
    VALUES ($1, $2, 0, $4, $3) ON CONFLICT (source, number) DO UPDATE \
    SET due_at = excluded.due_at, lease_id = excluded.lease_id \
    WHERE polls.due_at IS NULL OR polls.due_at <= $5";
pub(crate) const SETTLE: &str = "UPDATE polls SET looked_at = $4, due_at = $5, failures = $6, lease_id = NULL \
    WHERE source = $1 AND number = $2 AND lease_id = $3";
pub(crate) const FORGET: &str = "DELETE FROM polls WHERE source = $1 AND number = $2 AND lease_id = $3";

/// Every statement, for checks over all of them.
#[cfg(test)]
pub(super) const ALL: &[&str] =
    &[HAND, ADD_HAND, SET_HAND, REST, FORGET_UNWATCHED, WATCHED_NUMBERS, DUE, POLL, TAKE, SETTLE, FORGET];
