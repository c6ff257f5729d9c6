//! The part of the port that is about watched numbers.

use async_trait::async_trait;
use jiff::Timestamp;
use ringtrue_domain::{DeliveryId, IdentityId, PhoneNumber, secret::Digest, text::CallerText};
use ringtrue_engine::{
    model::{Attempt, Delivery, DeliveryQuery, DeliveryState, FeedFile, Identity, KeyScope, Lane, Lease},
    model::{ReplayOf, StoredEvent, StoredIdentity, StoredWebhook},
    ports::{CommitError, StoreError, WatchStore},
};

use super::{
    SqlStore,
    driver::{Driver, Stmt},
    error::{in_commit, readable},
    text::watch as text,
    unit::scope_values,
    value::{Row, Value},
    watch_read::{read_delivery, read_feed_file, read_lane},
    watch_unit::{WATCHED, state_value},
};
use crate::seal::SERVER;

/// Before every id that is made.
const FIRST_ID: [u8; 16] = [0; 16];

/// After every id that is made.
const LAST_ID: [u8; 16] = [0xff; 16];

#[async_trait]
impl<D: Driver> WatchStore for SqlStore<D> {
    async fn identity(
        &self,
        scope: KeyScope,
        phone: &PhoneNumber,
        customer: Option<&CallerText>,
    ) -> Result<Option<StoredIdentity>, StoreError> {
        let at = self.driver.stamp();
        let person = (scope, phone.clone(), customer.cloned());
        if let Some(known) = self.recent.find(at, |kept| kept.identities.get(&person)) {
            return Ok(known);
        }
        let Some(key) = self.known_key(scope.project).await? else { return Ok(None) };
        let number = key.hash("number", phone.expose());
        let customer = customer.map(|id| key.hash("customer", id.as_str())).unwrap_or_default();
        let rows = self.rows_of(text::IDENTITY, scope, [number.into(), customer.into()]).await?;
        let stored = self.first_identity(rows).await?;
        self.keep(at, |kept| kept.identities.put(person, stored.clone()));
        Ok(stored)
    }

    async fn identity_by_id(
        &self,
        scope: KeyScope,
        id: IdentityId,
    ) -> Result<Option<StoredIdentity>, StoreError> {
        let rows = self.rows_of(text::IDENTITY_BY_ID, scope, [id.into()]).await?;
        self.first_identity(rows).await
    }

    async fn identities(
        &self,
        scope: KeyScope,
        after: Option<IdentityId>,
        limit: usize,
        inactive_too: bool,
    ) -> Result<Vec<Identity>, StoreError> {
        let sql = if inactive_too { text::IDENTITIES } else { text::ACTIVE_IDENTITIES };
        let after = after.map_or(FIRST_ID, |id| *id.as_bytes());
        let rows = self.rows_of(sql, scope, [after.into(), limit.into()]).await?;
        self.all_identities(rows).await
    }

    async fn identities_of(
        &self,
        scope: KeyScope,
        phone: &PhoneNumber,
        limit: usize,
    ) -> Result<Vec<Identity>, StoreError> {
        let Some(key) = self.known_key(scope.project).await? else { return Ok(Vec::new()) };
        let number = key.hash("number", phone.expose());
        let rows = self.rows_of(text::IDENTITIES_OF, scope, [number.into(), limit.into()]).await?;
        self.all_identities(rows).await
    }

    /// Rows from before monitoring are found once [`Store::purge`](ringtrue_engine::ports::Store::purge) has brought
    /// them up to date, which it does first of all.
    async fn watchers(
        &self,
        phone: &PhoneNumber,
        after: Option<IdentityId>,
        limit: usize,
    ) -> Result<Vec<StoredIdentity>, StoreError> {
        let key = self.keys.make(SERVER, &self.driver).await?;
        let hash = key.hash(WATCHED, phone.expose());
        self.watchers_by(hash.into(), after, limit).await
    }

