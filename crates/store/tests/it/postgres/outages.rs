//! The server crashes, cuts connections, stops answering: what was acknowledged stays, what was not is whole or absent.

use std::{
    collections::HashMap,
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use ringtrue_domain::{FlowId, JobId, flow::Event};
use ringtrue_engine::{
    conformance::sample::{Counted, PRODUCTION, Sample, enqueue, put},
    model::Task,
    ports::{Change, CommitError, Store},
};
use ringtrue_store::{PostgresOptions, PostgresStore};
use tokio::sync::mpsc;

use super::{keys, open, server::Server, unit};

const ROUNDS: usize = 6;
const WRITERS: u64 = 16;

/// A unit whose parts can be found from the flow's id: the job's id is the same.
fn parts(sample: &mut Sample) -> (FlowId, Vec<Change>) {
    let flow = sample.flow(PRODUCTION);
    let mut job = sample.job(PRODUCTION, sample.wall);
    job.id = JobId::from_bytes(*flow.id().as_bytes());
    job.task = Task::LookupOwnership { flow: flow.id() };
    let history = Change::Audit(sample.history(flow.id(), vec![Event::Started]));
    (flow.id(), vec![put(0, &flow), enqueue(&job), put(1, &flow), history])
}

/// Commits until told to stop, whatever happens to the server; tells which units were acknowledged.
async fn write(
    store: Arc<PostgresStore>,
    seed: u64,
    stop: Arc<AtomicBool>,
    told: mpsc::UnboundedSender<FlowId>,
) {
    let mut sample = Sample { entropy: Counted::from_seed(seed << 32), ..Sample::default() };
    while !stop.load(Ordering::Acquire) {
        let (id, changes) = parts(&mut sample);
        match store.commit(unit(changes)).await {
            Ok(()) => told.send(id).unwrap(),
            // Away means soon or never: asking again at once would only keep the machine busy.
            Err(CommitError::Unavailable { .. }) => tokio::time::sleep(Duration::from_millis(20)).await,
            Err(other) => panic!("{other:?}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_acknowledged_unit_is_lost() {
    let mut server = Server::start();
    let url = server.database();
    let store = Arc::new(open(&url).await.unwrap());
    let stop = Arc::new(AtomicBool::new(false));
    let (told, mut acknowledgements) = mpsc::unbounded_channel();
    let writers: Vec<_> = (0..WRITERS)
        .map(|seed| tokio::spawn(write(Arc::clone(&store), seed, Arc::clone(&stop), told.clone())))
        .collect();
    drop(told);
    let mut acknowledged = Vec::new();
    for round in 0..=ROUNDS {
        // Some rounds end among the first commits, some after many.
        for _ in 0..=round * 40 {
            let next = tokio::time::timeout(Duration::from_mins(1), acknowledgements.recv());
            acknowledged.push(next.await.expect("the store comes back").unwrap());
        }
        if round < ROUNDS {
            tokio::task::block_in_place(|| {
                server.crash();
                server.restart();
            });
        }
    }
    stop.store(true, Ordering::Release);
    for writer in writers {
        writer.await.unwrap();
    }
    while let Some(id) = acknowledgements.recv().await {
        acknowledged.push(id);
    }
    store.close().await;

    let units = "SELECT encode(f.id, 'hex'), f.version, count(DISTINCT a.seq), count(DISTINCT j.id) \
        FROM flows f LEFT JOIN audit a ON a.flow = f.id LEFT JOIN jobs j ON j.id = f.id GROUP BY 1, 2";
    let stored = server.sql(&url, units);
    let stored: HashMap<&str, &str> = stored.lines().map(|line| line.split_once('|').unwrap()).collect();
    for (id, parts) in &stored {
        assert_eq!(*parts, "2|1|1", "{id} is not whole");
    }
    assert_eq!(server.sql(&url, "SELECT count(*) FROM jobs"), stored.len().to_string());
    assert!(acknowledged.len() > 800, "only {} units acknowledged", acknowledged.len());
    for id in acknowledged {
        let hex = id.to_string().replace('-', "");
        assert!(stored.contains_key(hex.as_str()), "{id} was acknowledged and is lost");
    }
}

/// Connections other than the one that asks.
const OTHERS: &str = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cut_connection_is_replaced_unnoticed() {
    let server = Server::shared();
    let url = server.database();
    let store = open(&url).await.unwrap();
    let mut sample = Sample::default();
    for _ in 0..5 {
        let flow = sample.flow(PRODUCTION);
        store.commit(unit([put(0, &flow)])).await.unwrap();
        assert!(store.flow(flow.id()).await.unwrap().is_some());
        server.sql(&url, &format!("SELECT pg_terminate_backend(pid) {OTHERS}"));
    }
}

/// The processes behind the connections stand still: to us the server is just not heard any more.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_stands_still_is_unavailable() {
    let server = Server::shared();
    let url = server.database();
    let options = PostgresOptions {
        statement_timeout: Duration::from_millis(200),
        writers: 1,
        readers: 1,
        ..PostgresOptions::default()
    };
    let store = PostgresStore::open(&url.parse().unwrap(), &keys(), options).await.unwrap();
    let mut sample = Sample::default();
    let flow = sample.flow(PRODUCTION);
    store.commit(unit([put(0, &flow)])).await.unwrap();
    store.flow(flow.id()).await.unwrap();

    let processes = server.sql(&url, &format!("SELECT pid {OTHERS}"));
    let signal = |signal: &str| {
        assert!(Command::new("kill").arg(signal).args(processes.lines()).status().unwrap().success());
    };
    signal("-STOP");
    let began = Instant::now();
    let answer = store.commit(unit([put(1, &flow)])).await;
    assert!(matches!(answer, Err(CommitError::Unavailable { .. })), "{answer:?}");
    assert!(store.flow(flow.id()).await.is_err());
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    // On new connections all is well, whatever became of the old ones.
    store.commit(unit([put(0, &sample.flow(PRODUCTION))])).await.unwrap();
    assert!(store.flow(flow.id()).await.unwrap().is_some());
    signal("-CONT");
}

/// Somebody else holds a lock: what waits too long is refused, what does not fit is refused at once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_locked_too_long_is_unavailable_and_a_full_queue_refuses() {
    let url = Server::shared().database();
    let statement_timeout = Duration::from_millis(300);
    let options = PostgresOptions { statement_timeout, writers: 1, queue: 8, ..PostgresOptions::default() };
    let store = Arc::new(PostgresStore::open(&url.parse().unwrap(), &keys(), options).await.unwrap());
    let mut sample = Sample::default();
    let flow = sample.flow(PRODUCTION);
    store.commit(unit([put(0, &flow)])).await.unwrap();

    let (blocker, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await.unwrap();
    let connection = tokio::spawn(connection);
    blocker.batch_execute("BEGIN; LOCK TABLE flows IN SHARE ROW EXCLUSIVE MODE").await.unwrap();
    let tasks: Vec<_> = (0..100)
        .map(|_| {
            let (store, unit) = (Arc::clone(&store), unit([put(0, &sample.flow(PRODUCTION))]));
            tokio::spawn(async move { store.commit(unit).await })
        })
        .collect();
    for task in tasks {
        let answer = task.await.unwrap();
        assert!(matches!(answer, Err(CommitError::Unavailable { .. })), "{answer:?}");
    }
    // Reads wait for no writer.
    assert!(store.flow(flow.id()).await.unwrap().is_some());
    blocker.batch_execute("COMMIT").await.unwrap();
    store.commit(unit([put(1, &flow)])).await.unwrap();
    assert_eq!(Server::shared().sql(&url, "SELECT count(*) FROM flows"), "1");
    connection.abort();
}
