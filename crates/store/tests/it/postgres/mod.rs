//! The store in PostgreSQL.

mod effort;
mod encrypted;
mod expanded;
mod outages;
mod remembered;
mod schema;
pub(crate) mod server;
mod together;

use std::sync::Arc;

use ringtrue_engine::{
    conformance,
    ports::{Change, Store, Unit},
};
use ringtrue_store::{PostgresError, PostgresOptions, PostgresStore, StoreKeys};

use server::Server;

fn keys() -> StoreKeys {
    StoreKeys::new(&[1; 32], &[2; 32])
}

async fn open(url: &str) -> Result<PostgresStore, PostgresError> {
    PostgresStore::open(&url.parse().unwrap(), &keys(), PostgresOptions::default()).await
}

async fn make() -> (Arc<dyn Store>, ()) {
    let url = Server::shared().database();
    (Arc::new(open(&url).await.unwrap()), ())
}

fn unit(changes: impl IntoIterator<Item = Change>) -> Unit {
    Unit { changes: changes.into_iter().collect() }
}

ringtrue_engine::conformance!(make);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kept_flow_loses_its_secrets_first() {
    let url = Server::shared().database();
    let store = open(&url).await.unwrap().keep_flows_for(conformance::purge::KEPT_ON);
    conformance::purge::a_kept_flow_loses_its_secrets_first(Arc::new(store)).await;
}
