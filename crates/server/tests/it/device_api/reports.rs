//! §12: error reports. Only `next` of the answer counts; the text is for logs and is never parsed.

use serde_json::{Value, json};

use crate::client::{LORANT, World};

const LINK: &str = "mobile/instantlink/error";

fn cancelled() -> Value {
    json!({ "next": "done", "error": { "code": 10000, "message": "the verification was cancelled" } })
}

#[tokio::test]
async fn a_code_step_that_broke_ends_the_flow() {
    let world = World::start().await;
    for body in [
        json!({}),
        json!({ "code": 10000 }),
        json!({ "code": -1, "message": "" }),
        json!({ "message": "x".repeat(3000) }),
    ] {
        let session = world.begin(LORANT, "mobile").await;
        session.device().send_code().await;
        assert_eq!(session.device().step("mobile/otp/error", body).await, cancelled());
        assert_eq!(world.results(&session.id).await, ["false", "failed", "not_applicable"]);
    }
}

#[tokio::test]
async fn a_lost_socket_is_no_end_while_a_link_is_good() {
    let world = World::start().await;
    let session = world.begin(LORANT, "desktop").await;
    session.device().send_link().await;
    for _ in 0..3 {
        // "The connection closed abnormally", in the words of the published client.
        let report = json!({ "code": 1006, "message": "WebSocket closed" });
        assert_eq!(session.device().step(LINK, report).await, json!({ "next": "mobile/instantlink" }));
        // It runs the start step again, which must not send another message.
        assert_eq!(session.device().send_link().await, json!({ "next": "", "data": {} }));
    }
    assert_eq!(world.messages(LORANT.number).await.len(), 1);
    assert_eq!(session.device().step(LINK, json!({ "code": 1006 })).await, cancelled(), "not for ever");
}

#[tokio::test]
async fn a_resumed_wait_is_finished_by_the_link() {
    let world = World::start().await;
    let session = world.begin(LORANT, "desktop").await;
    session.device().send_link().await;
    session.device().step(LINK, json!({ "code": 1006 })).await;
    session.device().send_link().await;
    world.press(&world.link(LORANT).await, "").await.location();
    assert_eq!(session.device().poll().await, json!({ "next": "done" }));
}

#[tokio::test]
async fn without_a_good_link_a_broken_wait_ends_the_flow() {
    let world = World::start().await;
    let before = world.begin(LORANT, "desktop").await;
    assert_eq!(before.device().step(LINK, json!({ "code": 1006 })).await, cancelled());
    let after = world.begin_patient(LORANT, "desktop").await;
    after.device().send_link().await;
    world.advance(180).await;
    assert_eq!(after.device().step(LINK, json!({ "code": 1006 })).await, cancelled());
}

#[tokio::test]
async fn a_person_who_gave_up_ends_the_flow() {
    let world = World::start().await;
    for (possession, step) in
        [("mobile", "mobile/otp/error"), ("desktop", LINK), ("mobile", "mobile/instant/error")]
    {
        let session = world.begin(LORANT, possession).await;
        if possession == "desktop" {
            session.device().send_link().await;
        } else {
            session.device().send_code().await;
        }
        assert_eq!(session.device().step(step, json!({ "code": 10004 })).await, cancelled());
        assert_eq!(world.results(&session.id).await[0], "false");
    }
}

#[tokio::test]
async fn steps_that_this_server_never_offers() {
    let world = World::start().await;
    let session = world.begin(LORANT, "mobile").await;
    session.device().send_code().await;
    let steps =
        ["device/passive", "device/fido2", "device/universal", "user/ppb", "user/docv", "user/mobileactive"];
    for step in steps {
        let answer = session.device().step(&format!("{step}/error"), json!({ "code": 10000 })).await;
        assert_eq!((&answer["next"], &answer["error"]["code"]), (&json!(""), &json!(10003)), "{step}");
    }
    assert_eq!(session.device().enter("1234").await, json!({ "next": "done" }), "and they change nothing");
}
