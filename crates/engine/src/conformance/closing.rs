//! Readiness and the end.

use super::{
    Subject, commit,
    sample::{PRODUCTION, Sample, put},
    unit,
};
use crate::ports::CommitError;

pub async fn it_answers_a_ping(store: Subject) {
    store.ping().await.unwrap();
}

/// Every unit is either written or refused as unavailable; none hangs.
pub async fn what_was_accepted_is_written_before_it_closes(store: Subject) {
    let mut sample = Sample::default();
    let tasks: Vec<_> = (0..50)
        .map(|_| {
            let (store, unit) = (Subject::clone(&store), unit([put(0, &sample.flow(PRODUCTION))]));
            tokio::spawn(async move { store.commit(unit).await })
        })
        .collect();
    store.close().await;
    for task in tasks {
        let answer = task.await.unwrap();
        assert!(matches!(answer, Ok(()) | Err(CommitError::Unavailable { .. })), "{answer:?}");
    }
}

pub async fn a_closed_store_refuses(store: Subject) {
    let mut sample = Sample::default();
    commit(&store, [put(0, &sample.flow(PRODUCTION))]).await;
    store.close().await;
    let answer = store.commit(unit([put(0, &sample.flow(PRODUCTION))])).await;
    assert!(matches!(answer, Err(CommitError::Unavailable { .. })), "{answer:?}");
    assert!(store.ping().await.is_err());
}

pub async fn it_may_be_closed_twice(store: Subject) {
    store.close().await;
    store.close().await;
}
