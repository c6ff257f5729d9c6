//! Adapters of the [`Store`](ringtrue_engine::ports::Store) port.
//!
//! [`SqliteStore`] is what the server runs on: one SQL text (`sql`) over a small driver (`sqlite`), grouped durable
//! commits, bodies sealed per project (`seal`). [`MemoryStore`] behaves the same and is for tests and simulation.

mod memory;
pub mod rate;
mod seal;
mod sql;
mod sqlite;

pub use memory::MemoryStore;
pub use seal::StoreKeys;
pub use sqlite::{LockError, OpenError, ServerLock, SqliteOptions, SqliteStore};
