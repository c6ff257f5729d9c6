//! Files of changes, as carriers and vendors write them: each is taken in once, row by row, whoever takes it and however
//! often they are interrupted.

use std::{
    collections::{HashMap, hash_map::Entry},
    sync::Arc,
};

use futures_util::future::try_join_all;
use ringtrue_domain::{PhoneNumber, identity::LineChange, secret::Digest};

use crate::{
    Engine, Error,
    changes::Consequences,
    decide::{CommitOr, ROUNDS},
    model::FeedFile,
    ports::{Change, CommitError},
};

/// Reads at the same time while it is looked up who watches the numbers of a batch.
const READS: usize = 16;

/// What a row of a file tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedRow {
    /// Of which number.
    pub phone: PhoneNumber,
    /// What became of it.
    pub change: LineChange,
}

/// A file that is being taken in. It is told all rows of the file from the first one on, and takes those that were not
/// taken before: by an intake that was interrupted, or by another one that is under way.
pub struct Intake {
    engine: Arc<Engine>,
    /// As it is stored, or will be.
    file: FeedFile,
    begun: bool,
    was_done: bool,
    /// Rows that were told.
    told: u64,
}

impl Engine {
    /// Begins to take in a file that came by `feed`, or goes on with it.
    pub async fn intake(self: &Arc<Self>, feed: &str, digest: Digest) -> Result<Intake, Error> {
        let known = self.store().feed_file(digest).await?;
        let (begun, was_done) = (known.is_some(), known.as_ref().is_some_and(|file| file.done_at.is_some()));
        let file = known.unwrap_or_else(|| FeedFile {
            digest,
            source: feed.to_owned(),
            begun_at: self.wall(),
            done_at: None,
            rows: 0,
            rejected: 0,
            events: 0,
        });
        Ok(Intake { engine: Arc::clone(self), file, begun, was_done, told: 0 })
    }
}

impl Intake {
    /// Whether the whole file had been taken in before this intake began.
    pub const fn was_done(&self) -> bool {
        self.was_done
    }

    /// Takes in the file's next rows, in one unit with how far the file is then. `None` is a row that could not be read.
    /// After an error the file is to be taken from its beginning, by another intake.
    pub async fn take(&mut self, rows: &[Option<FeedRow>]) -> Result<(), Error> {
        let first = self.told;
        self.told += rows.len() as u64;
        self.advance(first, rows, false).await
    }

    /// The file has no more rows; returns what became of it.
    pub async fn finish(mut self) -> Result<FeedFile, Error> {
        self.advance(self.told, &[], true).await?;
        Ok(self.file)
    }

    /// Takes those of the rows from the `first` one on that were not taken yet, and ends the file if these are its last.
    async fn advance(&mut self, first: u64, rows: &[Option<FeedRow>], ends: bool) -> Result<(), Error> {
        let mut rounds = 0;
        while rounds < ROUNDS {
            let taken = usize::try_from(self.file.rows.saturating_sub(first)).unwrap_or(usize::MAX);
            let rows = rows.get(taken..).unwrap_or_default();
            if self.file.done_at.is_some() || rows.is_empty() && !ends {
                return Ok(());
            }
            let mut follows = self.engine.told(rows).await?;
            let rejected = rows.iter().filter(|row| row.is_none()).count() as u64;
            let good = rows.len() as u64 - rejected;
            let file = FeedFile {
                rows: self.file.rows + rows.len() as u64,
                rejected: self.file.rejected + rejected,
                events: self.file.events + follows.event_count(),
                done_at: ends.then(|| self.engine.wall()),
                ..self.file.clone()
            };
            let expect = self.begun.then_some(self.file.rows);
            follows.changes.push(Change::PutFeedFile { expect, file: Box::new(file.clone()) });
            match self.engine.write_consequences(follows).await {
                Ok(_) => {
                    for (outcome, count) in [("taken", good), ("rejected", rejected)] {
                        metrics::counter!("ringtrue_feed_rows_total", "outcome" => outcome).increment(count);
                    }
                    self.file = file;
                    self.begun = true;
                    return Ok(());
                }
                // Somebody else changed an identity, or took rows of the same file.
                Err(CommitOr::Commit(CommitError::Conflict)) => {
                    let known = self.engine.store().feed_file(self.file.digest).await?;
                    match known.filter(|known| !self.begun || known.rows != self.file.rows) {
                        Some(known) => {
                            self.file = known;
                            self.begun = true;
                            rounds = 0;
                        }
                        None => rounds += 1,
                    }
                }
                Err(other) => return Err(other.into()),
            }
        }
        Err(CommitError::Conflict.into())
    }
}

impl Engine {
    /// What follows for those who watch the numbers, each number's rows in their order.
    async fn told(&self, rows: &[Option<FeedRow>]) -> Result<Consequences, Error> {
        let mut numbers: Vec<(&PhoneNumber, Vec<&LineChange>)> = Vec::new();
        let mut places: HashMap<_, usize> = HashMap::new();
        for row in rows.iter().flatten() {
            match places.entry(&row.phone) {
                Entry::Occupied(place) => numbers[*place.get()].1.push(&row.change),
                Entry::Vacant(place) => {
                    place.insert(numbers.len());
                    numbers.push((&row.phone, vec![&row.change]));
                }
            }
        }
        let at = self.wall();
        let mut follows = Consequences::default();
        for some in numbers.chunks(READS) {
            let watchers = try_join_all(some.iter().map(|(phone, _)| self.watchers(phone))).await?;
            for ((_, changes), watchers) in some.iter().zip(watchers) {
                for watcher in watchers {
                    follows.happen(self, watcher, changes.iter().map(|change| (at, *change)));
                }
            }
        }
        Ok(follows)
    }
}
