//! §3 and §4: the session lives for 15 minutes, a finished one answers for 24 hours. The sandbox clock shows it.

use serde_json::json;

use crate::client::{LORANT, SHEILA, Session, World};

const SESSION: i64 = 15 * 60;
const DAY: i64 = 24 * 60 * 60;

async fn is_unknown(world: &World, session: &Session) -> bool {
    let answer = world.api.post("/v3/verify-status", &json!({ "correlationId": session.id })).await;
    if answer.status == 200 {
        return false;
    }
    answer.refused(400, 8008);
    true
}

#[tokio::test]
async fn an_unfinished_session_is_unknown_after_15_minutes() {
    let world = World::start().await;
    let session = world.begin(LORANT, "mobile").await;
    session.device().send_code().await;
    world.advance(SESSION - 10).await;
    assert_eq!(world.results(&session.id).await, ["pending", "pending", "pending"]);
    world.advance(10).await;
    assert!(is_unknown(&world, &session).await);
}

#[tokio::test]
async fn a_persona_that_needs_no_device_is_unknown_when_nobody_asked_in_time() {
    let world = World::start().await;
    let session = world.begin(SHEILA, "mobile").await;
    world.advance(SESSION).await;
    assert!(is_unknown(&world, &session).await);
}

#[tokio::test]
async fn a_finished_session_answers_for_24_hours() {
    let world = World::start().await;
    let good = world.begin(LORANT, "mobile").await;
    good.device().send_code().await;
    good.device().enter("1234").await;
    let bad = world.begin(LORANT, "mobile").await;
    bad.device().send_code().await;
    bad.device().enter("0000").await;
    let none = world.begin(LORANT, "none").await;
    let ended = [good, bad, none];
    let mut before = Vec::new();
    for session in &ended {
        before.push(world.status(&session.id).await);
    }
    for step in [SESSION, DAY - SESSION - 60] {
        world.advance(step).await;
        for (session, before) in ended.iter().zip(&before) {
            assert_eq!(world.status(&session.id).await, *before, "asking again gives the same answer");
        }
    }
    world.advance(60).await;
    for session in &ended {
        assert!(is_unknown(&world, session).await);
    }
}

#[tokio::test]
async fn an_expired_link_fails_the_possession_of_a_page_without_a_retry_step() {
    let world = World::start().await;
    let session = world.begin(LORANT, "desktop").await;
    session.device().send_link().await;
    world.advance(3 * 60).await;
    assert_eq!(world.results(&session.id).await, ["false", "failed", "not_applicable"]);
    // It ended before the session did, so it is still told afterwards.
    world.advance(SESSION).await;
    assert_eq!(world.results(&session.id).await, ["false", "failed", "not_applicable"]);
}
