//! §7: silent network authentication, with the code to fall back on. What comes back through the browser proves
//! nothing by itself.

use http::Method;
use serde_json::{Value, json};

use crate::client::{INGE, JESSE, LORANT, Persona, Session, World};

const DONE: &str = r#"{"next":"done"}"#;

fn use_code() -> Value {
    let message = "the network could not confirm the number, use a code";
    json!({ "next": "mobile/otp", "error": { "code": 10001, "message": message } })
}

/// Begins a check; its path on this server and the handle in it.
async fn begun(world: &World, persona: Persona) -> (Session, String, String) {
    let session = world.begin(persona, "mobile").await;
    let body = json!({ "cellularIp": null, "implementation": "fetch" });
    let answer = session.device().step("mobile/instant/start", body).await;
    assert_eq!(answer["next"], "mobile/instant");
    let url = answer["data"]["redirectUrl"].as_str().unwrap().to_owned();
    let path = url[url.find("/v1/sandbox/network?").unwrap()..].to_owned();
    let handle = url.split("testVfp=").nth(1).unwrap().to_owned();
    (session, path, handle)
}

async fn finish(session: &Session, vfp: &str) -> Value {
    session.device().step("mobile/instant/finish", json!({ "vfp": vfp })).await
}

#[tokio::test]
async fn by_fetch() {
    let world = World::start().await;
    let (session, path, _) = begun(&world, INGE).await;
    let call = world.api.anonymous().call(Method::GET, &format!("{path}&r=f&sdkVersion=3.2.5"));
    let fetched = call.header("origin", "null").send().await;
    assert_eq!(fetched.header("access-control-allow-origin"), "*");
    assert_eq!(fetched.header("content-type"), "application/json");
    let vfp = fetched.ok()["vfp"].as_str().unwrap().to_owned();
    assert_eq!(finish(&session, &vfp).await.to_string(), DONE);
    assert_eq!(world.results(&session.id).await, ["true", "success", "success"]);
    assert!(world.messages(INGE.number).await.is_empty(), "silent means without a message");
}

#[tokio::test]
async fn by_pixel() {
    let world = World::start().await;
    let (session, path, _) = begun(&world, INGE).await;
    let image = world.api.anonymous().get(&format!("{path}&sdkVersion=3.2.5")).await;
    assert_eq!((image.status.as_u16(), image.header("content-type")), (200, "image/svg+xml"));
    assert_eq!(image.header("cross-origin-resource-policy"), "cross-origin");
    assert_eq!(finish(&session, "").await.to_string(), DONE);
    assert_eq!(world.results(&session.id).await[0], "true");
}

#[tokio::test]
async fn a_pixel_that_was_not_fetched_proves_nothing() {
    let world = World::start().await;
    let (session, _, _) = begun(&world, INGE).await;
    for body in [json!({ "vfp": "" }), json!({})] {
        assert_eq!(session.device().step("mobile/instant/finish", body).await, use_code());
    }
    assert_eq!(world.results(&session.id).await[0], "pending");
}

#[tokio::test]
async fn made_up_and_foreign_proofs_are_refused() {
    let world = World::start().await;
    let (_, _, foreign) = begun(&world, INGE).await;
    for vfp in ["true", "vfp___eyJhIjoxfQ..", "x", &foreign] {
        let (session, path, handle) = begun(&world, INGE).await;
        // The address was visited, so only the proof is wrong.
        world.api.anonymous().get(&format!("{path}&r=f")).await.ok();
        assert_eq!(finish(&session, vfp).await, use_code(), "{vfp}");
        // And once it fell back, the right one comes too late.
        assert_eq!(finish(&session, &handle).await, use_code());
        assert_eq!(world.results(&session.id).await[0], "pending");
        session.device().send_code().await;
        assert_eq!(session.device().enter("1234").await.to_string(), DONE);
    }
}

