//! §1: `Idempotency-Key`. The same key and body within 24 hours get the first answer.

use http::Method;
use serde_json::{Value, json};

use crate::client::{Answer, Api, LANEY, LORANT, World};

async fn with_key(api: &Api, path: &str, key: &str, body: &Value) -> Answer {
    api.call(Method::POST, path).header("idempotency-key", key).json(body).send().await
}

#[tokio::test]
async fn the_same_request_gets_the_same_bytes() {
    let world = World::start().await;
    for possession in ["desktop", "mobile", "none"] {
        let request = LORANT.verify(possession);
        let first = with_key(&world.api, "/v3/verify", possession, &request).await;
        first.ok();
        for _ in 0..3 {
            let again = with_key(&world.api, "/v3/verify", possession, &request).await;
            assert_eq!((again.status, &again.body), (first.status, &first.body));
        }
    }
    let plain = world.api.post("/v3/verify", &LORANT.verify("none")).await.ok();
    let keyed = with_key(&world.api, "/v3/verify", "none", &LORANT.verify("none")).await.ok();
    assert_ne!(plain["correlationId"], keyed["correlationId"], "without a key it is another flow");
}

#[tokio::test]
async fn another_request_under_the_same_key_is_refused() {
    let world = World::start().await;
    let session =
        world.session(&with_key(&world.api, "/v3/verify", "k", &LORANT.verify("mobile")).await.ok());
    let another = "Idempotency-Key: was used with another request";
    let status = json!({ "correlationId": session.id });
    for (path, body) in [
        ("/v3/verify", LANEY.verify("mobile")),
        ("/v3/verify", LORANT.verify("none")),
        ("/v3/verify-status", LORANT.verify("mobile")),
        ("/v3/verify-status", status),
        ("/v3/sandbox/clock", json!({ "advanceSeconds": 60 })),
    ] {
        let answer = with_key(&world.api, path, "k", &body).await;
        if path == "/v3/verify-status" && body.get("correlationId").is_none() {
            // What cannot be read is refused for that.
            answer.refused(400, 8001);
        } else {
            assert_eq!(answer.refused(400, 8001), another, "{path} {body}");
        }
    }
    assert_eq!(world.api.get("/v3/sandbox/clock").await.ok()["advancedSeconds"], 0);
}

#[tokio::test]
async fn a_repeated_question_gets_the_old_answer_and_a_new_one_the_new() {
    let world = World::start().await;
    let session = world.begin(LORANT, "mobile").await;
    let ask = json!({ "correlationId": session.id });
    let first = with_key(&world.api, "/v3/verify-status", "early", &ask).await;
    session.device().send_code().await;
    session.device().enter("1234").await;
    let again = with_key(&world.api, "/v3/verify-status", "early", &ask).await;
    assert_eq!(again.body, first.body);
    assert_eq!(with_key(&world.api, "/v3/verify-status", "late", &ask).await.ok()["success"], "true");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_twins_begin_one_flow() {
    let world = World::start().await;
    for possession in ["mobile", "none"] {
        let twins = (0..40).map(|_| {
            let (api, request) = (world.api.clone(), LORANT.verify(possession));
            tokio::spawn(async move { with_key(&api, "/v3/verify", possession, &request).await })
        });
        let mut bodies = std::collections::HashSet::new();
        for twin in twins.collect::<Vec<_>>() {
            let answer = twin.await.unwrap();
            answer.ok();
            bodies.insert(answer.body);
        }
        assert_eq!(bodies.len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_twins_move_the_clock_once() {
    let world = World::start().await;
    let twins = (0..40).map(|_| {
        let api = world.api.clone();
        let hour = json!({ "advanceSeconds": 3600 });
        tokio::spawn(async move { with_key(&api, "/v3/sandbox/clock", "hour", &hour).await.ok() })
    });
    for twin in twins.collect::<Vec<_>>() {
        assert_eq!(twin.await.unwrap()["advancedSeconds"], 3600);
    }
    assert_eq!(world.api.get("/v3/sandbox/clock").await.ok()["advancedSeconds"], 3600);
}

#[tokio::test]
async fn keys_outlive_the_server() {
    let world = World::start().await;
    let request = LORANT.verify("mobile");
    let first = with_key(&world.api, "/v3/verify", "k", &request).await;
    let restarted = world.again().await;
    drop(world);
    // The authToken names the origin, and with it the port, which is another one each time here.
    let without_token = |answer: &Answer| {
        let mut body = answer.ok();
        body.as_object_mut().unwrap().remove("authToken");
        body
    };
    let again = with_key(&restarted.api, "/v3/verify", "k", &request).await;
    assert_eq!(without_token(&again), without_token(&first));
    assert_eq!(again.body, first.body, "it is the stored answer, not one made again");
    with_key(&restarted.api, "/v3/verify", "k", &LANEY.verify("mobile")).await.refused(400, 8001);
}

#[tokio::test]
async fn a_handset_link_is_given_once_per_key() {
    let world = World::start().await;
    let first = with_key(&world.api, "/v3/sandbox/handset", "h", &json!({})).await;
    let again = with_key(&world.api, "/v3/sandbox/handset", "h", &json!({})).await;
    assert_eq!(first.ok(), again.ok());
}

#[tokio::test]
async fn keys_have_1_to_255_printable_characters() {
    let world = World::start().await;
    let longest = "k".repeat(255);
    for key in ["k", "7b2f0a9c-8c1d-4f9e-9c3b-0e4f8a1d2c3b", "with space", &longest] {
        with_key(&world.api, "/v3/verify", key, &LORANT.verify("none")).await.ok();
    }
    let too_long = "k".repeat(256);
    let rule = "Idempotency-Key: must be 1 to 255 printable ASCII characters";
    for key in ["", &too_long, "k\tk", "schlüssel"] {
        for path in ["/v3/verify", "/v3/verify-status", "/v3/sandbox/clock", "/v3/sandbox/handset"] {
            let answer = with_key(&world.api, path, key, &LORANT.verify("none")).await;
            assert_eq!(answer.refused(400, 8001), rule, "{key:?}");
        }
    }
}

/// Every `POST` of the server API takes a key, and says so.
#[test]
fn the_header_is_documented_wherever_it_is_honoured() {
    let document: Value = serde_json::from_str(&ringtrue::testing::openapi()).unwrap();
    let paths = document["paths"].as_object().unwrap();
    let posts = paths.iter().filter(|(path, _)| path.starts_with("/v3/")).filter_map(|(path, methods)| {
        let parameters = methods.get("post")?["parameters"].as_array().cloned().unwrap_or_default();
        Some((path, parameters))
    });
    let mut seen = 0;
    for (path, parameters) in posts {
        let has = parameters.iter().any(|one| one["name"] == "Idempotency-Key" && one["in"] == "header");
        assert!(has, "{path}");
        seen += 1;
    }
    assert!(seen >= 10, "{seen}");
}
