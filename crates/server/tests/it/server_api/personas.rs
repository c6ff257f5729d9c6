//! §4: the table of results, row by row, played by the personas of `sandbox.md`.

use serde_json::{Value, json};

use crate::client::{
    BARBARAANNE, INGE, JANEK, KURT, LANEY, LORANT, PENNY, Persona, ROZELLA, SHEILA, Session, World,
};

const PENDING: [&str; 3] = ["pending", "pending", "pending"];
const GOOD: [&str; 3] = ["true", "success", "success"];
const NOT_OWNED: [&str; 3] = ["false", "success", "failed"];
const NOT_HELD: [&str; 3] = ["false", "failed", "not_applicable"];

fn results(answer: &Value) -> [&str; 3] {
    ["success", "possessionResult", "verifyResult"].map(|name| answer[name].as_str().unwrap())
}

/// A persona's code is entered.
async fn by_code(world: &World, persona: Persona) -> Session {
    let session = world.begin(persona, "mobile").await;
    session.device().send_code().await;
    session.device().enter(&world.code(persona).await).await;
    session
}

/// A persona's link is pressed.
async fn by_link(world: &World, persona: Persona) -> Session {
    let session = world.begin(persona, "desktop").await;
    session.device().send_link().await;
    world.press(&world.link(persona).await, "").await;
    session
}

#[tokio::test]
async fn the_answer_to_verify_tells_nothing_before_possession() {
    let world = World::start().await;
    for persona in [SHEILA, ROZELLA, KURT, JANEK, LORANT, INGE, BARBARAANNE, PENNY] {
        for possession in ["desktop", "mobile"] {
            let answer = world.api.post("/v3/verify", &persona.verify(possession)).await.ok();
            assert_eq!(results(&answer), PENDING);
            assert!(answer["authToken"].is_string() && answer.get("evaluation").is_none(), "{answer}");
        }
    }
}

#[tokio::test]
async fn status_tells_nothing_before_possession() {
    let world = World::start().await;
    for persona in [KURT, JANEK, LORANT, BARBARAANNE] {
        let session = world.begin(persona, "mobile").await;
        session.device().send_code().await;
        let status = world.status(&session.id).await;
        assert_eq!(results(&status), PENDING);
        assert!(status.get("evaluation").is_none() && status.get("identityId").is_none(), "{status}");
        assert_eq!(
            (&status["phoneNumber"], &status["correlationId"]),
            (&json!(persona.number), &json!(session.id))
        );
    }
}

#[tokio::test]
async fn short_term_users_succeed_without_the_client_sdk() {
    let world = World::start().await;
    for persona in [SHEILA, ROZELLA] {
        for possession in ["desktop", "mobile"] {
            let session = world.begin(persona, possession).await;
            let status = world.status(&session.id).await;
            assert_eq!(results(&status), GOOD);
            assert!(status["identityId"].is_string());
            assert_eq!(world.status(&session.id).await, status, "asking again gives the same answer");
            assert_eq!(session.device().poll().await, json!({ "next": "done" }));
        }
    }
}

#[tokio::test]
async fn ordinary_personas_succeed_by_code_and_by_link() {
    let world = World::start().await;
    for persona in [LORANT, LANEY] {
        for session in [by_code(&world, persona).await, by_link(&world, persona).await] {
            let status = world.status(&session.id).await;
            assert_eq!(results(&status), GOOD);
            let pass = json!({ "result": "pass" });
            let all = json!({ "identification": pass, "authentication": pass, "risk": pass });
            assert_eq!(status["evaluation"], all);
        }
    }
}

#[tokio::test]
async fn possession_without_ownership() {
    let world = World::start().await;
    for session in [by_code(&world, KURT).await, by_link(&world, KURT).await] {
        let status = world.status(&session.id).await;
        assert_eq!(results(&status), NOT_OWNED);
        assert!(status.get("identityId").is_none());
        let reasons = &status["evaluation"]["identification"];
        assert_eq!(
            *reasons,
            json!({ "result": "fail", "failureReasons": { "9014": "the name does not match" } })
        );
        assert_eq!(status["evaluation"]["authentication"]["result"], "pass");
    }
}

#[tokio::test]
async fn another_persons_name_is_no_ownership() {
    let world = World::start().await;
    let mut request = LORANT.verify("none");
    (request["firstName"], request["lastName"]) = (json!("Kurt"), json!("Mathen"));
    let answer = world.api.post("/v3/verify", &request).await.ok();
    assert_eq!(results(&answer), ["false", "not_applicable", "failed"]);
    assert_eq!(answer["evaluation"]["identification"]["failureReasons"]["9014"], "the name does not match");
}

