//! Which pages may call: a project names their origins, and the browser says where a call comes from.

use http::Method;
use ringtrue_engine::{By, model::ProjectSettings};
use serde_json::{Value, json};

use super::calls;
use crate::client::{Answer, INGE, LORANT, Session, World};

const SHOP: &str = "https://shop.example";
const RULE: &str = "Origin: must be one of those that the project allows";

async fn named(world: &World, origins: &[&str]) {
    let project = world.engine().caller(world.api.token()).await.unwrap().project.id;
    let origins: Vec<_> = origins.iter().map(|one| (*one).to_owned()).collect();
    world.engine().set_origins(By::Operator, project, &origins).await.unwrap();
}

/// A call of a page whose browser says that it is at `origins`, each in a header of its own.
async fn from(world: &World, session: &Session, origins: &[&str], step: &str, body: &Value) -> Answer {
    let api = world.api.bearing(session.device().token());
    let call = api.call(Method::POST, &format!("/v1/client/{step}")).json(body);
    origins.iter().fold(call, |call, origin| call.another_header("origin", origin)).send().await
}

/// A socket, as far as it is let in without a connection to be upgraded.
async fn socket(world: &World, session: &Session, origin: &str) -> Answer {
    let path = format!("/v1/client/status?token={}", session.device().token());
    world.api.anonymous().call(Method::GET, &path).header("origin", origin).send().await
}

#[tokio::test]
async fn any_page_may_call_until_origins_are_named() {
    let world = World::start().await;
    let session = world.begin(LORANT, "mobile").await;
    for origin in [SHOP, "https://evil.example", "null"] {
        from(&world, &session, &[origin], "mobile/otp/start", &json!({})).await.ok();
    }
    // Those who began before go on as they began.
    named(&world, &[SHOP]).await;
    from(&world, &session, &["https://evil.example"], "mobile/otp/start", &json!({})).await.ok();
}

#[tokio::test]
async fn another_page_is_refused_at_every_step_before_anything_happens() {
    let world = World::start().await;
    named(&world, &["https://other.example", "https://Shop.Example:443/"]).await;
    for possession in ["mobile", "desktop"] {
        let session = world.begin(LORANT, possession).await;
        let before = world.version(&session.id).await;
        for (step, body) in calls() {
            let answer = from(&world, &session, &["https://evil.example"], step, &body).await;
            assert_eq!(answer.refused(403, 8003), RULE, "{step}");
            assert_eq!(answer.header("access-control-allow-origin"), "*", "{step}");
        }
        let empty = json!({ "otp": "" });
        from(&world, &session, &["null"], "mobile/otp/finish", &empty).await.refused(403, 8003);
        let answer = socket(&world, &session, "https://evil.example").await;
        assert_eq!(answer.refused(403, 8003), RULE);
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        assert_eq!(world.version(&session.id).await, before);
        // Let in, it only lacks the handshake.
        socket(&world, &session, SHOP).await.refused(400, 8001);
    }
    assert!(world.messages(LORANT.number).await.is_empty());
}

#[tokio::test]
async fn only_what_a_browser_at_the_very_page_sends_is_taken() {
    let world = World::start().await;
    named(&world, &[SHOP, "https://bücher.example", "http://[::1]:3000", "http://10.0.0.7:3000"]).await;
    let session = world.begin(LORANT, "mobile").await;
    let poll = async |origins: &[&str]| from(&world, &session, origins, "status", &json!({})).await;
    for good in [SHOP, "https://xn--bcher-kva.example", "http://[::1]:3000", "http://10.0.0.7:3000"] {
        poll(&[good]).await.ok();
    }
    // No browser: an app, or a back end.
    poll(&[]).await.ok();
    for odd in [
        "",
        "null",
        "https://Shop.example",
        "HTTPS://shop.example",
        "https://shop.example/",
        "https://shop.example.",
        "https://shop.example:443",
        "https://shop.example:8443",
        "https://shop.example@evil.example",
        "https://evil@shop.example",
        "https://shop.example.evil.example",
        "https://www.shop.example",
        "https://shop.example https://evil.example",
        "https://evil.example, https://shop.example",
        "https://bücher.example",
        "http://shop.example",
        "http://[::1]",
        "http://[0:0:0:0:0:0:0:1]:3000",
        "http://localhost:3000",
    ] {
        poll(&[odd]).await.refused(403, 8003);
    }
    for two in [[SHOP, SHOP], [SHOP, "https://evil.example"], ["https://evil.example", SHOP]] {
        poll(&two).await.refused(403, 8003);
    }
}

