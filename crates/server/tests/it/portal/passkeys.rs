//! Passkeys, as far as a browser without any gets. A browser that has one is in `tests/browser/portal-passkeys.test.mjs`.

use ringtrue_domain::member::Role;
use serde_json::Value;

use super::browser::Browser;
use crate::client::World;

const ASK: &str = "/portal/sign-in/passkey/question";
const ASK_TO_ADD: &str = "/portal/account/passkeys/question";
const SAME_ORIGIN: (&str, &str) = ("sec-fetch-site", "same-origin");

/// The question's token.
#[track_caller]
fn token(text: &str) -> String {
    let question: Value = serde_json::from_str(text).unwrap();
    let options: Value = serde_json::from_str(question["options"].as_str().unwrap()).unwrap();
    assert!(options["challenge"].is_string());
    question["token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_answer_that_proves_nothing_signs_nobody_in() {
    let world = World::reached_at("https://ring.example").await;
    Browser::signed_in(&world, Role::Owner).await;
    let nobody = Browser::new(&world);
    assert!(
        nobody.open("/portal/sign-in").await.text().contains("data-ask=\"/portal/sign-in/passkey/question\"")
    );
    assert_eq!(nobody.send(ASK, &[], &[("sec-fetch-site", "cross-site")]).await.status, 403);
    for answer in ["", "{}", "nonsense"] {
        let token = token(&nobody.send(ASK, &[], &[SAME_ORIGIN]).await.text());
        let fields = [("token", token.as_str()), ("answer", answer), ("back", "/portal/looks")];
        let refused = nobody.enter("/portal/sign-in/passkey", &fields).await;
        assert_eq!(refused.status, 422);
        assert!(refused.text().contains("This passkey signs nobody in here."), "{}", refused.text());
        assert!(refused.text().contains("name=\"back\" value=\"/portal/looks\""));
    }
    assert!(nobody.open("/portal/projects").await.text().contains("<h1>Sign in</h1>"));
}

#[tokio::test]
async fn whoever_is_signed_in_may_add_one_from_a_page_of_ours() {
    let world = World::reached_at("https://ring.example").await;
    let zoe = Browser::signed_in(&world, Role::ReadOnly).await;
    assert_eq!(zoe.send(ASK_TO_ADD, &[], &[SAME_ORIGIN]).await.status, 403);
    let csrf = zoe.token().await;
    let asked = zoe.send(ASK_TO_ADD, &[("csrf", &csrf)], &[SAME_ORIGIN]).await;
    assert_eq!((asked.status.as_u16(), asked.header("cache-control")), (200, "no-store"));
    let token = token(&asked.text());
    let add = async |name: &str, answer: &str| {
        let fields = [("token", token.as_str()), ("name", name), ("answer", answer)];
        zoe.submit("/portal/account/passkeys", &fields).await.text()
    };
    assert!(add("", "{}").await.contains("Name must be 1 to 80 characters"));
    for _ in 0..2 {
        assert!(add("Laptop", "{}").await.contains("The passkey was not added"));
    }
    assert!(zoe.open("/portal/account").await.text().contains("You have none. A passkey"));
    let gone = format!("/portal/account/passkeys/{}/remove", "0".repeat(64));
    assert!(zoe.submit(&gone, &[]).await.text().contains("The passkey was removed."));
    assert_eq!(zoe.submit("/portal/account/passkeys/nonsense/remove", &[]).await.status, 404);
}

#[tokio::test]
async fn pages_say_where_browsers_have_none() {
    let world = World::start().await;
    let owner = Browser::signed_in(&world, Role::Owner).await;
    let page = owner.open("/portal/account").await.text();
    assert!(page.contains("There are none here") && page.contains("This one is http://127.0.0.1:"), "{page}");
    assert!(!page.contains("data-ask="));
    assert!(!Browser::new(&world).open("/portal/sign-in").await.text().contains("With a passkey"));
    let csrf = owner.token().await;
    assert_eq!(owner.send(ASK_TO_ADD, &[("csrf", &csrf)], &[SAME_ORIGIN]).await.status, 400);
}
