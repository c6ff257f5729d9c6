//! What is remembered in memory is never older than what somebody was told is written.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use ringtrue_engine::{
    conformance::sample::{PRODUCTION, SANDBOX, Sample, digest, phone, put, put_project, shifted},
    model::OutboxMessage,
    ports::{Change, CommitError, Store},
};
use ringtrue_store::SqliteStore;

use super::{open, unit};

const ROUNDS: u64 = 300;

/// Two stores on one database write the same flow in turns while others read it from both: whoever was told of a
/// version reads that one or a later one.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nobody_reads_less_than_was_acknowledged() {
    let dir = tempfile::tempdir().unwrap();
    let stores = [Arc::new(open(dir.path()).await.unwrap()), Arc::new(open(dir.path()).await.unwrap())];
    let flow = Sample::default().flow(PRODUCTION);
    stores[0].commit(unit([put(0, &flow)])).await.unwrap();
    let acknowledged = Arc::new(AtomicU64::new(1));
    let mut tasks = Vec::new();
    for store in &stores {
        for _ in 0..2 {
            let (store, acknowledged, id) = (Arc::clone(store), Arc::clone(&acknowledged), flow.id());
            tasks.push(tokio::spawn(async move {
                let mut latest = 0;
                while latest < ROUNDS {
                    let told = acknowledged.load(Ordering::SeqCst);
                    let read = store.flow(id).await.unwrap().unwrap().version;
                    assert!(read >= told, "version {read} was read after {told} was acknowledged");
                    latest = read;
                    tokio::task::yield_now().await;
                }
            }));
        }
        let (store, acknowledged, flow) = (Arc::clone(store), Arc::clone(&acknowledged), flow.clone());
        tasks.push(tokio::spawn(async move {
            loop {
                let version = store.flow(flow.id()).await.unwrap().unwrap().version;
                if version >= ROUNDS {
                    break;
                }
                match store.commit(unit([put(version, &flow)])).await {
                    Ok(()) => drop(acknowledged.fetch_max(version + 1, Ordering::SeqCst)),
                    Err(CommitError::Conflict) => {}
                    Err(other) => panic!("{other}"),
                }
            }
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
}

/// A caller that goes away before the commit is acknowledged must not leave memory behind the database.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_that_nobody_waits_for_is_known_too() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await.unwrap();
    let flow = Sample::default().flow(PRODUCTION);
    store.commit(unit([put(0, &flow)])).await.unwrap();
    for version in 1..100 {
        assert_eq!(store.flow(flow.id()).await.unwrap().unwrap().version, version);
        let commit = store.commit(unit([put(version, &flow)]));
        tokio::select! {
            biased;
            // Polled once, so that the unit is in the queue, and dropped.
            done = commit => done.unwrap(),
            () = tokio::task::yield_now() => {}
        }
        // The queue keeps its order: when this one is written, so is the one before.
        let later = Change::AdvanceClock { project: flow.project(), by_micros: 1 };
        store.commit(unit([later])).await.unwrap();
        assert_eq!(store.flow(flow.id()).await.unwrap().unwrap().version, version + 1);
    }
}

/// More flows than memory keeps, read twice: what was forgotten is read from disk.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_forgotten_is_read_again() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await.unwrap();
    let mut sample = Sample::default();
    let flows: Vec<_> = (0..1500).map(|_| sample.flow(SANDBOX)).collect();
    for some in flows.chunks(100) {
        store.commit(unit(some.iter().map(|flow| put(0, flow)))).await.unwrap();
    }
    for flow in flows.iter().chain(flows.iter().rev()) {
        let read = store.flow(flow.id()).await.unwrap().unwrap();
        assert_eq!((read.version, &read.flow), (1, flow));
    }
}

/// Messages that come in no order and again, asked for by one who remembers and by one who has to look.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn remembered_lists_are_those_on_disk() {
    let dir = tempfile::tempdir().unwrap();
    let (store, other) = (open(dir.path()).await.unwrap(), open(dir.path()).await.unwrap());
    let mut sample = Sample::default();
    let mut kept = Vec::new();
    for number in 0..80_u32 {
        let message = match number % 9 {
            // Known by its id already: the first one stays.
            8 => OutboxMessage {
                sent_at: shifted(sample.wall, 99),
                ..OutboxMessage::clone(&kept[kept.len() / 2])
            },
            _ => sample.outbox_message(number % 3, shifted(sample.wall, i64::from(number * 37 % 50))),
        };
        store.commit(unit([Change::PutOutbox(Box::new(message.clone()))])).await.unwrap();
        kept.push(message);
        for to in [None, Some(phone(0)), Some(phone(1)), Some(phone(5))] {
            for limit in [1, 8, 20, 21, 100] {
                let list = async |store: &SqliteStore| {
                    store.outbox(sample.project, to.as_ref(), limit).await.unwrap()
                };
                assert_eq!(list(&store).await, list(&other).await, "{limit} after {number}");
            }
        }
    }
}

/// A token that ran out is refused although its caller is remembered.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_remembered_token_ends_in_time() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await.unwrap();
    let mut sample = Sample::default();
    let credential = sample.credential(SANDBOX);
    let token = sample.token(credential.id, "token");
    let end = token.expires_at;
    let setup =
        [put_project(&sample.project("name")), Change::PutCredential(credential), Change::PutToken(token)];
    store.commit(unit(setup)).await.unwrap();
    for _ in 0..3 {
        assert!(store.caller(digest("token"), sample.wall).await.unwrap().is_some());
    }
    assert_eq!(store.caller(digest("token"), end).await.unwrap(), None);
}
