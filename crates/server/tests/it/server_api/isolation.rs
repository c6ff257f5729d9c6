//! §1: one credential belongs to one project and one environment and sees nothing of any other.

use ringtrue_domain::flow::Environment;
use serde_json::json;

use crate::client::{LORANT, SHEILA, World};

const PATH: &str = "/v3/verify-status";

#[tokio::test]
async fn foreign_unknown_and_expired_flows_are_answered_alike() {
    let world = World::start().await;
    let mine = world.begin(LORANT, "mobile").await;
    let finished = world.begin(SHEILA, "none").await;
    let expired = {
        let elsewhere = World::start().await;
        let session = elsewhere.begin(LORANT, "mobile").await;
        elsewhere.advance(15 * 60).await;
        elsewhere.api.post(PATH, &json!({ "correlationId": session.id })).await
    };
    expired.refused(400, 8008);
    let strangers = [
        world.other_project(Environment::Sandbox).await,
        world.other_project(Environment::Production).await,
        world.production().await,
    ];
    for stranger in strangers {
        for id in [&mine.id, &finished.id, "01900000-0000-7000-8000-000000000000", "nonsense", ""] {
            let answer = stranger.post(PATH, &json!({ "correlationId": id })).await;
            answer.refused(400, 8008);
            assert_eq!(answer.body, expired.body, "{id} is told apart");
        }
    }
    assert_eq!(world.results(&mine.id).await[0], "pending");
}

#[tokio::test]
async fn a_stranger_does_not_finish_an_unaided_flow() {
    let world = World::start().await;
    let session = world.begin(SHEILA, "mobile").await;
    let before = world.version(&session.id).await;
    let stranger = world.other_project(Environment::Sandbox).await;
    stranger.post(PATH, &json!({ "correlationId": session.id })).await.refused(400, 8008);
    assert_eq!(world.version(&session.id).await, before);
}

#[tokio::test]
async fn outbox_and_clock_are_a_projects_own() {
    let world = World::start().await;
    let stranger = world.other_project(Environment::Sandbox).await;
    world.begin(LORANT, "mobile").await.device().send_code().await;
    assert_eq!(stranger.get("/v3/sandbox/messages").await.ok(), json!([]));
    world.advance(3600).await;
    assert_eq!(stranger.get("/v3/sandbox/clock").await.ok()["advancedSeconds"], 0);
}

#[tokio::test]
async fn production_credentials_have_no_sandbox() {
    let world = World::start().await;
    let production = world.production().await;
    production.get("/v3/sandbox/messages").await.refused(403, 8003);
    production.get("/v3/sandbox/clock").await.refused(403, 8003);
    production.post("/v3/sandbox/clock", &json!({ "advanceSeconds": 60 })).await.refused(403, 8003);
    production.post("/v3/sandbox/handset", &json!({})).await.refused(403, 8003);
    assert_eq!(world.api.get("/v3/sandbox/clock").await.ok()["advancedSeconds"], 0);
}

#[tokio::test]
async fn keys_of_two_projects_do_not_meet() {
    let world = World::start().await;
    let stranger = world.other_project(Environment::Sandbox).await;
    let call = |api: &crate::client::Api| {
        let call = api.call(http::Method::POST, "/v3/verify").header("idempotency-key", "k");
        call.json(&LORANT.verify("mobile")).send()
    };
    let (mine, theirs) = (call(&world.api).await.ok(), call(&stranger).await.ok());
    assert_ne!(mine["correlationId"], theirs["correlationId"]);
}
