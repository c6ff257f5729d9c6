//! §0, §2: a token opens one flow until its session ends. Everything else is 401, before anything is read or done.

use http::Method;
use ringtrue_domain::flow::Environment;
use serde_json::json;

use super::calls;
use crate::client::{LORANT, World};

#[tokio::test]
async fn wrong_tokens_are_401_on_every_path() {
    let world = World::start().await;
    let session = world.begin(LORANT, "mobile").await;
    let good = session.device().token();
    let parts: Vec<&str> = good.split('.').collect();
    let elsewhere = World::start().await.begin(LORANT, "mobile").await.device().token().to_owned();
    // {"alg":"none"} and {"alg":"HS256"} without a key id
    let unsigned = format!("eyJhbGciOiJub25lIn0.{}.", parts[1]);
    let no_key = format!("eyJhbGciOiJIUzI1NiJ9.{}.{}", parts[1], parts[2]);
    let other_claims = world.begin(LORANT, "mobile").await.device().token().to_owned();
    let mixed = format!("{}.{}.{}", parts[0], other_claims.split('.').nth(1).unwrap(), parts[2]);
    let handset = world.api.post("/v3/sandbox/handset", &json!({})).await.ok();
    let handset = handset["url"].as_str().unwrap().split("#key=").nth(1).unwrap().to_owned();
    let before = world.version(&session.id).await;
    let cut = &good[..good.len() - 1];
    for token in
        ["", "x", "..", cut, &unsigned, &no_key, &mixed, &elsewhere, &handset, world.api.token(), &session.id]
    {
        for (step, body) in calls() {
            let path = format!("/v1/client/{step}");
            let call = world.api.anonymous().call(Method::POST, &path).json(&body);
            let answer = call.header("authorization", &format!("Bearer {token}")).send().await;
            answer.refused(401, 8002);
            assert_eq!(answer.header("access-control-allow-origin"), "*");
        }
    }
    world.api.anonymous().post("/v1/client/mobile/otp/start", &json!({})).await.refused(401, 8002);
    assert_eq!(world.version(&session.id).await, before);
}

#[tokio::test]
async fn a_token_ends_with_its_session_on_the_projects_clock() {
    let world = World::start().await;
    let session = world.begin(LORANT, "mobile").await;
    world.advance(15 * 60 - 10).await;
    assert_eq!(session.device().send_code().await, json!({ "next": "" }));
    world.advance(10).await;
    for (step, body) in calls() {
        session.device().call(step, &body).await.refused(401, 8002);
    }
}

#[tokio::test]
async fn another_projects_clock_does_not_matter() {
    let world = World::start().await;
    let session = world.begin(LORANT, "mobile").await;
    let stranger = world.other_project(Environment::Sandbox).await;
    stranger.post("/v3/sandbox/clock", &json!({ "advanceSeconds": 3600 })).await.ok();
    assert_eq!(session.device().send_code().await, json!({ "next": "" }));
}

#[tokio::test]
async fn a_token_is_for_one_flow() {
    let world = World::start().await;
    let (mine, other) = (world.begin(LORANT, "mobile").await, world.begin(LORANT, "mobile").await);
    mine.device().send_code().await;
    mine.device().enter("1234").await;
    assert_eq!(world.results(&mine.id).await[0], "true");
    assert_eq!(world.results(&other.id).await[0], "pending");
}

#[tokio::test]
async fn paths_and_methods_that_do_not_exist() {
    let world = World::start().await;
    let session = world.begin(LORANT, "mobile").await;
    for step in [
        "",
        "mobile",
        "mobile/otp",
        "mobile/otp/resend",
        "mobile/otp/start/",
        "mobile/sms/error",
        "x/y/error",
        "%ff/otp/error",
        "mobile/%ff/error",
    ] {
        session.device().call(step, &json!({})).await.refused(404, 8404);
    }
    for step in ["mobile/otp/start", "mobile/instantlink/start", "mobile/otp/error"] {
        let answer = world.api.call(Method::GET, &format!("/v1/client/{step}")).send().await;
        answer.refused(405, 8405);
    }
}

#[tokio::test]
async fn bodies_that_cannot_be_read() {
    let world = World::start().await;
    let session = world.begin(LORANT, "mobile").await;
    let before = world.version(&session.id).await;
    let call = |step: &str| {
        let api = world.api.bearing(session.device().token());
        api.call(Method::POST, &format!("/v1/client/{step}"))
    };
    for (step, body, message) in [
        ("mobile/otp/start", r#"{"mobileNumber": 1}"#, "mobileNumber: must be a string"),
        ("mobile/otp/finish", r#"{"otp": 1234}"#, "otp: must be a string"),
        ("mobile/otp/error", r#"{"code": "10002"}"#, "code: must be a whole number"),
        ("mobile/instantlink/start", r#"{"isMobile": "true"}"#, "isMobile: must be a boolean"),
        ("mobile/instant/finish", r#"{"vfp": []}"#, "vfp: must be a string"),
        ("mobile/otp/start", "[]", "body: must be a JSON object"),
        ("mobile/otp/start", "{", "body: is not valid JSON (line 1, column 1)"),
    ] {
        let answer = call(step).raw_json(body).send().await;
        assert_eq!(answer.refused(400, 8001), message);
        assert_eq!(answer.header("access-control-allow-origin"), "*");
    }
    let answer =
        call("mobile/otp/finish").raw_json(format!("{{\"otp\": \"{}\"}}", "1".repeat(4096))).send().await;
    answer.refused(413, 8001);
    assert_eq!(world.version(&session.id).await, before);
    // No body is an empty one, whatever its type is called.
    assert_eq!(call("mobile/otp/start").send().await.ok(), json!({ "next": "" }));
    assert_eq!(
        call("mobile/otp/start").header("content-type", "text/plain").body("{}").send().await.ok(),
        json!({ "next": "" })
    );
}
