//! A project's own personas, put by automation.

use http::Method;
use ringtrue_domain::member::Role;
use serde_json::{Value, json};

use super::{automation, project};
use crate::client::{Answer, Api, LORANT, World};

fn ann() -> Value {
    json!({
        "phoneNumber": "+12001004999", "firstName": "Ann", "lastName": "Lee", "outcome": "loses the number",
        "conduct": "unaided", "ownershipFails": false, "network": false, "risks": ["voip_line", "sim_swapped"],
        "timeline": [
            { "afterDays": 30, "eventType": "PORT", "carrier": "First", "newCarrier": "Other" },
            { "afterDays": 40, "eventType": "LINE_TYPE_CHANGE", "newLineType": "nonFixedVoip" },
            { "afterDays": 90, "eventType": "PHONE_NUMBER_CHANGE", "newPhoneNumber": "+12001004998" },
        ],
    })
}

async fn put(api: &Api, path: &str, body: &Value, headers: &[(&str, &str)]) -> Answer {
    let mut call = api.call(Method::PUT, path).json(body);
    for (name, value) in headers {
        call = call.header(name, value);
    }
    call.send().await
}

#[tokio::test]
async fn all_are_put_as_one_thing() {
    let world = World::start().await;
    let api = automation(&world, Role::Developer).await;
    let path = format!("{}/personas", project(&world).await);
    let none = api.get(&path).await;
    assert_eq!(none.ok(), json!({ "personas": [] }));
    let body = json!({ "personas": [ann(), { "phoneNumber": "200 100 4997", "firstName": "Bo", "lastName": "Roe" }] });
    let first = put(&api, &path, &body, &[("if-match", none.header("etag"))]).await;
    let kept = first.ok();
    assert_eq!((&kept["personas"][0], &kept["personas"][1]["phoneNumber"]), (&ann(), &json!("+12001004997")));
    assert_eq!(
        (&kept["personas"][1]["conduct"], &kept["personas"][1]["timeline"]),
        (&json!("ordinary"), &json!([]))
    );
    assert_eq!(api.get(&path).await.ok(), kept);
    // The same again changes nothing.
    let again = put(&api, &path, &kept, &[("if-match", first.header("etag"))]).await;
    assert_eq!((again.ok(), again.header("etag")), (kept.clone(), first.header("etag")));
    let stale = put(&api, &path, &json!({ "personas": [] }), &[("if-match", none.header("etag"))]).await;
    assert_eq!((stale.status.as_u16(), &stale.value()["type"]), (412, &json!("urn:ringtrue:problem:stale")));
    let request = json!({ "possessionType": "none", "phoneNumber": "+12001004997", "firstName": "Bo", "lastName": "Roe" });
    assert_eq!(world.api.post("/v3/verify", &request).await.ok()["success"], "true");

    let with = |field: &str, value: Value| {
        let mut one = ann();
        one[field] = value;
        json!({ "personas": [ann(), one] })
    };
    for (body, said) in [
        (json!({}), "personas: is required"),
        (with("phoneNumber", json!("12")), "personas: entry 2: phoneNumber: must be a phone number"),
        (with("firstName", json!("")), "personas: entry 2: firstName: must be 1 to 100"),
        (with("conduct", json!("odd")), "personas: entry 2: conduct: must be ordinary, unaided or refuses"),
        (with("risks", json!(["x"])), "personas: entry 2: risks: must be a list of voip_line"),
        (
            with("timeline", json!([{ "eventType": "LOST" }])),
            "personas: entry 2: timeline: step 1: eventType: must be",
        ),
        (
            with("timeline", json!([{ "eventType": "PORT", "afterDays": 3661 }])),
            "personas: entry 2: timeline: step 1: afterDays: must be 0 to 3660",
        ),
        (with("outcome", json!("twice")), "personas: entry 2: phone: is another persona’s already"),
    ] {
        let refused = put(&api, &path, &body, &[]).await;
        assert_eq!((refused.status.as_u16(), &refused.value()["field"]), (400, &json!("personas")), "{said}");
        let detail = refused.value()["detail"].as_str().unwrap().to_owned();
        assert!(detail.starts_with(said), "{said}: {detail}");
    }
    assert_eq!(api.get(&path).await.ok(), kept);
    assert_eq!(put(&api, &path, &json!({ "personas": [] }), &[]).await.ok(), json!({ "personas": [] }));
}

#[tokio::test]
async fn one_is_put_and_removed_whatever_becomes_of_the_others() {
    let world = World::start().await;
    let api = automation(&world, Role::Developer).await;
    let path = format!("{}/personas", project(&world).await);
    let one = format!("{path}/+12001004999");
    let mut nameless = ann();
    nameless.as_object_mut().unwrap().remove("phoneNumber");
    let first = put(&api, &one, &nameless, &[("if-none-match", "*")]).await;
    assert_eq!((first.status.as_u16(), first.value()), (201, ann()));
    for body in [ann(), nameless.clone()] {
        let again = put(&api, &one, &body, &[]).await;
        assert_eq!((again.ok(), again.header("etag")), (ann(), first.header("etag")));
        assert_eq!(put(&api, &one, &body, &[("if-none-match", "*")]).await.status, 412);
    }
    nameless["outcome"] = json!("other");
    assert_eq!(put(&api, &one, &nameless, &[("if-none-match", "*")]).await.status, 412);
    let changed = put(&api, &one, &nameless, &[("if-match", first.header("etag"))]).await;
    assert_eq!(changed.ok()["outcome"], "other");
    assert_eq!(put(&api, &one, &ann(), &[("if-match", first.header("etag"))]).await.status, 412);
    assert_eq!(api.get(&one).await.ok(), changed.value());
    let elsewhere = put(&api, &format!("{path}/+12001004998"), &ann(), &[]).await;
    assert_eq!(elsewhere.value()["field"], "phoneNumber");

    // Many at once, each its own.
    let (api, path) = (&api, &path);
    let added = (0..8).map(|number| async move {
        let body = json!({ "firstName": "Racer", "lastName": number.to_string() });
        let path = format!("{path}/%2B1200100480{number}");
        // Whoever loses four rounds in a row is told to come again.
        loop {
            let status = put(api, &path, &body, &[]).await.status;
            if status != 503 {
                break status;
            }
        }
    });
    let statuses = futures_util::future::join_all(added).await;
    assert!(statuses.iter().all(|status| *status == 201), "{statuses:?}");
    assert_eq!(api.get(path).await.ok()["personas"].as_array().unwrap().len(), 9);

    let stale = api.call(Method::DELETE, &one).header("if-match", first.header("etag")).send().await;
    assert_eq!(stale.status, 412);
    for _ in 0..2 {
        assert_eq!(api.call(Method::DELETE, &one).send().await.status, 204);
    }
    assert_eq!(api.get(&one).await.status, 404);
    // Built-in ones are not the project's, but can be replaced by its own.
    let lorant = format!("{path}/{}", LORANT.number);
    assert_eq!(api.get(&lorant).await.status, 404);
    assert_eq!(put(api, &lorant, &json!({ "firstName": "Ann", "lastName": "Lee" }), &[]).await.status, 201);
    assert_eq!(api.get(&format!("{path}/x")).await.value()["field"], "phone");
    assert_eq!(api.get(&path.replace("/personas", "0/personas/+12001004999")).await.status, 404);
}
