//! A store that is moved from one database to the other.

mod catalog;
mod content;
mod interrupted;
mod refused;

use std::path::{Path, PathBuf};

use ringtrue_store::{
    MoveError, MoveOptions, MoveProgress, PostgresOptions, PostgresStore, SqliteOptions, SqliteStore,
    StoreKeys, StorePlace, TableFacts, move_store,
};

use crate::postgres::server::Server;

fn keys() -> StoreKeys {
    StoreKeys::new(&[1; 32], &[2; 32])
}

fn sqlite(dir: &Path) -> StorePlace {
    StorePlace::Sqlite(dir.to_owned())
}

fn postgres(url: &str) -> StorePlace {
    StorePlace::Postgres(Box::new(url.parse().unwrap()))
}

async fn open_sqlite(dir: &Path) -> SqliteStore {
    SqliteStore::open(dir, &keys(), SqliteOptions::default()).await.unwrap()
}

async fn open_postgres(url: &str) -> PostgresStore {
    PostgresStore::open(&url.parse().unwrap(), &keys(), PostgresOptions::default()).await.unwrap()
}

/// Moves in small batches, so that there are several of each table.
async fn moved(
    from: &StorePlace,
    to: &StorePlace,
    progress: &mut (dyn FnMut(MoveProgress) + Send),
) -> Result<Vec<TableFacts>, MoveError> {
    move_store(from, to, &keys(), MoveOptions { batch: 3 }, progress).await
}

/// Directories and a database of its own for each test.
struct Scene {
    dir: tempfile::TempDir,
    url: String,
}

impl Scene {
    fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap(), url: Server::shared().database() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }
}
