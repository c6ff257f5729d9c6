//! A project's own words and where its links may lead, put by automation.

use http::Method;
use ringtrue_domain::member::Role;
use serde_json::{Value, json};

use super::{automation, project};
use crate::client::{Answer, Api, LORANT, World};

async fn put(api: &Api, path: &str, body: &Value) -> Answer {
    api.call(Method::PUT, path).json(body).send().await
}

#[tokio::test]
async fn texts_are_put_as_a_whole_and_hold_for_verifications() {
    let world = World::start().await;
    let api = automation(&world, Role::Developer).await;
    let path = format!("{}/texts", project(&world).await);
    assert_eq!(api.get(&path).await.ok(), json!({ "texts": [] }));
    let texts = json!({ "texts": [
        { "language": "de", "countries": ["AT", "DE"], "codeText": "Code: ####" },
        { "language": "en", "countries": [], "codeText": "Yours: #####", "landingTitle": "You?" },
    ] });
    for _ in 0..2 {
        assert_eq!(put(&api, &path, &texts).await.ok(), texts);
    }
    assert_eq!(api.get(&path).await.ok(), texts);
    world.begin(LORANT, "mobile").await.device().send_code().await;
    assert!(world.messages(LORANT.number).await[0]["body"].as_str().unwrap().starts_with("Yours: "));
    let twice = json!({ "texts": [{ "language": "de", "codeText": "####" }, { "language": "de", "countries": ["DE"] }] });
    let refused = put(&api, &path, &twice).await;
    assert_eq!((refused.status.as_u16(), refused.value()["field"].as_str()), (400, Some("language")));
    assert_eq!(api.get(&path).await.ok(), texts);
}

#[tokio::test]
async fn links_lead_where_automation_says() {
    let world = World::start().await;
    let api = automation(&world, Role::Developer).await;
    let path = format!("{}/targets", project(&world).await);
    let put_targets = async |targets: &[&str]| put(&api, &path, &json!({ "targets": targets })).await;
    let kept = put_targets(&["https://Shop.example/", "https://shop.example"]).await.ok();
    assert_eq!(kept, json!({ "targets": ["https://shop.example"] }));
    assert_eq!(api.get(&path).await.ok(), kept);
    assert_eq!(put_targets(&["shop.example"]).await.value()["field"], "targets");
    let request = LORANT.verify_with("desktop", "finalTargetUrl", json!("https://evil.example/"));
    world.api.post("/v3/verify", &request).await.refused(400, 8001);
    assert_eq!(put_targets(&[]).await.ok(), json!({ "targets": [] }));
    world.api.post("/v3/verify", &request).await.ok();
}
