//! The part of the store that lists verifications and counts them.

use async_trait::async_trait;
use jiff::Timestamp;
use ringtrue_domain::{FlowId, PhoneNumber};

use super::{CommitError, StoreError};
use crate::model::{
    KeyScope, Listing, ListingPage, ListingQuery, Refusals, Subjects, Tally, TallyHand, Uncounted,
};

/// A change of what is listed or counted.
#[derive(Debug)]
pub enum ListingChange {
    /// Lists a new flow, in the unit that writes it.
    Add {
        /// Its line.
        listing: Box<Listing>,
        /// Whom it is about.
        subjects: Box<Subjects>,
    },
    /// The flow is about another number now; the one before still counts as verified.
    Renumber {
        /// Whose.
        scope: KeyScope,
        /// Which.
        flow: FlowId,
        /// The number.
        phone: PhoneNumber,
    },
    /// The flow came to its end: writes what a line has beyond its beginning. One that is not listed stays so.
    Conclude(Box<Listing>),
    /// Adds counts, and says how far they go. Another version stored than that of the hand is a conflict, so that each
    /// verification is counted once.
    Count {
        /// The hand as it was read.
        hand: TallyHand,
        /// The last one that is counted.
        place: FlowId,
        /// What is added.
        tallies: Vec<Tally>,
    },
    /// Adds counts of calls that limits refused.
    Refused(Vec<Refusals>),
}

/// Lists of verifications. A line is kept as long as its flow, which is longer than that answers; counts are kept longer
/// still.
#[async_trait]
pub trait ListingStore {
    /// Verifications of an environment, newest first.
    async fn listings(&self, scope: KeyScope, query: &ListingQuery) -> Result<ListingPage, StoreError>;

    /// Those behind a place and before another, oldest first, at most `limit`.
    async fn listings_behind(
        &self,
        scope: KeyScope,
        place: FlowId,
        until: FlowId,
        limit: usize,
    ) -> Result<Vec<Listing>, StoreError>;

    /// The verifications of an environment that are or once were about a number and began with `from` or later, newest first,
    /// at most `limit`; without `but`. Numbers that were changed are known for a day after the verification's beginning.
    async fn recent_of_number(
        &self,
        scope: KeyScope,
        phone: &PhoneNumber,
        from: FlowId,
        but: Option<FlowId>,
        limit: usize,
    ) -> Result<Vec<FlowId>, StoreError>;

    /// The hands of all environments with verifications that were not counted yet, of projects that there are.
    async fn uncounted(&self) -> Result<Vec<Uncounted>, StoreError>;

    /// How far the verifications of an environment were counted.
    async fn tally_hand(&self, scope: KeyScope) -> Result<TallyHand, StoreError>;

    /// The counts of an environment from one hour (since 1970) to before another.
    async fn tallies(&self, scope: KeyScope, from: i64, until: i64) -> Result<Vec<Tally>, StoreError>;

    /// The first flow that a program from before lists wrote and that has no line yet.
    async fn first_unlisted(&self) -> Result<Option<FlowId>, StoreError>;

    /// Gives at most `n` such flows their lines, as [`Store::purge`](super::Store::purge) does; returns how many rows
    /// that changed, none if there is no such flow.
    async fn list_some(&self, n: usize, wall: Timestamp) -> Result<u64, CommitError>;

    /// The calls of an environment that limits refused from one hour (since 1970) to before another, oldest first.
    /// Limits of a newer program are left out.
    async fn refusals(&self, scope: KeyScope, from: i64, until: i64) -> Result<Vec<Refusals>, StoreError>;
}
