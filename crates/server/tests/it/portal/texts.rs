//! What people are told, in the project's words.

use http::Method;
use ringtrue_domain::{member::Role, sms::Phrase};
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
        "<html lang=\"de\">",
        "<title>Sind Sie das? – ",
        "<h1>Sind Sie das?</h1>",
        ">Ja, bestätigen</button>",
        "<dt lang=\"en\">Asked by</dt>",
        "<dd lang=\"en\">just now</dd>",
        "<footer lang=\"en\">",
    ] {
        assert!(landing.contains(said), "{said}: {landing}");
    }

    let page = owner.submit(&format!("{path}/remove"), &[("language", "de")]).await.text();
    assert!(page.contains("Everybody is told in our words"), "{page}");
}

/// A text with a phrase of its own in each field of the page.
fn in_hebrew() -> Vec<(&'static str, String)> {
    let mut fields = vec![("language", "he".to_owned())];
    fields.extend(Phrase::ALL.map(|phrase| (phrase.field(), format!("# {phrase:?}"))));
    fields
}

#[tokio::test]
async fn every_page_of_a_link_can_be_in_the_projects_language() {
    let world = World::start().await;
    let path = format!("{}/texts", sandbox_of(&world).await);
    let owner = Browser::signed_in(&world, Role::Owner).await;
    let fields = in_hebrew();
    let fields: Vec<_> = fields.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let page = owner.submit(&path, &fields).await.text();
    assert!(page.contains("All of the page of a link is in these words."), "{page}");
    let chrome = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36";
    let link = async || {
        let session = world.begin(LORANT, "desktop").await;
        let path = "/v1/client/mobile/instantlink/start";
        let call = world.api.bearing(session.device().token()).call(Method::POST, path);
        call.header("user-agent", chrome).json(&json!({})).send().await.ok();
        (session, world.link(LORANT).await)
    };
    // Nothing is left in our words, and no part has to say its language.
    let is_whole = |page: &str, said: &[&str]| {
        assert!(page.contains("<html lang=\"he\" dir=\"rtl\">"), "{page}");
        assert_eq!((page.matches("lang=").count(), page.matches("ltr").count()), (1, 0), "{page}");
        for phrase in said {
            assert!(page.contains(phrase), "{phrase}: {page}");
        }
        // A word of ours may be in the name of a phrase.
        for ours in Phrase::ALL.map(Phrase::ours).into_iter().filter(|ours| ours.len() > 9) {
            assert!(!page.contains(ours), "{ours}: {page}");
        }
    };
    let (_, first) = link().await;
    let opened = world.open(&first, "").await;
    let cookie = opened.header("set-cookie").split(';').next().unwrap().to_owned();
    is_whole(
        &opened.text(),
        &[
            "# Title<",
            "# Text<",
            "# AskedBy<",
            "# Started<",
            "# JustNow<",
            "# AskedOn<",
            "# Button<",
            "# Note<",
            "# Footer<",
        ],
    );
    assert!(opened.text().contains("Chrome · Windows") && opened.text().contains("<title># Title – "));
    world.press(&first, &cookie).await.location();
    is_whole(&world.open(&first, &cookie).await.text(), &["# DoneTitle<", "# DoneText<", "# Footer<"]);
    is_whole(&world.open(&first, "").await.text(), &["# GoneTitle<", "# GoneUsed<", "# GoneNote<"]);
    let (_, late) = link().await;
    world.advance(100).await;
    is_whole(&world.open(&late, "").await.text(), &["2 MinutesAgo<"]);
    world.advance(100).await;
    is_whole(&world.press(&late, "").await.text(), &["# GoneExpired<"]);
    let (session, given_up) = link().await;
    session.device().step("mobile/instantlink/error", json!({ "code": 10004 })).await;
    is_whole(&world.open(&given_up, "").await.text(), &["# GoneCancelled<"]);
    // Whose link it is that nobody knows, nobody knows.
    let unknown = world.open("/l/AAAAAAAAAAAAAAAAAAAAAA", "").await.text();
    assert!(
        unknown.contains("<html lang=\"en\">") && unknown.contains("We don’t know this link."),
        "{unknown}"
    );
}

#[tokio::test]
async fn the_other_words_of_the_page_are_folded_away_until_they_are_needed() {
    let world = World::start().await;
    let path = format!("{}/texts", sandbox_of(&world).await);
    let owner = Browser::signed_in(&world, Role::Owner).await;
    let empty = owner.open(&format!("{path}/edit")).await.text();
    assert!(empty.contains("<details>\n") && empty.len() < 64 * 1024, "{empty}");
    for phrase in Phrase::ALL {
        assert_eq!(empty.matches(&format!("name=\"{}\"", phrase.field())).count(), 1, "{phrase:?}");
        assert_eq!(empty.matches(&format!("for=\"{}\"", phrase.field())).count(), 1, "{phrase:?}");
    }
    let wrong = owner.submit(&path, &[("language", "de"), ("landingMinutesAgo", "vor Minuten")]).await;
    assert_eq!(wrong.status, 422);
    let page = wrong.text();
    assert!(page.contains("Landing minutes ago must hold exactly one # for the number."), "{page}");
    assert!(page.contains("<details open>") && page.contains("value=\"vor Minuten\""), "{page}");
    let some = [("language", "de"), ("landingTitle", "Sind Sie das?"), ("landingMinutesAgo", "vor # Min.")];
    let page = owner.submit(&path, &some).await.text();
    assert!(page.contains("2 of 21 phrases of the page of a link are in these words"), "{page}");
    let preview = owner.submit(&format!("{path}/preview"), &some).await.text();
    for said in [
        "<div class=\"reading\" lang=\"de\">",
        ">vor 2 Min.</span>",
        "<div class=\"reading\" lang=\"en\">",
        "Its time is over",
    ] {
        assert!(preview.contains(said), "{said}: {preview}");
    }
    let again = owner.open(&format!("{path}/edit?language=de")).await.text();
    assert!(again.contains("value=\"vor # Min.\"") && again.contains("<details open>"), "{again}");
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
