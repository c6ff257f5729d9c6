//! `kill -9` under load, again and again. Whatever was acknowledged is true afterwards, no message is sent twice, and
//! what was cut off is finished by the next process.

mod load;

use std::{path::Path, sync::Arc};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::Method;
use ringtrue_engine::{model::OutboxMessage, ports::Store};
use ringtrue_store::{SqliteOptions, SqliteStore, StoreKeys};
use serde_json::{Value, json};

use crate::client::{Process, eventually};
use load::{Ledger, Record};

const ROUNDS: usize = 12;
const WORKERS: usize = 8;
/// Acknowledged flows after which a round's process is killed: sometimes in its first moments, sometimes later.
const FLOWS_PER_ROUND: [usize; 4] = [1, 7, 20, 40];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_is_true_and_nothing_is_sent_twice() {
    let directory = tempfile::tempdir().unwrap();
    let ledger = Arc::new(Ledger::default());
    for round in 0..ROUNDS {
        let server = Process::demo_on(directory.path()).await;
        let sandbox = server.sandbox().await;
        still_true(&sandbox.api, &ledger.of_round(round.wrapping_sub(1))).await;
        let wanted = ledger.count() + FLOWS_PER_ROUND[round % FLOWS_PER_ROUND.len()];
        let workers: Vec<_> = (0..WORKERS)
            .map(|_| tokio::spawn(load::run(sandbox.clone(), Arc::clone(&ledger), round)))
            .collect();
        eventually("enough flows", || async { (ledger.count() >= wanted).then_some(()) }).await;
        server.kill();
        for worker in workers {
            worker.await.unwrap();
        }
    }
    let server = Process::demo_on(directory.path()).await;
    let sandbox = server.sandbox().await;
    // Leases of the killed processes run out, and their jobs are taken up.
    let store = open(directory.path()).await;
    eventually("an empty queue", || async { (store.jobs_open().await.unwrap() == 0).then_some(()) }).await;
    let records = ledger.all();
    still_true(&sandbox.api, &records).await;
    let project = server.facts["projectId"].as_str().unwrap().parse().unwrap();
    sent_once(&records, &store.outbox(project, None, usize::MAX >> 1).await.unwrap());
    store.close().await;
    assert!(records.len() > 100, "only {} flows", records.len());
}

/// The store, beside the running server.
async fn open(directory: &Path) -> SqliteStore {
    let keys: Value = serde_json::from_slice(&std::fs::read(directory.join("keys.json")).unwrap()).unwrap();
    let key =
        |name: &str| <[u8; 32]>::try_from(STANDARD.decode(keys[name].as_str().unwrap()).unwrap()).unwrap();
    let keys = StoreKeys::new(&key("master"), &key("lookup"));
    SqliteStore::open(directory, &keys, SqliteOptions::default()).await.unwrap()
}

/// Every acknowledged answer holds.
async fn still_true(api: &crate::client::Api, records: &[Record]) {
    for record in records {
        let ask = json!({ "correlationId": record.id });
        let status = api.post("/v3/verify-status", &ask).await.ok();
        if let Some(results) = &record.status {
            assert_eq!(status, *results, "{record:?}");
        } else if record.finished {
            assert_eq!(status["success"], "true", "{record:?}");
        }
        // The same request under the same key is the same flow.
        let call = api.call(Method::POST, "/v3/verify").header("idempotency-key", &record.tag);
        assert_eq!(call.json(&record.request).send().await.ok()["correlationId"], record.id, "{record:?}");
    }
}

/// Exactly one message for every acknowledged start, at most one for every other.
fn sent_once(records: &[Record], outbox: &[OutboxMessage]) {
    let mut ids: Vec<_> = outbox.iter().map(|message| message.id).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), outbox.len(), "an id came twice");
    for record in records {
        let needle = format!("of {};", record.tag);
        let count = outbox.iter().filter(|message| message.body.expose().contains(&needle)).count();
        assert!((record.sent..=record.sent_or_cut_off).contains(&count), "{count} messages of {record:?}");
    }
}
