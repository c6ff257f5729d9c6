//! Faults of parties that several adapters share.

use ringtrue_engine::ports::{Fault, StoreError};

/// A read that failed: it changed nothing, but only an unavailable store is worth asking again.
pub(crate) fn from_store(error: StoreError) -> Fault {
    match error {
        StoreError::Unavailable { retry_after } => Fault::Busy { retry_after: Some(retry_after) },
        StoreError::Corrupt { .. } | StoreError::Broken(_) => {
            Fault::Unknown(anyhow::Error::new(error).context("the store was asked"))
        }
    }
}
