//! The store on disk.

mod backup;
mod behind;
mod crash;
mod files;
mod fixtures;
mod memory;
mod overload;
mod people_fixtures;
mod processes;
mod sealed;
mod unlisted;

use std::{path::Path, sync::Arc};

use ringtrue_engine::{
    conformance,
    ports::{Change, Store, Unit},
};
use ringtrue_store::{OpenError, SqliteOptions, SqliteStore, StoreKeys};
use tempfile::TempDir;

fn keys() -> StoreKeys {
    StoreKeys::new(&[1; 32], &[2; 32])
}

async fn open(dir: &Path) -> Result<SqliteStore, OpenError> {
    SqliteStore::open(dir, &keys(), SqliteOptions::default()).await
}

async fn make() -> (Arc<dyn Store>, TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await.unwrap();
    (Arc::new(store), dir)
}

/// The database itself, as another process would open it.
fn raw(dir: &Path) -> rusqlite::Connection {
    rusqlite::Connection::open(dir.join("ringtrue.db")).unwrap()
}

fn unit(changes: impl IntoIterator<Item = Change>) -> Unit {
    Unit { changes: changes.into_iter().collect() }
}

ringtrue_engine::conformance!(make);

#[tokio::test]
async fn a_kept_flow_loses_its_secrets_first() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await.unwrap().keep_flows_for(conformance::purge::KEPT_ON);
    conformance::purge::a_kept_flow_loses_its_secrets_first(Arc::new(store)).await;
}
