//! What people are told, in the project's words.

use ringtrue_domain::member::Role;
use serde_json::{Value, json};

use super::{browser::Browser, sandbox_of};
use crate::client::{LORANT, World};

const GERMAN: [(&str, &str); 5] = [
    ("language", "de"),
    ("countries", ""),
    ("codeText", "Ihr Code für <Werkzeug>: ####"),
    ("landingTitle", "Sind Sie das?"),
    ("landingButton", "Ja, bestätigen"),
];

#[tokio::test]
async fn people_are_told_in_the_words_for_their_country() {
    let world = World::start().await;
    let path = format!("{}/texts", sandbox_of(&world).await);
    let owner = Browser::signed_in(&world, Role::Owner).await;
    assert!(owner.open(&path).await.text().contains("Everybody is told in our words"));
    let page = owner.submit(&path, &GERMAN).await.text();
    assert!(page.contains("The text was saved.") && page.contains("all others"), "{page}");
    assert!(page.contains("Ihr Code für &#60;Werkzeug&#62;: 1234"), "{page}");
    assert!(page.contains("Carriers bill 1 message."), "{page}");

    let session = world.begin(LORANT, "mobile").await;
    session.device().send_code().await;
    let code = world.code(LORANT).await;
    assert_eq!(code.len(), 4);
    let message = &world.messages(LORANT.number).await[0];
    assert_eq!(message["body"], format!("Ihr Code für <Werkzeug>: {code}"));
    // The caller's own text goes first.
    let request = LORANT.verify_with("mobile", "smsMessage", json!("Mine: ######"));
    world.begin_with(&request).await.device().send_code().await;
    assert!(world.messages(LORANT.number).await[0]["body"].as_str().unwrap().starts_with("Mine: "));

    let session = world.begin(LORANT, "desktop").await;
    session.device().send_link().await;
    let link = world.link(LORANT).await;
    let landing = world.open(&link, "").await.text();
    for said in [
        "<h1 lang=\"de\">Sind Sie das?</h1>",
        "lang=\"de\">Ja, bestätigen</button>",
        "wants to know whether this phone",
    ] {
        assert!(landing.contains(said), "{said}: {landing}");
    }

    let page = owner.submit(&format!("{path}/remove"), &[("language", "de")]).await.text();
    assert!(page.contains("Everybody is told in our words"), "{page}");
}

#[tokio::test]
async fn a_text_is_seen_before_it_is_kept_and_what_is_wrong_is_told() {
    let world = World::start().await;
    let path = format!("{}/texts", sandbox_of(&world).await);
    let owner = Browser::signed_in(&world, Role::Owner).await;
    let preview = async |text| {
        owner.submit(&format!("{path}/preview"), &[("language", "pl"), ("codeText", text)]).await.text()
    };
    let seen =
        preview("Twój kod dostępu do wypożyczalni narzędzi przy ulicy to ######, nie podawaj go nikomu")
            .await;
    assert!(seen.contains("of the long alphabet") && seen.contains("Carriers bill 2 messages."), "{seen}");
    assert!(!seen.contains("<html"), "{seen}");
    assert!(preview("no place").await.contains("Code text must hold exactly one run of 4, 5 or 6 #"));
    assert!(owner.open(&path).await.text().contains("Everybody is told in our words"));

    let wrong = [("language", "pl"), ("countries", "Poland"), ("codeText", "kod ####")];
    let page = owner.submit(&path, &wrong).await;
    assert_eq!(page.status, 422);
    assert!(
        page.text().contains("codes of two letters") && page.text().contains("kod ####"),
        "{}",
        page.text()
    );
    owner.submit(&path, &GERMAN).await;
    let page = owner.submit(&path, &[("language", "pl"), ("codeText", "kod ####")]).await.text();
    assert!(page.contains("another text is for all other countries already"), "{page}");
    // Changed, not added.
    let changed = [("was", "de"), ("language", "de-AT"), ("countries", "at, de"), ("codeText", "Code ####")];
    let page = owner.submit(&path, &changed).await.text();
    assert!(page.contains("for numbers of AT, DE") && !page.contains("all others"), "{page}");
    assert!(owner.open(&format!("{path}/edit?language=de-AT")).await.text().contains("value=\"AT, DE\""));
    assert_eq!(owner.open(&format!("{path}/edit?language=fr")).await.status, 404);
}

#[tokio::test]
async fn links_lead_to_allowed_addresses_only() {
    let world = World::start().await;
    let path = format!("{}/texts/targets", sandbox_of(&world).await);
    let owner = Browser::signed_in(&world, Role::Owner).await;
    let page = owner.submit(&path, &[("targets", "https://shop.example/x")]).await;
    assert_eq!(page.status, 422);
    assert!(page.text().contains("without a path"), "{}", page.text());
    let page =
        owner.submit(&path, &[("targets", "https://Shop.example/\n https://other.example")]).await.text();
    assert!(page.contains("https://other.example\nhttps://shop.example"), "{page}");
    let verify = async |target: &str| {
        let request: Value = LORANT.verify_with("desktop", "finalTargetUrl", json!(target));
        world.api.post("/v3/verify", &request).await
    };
    let refused = verify("https://evil.example/").await.refused(400, 8001);
    assert!(refused.contains("finalTargetUrl: must be at an address that the project allows"), "{refused}");
    verify("https://shop.example/back").await.ok();
}
