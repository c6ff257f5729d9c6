//! The part of the port that lists verifications and counts them.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use ringtrue_domain::{
    FlowId, PhoneNumber, ProjectId,
    flow::{Flow, Proof, Standing},
};
use ringtrue_engine::{
    model::{
        Counts, Find, KeyScope, LimitKind, Listing, ListingPage, ListingQuery, RefusalKey, Refusals, Tally,
        TallyHand, TallyKey, Uncounted, method_number, method_numbered,
    },
    ports::{CommitError, ListingStore, StoreError},
};

use super::{
    SqlStore,
    driver::{Driver, Stmt},
    error::{corrupt, in_commit, readable, refused_is_conflict},
    listing_unit::{bits, catch_up, proof_number},
    text::listings as text,
    unit::scope_values,
    value::{Row, Value},
};
use crate::seal::{DataKey, Kind};

/// Before every flow.
const FIRST: FlowId = FlowId::from_bytes([0; 16]);

#[async_trait]
impl<D: Driver> ListingStore for SqlStore<D> {
    async fn listings(&self, scope: KeyScope, query: &ListingQuery) -> Result<ListingPage, StoreError> {
        let Some(key) = self.known_key(scope.project).await? else {
            return Ok(ListingPage { listings: Vec::new(), next: None });
        };
        let (wanted, last, find) = find(query.find.as_ref(), &key);
        let [project, sandbox] = scope_values(scope);
        let looked: [Value; 5] =
            [project, sandbox, query.from.into(), query.before.into(), query.look.into()];
        let method = query.method.map_or(-1, |method| i64::from(method_number(method)));
        let wants: [Value; 4] = [
            bits(&query.standings).into(),
            query.open_from.into(),
            method.into(),
            query.limit.min(query.look).into(),
        ];
        let rows = self.rows(wanted, [looked.as_slice(), wants.as_slice(), find.as_slice()].concat()).await?;
        let listings = listings(scope, rows)?;
        if listings.len() >= query.limit.min(query.look) {
            let next = listings.last().map(|last| last.id);
            return Ok(ListingPage { listings, next });
        }
        let next = match self.row(last, [looked.as_slice(), find.as_slice()].concat()).await? {
            Some(mut row) => {
                let columns = (|| anyhow::Ok((row.take()?, row.take::<u64>()?)))();
                let (flow, count) = columns.map_err(corrupt(Kind::Flow, "in a list"))?;
                (count >= query.look as u64).then_some(flow)
            }
            None => None,
        };
        Ok(ListingPage { listings, next })
    }

    async fn listings_behind(
        &self,
        scope: KeyScope,
        place: FlowId,
        until: FlowId,
        limit: usize,
    ) -> Result<Vec<Listing>, StoreError> {
        let [project, sandbox] = scope_values(scope);
        let args = [project, sandbox, place.into(), until.into(), limit.into()];
        listings(scope, self.rows(text::BEHIND_HAND, args).await?)
    }

    async fn recent_of_number(
        &self,
        scope: KeyScope,
        phone: &PhoneNumber,
        from: FlowId,
        but: Option<FlowId>,
        limit: usize,
    ) -> Result<Vec<FlowId>, StoreError> {
        let Some(key) = self.known_key(scope.project).await? else { return Ok(Vec::new()) };
        let [_, sandbox] = scope_values(scope);
        let hash = key.hash("number", phone.expose());
        let args = [hash.into(), sandbox, from.into(), but.unwrap_or(FIRST).into(), limit.into()];
        let rows = self.rows(text::RECENT_OF_NUMBER, args).await?;
        let flows = rows.into_iter().map(|mut row| row.take()).collect::<Result<_, _>>();
        flows.map_err(corrupt(Kind::Flow, "in a list"))
    }

    async fn uncounted(&self) -> Result<Vec<Uncounted>, StoreError> {
        let rows = self.rows(text::UNCOUNTED, [FIRST.into()]).await?;
        let found = rows.into_iter().filter_map(|row| read_uncounted(row).transpose());
        found.collect::<Result<_, _>>().map_err(corrupt(Kind::Project, "with verifications to count"))
    }

    async fn tally_hand(&self, scope: KeyScope) -> Result<TallyHand, StoreError> {
        let Some(mut row) = self.row(text::HAND, scope_values(scope)).await? else {
            return Ok(TallyHand { scope, version: 0, place: FIRST });
        };
        let columns = (|| anyhow::Ok(TallyHand { scope, version: row.take()?, place: row.take()? }))();
        columns.map_err(corrupt(Kind::Project, scope.project))
    }

    async fn tallies(&self, scope: KeyScope, from: i64, until: i64) -> Result<Vec<Tally>, StoreError> {
        let [project, sandbox] = scope_values(scope);
        let rows = self.rows(text::TALLIES, [project, sandbox, from.into(), until.into()]).await?;
        let tallies = rows.into_iter().map(read_tally).collect::<Result<_, _>>();
        tallies.map_err(corrupt(Kind::Project, scope.project))
    }

    async fn first_unlisted(&self) -> Result<Option<FlowId>, StoreError> {
        let first = self.row(text::FIRST_UNLISTED, []).await?.map(|mut row| row.take()).transpose();
        first.map_err(corrupt(Kind::Flow, "row"))
    }

    async fn list_some(&self, n: usize, wall: Timestamp) -> Result<u64, CommitError> {
        let unit = self.unlisted(n, wall).await.map_err(in_commit)?;
        // Nearly always: whoever looks for a person need not wait for a write then.
        if unit.is_empty() {
            return Ok(0);
        }
        Ok(self.driver.write(unit).await.map_err(refused_is_conflict)?.changed)
    }

