//! Jobs and their leases.

use jiff::Timestamp;

use super::{
    Subject, commit, conflict,
    sample::{PRODUCTION, SANDBOX, Sample, enqueue, lease, shifted},
};
use crate::{
    model::{Job, Task},
    ports::Change,
};

/// Claims with a lease of a minute.
async fn claim(store: &Subject, id: u8, wall: Timestamp, n: usize) -> Vec<Job> {
    store.claim(lease(id, shifted(wall, 60)), wall, n).await.unwrap()
}

pub async fn a_due_job_is_claimed_with_its_task(store: Subject) {
    let mut sample = Sample::default();
    let wall = sample.wall;
    let message = sample.job(PRODUCTION, wall);
    let mut lookup = sample.job(SANDBOX, shifted(wall, -1));
    lookup.task = Task::LookupOwnership { flow: sample.flow(SANDBOX).id() };
    lookup.attempts = 3;
    commit(&store, [enqueue(&message), enqueue(&lookup)]).await;
    let claimed = claim(&store, 1, wall, 10).await;
    let lease = Some(lease(1, shifted(wall, 60)));
    assert_eq!(claimed, [Job { attempts: 4, lease, ..lookup }, Job { attempts: 1, lease, ..message }]);
}

pub async fn a_job_is_not_claimed_before_it_is_due(store: Subject) {
    let mut sample = Sample::default();
    let due = shifted(sample.wall, 10);
    commit(&store, [enqueue(&sample.job(PRODUCTION, due))]).await;
    assert_eq!(claim(&store, 1, shifted(due, -1), 10).await, []);
    assert_eq!(claim(&store, 1, due, 0).await, []);
    assert_eq!(claim(&store, 1, due, 10).await.len(), 1);
}

pub async fn a_leased_job_is_claimed_when_its_lease_is_over(store: Subject) {
    let mut sample = Sample::default();
    let wall = sample.wall;
    commit(&store, [enqueue(&sample.job(PRODUCTION, wall))]).await;
    assert_eq!(claim(&store, 1, wall, 10).await.len(), 1);
    assert_eq!(claim(&store, 2, shifted(wall, 59), 10).await, []);
    let again = claim(&store, 2, shifted(wall, 60), 10).await;
    assert_eq!(again[0].attempts, 2);
    assert_eq!(again[0].lease.unwrap().id, [2; 16]);
}

pub async fn a_fresh_job_may_be_leased_by_its_maker(store: Subject) {
    let mut sample = Sample::default();
    let wall = sample.wall;
    let mut job = sample.job(PRODUCTION, wall);
    job.attempts = 1;
    job.lease = Some(lease(9, shifted(wall, 30)));
    commit(&store, [enqueue(&job)]).await;
    assert_eq!(claim(&store, 1, shifted(wall, 29), 10).await, []);
    assert_eq!(claim(&store, 1, shifted(wall, 30), 10).await[0].attempts, 2);
    conflict(&store, [Change::FinishJob { id: job.id, lease: [9; 16] }]).await;
}

pub async fn a_finished_job_is_gone(store: Subject) {
    let mut sample = Sample::default();
    let wall = sample.wall;
    let job = sample.job(PRODUCTION, wall);
    commit(&store, [enqueue(&job)]).await;
    claim(&store, 1, wall, 10).await;
    commit(&store, [Change::FinishJob { id: job.id, lease: [1; 16] }]).await;
    assert_eq!(store.jobs_open().await.unwrap(), 0);
    assert_eq!(claim(&store, 2, shifted(wall, 9999), 10).await, []);
    conflict(&store, [Change::FinishJob { id: job.id, lease: [1; 16] }]).await;
}

pub async fn a_foreign_lease_finishes_nothing(store: Subject) {
    let mut sample = Sample::default();
    let wall = sample.wall;
    let job = sample.job(PRODUCTION, wall);
    commit(&store, [enqueue(&job)]).await;
    let finish = |id| Change::FinishJob { id: job.id, lease: [id; 16] };
    conflict(&store, [finish(1)]).await;
    claim(&store, 1, wall, 10).await;
    conflict(&store, [finish(2)]).await;
    // The first holder was too slow: it is the second one's now.
    claim(&store, 2, shifted(wall, 60), 10).await;
    conflict(&store, [finish(1)]).await;
    assert_eq!(store.jobs_open().await.unwrap(), 1);
    commit(&store, [finish(2)]).await;
}

