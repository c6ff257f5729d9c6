//! Ownership is asked for early, again and again if need be, and until the session's end.

use std::time::Duration;

use jiff::SignedDuration;
use ringtrue_domain::flow::{Outcome, PossessionType, SESSION_SECONDS, Verdict};
use tokio::time::Instant;

use crate::world::{BUDGET, Plan, Word, World, number, pass};

async fn world() -> World {
    World::new(Plan::default()).await
}

#[tokio::test(start_paused = true)]
async fn a_slow_source_answers_pending_and_then_success() {
    let world = world().await;
    world.registry.will([Word::TruthAfter(Duration::from_secs(10))]);
    let begun = Instant::now();
    let (id, view) = world.verify(PossessionType::None, 2671).await.unwrap().unwrap();
    assert_eq!(begun.elapsed(), BUDGET);
    let pending = (Outcome::NotApplicable, Outcome::Pending, Verdict::Pending);
    assert_eq!((view.possession, view.ownership, view.verdict), pending);
    let view = world.status(id).await.unwrap().unwrap();
    assert_eq!((view.possession, view.ownership, view.verdict), pending);
    pass(Duration::from_secs(10)).await;
    let view = world.status(id).await.unwrap().unwrap();
    assert!(matches!(view.verdict, Verdict::True(_)));
    assert_eq!((view.ownership, world.jobs_open().await), (Outcome::Success, 0));
}

#[tokio::test(start_paused = true)]
async fn a_quick_source_answers_within_the_request() {
    let world = world().await;
    world.registry.will([Word::TruthAfter(Duration::from_secs(1)), Word::TruthAfter(Duration::from_secs(1))]);
    let (_, view) = world.verify(PossessionType::None, 2671).await.unwrap().unwrap();
    assert!(matches!(view.verdict, Verdict::True(_)));
    let (_, view) = world.verify(PossessionType::None, 2673).await.unwrap().unwrap();
    assert_eq!((view.ownership, view.verdict), (Outcome::Failed, Verdict::False));
}

#[tokio::test(start_paused = true)]
async fn a_source_that_refuses_knows_nothing() {
    let world = world().await;
    world.registry.will([Word::Refusal]);
    let (_, view) = world.verify(PossessionType::None, 2671).await.unwrap().unwrap();
    assert_eq!((view.ownership, view.verdict), (Outcome::Failed, Verdict::False));
    assert_eq!(view.evaluation.identification.unwrap().failures[0].0, 9001);
}

#[tokio::test(start_paused = true)]
async fn a_failing_source_is_asked_with_growing_pauses_until_the_sessions_end() {
    for word in [Word::Busy, Word::Silence] {
        let world = world().await;
        world.registry.always(word);
        let (id, view) = world.verify(PossessionType::None, 2671).await.unwrap().unwrap();
        assert_eq!(view.verdict, Verdict::Pending);
        let end = Duration::from_secs(u64::from(SESSION_SECONDS));
        pass(end + Duration::from_secs(90)).await;
        let asked = world.registry.asked(&number(2671));
        let after: Vec<i64> = asked.iter().map(|at| at.duration_since(asked[0]).as_secs()).collect();
        // 1, 2, 4 … 60 s, each at most a poll late.
        for (n, pause) in after.windows(2).map(|pair| pair[1] - pair[0]).enumerate() {
            let wanted = 60.min(1_i64 << n);
            assert!((wanted..=wanted + 2).contains(&pause), "{word:?}: {after:?}");
        }
        let last = *after.last().unwrap();
        assert!((end.as_secs() - 62..end.as_secs()).contains(&u64::try_from(last).unwrap()), "{after:?}");
        assert_eq!(world.jobs_open().await, 0, "nobody asks for ever");
        assert!(world.status(id).await.unwrap().is_err(), "unknown after its session");
    }
}

#[tokio::test(start_paused = true)]
async fn a_source_that_comes_back_in_time_decides() {
    let world = world().await;
    world.registry.will([Word::Busy, Word::Silence, Word::Busy, Word::Silence, Word::Busy]);
    let (id, _) = world.verify(PossessionType::None, 2671).await.unwrap().unwrap();
    pass(Duration::from_secs(45)).await;
    assert!(matches!(world.status(id).await.unwrap().unwrap().verdict, Verdict::True(_)));
    assert_eq!(world.registry.asked(&number(2671)).len(), 6);
}

#[tokio::test(start_paused = true)]
async fn possession_does_not_wait_for_ownership() {
    let world = world().await;
    world.registry.always(Word::Busy);
    let id = world.begin(PossessionType::Mobile).await;
    world.send_code(id).await.unwrap().unwrap();
    world.enter(id, &world.carrier.newest().secret).await.unwrap().unwrap();
    let view = world.status(id).await.unwrap().unwrap();
    assert_eq!((view.possession, view.ownership), (Outcome::Success, Outcome::Pending));
    assert_eq!((view.verdict, view.evaluation.identification), (Verdict::Pending, None));
    world.registry.always(Word::Truth);
    pass(Duration::from_mins(2)).await;
    let view = world.status(id).await.unwrap().unwrap();
    assert!(matches!(view.verdict, Verdict::True(_)));
}

#[tokio::test(start_paused = true)]
async fn an_answer_after_the_sessions_end_changes_nothing() {
    let world = world().await;
    let session = SignedDuration::from_secs(i64::from(SESSION_SECONDS));
    world.registry.will([Word::TruthAfter(session.unsigned_abs() + Duration::from_secs(5))]);
    world.registry.always(Word::Busy);
    let (id, _) = world.verify(PossessionType::None, 2671).await.unwrap().unwrap();
    pass(session.unsigned_abs() + Duration::from_mins(3)).await;
    assert!(world.status(id).await.unwrap().is_err());
    assert_eq!(world.jobs_open().await, 0);
}

#[tokio::test(start_paused = true)]
async fn the_same_person_keeps_the_identity() {
    let world = world().await;
    let mut identities = Vec::new();
    for ending in [2671, 2671, 2672] {
        let (id, _) = world.verify(PossessionType::None, ending).await.unwrap().unwrap();
        match world.status(id).await.unwrap().unwrap().verdict {
            Verdict::True(identity) => identities.push(identity),
            other => panic!("{other:?}"),
        }
    }
    assert!(identities[0] == identities[1] && identities[1] != identities[2]);
}