    async fn refusals(&self, scope: KeyScope, from: i64, until: i64) -> Result<Vec<Refusals>, StoreError> {
        let [project, sandbox] = scope_values(scope);
        let rows = self.rows(text::REFUSALS, [project, sandbox, from.into(), until.into()]).await?;
        let refusals = rows.into_iter().filter_map(|row| read_refusals(scope, row).transpose());
        refusals.collect::<Result<_, _>>().map_err(corrupt(Kind::Project, scope.project))
    }
}

impl<D: Driver> SqlStore<D> {
    /// Gives at most `n` flows their lines that a program from before lists wrote. One that cannot be read gets none, so
    /// that it keeps nobody waiting. How they stand is told by the wall: what runs out on a moved clock is settled when
    /// it is counted.
    pub(super) async fn unlisted(&self, n: usize, wall: Timestamp) -> Result<Vec<Stmt>, StoreError> {
        let rows = self.rows(text::UNLISTED, [n.into()]).await?;
        let mut unit = Vec::with_capacity(2 * rows.len());
        for mut row in rows {
            let columns = (|| anyhow::Ok((row.take()?, row.take()?, row.take()?)))();
            let (id, project, body): (FlowId, ProjectId, _) = columns.map_err(corrupt(Kind::Flow, "row"))?;
            let flow: Result<Flow, _> = self.unseal(project, Kind::Flow, id.as_bytes(), body).await;
            match (readable(flow)?, self.known_key(project).await?) {
                (Some(flow), Some(key)) => unit.extend(catch_up(&flow, wall, &key)),
                (None, _) | (_, None) => unit.push(Stmt::write(text::LISTED, [id.into()])),
            }
        }
        Ok(unit)
    }
}

/// The statements, and whom the verifications are about as a column.
fn find(find: Option<&Find>, key: &Arc<DataKey>) -> (&'static str, &'static str, Vec<Value>) {
    match find {
        None => (text::LISTINGS, text::LAST, Vec::new()),
        Some(Find::Number(phone)) => {
            (text::OF_NUMBER, text::LAST_OF_NUMBER, vec![key.hash("number", phone.expose()).into()])
        }
        Some(Find::Customer(id)) => {
            (text::OF_CUSTOMER, text::LAST_OF_CUSTOMER, vec![key.hash("customer", id.as_str()).into()])
        }
        Some(Find::Request(id)) => {
            (text::OF_REQUEST, text::LAST_OF_REQUEST, vec![key.hash("request", id.as_str()).into()])
        }
    }
}

fn listings(scope: KeyScope, rows: Vec<Row>) -> Result<Vec<Listing>, StoreError> {
    let listings = rows.into_iter().map(|row| read_listing(scope, row)).collect::<Result<_, _>>();
    listings.map_err(corrupt(Kind::Flow, "in a list"))
}

fn read_listing(scope: KeyScope, mut row: Row) -> anyhow::Result<Listing> {
    let id = row.take()?;
    let method = method_numbered(u8::try_from(row.take::<u32>()?)?);
    let country: String = row.take()?;
    let standing = Standing::ALL.get(usize::try_from(row.take::<u32>()?)?);
    let proof = row.take::<Option<u32>>()?.map(read_proof).transpose()?;
    Ok(Listing {
        id,
        scope,
        method: method.ok_or_else(|| anyhow::anyhow!("an unknown method"))?,
        country: Some(country).filter(|country| !country.is_empty()),
        standing: *standing.ok_or_else(|| anyhow::anyhow!("an unknown outcome"))?,
        proof,
        concluded_at: row.take()?,
        messages: row.take()?,
        segments: row.take()?,
    })
}

fn read_proof(number: u32) -> anyhow::Result<Proof> {
    [Proof::Code, Proof::Link, Proof::Network, Proof::Persona]
        .into_iter()
        .find(|proof| proof_number(*proof) == number)
        .ok_or_else(|| anyhow::anyhow!("an unknown proof"))
}

fn read_uncounted(mut row: Row) -> anyhow::Result<Option<Uncounted>> {
    let scope = KeyScope { project: row.take()?, environment: row.take()? };
    let hand = TallyHand { scope, version: row.take()?, place: row.take()? };
    let (next, ahead): (Option<FlowId>, i64) = (row.take()?, row.take()?);
    let clock_ahead_micros = super::read::ahead_in(scope.environment, ahead);
    Ok(next.map(|next| Uncounted { hand, next, clock_ahead_micros }))
}

/// None where the limit is one of a newer program.
fn read_refusals(scope: KeyScope, mut row: Row) -> anyhow::Result<Option<Refusals>> {
    let (hour, kind, refused) = (row.take()?, row.take::<u32>()?, row.take()?);
    let kind = u8::try_from(kind).ok().and_then(LimitKind::numbered);
    Ok(kind.map(|kind| Refusals { key: RefusalKey { scope, hour, kind }, refused }))
}

fn read_tally(mut row: Row) -> anyhow::Result<Tally> {
    let hour = row.take()?;
    let method = u8::try_from(row.take::<u32>()?)?;
    let key = TallyKey { hour, method, country: row.take()? };
    let mut counts =
        Counts { started: row.take()?, messaged: row.take()?, proven: row.take()?, ..Counts::default() };
    for ended in counts.standing.iter_mut().skip(1) {
        *ended = row.take()?;
    }
    (counts.messages, counts.segments) = (row.take()?, row.take()?);
    for took in &mut counts.took {
        *took = row.take()?;
    }
    Ok(Tally { key, counts })
}
