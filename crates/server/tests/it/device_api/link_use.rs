//! §0: a person's POST uses a link, once.

use http::Method;
use serde_json::json;

use crate::client::{Answer, LORANT, Session, World};

async fn sent(world: &World) -> (Session, String) {
    let session = world.begin(LORANT, "desktop").await;
    session.device().send_link().await;
    let link = world.link(LORANT).await;
    (session, link)
}

/// The cookie that an answer sets, as the browser sends it back.
#[track_caller]
fn cookie(answer: &Answer) -> String {
    answer.header("set-cookie").split(';').next().unwrap().to_owned()
}

#[tokio::test]
async fn the_browser_is_sent_to_the_target_with_the_outcome() {
    let world = World::start().await;
    for (target, there) in [
        ("https://shop.example/back?order=7", "https://shop.example/back?order=7&authId=ID&asc=true"),
        ("https://shop.example/back", "https://shop.example/back?authId=ID&asc=true"),
        ("https://shop.example", "https://shop.example?authId=ID&asc=true"),
        ("http://127.0.0.1:3000/a?b=c?d", "http://127.0.0.1:3000/a?b=c?d&authId=ID&asc=true"),
    ] {
        let session = world.begin_with(&LORANT.verify_with("desktop", "finalTargetUrl", json!(target))).await;
        session.device().send_link().await;
        let answer = world.press(&world.link(LORANT).await, "").await;
        assert_eq!(answer.location(), there.replace("ID", &session.id));
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(answer.header("referrer-policy"), "no-referrer");
    }
}

#[tokio::test]
async fn the_same_browser_may_come_again() {
    let world = World::start().await;
    let (session, link) = sent(&world).await;
    let mine = cookie(&world.open(&link, "").await);
    let first = world.press(&link, &mine).await;
    let there = first.location().to_owned();
    let version = world.version(&session.id).await;
    // A double click, the back button, a bookmark.
    assert_eq!(world.press(&link, &mine).await.location(), there);
    let again = world.open(&link, &mine).await;
    assert_eq!(again.status, 200);
    assert!(again.text().contains("Go back to your other screen"), "{}", again.text());
    assert!(!again.text().contains("<form"));
    assert_eq!(world.version(&session.id).await, version, "a second use writes nothing");
    // It is still told so when everything is over.
    world.advance(3600).await;
    assert!(world.open(&link, &mine).await.text().contains("Go back to your other screen"));
}

#[tokio::test]
async fn anyone_else_is_told_that_it_is_gone() {
    let world = World::start().await;
    let (session, link) = sent(&world).await;
    let (mine, theirs) = (cookie(&world.open(&link, "").await), cookie(&world.open(&link, "").await));
    assert_ne!(mine, theirs);
    world.press(&link, &mine).await.location();
    for other in [theirs.as_str(), "", "ringtrue_link=", "ringtrue_link=AAAAAAAAAAAAAAAAAAAAAA", "other=1"] {
        for answer in [world.open(&link, other).await, world.press(&link, other).await] {
            assert_eq!(answer.status, 410, "{other}");
            let text = answer.text();
            assert!(
                text.contains("This link is no longer valid") && !text.contains("shop.example"),
                "{text}"
            );
        }
    }
    assert_eq!(world.results(&session.id).await[0], "true");
}

#[tokio::test]
async fn a_press_without_a_cookie_gets_one() {
    let world = World::start().await;
    let (_, link) = sent(&world).await;
    let first = world.press(&link, "").await;
    let mine = cookie(&first);
    assert_eq!(world.press(&link, &mine).await.location(), first.location());
    assert!(world.press(&link, &format!("a=b; {mine}; c=d")).await.headers.get("set-cookie").is_none());
}

#[tokio::test]
async fn the_cookie_is_of_no_use_elsewhere() {
    let world = World::start().await;
    let (_, link) = sent(&world).await;
    let page = world.open(&link, "").await;
    let text = page.header("set-cookie").to_owned();
    for part in ["; Path=/l/", "; HttpOnly", "; SameSite=Lax", "; Max-Age=3600"] {
        assert!(text.contains(part), "{part} is missing in {text}");
    }
    assert!(!text.contains("Domain"));
    let value = cookie(&page);
    // A browser keeps the one that it has; one that nobody gave is replaced.
    assert!(world.open(&link, &value).await.headers.get("set-cookie").is_none());
    assert!(world.open(&link, "ringtrue_link=short").await.headers.get("set-cookie").is_some());
}

#[tokio::test]
async fn the_first_of_several_links_wins() {
    let world = World::start().await;
    for first_wins in [true, false] {
        let session = world.begin_patient(LORANT, "desktop").await;
        session.device().send_link().await;
        let older = world.link(LORANT).await;
        world.advance(30).await;
        session.device().send_link().await;
        let newer = world.link(LORANT).await;
        let (used, left) = if first_wins { (older, newer) } else { (newer, older) };
        let mine = cookie(&world.press(&used, "").await);
        assert_eq!(world.open(&left, &mine).await.status, 410);
        assert_eq!(world.press(&left, &mine).await.status, 410);
        assert_eq!(world.results(&session.id).await[0], "true");
        world.advance(60).await;
    }
}

#[tokio::test]
async fn whatever_a_form_sends_along_is_ignored() {
    let world = World::start().await;
    let (session, link) = sent(&world).await;
    let call = world.api.anonymous().call(Method::POST, &format!("{link}?asc=false&authId=x"));
    let answer = call.header("content-type", "multipart/form-data; boundary=x").body("garbage").send().await;
    assert!(answer.location().ends_with(&format!("&authId={}&asc=true", session.id)));
}

#[tokio::test]
async fn a_link_of_an_ended_flow_is_gone() {
    let world = World::start().await;
    let (session, link) = sent(&world).await;
    session.device().step("mobile/instantlink/error", json!({ "code": 10004 })).await;
    assert_eq!(world.open(&link, "").await.status, 410);
    assert_eq!(world.press(&link, "").await.status, 410);
    assert_eq!(world.results(&session.id).await[0], "false");
}