#[tokio::test]
async fn only_the_newest_check_counts() {
    let world = World::start().await;
    let (session, path, old) = begun(&world, INGE).await;
    world.api.anonymous().get(&format!("{path}&r=f")).await.ok();
    session.device().step("mobile/instant/start", json!({})).await;
    world.api.anonymous().get(&format!("{path}&r=f")).await.refused(404, 8404);
    assert_eq!(finish(&session, &old).await, use_code());
}

#[tokio::test]
async fn an_operator_that_says_no_leads_to_the_code() {
    let world = World::start().await;
    let (session, path, handle) = begun(&world, JESSE).await;
    world.api.anonymous().get(&format!("{path}&r=f")).await.ok();
    assert_eq!(finish(&session, &handle).await, use_code());
    assert_eq!(session.device().send_code().await, json!({ "next": "" }));
    assert_eq!(session.device().enter(&world.code(JESSE).await).await.to_string(), DONE);
    assert_eq!(world.results(&session.id).await, ["true", "success", "success"]);
}

#[tokio::test]
async fn a_device_that_cannot_ask_leads_to_the_code() {
    let world = World::start().await;
    let (session, _, handle) = begun(&world, INGE).await;
    let report = json!({ "code": 10002, "message": "step 64, error 3" });
    let answer = session.device().step("mobile/instant/error", report).await;
    assert_eq!(answer, json!({ "next": "mobile/otp" }));
    assert_eq!(finish(&session, &handle).await, use_code());
    assert_eq!(
        session.device().step("mobile/instant/start", json!({})).await,
        use_code(),
        "it is not tried again"
    );
    session.device().send_code().await;
    assert_eq!(session.device().enter("1234").await.to_string(), DONE);
}

#[tokio::test]
async fn numbers_without_it_are_led_to_the_code() {
    let world = World::start().await;
    for possession in ["mobile", "desktop"] {
        let session = world.begin(LORANT, possession).await;
        assert_eq!(session.device().step("mobile/instant/start", json!({})).await, use_code());
        assert_eq!(finish(&session, "x").await, use_code());
        assert_eq!(world.results(&session.id).await[0], "pending");
    }
}

#[tokio::test]
async fn the_handsets_switch_decides() {
    let world = World::start().await;
    let handset = world.api.post("/v3/sandbox/handset", &json!({})).await.ok();
    let key = handset["url"].as_str().unwrap().split("#key=").nth(1).unwrap().to_owned();
    let switch = async |persona: Persona, enabled: bool| {
        let body = json!({ "to": persona.number, "enabled": enabled });
        world.api.bearing(&key).call(Method::PUT, "/v1/handset/network").json(&body).send().await.ok()
    };
    switch(INGE, false).await;
    let (session, _, handle) = begun(&world, INGE).await;
    assert_eq!(finish(&session, &handle).await, use_code());
    for persona in [INGE, LORANT] {
        switch(persona, true).await;
        let (session, _, handle) = begun(&world, persona).await;
        assert_eq!(finish(&session, &handle).await.to_string(), DONE);
    }
    switch(JESSE, true).await;
    let (session, _, handle) = begun(&world, JESSE).await;
    assert_eq!(finish(&session, &handle).await, use_code(), "this persona's operator always says no");
}

#[tokio::test]
async fn handles_that_nobody_gave_out() {
    let world = World::start().await;
    for query in ["", "?handle=", "?handle=x", "?handle=AAAAAAAAAAAAAAAAAAAAAA&r=f"] {
        world.api.anonymous().get(&format!("/v1/sandbox/network{query}")).await.refused(404, 8404);
    }
    world.api.anonymous().get("/v1/sandbox/network?handle=a&handle=b").await.refused(400, 8001);
    // A link's token is no handle, and a handle no link.
    let session = world.begin(LORANT, "desktop").await;
    session.device().send_link().await;
    let token = world.link(LORANT).await.trim_start_matches("/l/").to_owned();
    world.api.anonymous().get(&format!("/v1/sandbox/network?handle={token}")).await.refused(404, 8404);
    let (session, _, handle) = begun(&world, INGE).await;
    assert_eq!(world.press(&format!("/l/{handle}"), "").await.status, 410);
    assert_eq!(world.results(&session.id).await[0], "pending");
}
