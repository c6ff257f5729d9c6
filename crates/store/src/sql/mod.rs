//! The Store port in SQL: the same text for every database, over a small [`Driver`].

mod driver;
mod erasure_unit;
mod error;
mod keyring;
mod known;
mod latest;
mod listing_store;
mod listing_unit;
mod people;
mod people_unit;
mod polls;
mod purge;
mod read;
mod recent;
mod settle;
mod store;
mod text;
mod unit;
mod value;
mod watch_read;
mod watch_store;
mod watch_unit;

pub(crate) use driver::{DbError, Driver, Stmt, Then, WriteError, Written};
pub(crate) use keyring::KeyError;
pub(crate) use purge::{
    FORMER_KEPT, INVITATION_KEPT, NODE_KEPT, OUTBOX_KEPT, TALLIES_KEPT_HOURS, WATCH_KEPT,
};
pub(crate) use recent::Stamp;
#[cfg(test)]
pub(crate) use text::{ALL, CREDENTIALS, listings, people as people_text, polls as poll_text};
pub(crate) use text::{CLAIM, OUTLIVED, PURGE_OUTBOX, UNSETTLED, watch};
pub(crate) use value::{Row, Value};

use std::sync::Arc;

use jiff::SignedDuration;

use crate::seal::StoreKeys;
use keyring::Keyring;
use known::Known;
use recent::Recent;

/// A store over a database.
pub struct SqlStore<D> {
    driver: D,
    keys: Keyring,
    recent: Arc<Recent>,
    known: Known,
    watch_kept: SignedDuration,
    /// How long flows are kept beyond the time for which they answer.
    flows_kept: SignedDuration,
}

impl<D: Driver> SqlStore<D> {
    /// Checks that the keys belong to the database and makes its first data key if there is none.
    pub(crate) async fn new(driver: D, keys: &StoreKeys) -> Result<Self, KeyError> {
        let keys = Keyring::unlock(keys, &driver).await?;
        let (recent, known) = (Arc::default(), Known::default());
        Ok(Self { driver, keys, recent, known, watch_kept: WATCH_KEPT, flows_kept: SignedDuration::ZERO })
    }

    /// Purges events, and deliveries with their attempts, after another time than 30 days of real time. What waits to be
    /// delivered is kept longer, except where nothing is sent: without a webhook, or while it is paused.
    #[must_use]
    pub fn keep_events_for(self, time: SignedDuration) -> Self {
        Self { watch_kept: time, ..self }
    }

    /// Keeps verifications, without what could still prove something, so much longer than they answer
    /// ([`Flow::purge_after`](ringtrue_domain::Flow::purge_after)). Of those that are kept already, it changes nothing.
    #[must_use]
    pub fn keep_flows_for(self, time: SignedDuration) -> Self {
        Self { flows_kept: time, ..self }
    }
}

impl<D> std::fmt::Debug for SqlStore<D> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SqlStore(…)")
    }
}
