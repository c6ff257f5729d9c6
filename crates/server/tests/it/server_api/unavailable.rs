//! §1: 503 with 8503 and `Retry-After` when a dependency is down. Nothing was half-done.

use http::Method;
use serde_json::json;

use crate::client::{LORANT, World, form};

#[tokio::test]
async fn without_its_store_a_server_says_so_everywhere() {
    let world = World::start().await;
    let session = world.begin(LORANT, "mobile").await;
    let handset = world.api.post("/v3/sandbox/handset", &json!({})).await.ok();
    let key = handset["url"].as_str().unwrap().split("#key=").nth(1).unwrap().to_owned();
    let (id, secret) = world.credentials();
    let token = form(&[("grant_type", "client_credentials"), ("client_id", id), ("client_secret", secret)]);
    world.engine().store().close().await;
    let oauth = world.api.anonymous().call(Method::POST, "/token").form(token).send().await;
    assert_eq!(oauth.value()["error"], "temporarily_unavailable");
    let answers = [
        oauth,
        world.api.post("/v3/verify", &LORANT.verify("none")).await,
        world.api.post("/v3/verify-status", &json!({ "correlationId": session.id })).await,
        world.api.get("/v3/sandbox/messages").await,
        session.device().call("mobile/otp/start", &json!({})).await,
        session.device().call("status", &json!({})).await,
        world.api.bearing(&key).get("/v1/handset/messages").await,
        world.open("/l/AAAAAAAAAAAAAAAAAAAAAA", "").await,
    ];
    for answer in answers {
        answer.refused(503, 8503);
        assert!((1..=60).contains(&answer.header("retry-after").parse::<u32>().unwrap()));
    }
    // It lives, and is not ready.
    assert_eq!(world.open("/livez", "").await.status, 200);
    assert_eq!(world.open("/readyz", "").await.status, 503);
}
