//! Why a store was not moved.

/// What a database said.
pub(crate) type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Why a store was not moved. The source is as it was; a target that was begun waits for the next attempt.
#[derive(Debug, thiserror::Error)]
pub enum MoveError {
    /// A database cannot be opened for the move: not there, served, too new.
    #[error("the {side} cannot be used")]
    Open {
        /// `source` or `target`.
        side: &'static str,
        /// Why.
        #[source]
        source: Cause,
    },
    /// A statement failed.
    #[error("the {side} failed; the same command goes on from where it ended")]
    Database {
        /// `source` or `target`.
        side: &'static str,
        /// Why.
        #[source]
        source: Cause,
    },
    /// The keys are not those of the source.
    #[error("the keys do not belong to the source")]
    WrongKeys,
    /// Nobody ever opened the source.
    #[error("the source holds nothing")]
    EmptySource,
    /// The source is itself a copy that is not finished.
    #[error("the source is an unfinished copy of another store: finish that move first")]
    HalfDoneSource,
    /// The target has data, and no mark of a move.
    #[error("the target is not empty: its table {table} has rows")]
    Occupied {
        /// The first table with rows.
        table: &'static str,
    },
    /// The target is marked as a copy of something else.
    #[error("the target is an unfinished copy of another store")]
    OtherCopy,
    /// The move was finished before.
    #[error("the target has all of this source already, and may have been used since")]
    Finished,
    /// The comparison found a difference.
    #[error("table {table} is not the same: {source_rows} rows in the source, {target_rows} in the target")]
    Different {
        /// The table.
        table: &'static str,
        /// Rows of it in the source.
        source_rows: u64,
        /// Rows of it in the target; where they are as many, their contents differ.
        target_rows: u64,
    },
}
