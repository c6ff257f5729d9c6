//! §5: enrolled people and numbers.

use http::Method;
use ringtrue_domain::{flow::Environment, identity::Details, text::CallerText};
use ringtrue_engine::{By, Enrolment, MAX_OF_NUMBER, model::ProjectSettings};
use serde_json::{Value, json};

use super::{MARKER, refuses};
use crate::client::{Api, BARBARAANNE, LANEY, LORANT, SHEILA, World};

const PATH: &str = "/v3/identity";
const NOBODY: &str = "01900000-0000-7000-8000-000000000000";

async fn enroll(api: &Api, request: &Value) -> String {
    let answer = api.post(PATH, request).await.ok();
    assert_eq!(answer["success"], true);
    assert_eq!(answer["identityId"], answer["proveId"]);
    answer["identityId"].as_str().unwrap().to_owned()
}

async fn listed(api: &Api, query: &str) -> Vec<String> {
    let page = api.get(&format!("{PATH}{query}")).await.ok();
    page["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["identityId"].as_str().unwrap().to_owned())
        .collect()
}

async fn unknown(api: &Api, id: &str) {
    let one = format!("{PATH}/{id}");
    let answers = [
        api.get(&one).await,
        api.call(Method::DELETE, &one).send().await,
        api.post(&format!("{one}/activate"), &json!({})).await,
        api.post(&format!("{one}/deactivate"), &json!({})).await,
        api.post(&format!("{one}/cross-domain"), &json!({})).await,
    ];
    for answer in answers {
        assert_eq!(answer.refused(404, 8011), "no such identity", "{id}");
    }
}

#[tokio::test]
async fn what_was_enrolled_is_shown() {
    let world = World::start().await;
    let request = json!({
        "phoneNumber": LORANT.number, "clientCustomerId": "c-7", "clientRequestId": "r-1", "deviceId": "d-1",
        "clientHumanId": "h-1", "identityAttributes": [{"attributeType": "plan", "attributeValue": "gold"}],
    });
    let id = enroll(&world.api, &request).await;
    let shown = world.api.get(&format!("{PATH}/{id}")).await.ok();
    for name in ["phoneNumber", "clientCustomerId", "deviceId", "clientHumanId", "identityAttributes"] {
        assert_eq!(shown[name], request[name], "{name}");
    }
    assert_eq!((&shown["identityId"], &shown["proveId"]), (&json!(id), &json!(id)));
    assert_eq!(
        (&shown["active"], &shown["lineType"], &shown["countryCode"]),
        (&json!(true), &json!("mobile"), &json!("US"))
    );
    let created: jiff::Timestamp = shown["creationString"].as_str().unwrap().parse().unwrap();
    assert_eq!(shown["createdAt"], created.as_second());
    let voip = enroll(&world.api, &json!({ "phoneNumber": BARBARAANNE.number })).await;
    assert_eq!(world.api.get(&format!("{PATH}/{voip}")).await.ok()["lineType"], "nonFixedVoip");
}

#[tokio::test]
async fn a_number_and_customer_have_one_identity_however_they_came() {
    let world = World::start().await;
    let number = |customer: &str| json!({ "phoneNumber": SHEILA.number, "clientCustomerId": customer });
    let plain = enroll(&world.api, &json!({ "phoneNumber": SHEILA.number })).await;
    let first = enroll(&world.api, &number("c-1")).await;
    assert_eq!(enroll(&world.api, &number("c-1")).await, first);
    assert_eq!(enroll(&world.api, &number("")).await, plain);
    assert_ne!(enroll(&world.api, &number("c-2")).await, first);
    assert_ne!(plain, first);
    let flow = world.begin(SHEILA, "none").await;
    assert_eq!(world.status(&flow.id).await["identityId"], plain);
}

#[tokio::test]
async fn numbers_are_read_by_the_environments_rules() {
    let world = World::start().await;
    world.api.post(PATH, &json!({ "phoneNumber": "+14155552671" })).await.refused(400, 8007);
    refuses(&world.api, PATH, &json!({}), "phoneNumber: is required").await;
    refuses(
        &world.api,
        PATH,
        &json!({ "phoneNumber": MARKER }),
        "phoneNumber: must be a phone number in E.164, such as +14155550123",
    )
    .await;
    let production = world.production().await;
    let id = enroll(&production, &json!({ "phoneNumber": "(415) 555-2671" })).await;
    assert_eq!(production.get(&format!("{PATH}/{id}")).await.ok()["phoneNumber"], "+14155552671");
    let invalid = production.post(PATH, &json!({ "phoneNumber": LORANT.number })).await;
    assert_eq!(invalid.refused(400, 8001), "phoneNumber: must be a valid number of its country");
}

#[tokio::test]
async fn fields_of_an_enrolment_have_limits() {
    let world = World::start().await;
    for field in ["clientCustomerId", "clientRequestId", "deviceId", "clientHumanId"] {
        let request = json!({ "phoneNumber": LORANT.number, field: format!("{MARKER}{}", "x".repeat(255)) });
        refuses(&world.api, PATH, &request, &format!("{field}: must be at most 255 characters")).await;
    }
    let attribute = json!({ "attributeType": "a", "attributeValue": "b" });
    let many = json!({ "phoneNumber": LORANT.number, "identityAttributes": vec![attribute; 21] });
    refuses(&world.api, PATH, &many, "identityAttributes: must be at most 20").await;
    let half = json!({ "phoneNumber": LORANT.number, "identityAttributes": [{ "attributeType": MARKER }] });
    refuses(&world.api, PATH, &half, "attributeValue: must be 1 to 255 characters").await;
    assert_eq!(listed(&world.api, "").await, Vec::<String>::new());
}

#[tokio::test]
async fn each_of_a_batch_has_a_result_of_its_own() {
    let world = World::start().await;
    let batch = format!("{PATH}/batch");
    let known = enroll(&world.api, &json!({ "phoneNumber": LANEY.number })).await;
    let items = json!([
        { "phoneNumber": LORANT.number },
        { "phoneNumber": "+14155552671" },
        { "phoneNumber": 7 },
        { "phoneNumber": LANEY.number },
        {},
        { "phoneNumber": LORANT.number },
        "Zq7Marker",
    ]);
    for name in ["items", "identities"] {
        let answer = world.api.post(&batch, &json!({ name: items })).await.ok();
        let results = answer["results"].as_array().unwrap();
        let errors: Vec<_> =
            results.iter().map(|result| result["error"].as_str().unwrap_or_default()).collect();
        let nobody = "phoneNumber: no sandbox persona has this number";
        let expected = [
            "",
            nobody,
            "phoneNumber: must be a string",
            "",
            "phoneNumber: is required",
            "",
            "body: must be a JSON object",
        ];
        assert_eq!(errors, expected);
        assert_eq!(results[3]["identityId"], known);
        assert_eq!(results[0]["identityId"], results[5]["proveId"], "the same person twice is one identity");
        assert!(results[1].get("identityId").is_none() && results[0].get("error").is_none());
    }
    refuses(&world.api, &batch, &json!({}), "items: is required").await;
    refuses(&world.api, &batch, &json!({ "items": [] }), "items: must be 1 to 100").await;
    refuses(
        &world.api,
        &batch,
        &json!({ "identities": vec![json!({}); 101] }),
        "identities: must be 1 to 100",
    )
    .await;
    let whole =
        json!({ "items": vec![json!({ "phoneNumber": LORANT.number, "deviceId": "d".repeat(255) }); 100] });
    assert_eq!(world.api.post(&batch, &whole).await.ok()["results"].as_array().unwrap().len(), 100);
    let large = world.api.call(Method::POST, &batch).raw_json(" ".repeat((1 << 20) + 1)).send().await;
    assert_eq!(large.refused(413, 8001), "body: must be at most 1048576 bytes");
}

#[tokio::test]
async fn pages_go_on_whatever_comes_and_goes() {
    let world = World::start().await;
    let mut ids = Vec::new();
    for customer in 0..5 {
        world.advance(1).await;
        ids.push(
            enroll(
                &world.api,
                &json!({ "phoneNumber": LORANT.number, "clientCustomerId": customer.to_string() }),
            )
            .await,
        );
    }
    assert_eq!(listed(&world.api, "").await, ids);
    assert!(world.api.get("/v3/identity?limit=5").await.ok().get("lastKey").is_none());
    let first = world.api.get("/v3/identity?limit=2").await.ok();
    let key = first["lastKey"].as_str().unwrap();
    // The one that the key names goes, and a new one comes.
    world.api.call(Method::DELETE, &format!("{PATH}/{}", ids[1])).send().await.ok();
    world.advance(1).await;
    ids.push(enroll(&world.api, &json!({ "phoneNumber": LANEY.number })).await);
    assert_eq!(listed(&world.api, &format!("?limit=100&startKey={key}")).await, ids[2..]);
    for (query, message) in [
        ("limit=0", "limit: must be 1 to 100"),
        ("limit=101", "limit: must be 1 to 100"),
        ("startKey=Zq7Marker", "startKey: must be the lastKey of the page before"),
        ("showInactive=maybe", "showInactive: must be true or false"),
    ] {
        assert_eq!(world.api.get(&format!("{PATH}?{query}")).await.refused(400, 8001), message);
    }
}

#[tokio::test]
async fn an_identity_is_switched_off_and_on_and_let_go() {
    let world = World::start().await;
    let id = enroll(&world.api, &json!({ "phoneNumber": LORANT.number })).await;
    let one = format!("{PATH}/{id}");
    for (step, active) in
        [("deactivate", false), ("deactivate", false), ("activate", true), ("deactivate", false)]
    {
        let answer = world.api.call(Method::POST, &format!("{one}/{step}")).send().await;
        assert_eq!(answer.ok(), json!({ "success": true }));
        assert_eq!(world.api.get(&one).await.ok()["active"], active);
    }
    assert_eq!(listed(&world.api, "").await, Vec::<String>::new());
    assert_eq!(listed(&world.api, "?showInactive=true").await, [id.as_str()]);
    enroll(&world.api, &json!({ "phoneNumber": LORANT.number })).await;
    assert_eq!(listed(&world.api, "?showInactive=false").await, [id.as_str()], "enrolled once more");
    assert_eq!(world.api.call(Method::DELETE, &one).send().await.ok(), json!({ "success": true }));
    unknown(&world.api, &id).await;
    assert_ne!(enroll(&world.api, &json!({ "phoneNumber": LORANT.number })).await, id);
}

#[tokio::test]
async fn identities_are_found_by_number() {
    let world = World::start().await;
    let of = async |number: &str| world.api.get(&format!("{PATH}/{number}/lookup")).await;
    assert_eq!(of("%2B12001004014").await.ok(), json!({ "items": [] }));
    let id = enroll(&world.api, &json!({ "phoneNumber": LORANT.number })).await;
    for number in ["%2B12001004014", "+12001004014", "2001004014", "%2B1%20(200)%20100-4014"] {
        let items = of(number).await.ok()["items"].clone();
        assert_eq!((items.as_array().unwrap().len(), &items[0]["identityId"]), (1, &json!(id)), "{number}");
    }
    of("%2B14155552671").await.refused(400, 8007);
    of(MARKER).await.refused(400, 8001);
}

#[tokio::test]
async fn others_see_nothing() {
    let world = World::start().await;
    let id = enroll(&world.api, &json!({ "phoneNumber": LORANT.number })).await;
    let strangers = [world.other_project(Environment::Sandbox).await, world.production().await];
    for stranger in strangers {
        unknown(&stranger, &id).await;
        assert_eq!(listed(&stranger, "?showInactive=true").await, Vec::<String>::new());
    }
    for id in [NOBODY, "nonsense", MARKER] {
        unknown(&world.api, id).await;
    }
    assert_eq!(listed(&world.api, "").await, [id]);
}

#[tokio::test]
async fn a_repeated_enrolment_gets_the_first_answer() {
    let world = World::start().await;
    let send = async |body: Value| {
        world.api.call(Method::POST, PATH).header("idempotency-key", "k").json(&body).send().await
    };
    let first = send(json!({ "phoneNumber": LORANT.number })).await;
    world
        .api
        .call(Method::DELETE, &format!("{PATH}/{}", first.ok()["identityId"].as_str().unwrap()))
        .send()
        .await
        .ok();
    assert_eq!(send(json!({ "phoneNumber": LORANT.number })).await.body, first.body);
    assert_eq!(listed(&world.api, "").await, Vec::<String>::new());
    send(json!({ "phoneNumber": LANEY.number })).await.refused(400, 8001);
}

#[tokio::test]
async fn linked_projects_see_each_other_when_both_want_it() {
    let world = World::start().await;
    let other = world.other_project(Environment::Sandbox).await;
    let request = json!({ "phoneNumber": LORANT.number });
    let (mine, theirs) = (enroll(&world.api, &request).await, enroll(&other, &request).await);
    enroll(&other, &json!({ "phoneNumber": LANEY.number })).await;
    let engine = world.engine();
    let here = engine.caller(world.api.token()).await.unwrap().project.id;
    let there = engine.caller(other.token()).await.unwrap().project.id;
    let seen = async || world.api.post(&format!("{PATH}/{mine}/cross-domain"), &json!({})).await.ok();
    let nobody = json!({ "count": 0, "identities": [], "identites": [] });
    assert_eq!(seen().await, nobody);
    assert!(!engine.link_project(By::Operator, here, there, true).await.unwrap());
    assert_eq!(seen().await, nobody, "one side is not enough");
    assert!(engine.link_project(By::Operator, there, here, true).await.unwrap());
    let one = json!([{ "clientName": "Other", "identityId": theirs, "pcid": there.to_string() }]);
    assert_eq!(seen().await, json!({ "count": 1, "identities": one, "identites": one }));
    engine.link_project(By::Operator, there, here, false).await.unwrap();
    assert_eq!(seen().await, nobody);
}

#[tokio::test]
async fn a_number_with_too_many_identities_says_so() {
    let world = World::start().await;
    let caller = world.engine().caller(world.api.token()).await.unwrap();
    let enrolment = |number: usize| Enrolment {
        phone: LORANT.number.to_owned(),
        client_customer_id: CallerText::parse("clientCustomerId", &number.to_string()).unwrap(),
        details: Details::default(),
    };
    let add = async |numbers: std::ops::Range<usize>| {
        let enrolled = world.engine().enrol_all(&caller, numbers.map(enrolment).collect()).await.unwrap();
        enrolled.into_iter().last().unwrap().unwrap().to_string()
    };
    let lookup = async || world.api.get(&format!("{PATH}/%2B12001004014/lookup")).await.ok();
    add(0..MAX_OF_NUMBER).await;
    let whole = lookup().await;
    assert_eq!((whole["items"].as_array().unwrap().len(), whole.get("more")), (MAX_OF_NUMBER, None));
    add(MAX_OF_NUMBER..MAX_OF_NUMBER + 1).await;
    let cut = lookup().await;
    assert_eq!((cut["items"].as_array().unwrap().len(), &cut["more"]), (MAX_OF_NUMBER, &json!(true)));

    // The same for whoever looks from a linked project.
    let other =
        world.engine().create_project(By::Operator, "Other", ProjectSettings::default()).await.unwrap();
    world.engine().link_project(By::Operator, other.id, caller.project.id, true).await.unwrap();
    world.engine().link_project(By::Operator, caller.project.id, other.id, true).await.unwrap();
    let fresh =
        world.engine().create_credential(By::Operator, other.id, Environment::Sandbox, None).await.unwrap();
    let api = world.api.signed_in(&fresh.id.to_string(), fresh.secret.expose()).await;
    let id = enroll(&api, &json!({ "phoneNumber": LORANT.number })).await;
    let linked = api.post(&format!("{PATH}/{id}/cross-domain"), &json!({})).await.ok();
    assert_eq!((&linked["count"], &linked["more"]), (&json!(MAX_OF_NUMBER), &json!(true)));
    assert_eq!(linked["identities"].as_array().unwrap().len(), MAX_OF_NUMBER);
}
