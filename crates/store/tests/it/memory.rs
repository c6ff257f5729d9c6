//! The store in memory.

use std::sync::Arc;

use ringtrue_engine::{
    conformance::{
        self,
        sample::{PRODUCTION, Sample, put},
    },
    ports::{CommitError, Store, Unit},
};
use ringtrue_store::MemoryStore;

async fn make() -> (Arc<dyn Store>, ()) {
    (Arc::new(MemoryStore::new()), ())
}

ringtrue_engine::conformance!(make);

#[tokio::test]
async fn commits_fail_on_demand() {
    let store = MemoryStore::new();
    let flow = Sample::default().flow(PRODUCTION);
    store.fail_next_commits(2);
    for _ in 0..2 {
        let answer = store.commit(Unit::new().with(put(0, &flow))).await;
        assert!(matches!(answer, Err(CommitError::Unavailable { .. })));
    }
    store.commit(Unit::new().with(put(0, &flow))).await.unwrap();
}

#[tokio::test]
async fn a_crash_keeps_what_was_committed() {
    let store = MemoryStore::new();
    let mut sample = Sample::default();
    let (before, after) = (sample.flow(PRODUCTION), sample.flow(PRODUCTION));
    store.commit(Unit::new().with(put(0, &before))).await.unwrap();
    let restarted = store.crash();
    store.commit(Unit::new().with(put(0, &after))).await.unwrap();
    assert!(restarted.flow(before.id()).await.unwrap().is_some());
    assert!(restarted.flow(after.id()).await.unwrap().is_none());
}

#[tokio::test]
async fn a_kept_flow_loses_its_secrets_first() {
    let store = MemoryStore::new().keep_flows_for(conformance::purge::KEPT_ON);
    conformance::purge::a_kept_flow_loses_its_secrets_first(Arc::new(store)).await;
}
