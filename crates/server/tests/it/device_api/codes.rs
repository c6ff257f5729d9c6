//! §0, §4, §19: one-time codes. A good answer has no `data`, not even an empty one.

use serde_json::{Value, json};

use crate::client::{LANEY, LORANT, World};

fn nudge(next: &str, code: u64, message: &str) -> Value {
    json!({ "next": next, "data": { "code": code, "message": message } })
}

fn wrong() -> Value {
    nudge("mobile/otp", 9201, "the code is wrong")
}

fn expired() -> Value {
    nudge("mobile/otp", 9202, "the code has expired, ask for a new one")
}

fn used_up() -> Value {
    json!({ "next": "done", "error": { "code": 10000, "message": "all tries are used up" } })
}

fn wrong_code(real: &str) -> String {
    // Neither the sandbox's well-known codes nor the real one.
    if real == "000000" { "111111".to_owned() } else { "000000".to_owned() }
}

#[tokio::test]
async fn the_good_way() {
    let world = World::start().await;
    let session = world.begin(LORANT, "mobile").await;
    assert_eq!(session.device().send_code().await, json!({ "next": "" }));
    let message = world.messages(LORANT.number).await[0].clone();
    let code = message["code"].as_str().unwrap();
    assert!(code.len() == 6 && code.bytes().all(|b| b.is_ascii_digit()));
    assert_eq!(
        message["body"],
        format!("{code} is your Weir Street Tool Library code. Don't share it with anyone.")
    );
    assert_eq!((&message["kind"], &message["to"]), (&json!("otp"), &json!(LORANT.number)));
    assert_eq!(session.device().enter(code).await, json!({ "next": "done" }));
}

#[tokio::test]
async fn people_type_codes_in_many_ways() {
    let world = World::start().await;
    for typed in ["{a}{b}", " {a}{b}\n", "{a} {b}", "{a}-{b}", "{a}\u{a0}{b}", "{a} - {b}"] {
        let session = world.begin(LORANT, "mobile").await;
        session.device().send_code().await;
        let code = world.code(LORANT).await;
        let typed = typed.replace("{a}", &code[..3]).replace("{b}", &code[3..]);
        assert_eq!(session.device().enter(&typed).await, json!({ "next": "done" }), "{typed:?}");
    }
}

#[tokio::test]
async fn one_try_without_and_three_with_allow_otp_retry() {
    let world = World::start().await;
    let session = world.begin(LORANT, "mobile").await;
    session.device().send_code().await;
    assert_eq!(session.device().enter(&wrong_code(&world.code(LORANT).await)).await, used_up());
    let session = world.begin_patient(LORANT, "mobile").await;
    session.device().send_code().await;
    let code = world.code(LORANT).await;
    let bad = wrong_code(&code);
    assert_eq!(session.device().enter(&bad).await, wrong());
    assert_eq!(session.device().enter(&bad).await, wrong());
    assert_eq!(session.device().enter(&bad).await, used_up());
    assert_eq!(session.device().enter(&code).await, used_up(), "the right one comes too late");
    assert_eq!(world.results(&session.id).await, ["false", "failed", "not_applicable"]);
}

#[tokio::test]
async fn a_resend_does_not_reset_the_tries() {
    let world = World::start().await;
    let session = world.begin_patient(LORANT, "mobile").await;
    for answer in [wrong(), wrong(), used_up()] {
        session.device().send_code().await;
        assert_eq!(session.device().enter(&wrong_code(&world.code(LORANT).await)).await, answer);
    }
}

#[tokio::test]
async fn nothing_entered_is_no_try() {
    let world = World::start().await;
    let session = world.begin(LORANT, "mobile").await;
    session.device().send_code().await;
    for body in [json!({ "otp": "" }), json!({ "otp": "  " }), json!({ "otp": null }), json!({})] {
        assert_eq!(session.device().step("mobile/otp/finish", body).await, wrong());
    }
    assert_eq!(session.device().enter(&world.code(LORANT).await).await, json!({ "next": "done" }));
}

