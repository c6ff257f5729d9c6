//! The part of the port that is about polling sources.

use async_trait::async_trait;
use jiff::Timestamp;
use ringtrue_engine::{
    model::{NumberHash, Poll, PollHand, StoredIdentity},
    ports::{PollChange, PollStore, StoreError},
};

use super::{
    SqlStore,
    driver::{Driver, Stmt},
    text::polls as text,
    value::{Column, Row, Value},
};

#[async_trait]
impl<D: Driver> PollStore for SqlStore<D> {
    async fn poll_hand(&self, source: &str) -> Result<Option<PollHand>, StoreError> {
        let row = self.row(text::HAND, [source.to_owned().into()]).await?;
        row.map(read_hand).transpose().map_err(corrupt)
    }

    async fn watched_numbers(
        &self,
        after: NumberHash,
        until: NumberHash,
        limit: usize,
    ) -> Result<Vec<NumberHash>, StoreError> {
        numbers(self.rows(text::WATCHED_NUMBERS, [after.into(), until.into(), limit.into()]).await?)
    }

    async fn polls_due(
        &self,
        source: &str,
        wall: Timestamp,
        limit: usize,
    ) -> Result<Vec<NumberHash>, StoreError> {
        numbers(self.rows(text::DUE, [source.to_owned().into(), wall.into(), limit.into()]).await?)
    }

    async fn poll(&self, source: &str, number: NumberHash) -> Result<Option<Poll>, StoreError> {
        let row = self.row(text::POLL, [source.to_owned().into(), number.into()]).await?;
        row.map(read_poll).transpose().map_err(corrupt)
    }

    async fn watchers_of(&self, number: NumberHash) -> Result<Vec<StoredIdentity>, StoreError> {
        self.watchers_by(number.into(), None, usize::MAX).await
    }
}

/// Adds the statements of a change.
pub(super) fn statements(change: &PollChange, list: &mut Vec<Stmt>) {
    match *change {
        PollChange::Move { source, after, hand } => {
            let PollHand { version, place, at, free_at } = hand;
            let source = Value::from(source.to_owned());
            let mut args = vec![source.clone(), place.into(), at.into(), free_at.into()];
            if version == 0 {
                list.push(Stmt::write(text::ADD_HAND, args).once());
            } else {
                args.push(version.into());
                list.push(Stmt::write(text::SET_HAND, args).once());
            }
            if after != place {
                list.push(Stmt::write(text::FORGET_UNWATCHED, [source, after.into(), place.into()]));
            }
        }
        PollChange::Take { source, number, lease, wall } => {
            let args = [source.to_owned().into(), number.into(), lease.id.into(), lease.until.into()];
            list.push(Stmt::write(text::TAKE, [args.as_slice(), &[wall.into()]].concat()));
        }
        PollChange::Settle { source, number, lease, looked_at, due_at, failures } => {
            let held = [source.to_owned().into(), number.into(), lease.into()];
            let rest = [looked_at.into(), due_at.into(), failures.into()];
            list.push(Stmt::write(text::SETTLE, [held, rest].concat()).once());
        }
        PollChange::Forget { source, number, lease } => {
            let held = [source.to_owned().into(), number.into(), lease.into()];
            list.push(Stmt::write(text::FORGET, held).once());
        }
        PollChange::Rest { source, until } => {
            list.push(Stmt::write(text::REST, [source.to_owned().into(), until.into()]));
        }
    }
}

fn read_hand(mut row: Row) -> anyhow::Result<PollHand> {
    Ok(PollHand { version: row.take()?, place: row.take()?, at: row.take()?, free_at: row.take()? })
}

fn read_poll(mut row: Row) -> anyhow::Result<Poll> {
    Ok(Poll { looked_at: row.take()?, failures: row.take()?, due_at: row.take()?, lease: row.take()? })
}

fn numbers(rows: Vec<Row>) -> Result<Vec<NumberHash>, StoreError> {
    rows.into_iter().map(|mut row| row.take()).collect::<Result<_, _>>().map_err(corrupt)
}

fn corrupt(source: anyhow::Error) -> StoreError {
    StoreError::Corrupt { what: "a poll".to_owned(), source }
}

impl From<NumberHash> for Value {
    fn from(number: NumberHash) -> Self {
        Self::from(number.to_bytes())
    }
}

impl Column for NumberHash {
    fn read(value: Value) -> anyhow::Result<Self> {
        Column::read(value).map(Self::from_bytes)
    }
}
