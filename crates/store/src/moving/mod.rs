//! Moving a store from one database to another, row by row as it is stored.
//!
//! Bodies stay sealed and are not looked into, so both databases have the same keys. The target carries a mark (table
//! `store_move`, with a fingerprint of the source) from the first write to the end of the comparison, and no store
//! opens while it is there. Rows are copied in the order of the primary key, each batch in one transaction: whatever
//! ends the process, the greatest key in the target is where the next attempt goes on. The source is one moment that
//! nobody writes to until the end.

mod checksum;
mod error;
mod side;
mod tables;
mod text;

pub use checksum::Checksum;
pub(crate) use error::Cause;
pub use error::MoveError;
pub use side::StorePlace;
pub(crate) use side::{Command, Role};
pub use tables::{LOCAL_TABLES, TABLES, Table};

use crate::{
    seal::{Owner, SERVER, StoreKeys, Unlocker},
    sql::Value,
};
use side::Side;

/// Rows in one transaction. At most 12 columns each: well below what either database takes as parameters (32,766).
const BATCH: usize = 500;

/// How a move is done. The default is right for use.
#[derive(Debug, Clone, Copy)]
pub struct MoveOptions {
    /// Rows in one transaction, 1 to 2500.
    pub batch: usize,
}

impl Default for MoveOptions {
    fn default() -> Self {
        Self { batch: BATCH }
    }
}

/// How far a move is. Given after each batch.
#[derive(Debug, Clone, Copy)]
pub struct MoveProgress {
    /// Whether rows are compared; otherwise they are copied.
    pub checking: bool,
    /// The table.
    pub table: &'static str,
    /// Rows of it that are done, those of earlier attempts included.
    pub done: u64,
    /// Rows of it in the source.
    pub total: u64,
}

/// What a table holds, on both sides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableFacts {
    /// Its name.
    pub table: &'static str,
    /// Its rows.
    pub rows: u64,
    /// Over the rows.
    pub checksum: Checksum,
}

/// Copies a store into an empty database, or goes on with a copy that was interrupted; then compares all of it.
/// Afterwards the source is as it was, and the target can be served.
pub async fn move_store(
    from: &StorePlace,
    to: &StorePlace,
    keys: &StoreKeys,
    options: MoveOptions,
    progress: &mut (dyn FnMut(MoveProgress) + Send),
) -> Result<Vec<TableFacts>, MoveError> {
    let mut source = Side::open(from, Role::Source).await?;
    if source.is_marked().await? {
        return Err(MoveError::HalfDoneSource);
    }
    let Some(fingerprint) = fingerprint(&mut source, keys).await? else {
        return Err(MoveError::EmptySource);
    };
    let mut target = Side::open(to, Role::Target).await?;
    claim(&mut target, &fingerprint, keys).await?;
    let mut work = Move { source, target, batch: options.batch.clamp(1, 2500), progress };
    for table in TABLES {
        work.copy(table).await?;
    }
    let mut facts = Vec::with_capacity(TABLES.len());
    for table in TABLES {
        facts.push(work.compare(table).await?);
    }
    work.target.write(&[(text::UNMARK.to_owned(), Vec::new())]).await?;
    Ok(facts)
}

/// Tells a store from every other one: the digest of its server's wrapped key, which has a random part. `None`: it was
/// never used. All of its data keys must open.
async fn fingerprint(side: &mut Side, keys: &StoreKeys) -> Result<Option<String>, MoveError> {
    let unlocker = Unlocker::new(keys);
    let mut found = None;
    for row in side.rows(text::DATA_KEYS, &[]).await? {
        let Ok([Value::Blob(owner), Value::Blob(wrapped)]) = <[Value; 2]>::try_from(row) else {
            return Err(MoveError::WrongKeys);
        };
        let owner = Owner::try_from(owner.as_slice()).map_err(|_| MoveError::WrongKeys)?;
        if owner == SERVER {
            let mut digest = Checksum::default();
            digest.add(&[Value::Blob(wrapped.clone())]);
            found = Some(digest.to_string());
        }
        unlocker.open(&owner, wrapped).map_err(|_| MoveError::WrongKeys)?;
    }
    Ok(found)
}

/// Marks an empty target as ours, or finds it marked so.
async fn claim(target: &mut Side, source: &str, keys: &StoreKeys) -> Result<(), MoveError> {
    if target.is_marked().await? {
        let marked = target.rows(text::SOURCE, &[]).await?;
        let same = [[Value::Text(source.to_owned())]];
        return if marked == same { Ok(()) } else { Err(MoveError::OtherCopy) };
    }
    for table in TABLES {
        if target.number(&table.count()).await? > 0 {
            let finished =
                fingerprint(target, keys).await.is_ok_and(|found| found.as_deref() == Some(source));
            return Err(if finished {
                MoveError::Finished
            } else {
                MoveError::Occupied { table: table.name }
            });
        }
    }
    let set = (text::SET_SOURCE.to_owned(), vec![Value::Text(source.to_owned())]);
    target.write(&[(text::MARK.to_owned(), Vec::new()), set]).await
}

struct Move<'a> {
    source: Side,
    target: Side,
    batch: usize,
    progress: &'a mut (dyn FnMut(MoveProgress) + Send),
}

impl Move<'_> {
    /// Copies what is behind the target's greatest key.
    async fn copy(&mut self, table: &'static Table) -> Result<(), MoveError> {
        let total = self.source.number(&table.count()).await?;
        let mut done = self.target.number(&table.count()).await?;
        let mut last = self.target.rows(&table.last(), &[]).await?.pop();
        loop {
            let rows = page(&mut self.source, table, last.as_deref(), self.batch).await?;
            (self.progress)(MoveProgress { checking: false, table: table.name, done, total });
            let Some(end) = rows.last() else { return Ok(()) };
            last = Some(end[..table.key].to_vec());
            done += rows.len() as u64;
            let insert = table.insert(rows.len());
            self.target.write(&[(insert, rows.into_iter().flatten().collect())]).await?;
        }
    }

    /// Reads both sides from the beginning.
    async fn compare(&mut self, table: &'static Table) -> Result<TableFacts, MoveError> {
        let total = self.source.number(&table.count()).await?;
        let mut facts = [(0, Checksum::default()); 2];
        for (side, (count, checksum)) in [&mut self.source, &mut self.target].into_iter().zip(&mut facts) {
            let mut last: Option<Vec<Value>> = None;
            loop {
                let rows = page(side, table, last.as_deref(), self.batch).await?;
                for row in &rows {
                    checksum.add(row);
                }
                *count += rows.len() as u64;
                let Some(end) = rows.last() else { break };
                last = Some(end[..table.key].to_vec());
            }
        }
        (self.progress)(MoveProgress { checking: true, table: table.name, done: total, total });
        let [source, (rows, checksum)] = facts;
        if source != (rows, checksum) {
            return Err(MoveError::Different { table: table.name, source_rows: source.0, target_rows: rows });
        }
        Ok(TableFacts { table: table.name, rows, checksum })
    }
}

/// The rows behind a key.
async fn page(
    side: &mut Side,
    table: &Table,
    after: Option<&[Value]>,
    limit: usize,
) -> Result<Vec<Vec<Value>>, MoveError> {
    let mut args = after.unwrap_or_default().to_vec();
    args.push(limit.into());
    side.rows(&table.page(after.is_some()), &args).await
}