#[tokio::test]
async fn a_code_is_good_for_two_minutes() {
    let world = World::start().await;
    let session = world.begin(LORANT, "mobile").await;
    session.device().send_code().await;
    let code = world.code(LORANT).await;
    world.advance(119).await;
    assert_eq!(session.device().enter(&code).await, json!({ "next": "done" }));
    let session = world.begin(LORANT, "mobile").await;
    session.device().send_code().await;
    let code = world.code(LORANT).await;
    world.advance(120).await;
    // Being late is no wrong try; even a wrong code is told that its time is over.
    for entry in [code.as_str(), "1234", "000000"] {
        assert_eq!(session.device().enter(entry).await, expired());
    }
    session.device().send_code().await;
    assert_eq!(session.device().enter(&world.code(LORANT).await).await, json!({ "next": "done" }));
}

#[tokio::test]
async fn messages_overtake_each_other() {
    let world = World::start().await;
    let session = world.begin(LORANT, "mobile").await;
    session.device().send_code().await;
    let first = world.code(LORANT).await;
    world.advance(60).await;
    assert_eq!(session.device().send_code().await, json!({ "next": "" }));
    assert_ne!(world.code(LORANT).await, first, "a resend makes a fresh code");
    assert_eq!(
        session.device().enter(&first).await,
        json!({ "next": "done" }),
        "the older one is still good"
    );
    // An old code whose time is over stays so while a newer one is good.
    let session = world.begin(LORANT, "mobile").await;
    session.device().send_code().await;
    let first = world.code(LORANT).await;
    world.advance(60).await;
    session.device().send_code().await;
    world.advance(60).await;
    assert_eq!(session.device().enter(&first).await, expired());
    assert_eq!(session.device().enter(&world.code(LORANT).await).await, json!({ "next": "done" }));
}

#[tokio::test]
async fn codes_belong_to_their_flow() {
    let world = World::start().await;
    let (mine, theirs) = (world.begin(LORANT, "mobile").await, world.begin(LANEY, "mobile").await);
    theirs.device().send_code().await;
    mine.device().send_code().await;
    let code = world.code(LANEY).await;
    if code != world.code(LORANT).await {
        assert_eq!(mine.device().enter(&code).await, used_up());
    }
}

#[tokio::test]
async fn strange_entries_are_just_wrong() {
    let world = World::start().await;
    let long = "1".repeat(3000);
    let doubled = |code: &str| format!("{code}{code}");
    for entry in ["１２３４", "1234\u{0}", "0x4d2", "1234 OR 1=1", "🦀", &long, "+1234", "1234."] {
        let session = world.begin(LORANT, "mobile").await;
        session.device().send_code().await;
        assert_eq!(session.device().enter(entry).await, used_up(), "{entry:.20}");
    }
    let session = world.begin(LORANT, "mobile").await;
    session.device().send_code().await;
    assert_eq!(session.device().enter(&doubled(&world.code(LORANT).await)).await, used_up());
}

#[tokio::test]
async fn a_code_before_any_was_sent_is_out_of_order() {
    let world = World::start().await;
    let session = world.begin(LORANT, "mobile").await;
    let refused = session.device().enter("1234").await;
    assert_eq!((&refused["next"], &refused["error"]["code"]), (&json!(""), &json!(10003)));
    assert!(refused.get("data").is_none());
    session.device().send_code().await;
    assert_eq!(session.device().enter("1234").await, json!({ "next": "done" }), "and costs no try");
}

#[tokio::test]
async fn code_steps_do_not_belong_to_a_desktop_flow() {
    let world = World::start().await;
    let session = world.begin(LORANT, "desktop").await;
    for answer in [session.device().send_code().await, session.device().enter("1234").await] {
        assert_eq!((&answer["next"], &answer["error"]["code"]), (&json!(""), &json!(10003)));
    }
    assert!(world.messages(LORANT.number).await.is_empty());
    assert_eq!(world.results(&session.id).await[0], "pending");
}
