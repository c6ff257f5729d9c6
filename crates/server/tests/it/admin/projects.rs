//! Projects and credentials: what can be repeated, and who was faster.

use http::Method;
use ringtrue_domain::member::Role;
use serde_json::{Value, json};

use super::{automation, project};
use crate::client::{Answer, Api, World};

const ID: &str = "6f8d3a52-9a4e-4b0c-8f61-2c1de01f7a33";

async fn put(api: &Api, path: &str, body: &Value, headers: &[(&str, &str)]) -> Answer {
    let mut call = api.call(Method::PUT, path).json(body);
    for (name, value) in headers {
        call = call.header(name, value);
    }
    call.send().await
}

#[tokio::test]
async fn a_project_is_put_under_an_id_of_the_callers_choice() {
    let world = World::start().await;
    let api = automation(&world, Role::Developer).await;
    let path = format!("/admin/v1/projects/{ID}");
    let body = json!({ "name": "Shop", "retryPage": true, "resendPauseSeconds": 20 });
    let first = put(&api, &path, &body, &[]).await;
    assert_eq!((first.status.as_u16(), first.header("etag")), (201, "\"1\""));
    let again = put(&api, &path, &body, &[]).await;
    assert_eq!((again.status.as_u16(), again.header("etag")), (200, "\"1\""));
    assert_eq!(first.value(), again.value());
    let shown = api.get(&path).await;
    assert_eq!((shown.ok(), shown.header("etag")), (first.value(), "\"1\""));
    assert_eq!(shown.value()["id"], ID);
    // What is left out is the default again.
    let changed = put(&api, &path, &json!({ "name": "Bank" }), &[]).await;
    assert_eq!(changed.header("etag"), "\"2\"");
    assert_eq!((&changed.ok()["name"], &changed.value()["retryPage"]), (&json!("Bank"), &json!(false)));
    assert_eq!(changed.value().get("resendPauseSeconds"), None);
    let all = api.get("/admin/v1/projects").await.ok();
    assert_eq!(all["projects"].as_array().unwrap().iter().filter(|one| one["id"] == ID).count(), 1);
    // It is a whole project.
    let made = api.post(&format!("{path}/sandbox/credentials"), &json!({ "name": "CI" })).await.value();
    let client = (made["clientId"].as_str().unwrap(), made["clientSecret"].as_str().unwrap());
    world.api.signed_in(client.0, client.1).await.get("/v3/sandbox/clock").await.ok();
    let listed = api.get(&format!("{path}/sandbox/credentials")).await.ok();
    assert_eq!(listed["credentials"][0]["name"], "CI");
    assert!(listed["credentials"][0]["usedAt"].is_string() && !listed.to_string().contains(client.1));
}

#[tokio::test]
async fn whoever_was_slower_is_told_so() {
    let world = World::start().await;
    let api = automation(&world, Role::Owner).await;
    let path = format!("/admin/v1/projects/{ID}");
    let body = |name: &str| json!({ "name": name });
    assert_eq!(put(&api, &path, &body("a"), &[("if-match", "\"1\"")]).await.status, 412);
    assert_eq!(put(&api, &path, &body("a"), &[("if-none-match", "*")]).await.status, 201);
    assert_eq!(put(&api, &path, &body("b"), &[("if-none-match", "*")]).await.status, 412);
    assert_eq!(put(&api, &path, &body("b"), &[("if-match", "\"1\"")]).await.status, 200);
    let stale = put(&api, &path, &body("c"), &[("if-match", "\"1\"")]).await;
    assert_eq!((stale.status.as_u16(), &stale.value()["type"]), (412, &json!("urn:ringtrue:problem:stale")));
    assert_eq!(put(&api, &path, &body("c"), &[("if-match", "b")]).await.status, 400);
    assert_eq!(api.get(&path).await.ok()["name"], "b");
    // Of many at once with the same version one wins.
    let (api, path) = (&api, &path);
    let race = (0..8).map(|number| async move {
        put(api, path, &json!({ "name": format!("racer {number}") }), &[("if-match", "\"2\"")]).await.status
    });
    let statuses = futures_util::future::join_all(race).await;
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    assert!(statuses.iter().all(|status| *status == 200 || *status == 412), "{statuses:?}");
}

