//! §0, §5, §19: instant links as the waiting page asks for them.

use serde_json::{Value, json};

use crate::client::{LORANT, World};

const START: &str = "mobile/instantlink/start";

fn desktop() -> Value {
    json!({ "sourceIp": null, "isMobile": false })
}

#[tokio::test]
async fn the_answer_depends_on_the_retry_step() {
    let world = World::start().await;
    let plain = world.begin(LORANT, "desktop").await;
    assert_eq!(plain.device().step(START, desktop()).await, json!({ "next": "", "data": {} }));
    let with_retry = world.begin_patient(LORANT, "desktop").await;
    assert_eq!(with_retry.device().step(START, desktop()).await, json!({ "next": "" }));
    // On a phone the flow goes on in the tab that the link opens.
    let on_phone = world.begin(LORANT, "desktop").await;
    assert_eq!(on_phone.device().step(START, json!({ "isMobile": true })).await, json!({ "next": "" }));
}

#[tokio::test]
async fn the_message_holds_an_unguessable_link() {
    let world = World::start().await;
    let mut tokens = std::collections::HashSet::new();
    for _ in 0..20 {
        let session = world.begin(LORANT, "desktop").await;
        session.device().step(START, desktop()).await;
        let message = world.messages(LORANT.number).await[0].clone();
        let link = message["link"].as_str().unwrap();
        assert!(message["body"].as_str().unwrap().contains(link));
        let token = link.rsplit('/').next().unwrap();
        // 22 characters of base64url carry 128 bits.
        assert!(token.len() >= 22 && token.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b)));
        assert!(tokens.insert(token.to_owned()));
        assert!(!message["body"].as_str().unwrap().contains(&session.id), "it does not tell the flow");
    }
}

#[tokio::test]
async fn a_resend_makes_another_link() {
    let world = World::start().await;
    let session = world.begin_patient(LORANT, "desktop").await;
    for body in [desktop(), json!({ "sourceIp": null, "isMobile": false, "mobileNumber": "" })] {
        assert_eq!(session.device().step(START, body).await, json!({ "next": "" }));
        world.advance(1).await;
    }
    let messages = world.messages(LORANT.number).await;
    assert_eq!(messages.len(), 2);
    assert_ne!(messages[0]["link"], messages[1]["link"]);
}

#[tokio::test]
async fn link_steps_do_not_belong_to_a_mobile_flow() {
    let world = World::start().await;
    let session = world.begin(LORANT, "mobile").await;
    let answer = session.device().step(START, desktop()).await;
    assert_eq!((&answer["next"], &answer["error"]["code"]), (&json!(""), &json!(10003)));
    assert!(world.messages(LORANT.number).await.is_empty());
}

#[tokio::test]
async fn the_poll_waits_and_then_tells() {
    let world = World::start().await;
    let session = world.begin(LORANT, "desktop").await;
    assert_eq!(session.device().poll().await, json!({ "next": "mobile/instantlink" }));
    session.device().send_link().await;
    assert_eq!(session.device().poll().await, json!({ "next": "mobile/instantlink" }));
    world.press(&world.link(LORANT).await, "").await;
    assert_eq!(session.device().poll().await, json!({ "next": "done" }));
    let late = world.begin(LORANT, "desktop").await;
    late.device().send_link().await;
    world.advance(180).await;
    let over =
        json!({ "next": "done", "error": { "code": 10000, "message": "the verification has expired" } });
    assert_eq!(late.device().poll().await, over);
    // Looking costs nothing: any number of polls is fine.
    let patient = world.begin_patient(LORANT, "desktop").await;
    for _ in 0..100 {
        assert_eq!(patient.device().poll().await, json!({ "next": "mobile/instantlink" }));
    }
}