    async fn events(
        &self,
        scope: KeyScope,
        after: u64,
        until: u64,
        limit: usize,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        let (mut after, mut events) = (after, Vec::new());
        loop {
            let wanted = limit - events.len();
            let page = [after.into(), until.into(), wanted.into()];
            let rows = self.rows_of(text::EVENTS, scope, page).await?;
            let over = rows.len() < wanted;
            for row in rows {
                let (cursor, event) = self.read_event(scope.project, row).await?;
                after = cursor;
                events.extend(readable(event)?);
            }
            // Those that cannot be read leave no gap in a page.
            if over || events.len() == limit {
                return Ok(events);
            }
        }
    }

    async fn events_of(
        &self,
        scope: KeyScope,
        identity: IdentityId,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        const END: u64 = i64::MAX.unsigned_abs();
        let (mut before, mut events) = (before.map_or(END, |before| before.min(END)), Vec::new());
        loop {
            let wanted = limit - events.len();
            let page = [identity.into(), before.into(), wanted.into()];
            let rows = self.rows_of(text::EVENTS_OF, scope, page).await?;
            let over = rows.len() < wanted;
            for row in rows {
                let (cursor, event) = self.read_event(scope.project, row).await?;
                before = cursor;
                events.extend(readable(event)?);
            }
            if over || events.len() == limit {
                return Ok(events);
            }
        }
    }

    async fn lane(&self, scope: KeyScope) -> Result<Option<Lane>, StoreError> {
        let row = self.rows_of(text::LANE, scope, []).await?.into_iter().next();
        row.map(read_lane).transpose().map_err(corrupt_lane)
    }

    async fn claim_lanes(&self, lease: Lease, wall: Timestamp, n: usize) -> Result<Vec<Lane>, CommitError> {
        let args = [lease.id.into(), lease.until.into(), wall.into(), n.into()];
        let rows = self.write(vec![Stmt::rows(text::CLAIM_LANES, args)]).await?.rows;
        let lanes = rows.into_iter().map(read_lane).collect::<anyhow::Result<Vec<_>>>();
        let mut lanes = lanes.map_err(|source| in_commit(corrupt_lane(source)))?;
        lanes.sort_by_key(|lane| lane.scope);
        Ok(lanes)
    }

    async fn webhook(&self, scope: KeyScope) -> Result<Option<StoredWebhook>, StoreError> {
        match self.rows_of(text::WEBHOOK, scope, []).await?.into_iter().next() {
            Some(row) => self.read_webhook(row).await.map(Some),
            None => Ok(None),
        }
    }

    async fn open_deliveries(&self, scope: KeyScope, limit: usize) -> Result<Vec<Delivery>, StoreError> {
        let rows = self.rows_of(text::OPEN_DELIVERIES, scope, [limit.into()]).await?;
        deliveries(scope, rows)
    }

    async fn deliveries(&self, scope: KeyScope, query: DeliveryQuery) -> Result<Vec<Delivery>, StoreError> {
        let before = query.before.map_or(LAST_ID, |id| *id.as_bytes());
        let page = [before.into(), query.limit.into()];
        let rows = match query.state {
            None => self.rows_of(text::DELIVERIES, scope, page).await?,
            Some(state) => {
                let [before, limit] = page;
                self.rows_of(text::DELIVERIES_IN, scope, [before, limit, state_value(state)]).await?
            }
        };
        deliveries(scope, rows)
    }

    async fn replayable(
        &self,
        scope: KeyScope,
        of: ReplayOf,
        after: Option<Delivery>,
        limit: usize,
    ) -> Result<Vec<Delivery>, StoreError> {
        let rows = match of {
            ReplayOf::One(id) => {
                let one = self.delivery(scope, id).await?.filter(|one| one.state != DeliveryState::Open);
                return Ok(one.filter(|_| after.is_none()).into_iter().take(limit).collect());
            }
            ReplayOf::Failed => {
                let after = after.map_or(FIRST_ID, |last| *last.id.as_bytes());
                self.rows_of(text::FAILED, scope, [after.into(), limit.into()]).await?
            }
            ReplayOf::Between(from, until) => {
                let (at, id) = after.map_or((from, FIRST_ID), |last| (last.created_at, *last.id.as_bytes()));
                let range = [at.into(), id.into(), until.into(), limit.into()];
                self.rows_of(text::SETTLED_BETWEEN, scope, range).await?
            }
        };
        deliveries(scope, rows)
    }

