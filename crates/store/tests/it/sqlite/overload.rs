//! More than can be written.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use ringtrue_engine::{
    conformance::sample::{PRODUCTION, Sample, put},
    ports::{CommitError, Store},
};
use ringtrue_store::{SqliteOptions, SqliteStore};

use super::{keys, open, raw, unit};

/// While somebody else holds the write lock, the queue fills; what does not fit is refused at once, what fits is
/// written when the lock is free.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_queue_refuses_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let options = SqliteOptions { queue: 8, ..SqliteOptions::default() };
    let store = Arc::new(SqliteStore::open(dir.path(), &keys(), options).await.unwrap());
    let mut sample = Sample::default();
    store.commit(unit([put(0, &sample.flow(PRODUCTION))])).await.unwrap();

    let blocker = raw(dir.path());
    blocker.execute_batch("BEGIN IMMEDIATE").unwrap();
    let flows: Vec<_> = (0..400).map(|_| sample.flow(PRODUCTION)).collect();
    let tasks: Vec<_> = (flows.iter())
        .map(|flow| {
            let (store, unit) = (Arc::clone(&store), unit([put(0, flow)]));
            tokio::spawn(async move { store.commit(unit).await })
        })
        .collect();
    let mut answers = Vec::new();
    let mut blocker = Some(blocker);
    for (at, task) in tasks.into_iter().enumerate() {
        // The first ones wait for the lock; by the time that half of all is asked about, it is given back.
        if at == 0 {
            let began = Instant::now();
            while store.commit(unit([put(0, &sample.flow(PRODUCTION))])).await.is_ok() {
                assert!(began.elapsed() < Duration::from_secs(4), "the queue never filled");
            }
            drop(blocker.take());
        }
        answers.push(task.await.unwrap());
    }
    let retry = Duration::from_secs(1);
    let refused = answers.iter().filter(
        |answer| matches!(answer, Err(CommitError::Unavailable { retry_after }) if *retry_after == retry),
    );
    assert!(refused.count() > 100, "{answers:?}");
    for (flow, answer) in flows.iter().zip(&answers) {
        assert_eq!(store.flow(flow.id()).await.unwrap().is_some(), answer.is_ok());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lock_held_too_long_is_unavailable() {
    let dir = tempfile::tempdir().unwrap();
    let options = SqliteOptions { busy_millis: 50, ..SqliteOptions::default() };
    let store = SqliteStore::open(dir.path(), &keys(), options).await.unwrap();
    let mut sample = Sample::default();
    let (first, second) = (sample.flow(PRODUCTION), sample.flow(PRODUCTION));
    store.commit(unit([put(0, &first)])).await.unwrap();
    let blocker = raw(dir.path());
    blocker.execute_batch("BEGIN IMMEDIATE").unwrap();
    let answer = store.commit(unit([put(0, &second)])).await;
    assert!(matches!(answer, Err(CommitError::Unavailable { .. })), "{answer:?}");
    assert!(store.ping().await.is_err());
    // Reads wait for no writer.
    assert!(store.flow(first.id()).await.unwrap().is_some());
    drop(blocker);
    store.commit(unit([put(0, &second)])).await.unwrap();
    store.ping().await.unwrap();
}

/// Reads share few connections and wait for each other, not for ever.
#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn many_readers_share_few_connections() {
    let dir = tempfile::tempdir().unwrap();
    let store = Arc::new(open(dir.path()).await.unwrap());
    let flow = Sample::default().flow(PRODUCTION);
    store.commit(unit([put(0, &flow)])).await.unwrap();
    let tasks: Vec<_> = (0..64)
        .map(|_| {
            let (store, id) = (Arc::clone(&store), flow.id());
            tokio::spawn(async move {
                for _ in 0..100 {
                    assert!(store.flow(id).await.unwrap().is_some());
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
}
