//! What a node remembers is used only while the database says that it is still so, whoever wrote in between.

use std::sync::Arc;

use ringtrue_engine::{
    conformance::sample::{PRODUCTION, SANDBOX, Sample, digest, put, put_project, put_project_from},
    ports::{Change, Store},
};

use super::{open, server::Server, unit};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_nodes_writes_are_seen_at_once() {
    let url = Server::shared().database();
    let (here, there) = (open(&url).await.unwrap(), open(&url).await.unwrap());
    let mut sample = Sample::default();
    let credential = sample.credential(SANDBOX);
    let token = sample.token(credential.id, "token");
    let flow = sample.flow(SANDBOX);
    let first = [
        put_project(&sample.project("first")),
        Change::PutCredential(credential.clone()),
        Change::PutToken(token),
        put(0, &flow),
    ];
    here.commit(unit(first)).await.unwrap();
    for round in 1..5 {
        for node in [&here, &there] {
            // Twice: once to remember it, once from memory.
            for _ in 0..2 {
                assert_eq!(node.flow(flow.id()).await.unwrap().unwrap().version, round);
                let caller = node.caller(digest("token"), sample.wall).await.unwrap().unwrap();
                let name = if round == 1 { "first".to_owned() } else { format!("round {round}") };
                assert_eq!(caller.project.name, name);
                assert_eq!(node.project(sample.project).await.unwrap().unwrap().name, name);
                assert_eq!(caller.clock_ahead_micros, i64::try_from(round - 1).unwrap());
            }
        }
        let next = round + 1;
        let mut project = sample.project(&format!("round {next}"));
        project.settings.retry_page = next % 2 == 0;
        let clock = Change::AdvanceClock { project: sample.project, by_micros: 1 };
        there.commit(unit([put(round, &flow), put_project_from(round, &project), clock])).await.unwrap();
    }
    there.commit(unit([Change::RevokeCredential { id: credential.id, at: sample.wall }])).await.unwrap();
    for node in [&here, &there] {
        assert!(node.caller(digest("token"), sample.wall).await.unwrap().is_none());
    }
}

/// A database that was put back to what it was may have another flow under a version that is known here.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_version_is_not_taken_for_the_content() {
    let url = Server::shared().database();
    let store = open(&url).await.unwrap();
    let mut sample = Sample::default();
    let states = sample.every_state();
    let state = |name| states.iter().find(|(state, _)| *state == name).unwrap().1.clone();
    let (first, second) = (state("awaiting_device"), state("code_sent"));
    store.commit(unit([put(0, &first)])).await.unwrap();
    let stored = "SELECT encode(body, 'hex') FROM flows";
    let before = Server::shared().sql(&url, stored);
    store.commit(unit([put(1, &second)])).await.unwrap();
    let remembered = store.flow(first.id()).await.unwrap().unwrap();
    assert_eq!(remembered.flow, second);
    Server::shared().sql(&url, &format!("UPDATE flows SET body = '\\x{before}'"));
    let read = store.flow(first.id()).await.unwrap().unwrap();
    assert_eq!((read.version, read.flow), (2, first));
}

/// Many who ask the same at once get the same; nobody gets another one's answer.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_ask_at_once() {
    let url = Server::shared().database();
    let store = Arc::new(open(&url).await.unwrap());
    let mut sample = Sample::default();
    let flows: Vec<_> = (0..20).map(|_| sample.flow(PRODUCTION)).collect();
    store.commit(unit(flows.iter().map(|flow| put(0, flow)))).await.unwrap();
    let other = Arc::new(open(&url).await.unwrap());
    let tasks: Vec<_> = (0..600)
        .map(|number| {
            let (store, flow) = (Arc::clone(&other), flows[number % flows.len()].clone());
            tokio::spawn(async move {
                let unknown = ringtrue_domain::FlowId::from_bytes([9; 16]);
                assert!(store.flow(unknown).await.unwrap().is_none());
                assert_eq!(store.flow(flow.id()).await.unwrap().unwrap().flow, flow);
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
}

/// Whoever was told that something is written finds it on every node, however many reads are under way.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nobody_reads_less_than_was_acknowledged() {
    let url = Server::shared().database();
    let (here, there) = (Arc::new(open(&url).await.unwrap()), Arc::new(open(&url).await.unwrap()));
    let flow = Sample::default().flow(PRODUCTION);
    here.commit(unit([put(0, &flow)])).await.unwrap();
    let (told, told_of) = tokio::sync::watch::channel(1_u64);
    let readers: Vec<_> = (0..16)
        .map(|_| {
            let (node, told, id) = (Arc::clone(&there), told_of.clone(), flow.id());
            tokio::spawn(async move {
                loop {
                    let known = *told.borrow();
                    let read = node.flow(id).await.unwrap().unwrap().version;
                    assert!(read >= known, "version {read} was read after {known} was acknowledged");
                    if read > 200 {
                        return;
                    }
                }
            })
        })
        .collect();
    for version in 1..=200 {
        here.commit(unit([put(version, &flow)])).await.unwrap();
        told.send_replace(version + 1);
    }
    for reader in readers {
        reader.await.unwrap();
    }
}
