//! What is missing before production, read and tried by automation.

use http::Method;
use ringtrue_domain::{KnownName, LineType, member::Role};
use ringtrue_engine::model::{LineStatus, Subscriber};
use serde_json::{Value, json};

use super::{automation, project};
use crate::client::World;

#[tokio::test]
async fn it_tells_what_is_missing_and_tries_the_source() {
    let world = World::start().await;
    let path = format!("{}/production/go-live", project(&world).await);
    let api = automation(&world, Role::Developer).await;
    let there = api.get(&path).await.ok();
    assert_eq!(there["missing"], json!(["message", "source", "webhook", "credential", "https"]));
    assert_eq!((&there["ready"], &there["hasGateway"]), (&json!(false), &json!(false)));
    assert_eq!(api.get(&path.replace("/production/", "/sandbox/")).await.status, 404);

    let number = "+14155552671";
    let text = api.post(&format!("{path}/message"), &json!({ "phoneNumber": number })).await;
    assert_eq!((text.status.as_u16(), &text.value()["field"]), (400, &json!("phoneNumber")));
    assert!(text.value()["detail"].as_str().unwrap().contains("no gateway is configured"), "{}", text.text());
    assert_eq!(api.post(&format!("{path}/message"), &json!({})).await.value()["field"], "phoneNumber");

    let ask = async |last: &str| {
        let body = json!({ "phoneNumber": number, "firstName": "Ann", "lastName": last });
        api.post(&format!("{path}/source"), &body).await
    };
    assert_eq!(ask("Lee").await.ok(), json!({ "known": false }));
    let ann = Subscriber {
        phone: number.parse().unwrap(),
        name: KnownName { full: Some("Ann Lee".to_owned()), ..KnownName::default() },
        carrier: None,
        line_type: Some(LineType::Mobile),
        country: None,
        status: LineStatus::Active,
    };
    world.engine().register(&[ann]).await.unwrap();
    assert_eq!(ask("Lee").await.ok(), json!({ "known": true, "nameMatches": true }));
    assert_eq!(ask("Smith").await.ok(), json!({ "known": true, "nameMatches": false }));
    assert_eq!(ask("").await.value()["field"], "lastName");
    let arrived = api.call(Method::POST, &format!("{path}/message/arrived")).send().await;
    assert_eq!(arrived.status, 204);
    world.production().await;
    let there = api.get(&path).await.ok();
    assert_eq!(there["missing"], json!(["webhook", "https"]));
    for when in ["messageArrivedAt", "sourceAnsweredAt"] {
        assert!(there[when].is_string(), "{there}");
    }
    let audit = automation(&world, Role::Owner).await.get("/admin/v1/audit?limit=100").await.ok();
    let count = |what: &str| {
        let entries = audit["entries"].as_array().unwrap();
        entries.iter().filter(|entry: &&Value| entry["what"] == what).count()
    };
    assert_eq!((count("trial_begun"), count("tried")), (3, 3), "{audit}");

    // Each costs money.
    for _ in 0..7 {
        ask("Lee").await.ok();
    }
    let refused = ask("Lee").await;
    assert_eq!((refused.status.as_u16(), refused.header("retry-after")), (429, "600"));
}
