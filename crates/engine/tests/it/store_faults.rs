//! A store that refuses to write: the caller is told to come back, and nothing was half-done.

use std::time::Duration;

use ringtrue_domain::flow::{Environment, Outcome, PossessionType, Reply, Verdict};
use ringtrue_engine::{
    Error,
    model::{KeyScope, LimitKind, hour_of},
    ports::{CommitError, ListingStore as _},
};

use crate::world::{Deed, LEASE, Plan, Word, World, number, pass};

fn is_busy<T>(answer: Option<Result<T, Error>>) -> bool {
    matches!(answer.unwrap().err(), Some(Error::Busy { .. }))
}

#[tokio::test(start_paused = true)]
async fn every_use_case_says_busy_and_works_afterwards() {
    let world = World::new(Plan::default()).await;
    let store = world.node().store.clone();
    store.fail_next_commits(1);
    assert!(is_busy(world.verify(PossessionType::Mobile, 2671).await));
    let id = world.begin(PossessionType::Mobile).await;
    store.fail_next_commits(1);
    assert!(is_busy(world.send_code(id).await));
    assert_eq!(
        (world.carrier.calls(), world.jobs_open().await),
        (0, 0),
        "nothing is sent that was not written"
    );
    world.send_code(id).await.unwrap().unwrap();
    let code = world.carrier.newest().secret;
    store.fail_next_commits(1);
    assert!(is_busy(world.enter(id, "000000").await));
    store.fail_next_commits(1);
    assert!(is_busy(world.enter(id, &code).await));
    assert_eq!(world.status(id).await.unwrap().unwrap().possession, Outcome::Pending);
    // The tries that were not written were none.
    for _ in 0..2 {
        world.enter(id, "000000").await.unwrap().unwrap();
    }
    assert_eq!(world.enter(id, &code).await.unwrap().unwrap().reply, Reply::Done);
}

/// Lets the next commit fail after half a second, in the middle of what takes a second.
async fn fail_midway(world: &World) {
    pass(Duration::from_millis(500)).await;
    world.node().store.fail_next_commits(1);
}

#[tokio::test(start_paused = true)]
async fn a_message_whose_end_was_not_written_is_not_sent_twice() {
    for recognises_repeats in [false, true] {
        let world = World::new(Plan { recognises_repeats, ..Plan::default() }).await;
        let id = world.begin(PossessionType::Mobile).await;
        world.carrier.will([Deed::DawdleThenDeliver(Duration::from_secs(1))]);
        let (sent, ()) = tokio::join!(world.send_code(id), fail_midway(&world));
        assert_eq!(sent.unwrap().unwrap().reply, Reply::Sent);
        assert_eq!((world.carrier.delivered().len(), world.jobs_open().await), (1, 1));
        pass(LEASE + Duration::from_secs(5)).await;
        assert_eq!((world.carrier.delivered().len(), world.jobs_open().await), (1, 0));
        assert_eq!(
            world.enter(id, &world.carrier.newest().secret).await.unwrap().unwrap().reply,
            Reply::Done
        );
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_was_not_written_is_asked_for_again() {
    let world = World::new(Plan::default()).await;
    world.registry.will([Word::TruthAfter(Duration::from_secs(1))]);
    let (begun, ()) = tokio::join!(world.verify(PossessionType::None, 2671), fail_midway(&world));
    let (id, view) = begun.unwrap().unwrap();
    assert_eq!(view.verdict, Verdict::Pending);
    pass(LEASE + Duration::from_secs(5)).await;
    assert!(matches!(world.status(id).await.unwrap().unwrap().verdict, Verdict::True(_)));
    assert_eq!((world.registry.asked(&number(2671)).len(), world.jobs_open().await), (2, 0));
}

#[tokio::test(start_paused = true)]
async fn a_rejection_that_was_not_written_is_heard_again() {
    let world = World::new(Plan { recognises_repeats: true, ..Plan::default() }).await;
    let id = world.begin(PossessionType::Mobile).await;
    world.carrier.will([Deed::RejectAfter(Duration::from_secs(1)), Deed::Reject]);
    let (sent, ()) = tokio::join!(world.send_code(id), fail_midway(&world));
    assert_eq!(sent.unwrap().unwrap().reply, Reply::Sent, "nobody knows better yet");
    pass(LEASE + Duration::from_secs(5)).await;
    assert_eq!((world.carrier.calls(), world.jobs_open().await), (2, 0));
    assert_eq!(
        world.enter(id, "123456").await.unwrap().unwrap().reply,
        Reply::NotAllowed,
        "nothing is under way"
    );
}

#[tokio::test(start_paused = true)]
async fn refused_calls_that_could_not_be_written_are_kept_for_the_next_time() {
    let world = World::new(Plan::default()).await;
    let (engine, store) = (world.engine(), world.node().store.clone());
    let scope = KeyScope { project: world.project, environment: Environment::Production };
    let hour = hour_of(engine.wall());
    let written = async || {
        let found = store.refusals(scope, hour, hour + 1).await.unwrap();
        found.iter().map(|found| found.refused).sum::<u64>()
    };
    engine.note_refusal(scope, LimitKind::Requests, engine.wall());
    store.fail_next_commits(1);
    assert!(matches!(engine.write_refusals().await, Err(CommitError::Unavailable { .. })));
    engine.note_refusal(scope, LimitKind::Requests, engine.wall());
    assert_eq!(written().await, 0);
    for _ in 0..2 {
        engine.write_refusals().await.unwrap();
        assert_eq!(written().await, 2);
    }
}
