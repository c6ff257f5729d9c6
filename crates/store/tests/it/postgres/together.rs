//! Several nodes on one database.

use std::{collections::HashSet, sync::Arc};

use ringtrue_engine::{
    conformance::sample::{PRODUCTION, Sample, enqueue, lease, put, put_project, shifted},
    ports::{CommitError, Store},
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
    let first = sample.project("first");
    sample.other_project();
    let second = sample.project("second");
    let tasks: Vec<_> = (0..40)
        .map(|number: usize| {
            let order = if number.is_multiple_of(2) { [&first, &second] } else { [&second, &first] };
            let (node, unit) = (Arc::clone(&nodes[number % 2]), unit(order.map(put_project)));
            tokio::spawn(async move { node.commit(unit).await })
        })
        .collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
}
