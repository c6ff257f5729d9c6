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
    // Events are kept for 30 days of real time.
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
        (json!({ "eventType": 7 }), "eventType: must be a string".to_owned()),
        (
            json!({ "eventType": "SIM_SWAP", "afterDays": "x" }),
            "afterDays: must be a whole number".to_owned(),
        ),
        (json!({ "eventType": "PORT", "newCarrier": ["x"] }), "newCarrier: must be a string".to_owned()),
        (
            json!({ "timeline": [{ "afterSeconds": true }] }),
            "timeline[0].afterSeconds: must be a whole number".to_owned(),
        ),
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
    for (query, message) in [
        ("after=Zq7Marker", "after: must be the cursor of an earlier answer, or latest"),
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

#[tokio::test]
async fn whoever_begins_with_the_latest_gets_only_what_comes() {
    let world = World::start().await;
    let nothing = pull(&world, "?after=latest").await;
    assert_eq!((&nothing["events"], &nothing["more"]), (&json!([]), &json!(false)));
    let id = enrolled(&world, LORANT.number).await;
    let port = async |carrier: &str| {
        let port = json!({ "identityId": id, "eventType": "PORT", "newCarrier": carrier });
        world.api.post(SIMULATE, &port).await.ok();
    };
    port("One").await;
    assert_eq!(types(&pull(&world, &format!("?after={}", text(&nothing))).await), ["PORT"]);
    // At once, however long the caller would wait.
    let latest = pull(&world, "?after=latest&waitSeconds=30").await;
    assert_eq!((&latest["events"], &latest["more"]), (&json!([]), &json!(false)));
    port("Two").await;
    let next = pull(&world, &format!("?after={}", text(&latest))).await;
    assert_eq!(next["events"].as_array().unwrap().len(), 1);
    assert_eq!(next["events"][0]["newCarrier"], "Two");
}

#[tokio::test]
async fn a_cursor_of_another_stream_or_of_the_future_is_refused() {
    let world = World::start().await;
    let id = enrolled(&world, LORANT.number).await;
    world.api.post(SIMULATE, &json!({ "identityId": id, "eventType": "SIM_SWAP" })).await.ok();
    let ahead = text(&pull(&world, "").await);
    let stranger = world.other_project(Environment::Sandbox).await;
    let refused = stranger.get(&format!("/v3/events?after={ahead}")).await.refused(400, 8001);
    assert_eq!(refused, "after: must be the cursor of an earlier answer, or latest");
    assert_eq!(types(&pull(&world, &format!("?after={ahead}")).await), Vec::<&str>::new());
}

#[tokio::test]
async fn nothing_is_shown_of_who_was_deactivated_and_the_cursor_goes_on() {
    let world = World::start().await;
    let (quiet, other) = (enrolled(&world, LORANT.number).await, enrolled(&world, LANEY.number).await);
    let sim = async |id: &str| {
        world.api.post(SIMULATE, &json!({ "identityId": id, "eventType": "SIM_SWAP" })).await.ok();
    };
    for _ in 0..5 {
        sim(&quiet).await;
    }
    sim(&other).await;
    for _ in 0..3 {
        sim(&quiet).await;
    }
    world.api.post(&format!("/v3/identity/{quiet}/deactivate"), &json!({})).await.ok();
    let first = pull(&world, "?limit=2").await;
    let told: Vec<_> = first["events"].as_array().unwrap().iter().map(|one| &one["identityId"]).collect();
    assert_eq!(told, [&json!(other)], "an empty page would mean that there is nothing");
    let rest = pull(&world, &format!("?limit=2&after={}", text(&first))).await;
    assert_eq!((&rest["events"], &rest["more"]), (&json!([]), &json!(false)));
    assert_eq!(rest["cursor"], pull(&world, "?after=latest").await["cursor"]);
    world.api.post(&format!("/v3/identity/{quiet}/activate"), &json!({})).await.ok();
    sim(&quiet).await;
    let new = pull(&world, &format!("?after={}", text(&rest))).await;
    assert_eq!(types(&new), ["SIM_SWAP"], "it goes on with new events only");
    assert_eq!(pull(&world, "").await["events"].as_array().unwrap().len(), 2);
}

fn text(page: &Value) -> String {
    page["cursor"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn parameters_without_a_value_count_as_missing() {
    let world = World::start().await;
    let id = enrolled(&world, LORANT.number).await;
    world.api.post(SIMULATE, &json!({ "identityId": id, "eventType": "SIM_SWAP" })).await.ok();
    assert_eq!(pull(&world, "?after=&limit=&waitSeconds=").await, pull(&world, "").await);
    for path in ["/v3/identity", "/v3/sandbox/messages"] {
        let query = "?limit=&startKey=&showInactive=";
        assert_eq!(world.api.get(&format!("{path}{query}")).await.ok(), world.api.get(path).await.ok());
    }
}

#[tokio::test]
async fn who_posts_in_the_servers_place_learns_what_to_say() {
    let world = World::start().await;
    let project = world.engine().caller(world.api.token()).await.unwrap().project.id.to_string();
    let said = world.api.get("/v3/sandbox/webhook").await.ok();
    assert_eq!(said, json!({ "projectId": project, "issuer": "Prove Identity" }));
    world.production().await.get("/v3/sandbox/webhook").await.refused(403, 8003);
}
