//! Webhooks, identities, verifications and the sandbox by automation.

use http::Method;
use ringtrue_domain::member::Role;
use serde_json::{Value, json};

use super::{automation, project};
use crate::client::{LORANT, World};

#[tokio::test]
async fn a_webhook_is_put_tested_rotated_and_paused() {
    let world = World::start().await;
    let sandbox = format!("{}/sandbox", project(&world).await);
    let api = automation(&world, Role::Developer).await;
    let path = format!("{sandbox}/webhook");
    // Nobody listens there.
    let url = json!({ "url": "http://127.0.0.1:9/events?token=secret" });
    let first = api.call(Method::PUT, &path).header("if-none-match", "*").json(&url).send().await;
    assert_eq!((first.status.as_u16(), first.header("etag")), (201, "\"1\""));
    let again = api.call(Method::PUT, &path).json(&url).send().await;
    assert_eq!((again.status.as_u16(), again.header("etag")), (200, "\"1\""));
    let moved = json!({ "url": "http://127.0.0.1:9/other" });
    let stale = api.call(Method::PUT, &path).header("if-match", "\"7\"").json(&moved).send().await;
    assert_eq!(stale.status, 412);
    let seen = automation(&world, Role::ReadOnly).await.get(&path).await.ok();
    assert_eq!(seen["url"], "http://127.0.0.1:9", "paths hold tokens");
    let test = api.call(Method::POST, &format!("{path}/test")).send().await.ok();
    assert_eq!(test["delivered"], false);
    let deliveries = api.get(&format!("{sandbox}/deliveries?state=failed")).await.ok();
    assert_eq!(deliveries["deliveries"][0]["deliveryId"], test["deliveryId"]);
    let id = test["deliveryId"].as_str().unwrap();
    let one = api.get(&format!("{sandbox}/deliveries/{id}")).await.ok();
    assert_eq!((&one["delivery"]["kind"], &one["attempts"][0]["number"]), (&json!("test"), &json!(1)));
    let secrets = async |method, path: &str, body: Value| {
        let answer = api.call(method, path).json(&body).send().await.ok();
        answer["secrets"].as_array().unwrap().len()
    };
    let of = format!("{path}/secrets");
    assert_eq!(secrets(Method::GET, &of, json!({})).await, 1);
    assert_eq!(secrets(Method::POST, &of, json!({ "overlapHours": 1 })).await, 2);
    assert_eq!(api.call(Method::POST, &of).send().await.value()["field"], "secret");
    assert_eq!(secrets(Method::POST, &format!("{of}/finish"), json!({})).await, 1);
    for _ in 0..2 {
        let paused = api.call(Method::POST, &format!("{path}/pause")).send().await.ok();
        assert_eq!(paused["pauseReason"], "asked");
    }
    let resumed = api.call(Method::POST, &format!("{path}/resume")).send().await.ok();
    assert_eq!(resumed.get("pausedAt"), None);
    let replay = |body| api.call(Method::POST, &format!("{sandbox}/deliveries/replay")).json(&body).send();
    assert_eq!(replay(json!({ "failed": true })).await.ok()["opened"], 0);
    assert_eq!(replay(json!({})).await.status, 400);
    assert_eq!(replay(json!({ "failed": true, "deliveryId": id })).await.status, 400);
    assert_eq!(api.call(Method::DELETE, &path).send().await.status, 204);
    assert_eq!(api.get(&path).await.status, 404);
}

