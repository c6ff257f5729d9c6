//! Adapters of the [`Store`](ringtrue_engine::ports::Store) port.
//!
//! [`SqliteStore`] is what a single server runs on, [`PostgresStore`] what several share: one SQL text (`sql`) over a
//! small driver each (`sqlite`, `postgres`), grouped durable commits, bodies sealed per project (`seal`).
//! [`MemoryStore`] behaves the same and is for tests and simulation.

mod memory;
mod moving;
mod postgres;
pub mod rate;
mod schema;
mod seal;
mod sql;
mod sqlite;

pub use memory::MemoryStore;
pub use moving::{
    Checksum, LOCAL_TABLES, MoveError, MoveOptions, MoveProgress, StorePlace, TABLES, Table, TableFacts,
    move_store,
};
pub use postgres::{AddressError, PgBus, PostgresAddress, PostgresError, PostgresOptions, PostgresStore};
pub use seal::StoreKeys;
pub use sqlite::{
    BackupError, BackupFacts, CopyProgress, LockError, OpenError, ServerLock, SqliteOptions, SqliteStore,
    back_up, restore,
};
