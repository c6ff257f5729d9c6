//! `POST /feed/{name}`: a carrier's or vendor's file of changes. Ours, not the contract's.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What became of a file of changes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FeedResponse {
    /// SHA-256 of the file, in hexadecimal digits: the same content is the same file.
    pub file: String,
    /// Rows that were taken in, bad ones too.
    pub rows: u64,
    /// Rows that could not be taken in.
    pub rejected: u64,
    /// Events that came of it.
    pub events: u64,
    /// What is wrong with the first 100 of the rejected rows.
    pub errors: Vec<FeedRowError>,
    /// The same file had been taken in before, and nothing was done now.
    pub already_taken: bool,
}

/// What is wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
pub struct FeedRowError {
    /// The line that it begins at, from 1.
    pub line: u64,
    /// The field and its rule.
    #[schema(example = "newLineType: is required")]
    pub rule: String,
}