#[tokio::test]
async fn a_credential_is_created_once_per_key_named_and_revoked() {
    let world = World::start().await;
    let (path, api) = (project(&world).await, automation(&world, Role::Developer).await);
    let path = format!("{path}/sandbox/credentials");
    let create = async |key: &str, body: Value| {
        api.call(Method::POST, &path).header("idempotency-key", key).json(&body).send().await
    };
    let first = create("one", json!({ "name": "Orders" })).await;
    assert_eq!(first.status, 201);
    let id = first.value()["clientId"].as_str().unwrap().to_owned();
    let again = create("one", json!({ "name": "Orders" })).await;
    // The secret is kept nowhere, not even for this.
    assert_eq!((again.status.as_u16(), again.value()), (200, json!({ "clientId": id })));
    let other = create("one", json!({ "name": "Other" })).await;
    assert_eq!((other.status.as_u16(), &other.value()["field"]), (400, &json!("Idempotency-Key")));
    assert_eq!(create("two", json!({})).await.status, 201);
    // Long keys are told apart by their last letter too.
    let long = ["a", "b"].map(|last| format!("{}{last}", "k".repeat(254)));
    for key in &long {
        assert_eq!(create(key, json!({})).await.status, 201);
        assert_eq!(create(key, json!({})).await.status, 200);
    }
    let longer = create(&"k".repeat(256), json!({})).await;
    assert_eq!((longer.status.as_u16(), &longer.value()["field"]), (400, &json!("Idempotency-Key")));
    let one = format!("{path}/{id}");
    let named = api.call(Method::PATCH, &one).json(&json!({ "name": "Billing" })).send().await.ok();
    assert_eq!(named["name"], "Billing");
    let unnamed = api.call(Method::PATCH, &one).json(&json!({})).send().await.ok();
    assert_eq!(unnamed.get("name"), None);
    for _ in 0..2 {
        assert_eq!(api.call(Method::DELETE, &one).send().await.status, 204);
    }
    let elsewhere = one.replace("/sandbox/", "/production/");
    assert_eq!(api.call(Method::DELETE, &elsewhere).send().await.status, 404);
    let listed = api.get(&path).await.ok();
    let revoked = listed["credentials"].as_array().unwrap().iter().find(|one| one["clientId"] == id.as_str());
    assert!(revoked.unwrap()["revokedAt"].is_string());
}

#[tokio::test]
async fn limits_are_put_told_and_written_down() {
    let world = World::start().await;
    let api = automation(&world, Role::Owner).await;
    let path = format!("/admin/v1/projects/{ID}");
    let body = json!({
        "name": "Shop", "verificationsPerNumber": { "perHour": 5, "perDay": 20 }, "countries": ["gb", "DE"]
    });
    let made = put(&api, &path, &body, &[]).await.value();
    assert_eq!(made["verificationsPerNumber"], json!({ "perHour": 5, "perDay": 20 }));
    assert_eq!(made["countries"], json!(["DE", "GB"]));
    for (wrong, field) in [
        (json!({ "verificationsPerNumber": { "perHour": 0 } }), "verificationsPerNumber"),
        (json!({ "verificationsPerNumber": { "perDay": 1001 } }), "verificationsPerNumber"),
        (json!({ "countries": ["UK"] }), "countries"),
        (json!({ "countries": ["Germany"] }), "countries"),
    ] {
        let mut body = wrong;
        body["name"] = json!("Shop");
        let answer = put(&api, &path, &body, &[]).await;
        assert_eq!((answer.status.as_u16(), &answer.value()["field"]), (400, &json!(field)), "{body}");
    }
    let changed = put(&api, &path, &json!({ "name": "Shop" }), &[]).await.ok();
    assert_eq!((changed.get("verificationsPerNumber"), changed.get("countries")), (None, None));
    let audit = api.get("/admin/v1/audit").await.ok();
    let entry = |setting: &str| {
        let all = audit["entries"].as_array().unwrap();
        all.iter().map(|one| one["details"].clone()).find(|details| details["setting"] == setting).unwrap()
    };
    assert_eq!(entry("verificationsPerNumber")["before"], "5 per hour, 20 per day");
    assert_eq!(entry("countries")["before"], "DE GB");
}
