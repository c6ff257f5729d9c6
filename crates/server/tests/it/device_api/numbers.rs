//! §0: number changes. Possession and ownership are then judged for the new number.

use serde_json::{Value, json};

use crate::client::{BARBARAANNE, KURT, LANEY, LORANT, PENNY, ROZELLA, Session, World};

async fn change(session: &Session, step: &str, number: &str) -> Value {
    session.device().step(step, json!({ "mobileNumber": number })).await
}

fn refused(code: u64, message: &str) -> Value {
    json!({ "next": "", "data": { "code": code, "message": message } })
}

const OTP: &str = "mobile/otp/start";
const LINK: &str = "mobile/instantlink/start";

#[tokio::test]
async fn the_new_number_is_judged_and_named() {
    let world = World::start().await;
    for (to, results) in [
        (LANEY, ["true", "success", "success"]),
        // The request's name is Laney's, so Kurt's number is not hers.
        (KURT, ["false", "success", "failed"]),
        (LORANT, ["false", "success", "failed"]),
    ] {
        let mut request = PENNY.verify("mobile");
        (request["firstName"], request["lastName"]) = (json!(LANEY.first), json!(LANEY.last));
        let session = world.begin_with(&request).await;
        session.device().send_code().await;
        assert_eq!(change(&session, OTP, to.number).await, json!({ "next": "" }));
        assert_eq!(world.status(&session.id).await["phoneNumber"], to.number);
        session.device().enter(&world.code(to).await).await;
        assert_eq!(world.results(&session.id).await, results);
        let status = world.status(&session.id).await;
        assert_eq!(status["phoneNumber"], to.number);
        // Penny's swapped SIM has nothing to do with it any more.
        assert_eq!(status["evaluation"]["risk"], json!({ "result": "pass" }));
    }
}

#[tokio::test]
async fn what_was_sent_to_the_old_number_proves_nothing() {
    let world = World::start().await;
    let session = world.begin(LORANT, "mobile").await;
    session.device().send_code().await;
    let old = world.code(LORANT).await;
    change(&session, OTP, LANEY.number).await;
    if old != world.code(LANEY).await {
        assert_eq!(session.device().enter(&old).await["error"]["code"], 10000);
    }
    let session = world.begin_patient(LORANT, "desktop").await;
    session.device().send_link().await;
    let old = world.link(LORANT).await;
    assert_eq!(change(&session, LINK, LANEY.number).await, json!({ "next": "" }));
    assert_eq!(world.open(&old, "").await.status, 410);
    assert_eq!(world.press(&old, "").await.status, 410);
    world.press(&world.link(LANEY).await, "").await.location();
    assert_eq!(world.results(&session.id).await, ["false", "success", "failed"]);
}

#[tokio::test]
async fn three_changes_and_no_more() {
    let world = World::start().await;
    for (possession, step) in [("mobile", OTP), ("desktop", LINK)] {
        let session = world.begin_patient(LORANT, possession).await;
        for to in [LANEY, KURT, LORANT] {
            assert_eq!(change(&session, step, to.number).await, json!({ "next": "" }));
        }
        let no_more = refused(9204, "the number cannot be changed here");
        assert_eq!(change(&session, step, BARBARAANNE.number).await, no_more);
        assert_eq!(world.status(&session.id).await["phoneNumber"], LORANT.number);
        // A resend to the number that it has now is no change.
        assert_eq!(change(&session, step, LORANT.number).await, json!({ "next": "" }));
    }
}

#[tokio::test]
async fn numbers_that_cannot_be_used() {
    let world = World::start().await;
    let bad = refused(9203, "the number cannot receive messages, check it");
    for (persona, possession, step) in [(LORANT, "mobile", OTP), (LANEY, "desktop", LINK)] {
        let session = world.begin_patient(persona, possession).await;
        for number in ["nonsense", "+1", "+14155552671", "07968900002", "🦀"] {
            assert_eq!(change(&session, step, number).await, bad, "{number}");
        }
        assert_eq!(world.status(&session.id).await["phoneNumber"], persona.number);
        assert!(world.messages(persona.number).await.is_empty(), "nothing was sent for it");
        // Blank means the known number, as in a resend.
        assert_eq!(change(&session, step, "  ").await, json!({ "next": "" }));
        assert_eq!(world.messages(persona.number).await.len(), 1);
    }
}

#[tokio::test]
async fn numbers_that_the_project_keeps_out() {
    let world = World::start().await;
    world.limit(Some(1), None, &["DE"]).await;
    world.begin(LANEY, "mobile").await;
    let often = refused(9203, "this number was verified too often, take another one or try later");
    let country = refused(9203, "numbers of this country are not taken, take another one");
    for (persona, possession, step) in [(LORANT, "mobile", OTP), (KURT, "desktop", LINK)] {
        let session = world.begin_patient(persona, possession).await;
        assert_eq!(change(&session, step, LANEY.number).await, often);
        assert_eq!(change(&session, step, ROZELLA.number).await, country);
        assert!(world.messages(LANEY.number).await.is_empty(), "nothing was sent for it");
        assert_eq!(change(&session, step, persona.number).await, json!({ "next": "" }));
    }
}

#[tokio::test]
async fn the_known_number_in_other_words_is_a_resend() {
    let world = World::start().await;
    let session = world.begin(LORANT, "mobile").await;
    for number in [LORANT.number, "(200) 100-4014", " +1 200 100 4014 "] {
        assert_eq!(change(&session, OTP, number).await, json!({ "next": "" }));
    }
    assert_eq!(world.messages(LORANT.number).await.len(), 3);
    assert_eq!(session.device().enter("1234").await, json!({ "next": "done" }));
}

#[tokio::test]
async fn tries_are_counted_over_all_numbers() {
    let world = World::start().await;
    let session = world.begin_patient(LORANT, "mobile").await;
    session.device().send_code().await;
    assert_eq!(session.device().enter("000000").await["data"]["code"], 9201);
    change(&session, OTP, LANEY.number).await;
    assert_eq!(session.device().enter("000000").await["data"]["code"], 9201);
    change(&session, OTP, KURT.number).await;
    assert_eq!(session.device().enter("000000").await["error"]["code"], 10000);
}
