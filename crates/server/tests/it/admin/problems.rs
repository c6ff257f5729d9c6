//! What refusals look like.

use http::Method;
use ringtrue_domain::member::Role;
use serde_json::{Value, json};

use super::{automation, project};
use crate::client::{Answer, World};

#[track_caller]
fn problem(answer: &Answer, status: u16, kind: &str) -> Value {
    assert_eq!(answer.status.as_u16(), status, "{}", answer.text());
    let problem = answer.value();
    assert_eq!(problem["type"], format!("urn:ringtrue:problem:{kind}"), "{problem}");
    assert!(problem["title"].is_string() && problem["detail"].is_string(), "{problem}");
    problem
}

#[tokio::test]
async fn a_refusal_names_its_kind_and_field() {
    let world = World::start().await;
    let (project, api) = (project(&world).await, automation(&world, Role::Owner).await);
    let sandbox = format!("{project}/sandbox");
    let put = async |path: &str, body: Value| api.call(Method::PUT, path).json(&body).send().await;
    for (answer, field) in [
        (put(&project, json!({})).await, "name"),
        (put(&project, json!({ "name": "x", "boundHost": "https://x" })).await, "boundHost"),
        (put(&project, json!({ "name": "x", "resendPauseSeconds": 301 })).await, "resendPauseSeconds"),
        (put(&format!("{sandbox}/webhook"), json!({ "url": "ftp://x" })).await, "url"),
        (api.get(&format!("{sandbox}/deliveries?state=x")).await, "state"),
        (api.get(&format!("{sandbox}/identities?limit=101")).await, "limit"),
        (api.get(&format!("{sandbox}/overview?timeZone=Nowhere")).await, "timeZone"),
        (
            api.post(&format!("{sandbox}/verifications/search"), &json!({ "standings": ["x"] })).await,
            "standings",
        ),
        (api.post(&format!("{sandbox}/identities/search"), &json!({})).await, "phoneNumber"),
        (api.post("/admin/v1/invitations", &json!({ "email": "x", "role": "analyst" })).await, "email"),
        (api.post("/admin/v1/invitations", &json!({ "email": "a@b.example", "role": "x" })).await, "role"),
        (api.get("/admin/v1/audit?before=x").await, "before"),
    ] {
        assert_eq!(problem(&answer, 400, "invalid")["field"], field);
    }
    let odd = api.call(Method::PUT, &project).raw_json("{").send().await;
    problem(&odd, 400, "invalid");
    let large = api.call(Method::PUT, &project).raw_json(vec![b' '; 5000]).send().await;
    problem(&large, 413, "too-large");
    for path in [
        "/admin/v1/nothing".to_owned(),
        "/admin/nothing".to_owned(),
        "/admin/v1/projects/x".to_owned(),
        format!("{project}/staging/credentials"),
        format!("{sandbox}/webhook"),
        format!("{sandbox}/identities/x"),
        format!("{sandbox}/verifications/0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b"),
        format!("{project}/production/outbox"),
    ] {
        problem(&api.get(&path).await, 404, "not-found");
    }
    problem(&api.call(Method::PATCH, &project).send().await, 405, "wrong-method");
    // The zeros are the server's own.
    let zeros = put("/admin/v1/projects/00000000-0000-0000-0000-000000000000", json!({ "name": "x" })).await;
    assert_eq!(problem(&zeros, 400, "invalid")["field"], "project");
}

#[tokio::test]
async fn the_document_is_served() {
    let world = World::start().await;
    let served = world.api.anonymous().get("/admin/openapi.json").await;
    assert_eq!(served.text(), ringtrue::testing::admin_openapi());
    // Nothing of it is in the document of the server API, and the other way round.
    assert!(!ringtrue::testing::openapi().contains("/admin/"));
    assert!(!served.text().contains("\"/v3/"));
}
