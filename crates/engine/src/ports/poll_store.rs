//! The part of the store that is about polling sources for what became of watched numbers.

use async_trait::async_trait;
use jiff::Timestamp;

use super::StoreError;
use crate::model::{Lease, NumberHash, Poll, PollHand, StoredIdentity};

/// A change about polling. Sources go by their names.
#[derive(Debug)]
pub enum PollChange {
    /// Writes how far a source's numbers were gone through. The hand's version is the one that was read, 0 when there
    /// was none; another one stored is a conflict, so one node at a time takes numbers up. What is known of polls of
    /// numbers after `after`, up to the hand's place, is forgotten when nobody watches them any more.
    Move {
        /// The source.
        source: &'static str,
        /// Where the hand was.
        after: NumberHash,
        /// Where it is.
        hand: PollHand,
    },
    /// Takes a number up, unless it is taken up already or waits to be tried again, at `wall`.
    Take {
        /// The source.
        source: &'static str,
        /// The number.
        number: NumberHash,
        /// Until when nobody else may; then the poll is due again.
        lease: Lease,
        /// Now.
        wall: Timestamp,
    },
    /// Ends a poll, or puts it off. A lease that is not its current one is a conflict.
    Settle {
        /// The source.
        source: &'static str,
        /// The number.
        number: NumberHash,
        /// The lease's id.
        lease: [u8; 16],
        /// Since when there is nothing known.
        looked_at: Option<Timestamp>,
        /// When it is tried again; none: when the hand comes by.
        due_at: Option<Timestamp>,
        /// Failures in a row.
        failures: u32,
    },
    /// Ends a poll of a number that nobody watches any more. A lease that is not its current one is a conflict.
    Forget {
        /// The source.
        source: &'static str,
        /// The number.
        number: NumberHash,
        /// The lease's id.
        lease: [u8; 16],
    },
    /// Lets a source be asked nothing until an instant, if not longer.
    Rest {
        /// The source.
        source: &'static str,
        /// Until when.
        until: Timestamp,
    },
}

/// Polls of watched numbers.
#[async_trait]
pub trait PollStore {
    /// How far a source's numbers were gone through.
    async fn poll_hand(&self, source: &str) -> Result<Option<PollHand>, StoreError>;

    /// Numbers of watched production identities after one place and up to another one (included), in their order, each
    /// once, at most `limit`.
    async fn watched_numbers(
        &self,
        after: NumberHash,
        until: NumberHash,
        limit: usize,
    ) -> Result<Vec<NumberHash>, StoreError>;

    /// Numbers whose poll of a source is to be tried again by now, or was dropped, at most `limit`, oldest due first.
    async fn polls_due(
        &self,
        source: &str,
        wall: Timestamp,
        limit: usize,
    ) -> Result<Vec<NumberHash>, StoreError>;

    /// A number's poll of a source.
    async fn poll(&self, source: &str, number: NumberHash) -> Result<Option<Poll>, StoreError>;

    /// As [`WatchStore::watchers`](super::WatchStore::watchers), by what the number is known by.
    async fn watchers_of(&self, number: NumberHash) -> Result<Vec<StoredIdentity>, StoreError>;
}