    async fn delivery(&self, scope: KeyScope, id: DeliveryId) -> Result<Option<Delivery>, StoreError> {
        let rows = self.rows_of(text::DELIVERY, scope, [id.into()]).await?;
        Ok(deliveries(scope, rows)?.pop())
    }

    async fn attempts(&self, scope: KeyScope, id: DeliveryId) -> Result<Vec<Attempt>, StoreError> {
        let rows = self.rows_of(text::ATTEMPTS, scope, [id.into()]).await?;
        let mut attempts = Vec::with_capacity(rows.len());
        for row in rows {
            attempts.push(self.read_attempt(scope.project, id, row).await?);
        }
        Ok(attempts)
    }

    async fn feed_file(&self, digest: Digest) -> Result<Option<FeedFile>, StoreError> {
        let row = self.row(text::FEED_FILE, [digest.into()]).await?;
        row.map(|row| read_feed_file(digest, row))
            .transpose()
            .map_err(|source| StoreError::Corrupt { what: "a file of changes".to_owned(), source })
    }
}

impl<D: Driver> SqlStore<D> {
    /// Those who watch a number, by its hash.
    pub(super) async fn watchers_by(
        &self,
        hash: Value,
        after: Option<IdentityId>,
        limit: usize,
    ) -> Result<Vec<StoredIdentity>, StoreError> {
        let mut after = after.map_or(FIRST_ID, |id| *id.as_bytes());
        let mut watchers = Vec::new();
        loop {
            let wanted = limit - watchers.len();
            let rows = self.rows(text::WATCHERS, [hash.clone(), after.into(), wanted.into()]).await?;
            let over = rows.len() < wanted;
            for row in rows {
                let (id, watcher) = self.read_listed(row).await?;
                after = *id.as_bytes();
                watchers.extend(readable(watcher)?);
            }
            // Those that cannot be read leave no gap in a page.
            if over || watchers.len() == limit {
                return Ok(watchers);
            }
        }
    }

    /// The rows of one environment: `$1` and `$2` are project and environment.
    async fn rows_of<const N: usize>(
        &self,
        sql: &'static str,
        scope: KeyScope,
        more: [Value; N],
    ) -> Result<Vec<Row>, StoreError> {
        let args: Vec<Value> = scope_values(scope).into_iter().chain(more).collect();
        self.rows(sql, args).await
    }

    async fn first_identity(&self, rows: Vec<Row>) -> Result<Option<StoredIdentity>, StoreError> {
        match rows.into_iter().next() {
            Some(row) => self.read_identity(row).await.map(Some),
            None => Ok(None),
        }
    }

    async fn all_identities(&self, rows: Vec<Row>) -> Result<Vec<Identity>, StoreError> {
        let mut identities = Vec::with_capacity(rows.len());
        for row in rows {
            identities.push(self.read_identity(row).await?.identity);
        }
        Ok(identities)
    }
}

fn deliveries(scope: KeyScope, rows: Vec<Row>) -> Result<Vec<Delivery>, StoreError> {
    let deliveries = rows.into_iter().map(|row| read_delivery(scope, row)).collect::<Result<_, _>>();
    deliveries
        .map_err(|source| StoreError::Corrupt { what: format!("a delivery of {}", scope.project), source })
}

fn corrupt_lane(source: anyhow::Error) -> StoreError {
    StoreError::Corrupt { what: "a lane".to_owned(), source }
}
