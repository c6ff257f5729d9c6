//! A project's own words and where its links may lead, put by automation.

use http::Method;
use ringtrue_domain::{member::Role, sms::Phrase};
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
    // Every phrase of the page of a link comes back from where it was put.
    let mut whole = json!({ "language": "fr", "countries": ["FR"] });
    for phrase in Phrase::ALL {
        whole[phrase.field()] = json!(format!("# {phrase:?}"));
    }
    let mut more = texts.clone();
    more["texts"].as_array_mut().unwrap().push(whole);
    assert_eq!(put(&api, &path, &more).await.ok(), more);
    let wordings = world.engine().store().projects().await.unwrap().remove(0).settings.wordings;
    for phrase in Phrase::ALL {
        let kept = wordings.last().and_then(|wording| wording.landing.get(phrase));
        assert_eq!(kept, Some(format!("# {phrase:?}").as_str()));
    }
    assert_eq!(put(&api, &path, &texts).await.ok(), texts);
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

#[tokio::test]
async fn pages_call_from_where_automation_says() {
    let world = World::start().await;
    let api = automation(&world, Role::Developer).await;
    let path = format!("{}/origins", project(&world).await);
    let put_origins = async |origins: &[&str]| put(&api, &path, &json!({ "origins": origins })).await;
    assert_eq!(api.get(&path).await.ok(), json!({ "origins": [] }));
    let kept = json!({ "origins": ["https://shop.example", "https://xn--bcher-kva.example"] });
    for _ in 0..2 {
        let put =
            put_origins(&["https://bücher.example", "https://Shop.example:443/", "https://shop.example"]);
        assert_eq!(put.await.ok(), kept);
    }
    assert_eq!(api.get(&path).await.ok(), kept);
    for wrong in ["shop.example", "null", "https://*.shop.example", "https://a@shop.example"] {
        assert_eq!(put_origins(&[wrong]).await.value()["field"], "origins", "{wrong}");
    }
    let many: Vec<_> = (0..21).map(|number| format!("https://{number}.example")).collect();
    let many: Vec<_> = many.iter().map(String::as_str).collect();
    assert_eq!(put_origins(&many).await.value()["field"], "origins");
    // Automation that puts the project and knows nothing of origins does not open it to any page.
    let whole = json!({ "name": "Shop" });
    put(&api, &project(&world).await, &whole).await.ok();
    assert_eq!(api.get(&path).await.ok(), kept);
    let device = world.begin(LORANT, "mobile").await.device().clone();
    let from = async |origin| {
        let call = world.api.bearing(device.token()).call(Method::POST, "/v1/client/status");
        call.header("origin", origin).json(&json!({})).send().await.status.as_u16()
    };
    assert_eq!((from("https://shop.example").await, from("https://evil.example").await), (200, 403));
    assert_eq!(put_origins(&[]).await.ok(), json!({ "origins": [] }));
    let audit = automation(&world, Role::Owner).await.get("/admin/v1/audit").await.text();
    assert!(audit.contains("origins") && audit.contains("https://xn--bcher-kva.example"), "{audit}");
}

#[tokio::test]
async fn a_logo_is_put_read_and_removed() {
    let world = World::start().await;
    let api = automation(&world, Role::Developer).await;
    let path = format!("{}/logo", project(&world).await);
    assert_eq!(api.get(&path).await.status, 404);
    let image = [b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x08\0\0\0\x08".as_slice(), b"rest"].concat();
    for _ in 0..2 {
        assert_eq!(api.call(Method::PUT, &path).body(image.clone()).send().await.status, 204);
    }
    let read = api.get(&path).await;
    assert_eq!((read.header("content-type"), &read.body[..]), ("image/png", &image[..]));
    let wrong = api.call(Method::PUT, &path).body("<svg/>").send().await;
    assert_eq!((wrong.status.as_u16(), wrong.value()["field"].as_str()), (400, Some("logo")));
    assert_eq!(api.call(Method::PUT, &path).body(vec![0; 70_000]).send().await.status, 413);
    assert_eq!(api.get(&path).await.status, 200);
    for _ in 0..2 {
        assert_eq!(api.call(Method::DELETE, &path).send().await.status, 204);
    }
    assert_eq!(api.get(&path).await.status, 404);
    // The same one twice was one change.
    let audit = automation(&world, Role::Owner).await.get("/admin/v1/audit").await.text();
    assert_eq!(audit.matches("\"logo\"").count(), 2, "{audit}");
}
