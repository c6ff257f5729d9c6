//! Many at once, one winner.

use std::{collections::HashSet, future::Future};

use super::{
    Subject, commit,
    sample::{PRODUCTION, Sample, enqueue, lease, phone, put, put_identity, shifted},
    unit,
};
use crate::{
    model::Remembered,
    ports::{Change, CommitError},
};

const RACERS: u8 = 32;

/// Lets all racers go at once; answers what they got.
async fn race<F, T>(racer: impl Fn(u8) -> F) -> Vec<T>
where
    F: Future<Output = T> + Send + 'static,
    T: Send + 'static,
{
    let tasks: Vec<_> = (0..RACERS).map(|number| tokio::spawn(racer(number))).collect();
    let mut answers = Vec::new();
    for task in tasks {
        answers.push(task.await.unwrap());
    }
    answers
}

/// Lets units race that cannot all be accepted.
async fn commits(store: &Subject, change: impl Fn(u8) -> Vec<Change>) -> Vec<Result<(), CommitError>> {
    race(|number| {
        let (store, unit) = (Subject::clone(store), unit(change(number)));
        async move { store.commit(unit).await }
    })
    .await
}

fn winners(answers: &[Result<(), CommitError>]) -> usize {
    let lost = answers.iter().filter(|answer| matches!(answer, Err(CommitError::Conflict))).count();
    let won = answers.iter().filter(|answer| answer.is_ok()).count();
    assert_eq!(won + lost, answers.len(), "neither won nor met a conflict: {answers:?}");
    won
}

pub async fn one_writer_of_a_version_wins(store: Subject) {
    let flow = Sample::default().flow(PRODUCTION);
    for version in 0..10 {
        let answers = commits(&store, |_| vec![put(version, &flow)]).await;
        assert_eq!(winners(&answers), 1);
        assert_eq!(store.flow(flow.id()).await.unwrap().unwrap().version, version + 1);
    }
}

pub async fn one_identity_of_a_person_wins(store: Subject) {
    let mut sample = Sample::default();
    let people: Vec<_> = (0..RACERS).map(|_| sample.identity(PRODUCTION, 1, "c")).collect();
    let answers = commits(&store, |number| vec![put_identity(&people[usize::from(number)])]).await;
    assert_eq!(winners(&answers), 1);
    let winner = &people[answers.iter().position(Result::is_ok).unwrap()];
    let customer = winner.client_customer_id.as_ref();
    let stored = store.identity(sample.scope(PRODUCTION), &phone(1), customer).await.unwrap();
    assert_eq!(stored.map(|stored| stored.identity).as_ref(), Some(winner));
}

pub async fn one_request_under_a_key_wins(store: Subject) {
    let mut sample = Sample::default();
    let records: Vec<Remembered> = (0..RACERS).map(|_| sample.remembered(PRODUCTION, "key")).collect();
    let answers = commits(&store, |number| vec![sample.remember(&records[usize::from(number)])]).await;
    let winner = &records[answers.iter().position(Result::is_ok).unwrap()];
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    for answer in answers {
        match answer {
            Ok(()) => {}
            Err(CommitError::Duplicate(record)) => assert_eq!(&*record, winner),
            Err(other) => panic!("{other:?} instead of a duplicate"),
        }
    }
}

pub async fn claims_never_overlap(store: Subject) {
    let mut sample = Sample::default();
    let (wall, total) = (sample.wall, 200);
    let jobs: Vec<_> = (0..total).map(|_| sample.job(PRODUCTION, wall)).collect();
    commit(&store, jobs.iter().map(enqueue)).await;
    let claimed = race(|number| {
        let store = Subject::clone(&store);
        async move {
            let mut mine = Vec::new();
            loop {
                let jobs = store.claim(lease(number, shifted(wall, 60)), wall, 3).await.unwrap();
                if jobs.is_empty() {
                    return mine;
                }
                mine.extend(jobs.into_iter().map(|job| job.id));
            }
        }
    })
    .await;
    let claimed: Vec<_> = claimed.into_iter().flatten().collect();
    assert_eq!(claimed.len(), total);
    assert_eq!(claimed.into_iter().collect::<HashSet<_>>().len(), total);
}

pub async fn a_lease_is_finished_once(store: Subject) {
    let mut sample = Sample::default();
    let job = sample.job(PRODUCTION, sample.wall);
    commit(&store, [enqueue(&job)]).await;
    store.claim(lease(1, shifted(sample.wall, 60)), sample.wall, 1).await.unwrap();
    let answers = commits(&store, |_| vec![Change::FinishJob { id: job.id, lease: [1; 16] }]).await;
    assert_eq!(winners(&answers), 1);
}
