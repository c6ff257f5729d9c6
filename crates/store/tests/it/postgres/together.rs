//! Several nodes on one database.

use std::{collections::HashSet, sync::Arc, time::Duration};

use ringtrue_domain::flow::Event;
use ringtrue_engine::{
    conformance::sample::{PRODUCTION, Sample, enqueue, lease, put, shifted},
    conformance::watching::{put_webhook, release, wake},
    model::{Listing, Subjects},
    ports::{Change, CommitError, ListingChange, Store, WatchStore as _},
};

use super::{open, server::Server, unit};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_writer_of_a_version_wins_over_all_nodes() {
    let url = Server::shared().database();
    let nodes = [Arc::new(open(&url).await.unwrap()), Arc::new(open(&url).await.unwrap())];
    let flow = Sample::default().flow(PRODUCTION);
    for version in 0..20 {
        let tasks: Vec<_> = (0..32)
            .map(|number: usize| {
                let (node, unit) = (Arc::clone(&nodes[number % 2]), unit([put(version, &flow)]));
                tokio::spawn(async move { node.commit(unit).await })
            })
            .collect();
        let mut winners = 0;
        for task in tasks {
            match task.await.unwrap() {
                Ok(()) => winners += 1,
                Err(CommitError::Conflict) => {}
                Err(other) => panic!("{other:?}"),
            }
        }
        assert_eq!(winners, 1);
        assert_eq!(nodes[0].flow(flow.id()).await.unwrap().unwrap().version, version + 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn claims_of_all_nodes_never_overlap() {
    let url = Server::shared().database();
    let mut sample = Sample::default();
    let wall = sample.wall;
    let first = open(&url).await.unwrap();
    let jobs: Vec<_> = (0..300).map(|_| sample.job(PRODUCTION, wall)).collect();
    first.commit(unit(jobs.iter().map(enqueue))).await.unwrap();
    let mut tasks = Vec::new();
    for number in 0..3 {
        let node = open(&url).await.unwrap();
        tasks.push(tokio::spawn(async move {
            let mut claimed = Vec::new();
            // A node that meets only rows that others are taking gets none, and asks again.
            while node.jobs_open().await.unwrap() > 0 {
                for job in node.claim(lease(number, shifted(wall, 60)), wall, 7).await.unwrap() {
                    let finish = ringtrue_engine::ports::Change::FinishJob {
                        id: job.id,
                        lease: job.lease.unwrap().id,
                    };
                    node.commit(unit([finish])).await.unwrap();
                    claimed.push(job.id);
                }
            }
            claimed
        }));
    }
    let mut claimed = Vec::new();
    for task in tasks {
        claimed.extend(task.await.unwrap());
    }
    assert_eq!(claimed.len(), 300);
    assert_eq!(claimed.into_iter().collect::<HashSet<_>>().len(), 300);
}

/// Both make the data key of a project that neither has seen.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_projects_key_is_the_same_for_all() {
    let url = Server::shared().database();
    let (one, other) = (open(&url).await.unwrap(), open(&url).await.unwrap());
    let mut sample = Sample::default();
    for _ in 0..20 {
        sample.other_project();
        let (first, second) = (sample.flow(PRODUCTION), sample.flow(PRODUCTION));
        let (done, also) =
            tokio::join!(one.commit(unit([put(0, &first)])), other.commit(unit([put(0, &second)])));
        done.unwrap();
        also.unwrap();
        assert_eq!(one.flow(second.id()).await.unwrap().unwrap().flow, second);
        assert_eq!(other.flow(first.id()).await.unwrap().unwrap().flow, first);
    }
}

/// Units that touch the same rows in opposite orders: the database ends the deadlock, the store does the unit again.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_deadlock_costs_time_only() {
    let url = Server::shared().database();
    let nodes = [Arc::new(open(&url).await.unwrap()), Arc::new(open(&url).await.unwrap())];
    let mut sample = Sample::default();
    let clock = |project| move || Change::AdvanceClock { project, by_micros: 1 };
    let (first, second) = (clock(sample.project), clock(sample.other_project()));
    let tasks: Vec<_> = (0..40)
        .map(|number: usize| {
            let order = if number.is_multiple_of(2) { [first(), second()] } else { [second(), first()] };
            let (node, unit) = (Arc::clone(&nodes[number % 2]), unit(order));
            tokio::spawn(async move { node.commit(unit).await })
        })
        .collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
}

/// The event is written but not committed yet when the lane is given back, on another connection.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lane_given_back_sees_the_event_that_it_waited_for() {
    let url = Server::shared().database();
    let store = Arc::new(open(&url).await.unwrap());
    let sample = Sample::default();
    let (wall, scope) = (sample.wall, sample.scope(PRODUCTION));
    store.commit(unit([put_webhook(0, &sample.webhook(PRODUCTION)), wake(scope, wall)])).await.unwrap();
    assert_eq!(store.claim_lanes(lease(1, shifted(wall, 60)), wall, 9).await.unwrap().len(), 1);
    let (other, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await.unwrap();
    let connection = tokio::spawn(connection);
    let adding = "BEGIN; UPDATE lanes SET last = last + 1; INSERT INTO events \
        (project, sandbox, cursor, id, identity, at, muted, body) \
        SELECT project, sandbox, last, '\\x01', '\\x02', 0, 0, '\\x03' FROM lanes";
    other.batch_execute(adding).await.unwrap();
    let giving = {
        let store = Arc::clone(&store);
        tokio::spawn(async move { store.commit(unit([release(scope, 1, 0, None)])).await })
    };
    let waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted";
    while Server::shared().sql(&url, waiting) == "0" {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    other.batch_execute("COMMIT").await.unwrap();
    giving.await.unwrap().unwrap();
    assert_eq!(store.claim_lanes(lease(2, shifted(wall, 60)), wall, 9).await.unwrap().len(), 1);
    connection.abort();
}

/// Statements that chose for themselves what goes would choose others once the other node has committed.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nodes_that_purge_at_once_leave_nothing_half_gone() {
    const FLOWS: usize = 400;
    let url = Server::shared().database();
    let first = open(&url).await.unwrap();
    let mut sample = Sample::default();
    let flows: Vec<_> = (0..FLOWS).map(|_| sample.flow(PRODUCTION)).collect();
    for flow in &flows {
        let listing = ListingChange::Add {
            listing: Box::new(Listing::of(flow, sample.wall)),
            subjects: Box::new(Subjects::of(flow)),
        };
        let audit = Change::Audit(sample.history(flow.id(), vec![Event::Started]));
        first.commit(unit([put(0, flow), Change::List(listing), audit])).await.unwrap();
    }
    let end = flows[0].purge_after();
    let mut purging = Vec::new();
    for _ in 0..4 {
        let node = open(&url).await.unwrap();
        purging.push(tokio::spawn(async move {
            // Not all of them: what is half gone must not be mended by the last round.
            for _ in 0..FLOWS / 2 / 4 / 5 {
                node.purge(end, 5).await.unwrap();
            }
        }));
    }
    for node in purging {
        node.await.unwrap();
    }
    let sql = |sql: &str| Server::shared().sql(&url, sql);
    let without = |table| {
        let flow = "SELECT 1 FROM flows f WHERE f.id = t.flow";
        sql(&format!("SELECT count(*) FROM {table} t WHERE NOT EXISTS ({flow})"))
    };
    assert!(sql("SELECT count(*) FROM flows").parse::<usize>().unwrap() < FLOWS);
    assert_eq!([without("verifications"), without("audit")], ["0", "0"]);
}
