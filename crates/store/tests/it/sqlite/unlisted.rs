//! Flows as a program from before lists writes them.

use ringtrue_domain::{FlowId, flow::Standing};
use ringtrue_engine::{
    conformance::sample::{PRODUCTION, Sample, phone, put, put_project, shifted},
    model::{Find, ListingQuery},
    ports::{ListingStore as _, Store},
};

use super::{open, raw, unit};

fn of_number() -> ListingQuery {
    ListingQuery {
        find: Some(Find::Number(phone(1))),
        from: FlowId::from_bytes([0; 16]),
        before: FlowId::from_bytes([0xff; 16]),
        standings: Vec::new(),
        open_from: FlowId::from_bytes([0; 16]),
        method: None,
        limit: 100,
        look: 1000,
    }
}

#[tokio::test]
async fn they_are_found_once_they_are_listed() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await.unwrap();
    let mut sample = Sample::default();
    let mut versions = std::collections::HashMap::new();
    for (_, flow) in sample.every_state() {
        let version = versions.entry(flow.id()).or_insert(0);
        store.commit(unit([put(*version, &flow)])).await.unwrap();
        *version += 1;
    }
    let scope = sample.scope(PRODUCTION);
    raw(dir.path()).execute("UPDATE flows SET listed = 0", []).unwrap();
    assert_eq!(store.listings(scope, &of_number()).await.unwrap().listings, []);
    let first = versions.keys().min().copied();
    assert_eq!(store.first_unlisted().await.unwrap(), first);
    let mut moved = Vec::new();
    for _ in 0..3 {
        moved.push(store.purge(sample.wall, 2).await.unwrap());
    }
    assert_eq!(moved, [4, 2, 0], "three flows, each with its line and its mark");
    let found = store.listings(scope, &of_number()).await.unwrap().listings;
    assert_eq!(found.len(), 2, "those in production");
    assert!(found.iter().all(|listing| listing.standing == Standing::Open));
    assert_eq!(store.first_unlisted().await.unwrap(), None);
    assert_eq!(store.list_some(2, sample.wall).await.unwrap(), 0);
}

/// A program from before lists erases flows without their lines.
#[tokio::test]
async fn lines_go_when_an_older_program_erased_their_flows() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await.unwrap();
    let mut sample = Sample::default();
    let mut flows = Vec::new();
    for _ in 0..5 {
        sample.wall = shifted(sample.wall, 1);
        flows.push(sample.flow(PRODUCTION));
    }
    let (scope, wall) = (sample.scope(PRODUCTION), sample.wall);
    store.commit(unit([put_project(&sample.project("Shop"))])).await.unwrap();
    store.commit(unit(flows.iter().map(|flow| put(0, flow)))).await.unwrap();
    raw(dir.path()).execute("UPDATE flows SET listed = 0", []).unwrap();
    assert!(store.list_some(9, wall).await.unwrap() > 0);
    // The oldest two, and one that shows once others have gone.
    for gone in [0, 1, 3] {
        raw(dir.path()).execute("DELETE FROM flows WHERE id = ?1", [flows[gone].id().as_bytes()]).unwrap();
    }
    assert_eq!(store.purge(wall, 2).await.unwrap(), 2);
    assert_eq!(store.purge(wall, 2).await.unwrap(), 0);
    let left = store.listings(scope, &of_number()).await.unwrap().listings;
    assert_eq!(left.iter().map(|line| line.id).collect::<Vec<_>>(), [4, 3, 2].map(|at| flows[at].id()));
    while store.purge(flows[4].purge_after(), 2).await.unwrap() > 0 {}
    assert_eq!(store.listings(scope, &of_number()).await.unwrap().listings, []);
}

#[tokio::test]
async fn those_that_cannot_be_read_keep_nobody_waiting() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await.unwrap();
    let mut sample = Sample::default();
    let mut next = || {
        sample.wall = shifted(sample.wall, 1);
        sample.flow(PRODUCTION)
    };
    let flows = [next(), next(), next()];
    let (scope, wall) = (sample.scope(PRODUCTION), sample.wall);
    store.commit(unit(flows.iter().map(|flow| put(0, flow)))).await.unwrap();
    let spoil = "UPDATE flows SET listed = 0, body = CASE WHEN id = ?1 THEN body ELSE x'01' END";
    raw(dir.path()).execute(spoil, [flows[2].id().as_bytes()]).unwrap();
    let mut moved = Vec::new();
    for _ in 0..3 {
        moved.push(store.purge(wall, 2).await.unwrap());
    }
    assert_eq!(moved, [2, 2, 0], "two are passed over, one is listed");
    let found = store.listings(scope, &of_number()).await.unwrap().listings;
    assert_eq!(found.iter().map(|listing| listing.id).collect::<Vec<_>>(), [flows[2].id()]);
}