#[tokio::test]
async fn a_token_that_is_over_is_no_longer_asked_about() {
    let world = World::start().await;
    named(&world, &[SHOP]).await;
    let session = world.begin(LORANT, "mobile").await;
    world.advance(15 * 60).await;
    from(&world, &session, &["https://evil.example"], "status", &json!({})).await.refused(401, 8002);
}

#[tokio::test]
async fn silent_network_authentication_goes_on_where_browsers_do_not_say_who_asks() {
    let world = World::start().await;
    named(&world, &[SHOP]).await;
    let session = world.begin(INGE, "mobile").await;
    let body = json!({ "cellularIp": null, "implementation": "fetch" });
    from(&world, &session, &["null"], "mobile/instant/start", &body).await.refused(403, 8003);
    let begun = from(&world, &session, &[SHOP], "mobile/instant/start", &body).await.ok();
    let url = begun["data"]["redirectUrl"].as_str().unwrap();
    let path = format!("{}&r=f", &url[url.find("/v1/sandbox/network?").unwrap()..]);
    // After a redirect to another origin.
    let hop = world.api.anonymous().call(Method::GET, &path).header("origin", "null").send().await;
    assert_eq!(hop.header("access-control-allow-origin"), "*");
    let vfp = json!({ "vfp": hop.ok()["vfp"] });
    from(&world, &session, &["https://evil.example"], "mobile/instant/finish", &vfp).await.refused(403, 8003);
    let done = from(&world, &session, &[SHOP], "mobile/instant/finish", &vfp).await.ok();
    assert_eq!(done, json!({ "next": "done" }));
}

#[tokio::test]
async fn pages_of_the_link_are_of_this_server_and_ask_nobody() {
    let world = World::start().await;
    named(&world, &[SHOP]).await;
    let session = world.begin(LORANT, "desktop").await;
    let start = json!({ "sourceIp": null, "isMobile": false });
    from(&world, &session, &[SHOP], "mobile/instantlink/start", &start).await.ok();
    let link = world.link(LORANT).await;
    let pressed = world.api.anonymous().call(Method::POST, &link).header("origin", "null").send().await;
    assert_eq!(pressed.status, 303);
    assert_eq!(world.results(&session.id).await[0], "true");
}

#[tokio::test]
async fn a_page_over_http_counts_in_sandbox_only() {
    let world = World::start().await;
    let origins = ["http://10.0.0.7:3000", "http://localhost:3000"];
    named(&world, &origins).await;
    let production = world.production().await;
    let answer = production
        .post("/v3/verify", &LORANT.verify_with("mobile", "phoneNumber", json!("+14155552671")))
        .await;
    let token = answer.ok()["authToken"].as_str().unwrap().to_owned();
    let poll = async |origin: &str| {
        let call = world.api.bearing(&token).call(Method::POST, "/v1/client/status").json(&json!({}));
        call.header("origin", origin).send().await.status
    };
    assert_eq!((poll(origins[0]).await.as_u16(), poll(origins[1]).await.as_u16()), (403, 200));
}

#[test]
fn a_project_without_origins_is_stored_as_before() {
    let plain = serde_json::to_value(ProjectSettings::default()).unwrap();
    assert_eq!(plain.get("origins"), None);
}
