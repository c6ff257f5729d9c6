//! §1: what holds for every endpoint.

use http::Method;
use serde_json::json;

use crate::client::{LORANT, World};

#[tokio::test]
async fn success_is_200_and_json() {
    let world = World::start().await;
    // The client checks status and content type of every answer; here are all endpoints once.
    let session = world.begin(LORANT, "mobile").await;
    world.status(&session.id).await;
    world.messages(LORANT.number).await;
    world.advance(0).await;
    world.api.get("/v3/sandbox/clock").await.ok();
    world.api.call(Method::POST, "/v3/sandbox/handset").send().await.ok();
}

#[tokio::test]
async fn null_counts_as_absent_and_unknown_fields_are_ignored() {
    let world = World::start().await;
    let mut request = LORANT.verify("mobile");
    let optional = [
        "finalTargetUrl",
        "smsMessage",
        "emailAddress",
        "clientCustomerId",
        "clientRequestId",
        "allowOTPRetry",
    ];
    for field in optional {
        request[field] = json!(null);
    }
    request["somethingElse"] = json!({ "deep": [null, { "possessionType": "desktop" }] });
    world.begin_with(&request).await;
    let answer = world.api.post("/v3/verify", &LORANT.verify_with("mobile", "firstName", json!(null))).await;
    assert_eq!(answer.refused(400, 8001), "firstName: is required");
}

#[tokio::test]
async fn unknown_paths_are_8404() {
    let world = World::start().await;
    for path in
        ["/v3", "/v3/", "/v3/verify/", "/v3/verify/x", "/v3//verify", "/V3/verify", "/v3/nothing", "/token/"]
    {
        for api in [world.api.clone(), world.api.anonymous()] {
            api.post(path, &json!({})).await.refused(404, 8404);
            api.get(path).await.refused(404, 8404);
        }
    }
}

#[tokio::test]
async fn wrong_methods_are_8405_and_the_right_ones_are_named() {
    let world = World::start().await;
    for (method, path, allow) in [
        (Method::GET, "/token", "POST"),
        (Method::GET, "/v3/verify", "POST"),
        (Method::PUT, "/v3/verify", "POST"),
        (Method::DELETE, "/v3/verify-status", "POST"),
        (Method::POST, "/v3/sandbox/messages", "GET,HEAD"),
        (Method::PATCH, "/v3/sandbox/clock", "GET,HEAD,POST"),
    ] {
        for api in [world.api.clone(), world.api.anonymous()] {
            let answer = api.call(method.clone(), path).raw_json("{}").send().await;
            answer.refused(405, 8405);
            let mut named: Vec<&str> = answer.header("allow").split(',').collect();
            named.sort_unstable();
            assert_eq!(named.join(","), allow, "{method} {path}");
        }
    }
}

#[tokio::test]
async fn a_sane_request_id_is_taken_over() {
    let world = World::start().await;
    let long = "x".repeat(64);
    for id in ["a", "7b2f0a9c-8c1d-4f9e-9c3b-0e4f8a1d2c3b", "trace.1_2-3", &long] {
        for path in ["/v3/sandbox/clock", "/v3/nothing", "/token", "/"] {
            let answer = world.api.call(Method::GET, path).header("x-request-id", id).send().await;
            assert_eq!(answer.header("x-request-id"), id, "{path}");
        }
    }
    let too_long = "x".repeat(65);
    for id in ["", " ", "a b", "a\tb", "<script>", "a;b", "a/b", &too_long] {
        let answer = world.api.call(Method::GET, "/v3/sandbox/clock").header("x-request-id", id).send().await;
        assert_ne!(answer.header("x-request-id"), id, "{id:?} is not sane");
    }
}

#[tokio::test]
async fn fresh_request_ids_differ() {
    let world = World::start().await;
    let mut ids = std::collections::HashSet::new();
    for _ in 0..50 {
        let answer = world.api.get("/v3/nothing").await;
        assert!(ids.insert(answer.header("x-request-id").to_owned()));
    }
}

#[tokio::test]
async fn answers_are_not_kept_anywhere() {
    let world = World::start().await;
    let good = world.api.get("/v3/sandbox/clock").await;
    let refused = world.api.anonymous().get("/v3/sandbox/clock").await;
    for answer in [good, refused] {
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
    }
}
