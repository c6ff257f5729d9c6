//! The virtual handset's calls: only with the key of its address, and only its own project.

use http::Method;
use ringtrue_domain::flow::Environment;
use serde_json::{Value, json};

use crate::client::{Api, INGE, JESSE, LANEY, LORANT, World};

/// The handset of whoever holds this token.
async fn handset(api: &Api) -> Api {
    let answer = api.call(Method::POST, "/v3/sandbox/handset").send().await.ok();
    let url = answer["url"].as_str().unwrap();
    // In the fragment, which browsers send to nobody.
    let (page, key) = url.split_once("#key=").unwrap();
    assert!(page.ends_with("/handset/"));
    api.bearing(key)
}

async fn put(api: &Api, body: &Value) -> crate::client::Answer {
    api.call(Method::PUT, "/v1/handset/network").json(body).send().await
}

#[tokio::test]
async fn without_its_key_nothing_is_told() {
    let world = World::start().await;
    let device = world.begin(LORANT, "mobile").await.device().token().to_owned();
    let key = handset(&world.api).await.token().to_owned();
    let elsewhere = handset(&World::start().await.api).await.token().to_owned();
    for token in ["", "x", "..", &device, world.api.token(), &elsewhere, &key[..key.len() - 1]] {
        let api = world.api.bearing(token);
        for path in ["/v1/handset/messages", "/v1/handset/numbers", "/v1/handset/clock"] {
            api.get(path).await.refused(401, 8002);
        }
        put(&api, &json!({ "to": INGE.number, "enabled": false })).await.refused(401, 8002);
        api.post("/v1/handset/clock", &json!({ "advanceSeconds": 60 })).await.refused(401, 8002);
    }
    assert_eq!(world.api.get("/v3/sandbox/clock").await.ok()["advancedSeconds"], 0);
    // And the key opens nothing else.
    let api = world.api.bearing(&key);
    api.get("/v3/sandbox/messages").await.refused(401, 8002);
    api.post("/v1/client/status", &json!({})).await.refused(401, 8002);
}

#[tokio::test]
async fn it_shows_the_texts_of_its_project() {
    let world = World::start().await;
    let mine = handset(&world.api).await;
    let theirs = handset(&world.other_project(Environment::Sandbox).await).await;
    world.begin(LORANT, "mobile").await.device().send_code().await;
    let shown = mine.get("/v1/handset/messages?to=%2B12001004014").await.ok();
    assert_eq!(shown["messages"], json!(world.messages(LORANT.number).await));
    assert_eq!(mine.get("/v1/handset/messages?to=%2B12001004015").await.ok()["messages"], json!([]));
    assert_eq!(theirs.get("/v1/handset/messages").await.ok()["messages"], json!([]));
    mine.get("/v1/handset/messages?to=nonsense").await.refused(400, 8001);
    mine.get("/v1/handset/messages?to=1&to=2").await.refused(400, 8001);
}

#[tokio::test]
async fn it_knows_all_personas_and_switches_their_network() {
    let world = World::start().await;
    let mine = handset(&world.api).await;
    let switched = async |number: &str| {
        let numbers = mine.get("/v1/handset/numbers").await.ok();
        let list = numbers["numbers"].as_array().unwrap().clone();
        assert_eq!(list.len(), 11);
        list.into_iter().find(|entry| entry["phoneNumber"] == number).unwrap()["silentNetworkAuth"] == true
    };
    assert!(switched(INGE.number).await && switched(JESSE.number).await && !switched(LANEY.number).await);
    assert_eq!(put(&mine, &json!({ "to": "2001004016", "enabled": false })).await.ok()["to"], INGE.number);
    put(&mine, &json!({ "to": LANEY.number, "enabled": true })).await.ok();
    assert!(!switched(INGE.number).await && switched(LANEY.number).await);
    put(&mine, &json!({ "to": "+14155552671", "enabled": true })).await.refused(400, 8007);
    assert_eq!(
        put(&mine, &json!({ "to": "x", "enabled": true })).await.refused(400, 8001).split(':').next(),
        Some("to")
    );
    assert_eq!(put(&mine, &json!({ "enabled": true })).await.refused(400, 8001), "to: is required");
    assert_eq!(put(&mine, &json!({ "to": INGE.number })).await.refused(400, 8001), "enabled: is required");
    mine.call(Method::DELETE, "/v1/handset/network").send().await.refused(405, 8405);
}

#[tokio::test]
async fn it_moves_its_projects_clock() {
    let world = World::start().await;
    let mine = handset(&world.api).await;
    assert_eq!(
        mine.post("/v1/handset/clock", &json!({ "advanceSeconds": 90 })).await.ok()["advancedSeconds"],
        90
    );
    assert_eq!(mine.get("/v1/handset/clock").await.ok()["advancedSeconds"], 90);
    assert_eq!(world.api.get("/v3/sandbox/clock").await.ok()["advancedSeconds"], 90);
    mine.post("/v1/handset/clock", &json!({ "advanceSeconds": -1 })).await.refused(400, 8001);
    mine.post("/v1/handset/clock", &json!({})).await.refused(400, 8001);
    // A day on the project's clock is no day of the key, which is for people in front of a screen.
    mine.post("/v1/handset/clock", &json!({ "advanceSeconds": 172_800 })).await.ok();
    mine.get("/v1/handset/clock").await.ok();
}