pub async fn a_job_is_given_back_for_later(store: Subject) {
    let mut sample = Sample::default();
    let wall = sample.wall;
    let job = sample.job(PRODUCTION, wall);
    let due_at = shifted(wall, 300);
    commit(&store, [enqueue(&job)]).await;
    claim(&store, 1, wall, 10).await;
    commit(&store, [Change::RetryJob { id: job.id, lease: [1; 16], due_at }]).await;
    conflict(&store, [Change::FinishJob { id: job.id, lease: [1; 16] }]).await;
    assert_eq!(claim(&store, 2, shifted(wall, 299), 10).await, []);
    let again = claim(&store, 2, due_at, 10).await;
    assert_eq!(again, [Job { attempts: 2, due_at, lease: Some(lease(2, shifted(due_at, 60))), ..job }]);
}

pub async fn a_foreign_lease_gives_nothing_back(store: Subject) {
    let mut sample = Sample::default();
    let wall = sample.wall;
    let job = sample.job(PRODUCTION, wall);
    commit(&store, [enqueue(&job)]).await;
    let retry = |id| Change::RetryJob { id: job.id, lease: [id; 16], due_at: wall };
    conflict(&store, [retry(1)]).await;
    claim(&store, 1, wall, 10).await;
    conflict(&store, [retry(2)]).await;
    assert_eq!(claim(&store, 2, wall, 10).await, []);
}

pub async fn the_oldest_due_come_first_up_to_the_limit(store: Subject) {
    let mut sample = Sample::default();
    let wall = sample.wall;
    let jobs = [-3, -9, 5, -1, -7].map(|seconds| sample.job(PRODUCTION, shifted(wall, seconds)));
    commit(&store, jobs.iter().map(enqueue)).await;
    let ids = |jobs: Vec<Job>| jobs.iter().map(|job| job.id).collect::<Vec<_>>();
    assert_eq!(ids(claim(&store, 1, wall, 3).await), [jobs[1].id, jobs[4].id, jobs[0].id]);
    assert_eq!(ids(claim(&store, 2, wall, 3).await), [jobs[3].id]);
    assert_eq!(ids(claim(&store, 3, wall, 3).await), []);
}

pub async fn a_sandbox_job_is_due_on_its_projects_clock(store: Subject) {
    let mut sample = Sample::default();
    let (wall, project) = (sample.wall, sample.project);
    let tomorrow = shifted(wall, 86_400);
    let (mine, production) = (sample.job(SANDBOX, tomorrow), sample.job(PRODUCTION, tomorrow));
    sample.other_project();
    let foreign = sample.job(SANDBOX, tomorrow);
    commit(&store, [enqueue(&mine), enqueue(&production), enqueue(&foreign)]).await;
    let advance = |seconds: i64| Change::AdvanceClock { project, by_micros: seconds * 1_000_000 };
    commit(&store, [advance(86_399)]).await;
    assert_eq!(claim(&store, 1, wall, 10).await, []);
    commit(&store, [advance(1)]).await;
    let claimed = claim(&store, 1, wall, 10).await;
    assert_eq!(claimed.iter().map(|job| job.id).collect::<Vec<_>>(), [mine.id]);
    // Leases are on the wall.
    assert_eq!(claim(&store, 2, shifted(wall, 59), 10).await, []);
    assert_eq!(claim(&store, 2, shifted(wall, 60), 10).await.len(), 1);
}

pub async fn a_retried_sandbox_job_waits_on_its_projects_clock(store: Subject) {
    let mut sample = Sample::default();
    let (wall, project) = (sample.wall, sample.project);
    let job = sample.job(SANDBOX, wall);
    commit(&store, [enqueue(&job), Change::AdvanceClock { project, by_micros: 3_600_000_000 }]).await;
    claim(&store, 1, wall, 1).await;
    let due_at = shifted(wall, 3_600 + 30);
    commit(&store, [Change::RetryJob { id: job.id, lease: [1; 16], due_at }]).await;
    assert_eq!(claim(&store, 2, shifted(wall, 29), 1).await, []);
    assert_eq!(claim(&store, 2, shifted(wall, 30), 1).await.len(), 1);
}

pub async fn a_job_twice_is_a_conflict(store: Subject) {
    let mut sample = Sample::default();
    let job = sample.job(PRODUCTION, sample.wall);
    commit(&store, [enqueue(&job)]).await;
    conflict(&store, [enqueue(&job)]).await;
}

pub async fn open_jobs_are_counted(store: Subject) {
    let mut sample = Sample::default();
    let wall = sample.wall;
    assert_eq!(store.jobs_open().await.unwrap(), 0);
    let jobs = [0, 0, 500].map(|seconds| sample.job(SANDBOX, shifted(wall, seconds)));
    commit(&store, jobs.iter().map(enqueue)).await;
    claim(&store, 1, wall, 1).await;
    assert_eq!(store.jobs_open().await.unwrap(), 3);
}