#[tokio::test]
async fn failed_possession_hides_ownership() {
    let world = World::start().await;
    let mut failed = vec![by_code(&world, JANEK).await, by_link(&world, JANEK).await];
    for persona in [KURT, BARBARAANNE] {
        let exhausted = world.begin(persona, "mobile").await;
        exhausted.device().send_code().await;
        exhausted.device().enter("0000").await;
        let cancelled = world.begin(persona, "mobile").await;
        cancelled.device().step("mobile/otp/error", json!({ "code": 10004 })).await;
        failed.extend([exhausted, cancelled]);
    }
    for session in failed {
        let status = world.status(&session.id).await;
        assert_eq!(results(&status), NOT_HELD);
        let reasons = json!({ "9100": "possession was not completed" });
        let only = json!({ "authentication": { "result": "fail", "failureReasons": reasons } });
        assert_eq!(status["evaluation"], only);
        assert!(status.get("identityId").is_none());
    }
}

#[tokio::test]
async fn a_persona_that_refuses_fails_whatever_is_entered() {
    let world = World::start().await;
    let session = world.begin_patient(JANEK, "mobile").await;
    session.device().send_code().await;
    let real = world.code(JANEK).await;
    assert_eq!(session.device().enter("1234").await["data"]["code"], 9201);
    assert_eq!(session.device().enter(&real).await["data"]["code"], 9201);
    assert_eq!(session.device().enter("0000").await["error"]["code"], 10000);
    assert_eq!(world.results(&session.id).await, NOT_HELD);
}

#[tokio::test]
async fn without_possession_ownership_is_answered_at_once() {
    let world = World::start().await;
    for (persona, good) in [(SHEILA, true), (LORANT, true), (JANEK, true), (KURT, false)] {
        let answer = world.api.post("/v3/verify", &persona.verify("none")).await.ok();
        let expected =
            if good { ["true", "not_applicable", "success"] } else { ["false", "not_applicable", "failed"] };
        assert_eq!(results(&answer), expected);
        // Nothing to run on a device, and the identity is told by verify-status only.
        assert!(answer.get("authToken").is_none() && answer.get("identityId").is_none(), "{answer}");
        assert!(answer["evaluation"].get("authentication").is_none());
        let status = world.status(answer["correlationId"].as_str().unwrap()).await;
        assert_eq!(results(&status), expected);
        assert_eq!(status["identityId"].is_string(), good);
        assert_eq!(status["evaluation"], answer["evaluation"]);
    }
}

#[tokio::test]
async fn risks_are_told_and_do_not_decide() {
    let world = World::start().await;
    for (persona, code) in [(BARBARAANNE, "9134"), (PENNY, "9135")] {
        let session = by_code(&world, persona).await;
        let none = world.begin(persona, "none").await;
        for id in [session.id, none.id] {
            let status = world.status(&id).await;
            assert_eq!(status["success"], "true");
            assert_eq!(status["evaluation"]["identification"]["result"], "pass");
            let risk = &status["evaluation"]["risk"];
            assert_eq!(risk["result"], "fail");
            assert_eq!(risk["failureReasons"].as_object().unwrap().keys().collect::<Vec<_>>(), [code]);
        }
    }
}

#[tokio::test]
async fn the_well_known_codes_are_as_long_as_the_template() {
    let world = World::start().await;
    for (template, good, bad) in [
        ("####", "1234", vec!["12345", "123456", "123", ""]),
        ("#####", "12345", vec!["1234", "123456"]),
        ("######", "123456", vec!["1234", "12345"]),
    ] {
        for (code, accepted) in bad.into_iter().map(|code| (code, false)).chain([(good, true)]) {
            let session =
                world.begin_with(&LORANT.verify_with("mobile", "smsMessage", json!(template))).await;
            session.device().send_code().await;
            let answer = session.device().enter(code).await;
            assert_eq!(answer == json!({ "next": "done" }), accepted, "{template} {code}: {answer}");
        }
    }
}

#[tokio::test]
async fn an_identity_belongs_to_number_and_customer() {
    let world = World::start().await;
    let mut ids = Vec::new();
    for customer in [json!(null), json!("7"), json!("8"), json!(null), json!("7"), json!("")] {
        let request = LORANT.verify_with("none", "clientCustomerId", customer);
        let id = world.begin_with(&request).await.id;
        ids.push(world.status(&id).await["identityId"].clone());
    }
    let [none, seven, eight, none_again, seven_again, empty] = &ids[..] else { unreachable!() };
    assert_eq!((none, seven), (none_again, seven_again));
    assert_eq!(none, empty, "an empty id is none");
    assert!(none != seven && seven != eight && none != eight);
    // However possession was proven.
    let session = by_code(&world, LORANT).await;
    assert_eq!(world.status(&session.id).await["identityId"], *none);
}
