//! §0, §18 no. 9: calls after a flow ended answer `done`, with an error if it failed, and change nothing.

use serde_json::{Value, json};

use super::calls;
use crate::client::{INGE, JANEK, LORANT, SHEILA, Session, World};

/// Every call gets the same answer, and nothing is written or sent.
async fn is_over(world: &World, session: &Session, answer: &Value) {
    let version = world.version(&session.id).await;
    let status = world.status(&session.id).await;
    let messages = world.api.get("/v3/sandbox/messages").await.ok();
    for _ in 0..2 {
        for (step, body) in calls() {
            assert_eq!(session.device().step(step, body).await, *answer, "{step}");
        }
    }
    assert_eq!(session.device().enter("").await, *answer);
    assert_eq!(world.version(&session.id).await, version);
    assert_eq!(world.status(&session.id).await, status);
    assert_eq!(world.api.get("/v3/sandbox/messages").await.ok(), messages);
}

fn failed(code: u64, message: &str) -> Value {
    json!({ "next": "done", "error": { "code": code, "message": message } })
}

#[tokio::test]
async fn after_success() {
    let world = World::start().await;
    let done = json!({ "next": "done" });
    let by_code = world.begin(LORANT, "mobile").await;
    by_code.device().send_code().await;
    by_code.device().enter("1234").await;
    let by_link = world.begin(LORANT, "desktop").await;
    by_link.device().send_link().await;
    world.press(&world.link(LORANT).await, "").await;
    let by_network = world.begin(INGE, "mobile").await;
    let start = by_network.device().step("mobile/instant/start", json!({})).await;
    let vfp = start["data"]["redirectUrl"].as_str().unwrap().split("testVfp=").nth(1).unwrap().to_owned();
    by_network.device().step("mobile/instant/finish", json!({ "vfp": vfp })).await;
    let unaided = world.begin(SHEILA, "mobile").await;
    world.status(&unaided.id).await;
    for session in [by_code, by_link, by_network, unaided] {
        is_over(&world, &session, &done).await;
        assert_eq!(world.results(&session.id).await[0], "true");
    }
}

#[tokio::test]
async fn after_the_tries_are_used_up() {
    let world = World::start().await;
    let session = world.begin(LORANT, "mobile").await;
    session.device().send_code().await;
    let over = failed(10000, "all tries are used up");
    assert_eq!(session.device().enter("0000").await, over);
    is_over(&world, &session, &over).await;
}

#[tokio::test]
async fn after_it_was_cancelled() {
    let world = World::start().await;
    let session = world.begin(LORANT, "mobile").await;
    session.device().send_code().await;
    let over = failed(10000, "the verification was cancelled");
    assert_eq!(session.device().step("mobile/otp/error", json!({ "code": 10004 })).await, over);
    is_over(&world, &session, &over).await;
}

#[tokio::test]
async fn after_the_persona_refused() {
    let world = World::start().await;
    let session = world.begin(JANEK, "desktop").await;
    session.device().send_link().await;
    assert_eq!(world.press(&world.link(JANEK).await, "").await.status, 410);
    is_over(&world, &session, &failed(10000, "the phone was not confirmed")).await;
}

#[tokio::test]
async fn after_the_only_link_expired() {
    let world = World::start().await;
    let session = world.begin(LORANT, "desktop").await;
    session.device().send_link().await;
    world.advance(180).await;
    is_over(&world, &session, &failed(10000, "the verification has expired")).await;
}