#[tokio::test]
async fn identities_are_found_switched_and_let_go() {
    let world = World::start().await;
    let sandbox = format!("{}/sandbox", project(&world).await);
    let (analyst, developer) =
        (automation(&world, Role::Analyst).await, automation(&world, Role::Developer).await);
    let body = json!({ "phoneNumber": LORANT.number, "clientCustomerId": "zoe" });
    let id = world.api.post("/v3/identity", &body).await.ok()["identityId"].as_str().unwrap().to_owned();
    let wanted = json!({ "phoneNumber": LORANT.number });
    let found = analyst.post(&format!("{sandbox}/identities/search"), &wanted).await.ok();
    assert_eq!(found["identities"][0]["identityId"], id.as_str());
    assert_eq!(
        analyst.get(&format!("{sandbox}/identities?limit=1")).await.ok()["identities"][0]["active"],
        true
    );
    let one = format!("{sandbox}/identities/{id}");
    // Something becomes of the number, once for a key.
    let change = json!({ "eventType": "PORT", "newCarrier": "Other" });
    let mut answers = Vec::new();
    for _ in 0..2 {
        let call = developer.call(Method::POST, &format!("{one}/changes")).header("idempotency-key", "k");
        answers.push(call.json(&change).send().await.ok());
    }
    assert_eq!(answers[0], answers[1]);
    for list in [format!("{one}/events"), format!("{sandbox}/events")] {
        let events = analyst.get(&list).await.ok()["events"].as_array().unwrap().clone();
        assert_eq!(events.len(), 1, "{list}");
        assert_eq!(events[0]["eventType"], "PORT");
    }
    for _ in 0..2 {
        let off = analyst.call(Method::POST, &format!("{one}/deactivate")).send().await.ok();
        assert_eq!(off["active"], false);
    }
    assert_eq!(analyst.call(Method::POST, &format!("{one}/activate")).send().await.ok()["active"], true);
    assert_eq!(analyst.call(Method::DELETE, &one).send().await.status, 204);
    assert_eq!(analyst.get(&one).await.status, 404);
    assert_eq!(analyst.call(Method::DELETE, &one).send().await.status, 404);
}

#[tokio::test]
async fn a_verification_is_found_told_and_unmasked() {
    let world = World::start().await;
    let sandbox = format!("{}/sandbox", project(&world).await);
    let analyst = automation(&world, Role::Analyst).await;
    let session = world.begin(LORANT, "desktop").await;
    session.device().send_link().await;
    let search = json!({ "phoneNumber": LORANT.number, "standings": ["open"], "possessionType": "desktop" });
    let page = analyst.post(&format!("{sandbox}/verifications/search"), &search).await.ok();
    let [found] = page["verifications"].as_array().unwrap().as_slice() else { panic!("one: {page}") };
    let id = found["correlationId"].as_str().unwrap();
    assert!(!page.to_string().contains(LORANT.number), "{page}");
    let one = format!("{sandbox}/verifications/{id}");
    let told = analyst.get(&one).await.ok();
    let steps: Vec<_> = told["steps"].as_array().unwrap().iter().map(|step| step["what"].clone()).collect();
    assert!(steps.contains(&json!("started")) && steps.contains(&json!("message_kept")), "{told}");
    assert!(!told.to_string().contains(LORANT.last), "{told}");
    let clear = analyst.call(Method::POST, &format!("{one}/unmask")).send().await.ok();
    assert_eq!((&clear["phoneNumber"], &clear["lastName"]), (&json!(LORANT.number), &json!(LORANT.last)));
    let owner = automation(&world, Role::Owner).await;
    let audit = owner.get("/admin/v1/audit").await.ok();
    let noted = audit["entries"].as_array().unwrap().iter().find(|entry| entry["what"] == "unmasked");
    assert_eq!(noted.unwrap()["details"]["flow"], id);
    let overview = analyst.get(&format!("{sandbox}/overview")).await.ok();
    assert_eq!((&overview["all"]["started"], &overview["all"]["standings"]["open"]), (&json!(1), &json!(1)));
    assert_eq!(overview["possessionTypes"][0]["of"], "desktop");
}

#[tokio::test]
async fn the_sandbox_is_seen_and_its_clock_moved_once_per_key() {
    let world = World::start().await;
    let sandbox = format!("{}/sandbox", project(&world).await);
    let api = automation(&world, Role::Developer).await;
    let session = world.begin(LORANT, "desktop").await;
    session.device().send_link().await;
    let link = world.link(LORANT).await;
    let outbox = api.get(&format!("{sandbox}/outbox?limit=1")).await.ok();
    assert!(outbox[0]["link"].as_str().unwrap().ends_with(&link), "{outbox}");
    for _ in 0..2 {
        let call = api.call(Method::POST, &format!("{sandbox}/clock")).header("idempotency-key", "one");
        let moved = call.json(&json!({ "advanceSeconds": 60 })).send().await.ok();
        assert_eq!(moved["advancedSeconds"], 60);
    }
    assert_eq!(api.get(&format!("{sandbox}/clock")).await.ok()["advancedSeconds"], 60);
    let production = sandbox.replace("/sandbox", "/production");
    assert_eq!(api.get(&format!("{production}/clock")).await.status, 404);
}
