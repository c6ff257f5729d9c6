//! Simulated changes (contract `sandbox.md`), and pulling events.

use std::sync::Arc;

use http::Method;
use ringtrue_domain::flow::Environment;
use ringtrue_engine::run_worker;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::refuses;
use crate::client::{LANEY, LORANT, World, eventually};

const SIMULATE: &str = "/v3/sandbox/events";

async fn enrolled(world: &World, number: &str) -> String {
    let request = json!({ "phoneNumber": number, "clientCustomerId": "c-7" });
    world.api.post("/v3/identity", &request).await.ok()["identityId"].as_str().unwrap().to_owned()
}

async fn pull(world: &World, query: &str) -> Value {
    world.api.get(&format!("/v3/events{query}")).await.ok()
}

fn types(page: &Value) -> Vec<&str> {
    page["events"].as_array().unwrap().iter().map(|event| event["eventType"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn what_happens_now_is_there_at_once() {
    let world = World::start().await;
    let id = enrolled(&world, LORANT.number).await;
    let port = json!({ "identityId": id, "eventType": "PORT", "newCarrier": "Other Mobile" });
    let answer = world.api.post(SIMULATE, &port).await.ok();
    assert_eq!((&answer["success"], answer["eventIds"].as_array().unwrap().len()), (&json!(true), 1));
    let page = pull(&world, "").await;
    let event = &page["events"][0];
    assert_eq!((&event["eventId"], &event["eventType"]), (&answer["eventIds"][0], &json!("PORT")));
    assert_eq!((&event["identityId"], &event["proveId"]), (&json!(id), &json!(id)));
    assert_eq!((&event["phoneNumber"], &event["clientCustomerId"]), (&json!(LORANT.number), &json!("c-7")));
    assert_eq!(
        (&event["carrier"], &event["newCarrier"]),
        (&json!("Ringtrue Sandbox Mobile"), &json!("Other Mobile"))
    );
    assert_eq!(page["more"], false);
    let again = world.api.post(SIMULATE, &port).await.ok();
    assert!(again.get("eventIds").is_none(), "the same carrier again is no news: {again}");
}

#[tokio::test]
async fn a_timeline_follows_the_sandbox_clock() {
    let world = World::start().await;
    let id = enrolled(&world, LORANT.number).await;
    let timeline = json!({ "identityId": id, "timeline": [
        { "afterDays": 90, "eventType": "PHONE_NUMBER_CHANGE" },
        { "afterDays": 30, "eventType": "PORT", "newCarrier": "Other Mobile" },
        { "afterDays": 91, "eventType": "SIM_SWAP" },
        { "afterSeconds": 0, "eventType": "SIM_SWAP" },
    ] });
    world.api.post(SIMULATE, &timeline).await.ok();
    assert_eq!(types(&pull(&world, "").await), ["SIM_SWAP"]);
    world.advance(100 * 24 * 60 * 60).await;
    let stop = CancellationToken::new();
    let worker = tokio::spawn(run_worker(Arc::clone(world.engine()), stop.clone()));
    let whole = || async {
        let page = pull(&world, "").await;
        (types(&page).len() == 3).then_some(page)
    };
    let page = eventually("the whole timeline", whole).await;
    stop.cancel();
    worker.await.unwrap();
    assert_eq!(types(&page), ["SIM_SWAP", "PORT", "PHONE_NUMBER_CHANGE"], "what ended the stream was last");
}

#[tokio::test]
async fn wrong_changes_are_explained() {
    let world = World::start().await;
    let id = enrolled(&world, LORANT.number).await;
    let kinds = "must be one of PHONE_NUMBER_CHANGE, DISCONNECT, PORT, LINE_TYPE_CHANGE, MOVED_OUT_OF_COVERAGE, SIM_SWAP";
    for (fields, message) in [
        (json!({}), "eventType: is required".to_owned()),
        (json!({ "eventType": "TEST" }), format!("eventType: {kinds}")),
        (json!({ "eventType": "LINE_TYPE_CHANGE" }), "newLineType: is required".to_owned()),
        (
            json!({ "eventType": "SIM_SWAP", "afterSeconds": -1 }),
            "afterSeconds: must be 0 to ten years".to_owned(),
        ),
        (
            json!({ "eventType": "SIM_SWAP", "afterDays": 3661 }),
            "afterDays: must be 0 to ten years".to_owned(),
        ),
        (json!({ "timeline": [] }), "timeline: must be 1 to 50 steps".to_owned()),
        (json!({ "timeline": [{}] }), "timeline: step 1: eventType: is required".to_owned()),
    ] {
        let mut request = fields;
        request["identityId"] = json!(id);
        refuses(&world.api, SIMULATE, &request, &message).await;
    }
    refuses(&world.api, SIMULATE, &json!({ "eventType": "PORT" }), "identityId: is required").await;
    let sim = json!({ "identityId": id, "eventType": "SIM_SWAP" });
    world.other_project(Environment::Sandbox).await.post(SIMULATE, &sim).await.refused(404, 8011);
    world.production().await.post(SIMULATE, &sim).await.refused(403, 8003);
    assert_eq!(types(&pull(&world, "").await), Vec::<&str>::new());
}

#[tokio::test]
async fn a_repeated_change_happens_once() {
    let world = World::start().await;
    let id = enrolled(&world, LORANT.number).await;
    let sim = json!({ "identityId": id, "eventType": "SIM_SWAP" });
    let send = async || {
        world.api.call(Method::POST, SIMULATE).header("idempotency-key", "k").json(&sim).send().await
    };
    assert_eq!(send().await.body, send().await.body);
    assert_eq!(pull(&world, "").await["events"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn whoever_pulls_goes_on_behind_the_cursor() {
    let world = World::start().await;
    let id = enrolled(&world, LORANT.number).await;
    let empty = pull(&world, "").await;
    assert_eq!((&empty["events"], &empty["more"]), (&json!([]), &json!(false)));
    for _ in 0..5 {
        world.api.post(SIMULATE, &json!({ "identityId": id, "eventType": "SIM_SWAP" })).await.ok();
    }
    let all = pull(&world, "").await;
    let mut pulled = Vec::new();
    let mut cursor = empty["cursor"].as_str().unwrap().to_owned();
    loop {
        let page = pull(&world, &format!("?limit=2&after={cursor}")).await;
        page["cursor"].as_str().unwrap().clone_into(&mut cursor);
        pulled.extend(page["events"].as_array().unwrap().clone());
        if page["more"] == false {
            break;
        }
    }
    assert_eq!(json!(pulled), all["events"]);
    assert_eq!(
        pull(&world, &format!("?after={cursor}")).await,
        json!({ "events": [], "cursor": cursor, "more": false })
    );
    // History stays, though nothing more of it is delivered.
    world.api.post(&format!("/v3/identity/{id}/deactivate"), &json!({})).await.ok();
    assert_eq!(pull(&world, "").await["events"], all["events"]);
    for (query, message) in [
        ("after=Zq7Marker", "after: must be the cursor of an earlier answer"),
        ("limit=101", "limit: must be 1 to 100"),
        ("waitSeconds=31", "waitSeconds: must be 0 to 30"),
    ] {
        assert_eq!(world.api.get(&format!("/v3/events?{query}")).await.refused(400, 8001), message);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_waits_is_told_at_once_and_only_of_their_own() {
    let world = World::start().await;
    let id = enrolled(&world, LANEY.number).await;
    let stranger = world.other_project(Environment::Sandbox).await;
    let theirs = tokio::spawn(async move { stranger.get("/v3/events?waitSeconds=2").await.ok() });
    let api = world.api.clone();
    let begun = std::time::Instant::now();
    let mine = tokio::spawn(async move { api.get("/v3/events?waitSeconds=30").await.ok() });
    world.api.post(SIMULATE, &json!({ "identityId": id, "eventType": "DISCONNECT" })).await.ok();
    assert_eq!(types(&mine.await.unwrap()), ["DISCONNECT"]);
    assert!(begun.elapsed().as_secs() < 25, "it was not the end of the wait");
    assert_eq!(types(&theirs.await.unwrap()), Vec::<&str>::new());
}
