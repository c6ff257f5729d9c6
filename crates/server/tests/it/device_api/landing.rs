//! §0: the page of an instant link. Looking at it changes nothing, whoever looks.

use http::Method;
use ringtrue_domain::flow::Environment;
use ringtrue_engine::{By, model::ProjectSettings};
use serde_json::json;

use crate::client::{Answer, LORANT, Sandbox, Session, World};

/// Who opens links before people do: previews, scanners, prefetchers, uptime checks.
const BOTS: [(&str, &str); 14] = [
    ("user-agent", "WhatsApp/2.23.20.0 A"),
    ("user-agent", "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)"),
    ("user-agent", "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)"),
    ("user-agent", "TelegramBot (like TwitterBot)"),
    ("user-agent", "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)"),
    ("user-agent", "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"),
    ("user-agent", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) SafeLinks"),
    ("user-agent", "BarracudaCentral/1.0"),
    (
        "user-agent",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1",
    ),
    ("user-agent", "curl/8.5.0"),
    ("purpose", "prefetch"),
    ("sec-purpose", "prefetch;prerender"),
    ("x-moz", "prefetch"),
    ("range", "bytes=0-1023"),
];

async fn sent(world: &World) -> (Session, String) {
    let session = world.begin(LORANT, "desktop").await;
    session.device().send_link().await;
    let link = world.link(LORANT).await;
    (session, link)
}

async fn visit(sandbox: &Sandbox, method: Method, path: &str, header: (&str, &str)) -> Answer {
    sandbox.api.anonymous().call(method, path).header(header.0, header.1).send().await
}

#[tokio::test]
async fn no_bot_burns_a_link() {
    let world = World::start().await;
    let (session, link) = sent(&world).await;
    let version = world.version(&session.id).await;
    for bot in BOTS {
        for method in [Method::GET, Method::HEAD] {
            assert_eq!(visit(&world, method, &link, bot).await.status, 200);
        }
        for method in [Method::OPTIONS, Method::PUT, Method::DELETE, Method::PATCH] {
            assert_eq!(visit(&world, method, &link, bot).await.status, 405);
        }
        // Scanners add to what they are given.
        visit(&world, Method::GET, &format!("{link}?utm_source=mail"), bot).await;
        visit(&world, Method::GET, &format!("{link}/"), bot).await;
    }
    assert_eq!(world.version(&session.id).await, version, "looking writes nothing");
    assert_eq!(world.results(&session.id).await[0], "pending");
    let there = world.press(&link, "").await;
    assert!(there.location().ends_with("&asc=true"));
    assert_eq!(world.results(&session.id).await[0], "true");
}

#[tokio::test]
async fn it_says_whose_request_it_is() {
    let world = World::start().await;
    let session = world.begin(LORANT, "desktop").await;
    let chrome =
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 Chrome/140.0 Safari/537.36";
    let api = world.api.bearing(session.device().token());
    let start = api.call(Method::POST, "/v1/client/mobile/instantlink/start").header("user-agent", chrome);
    start.json(&json!({ "isMobile": false })).send().await.ok();
    let page = world.open(&world.link(LORANT).await, "").await;
    assert_eq!((page.status.as_u16(), page.header("content-type")), (200, "text/html; charset=utf-8"));
    let text = page.text();
    for fact in
        ["Weir Street Tool Library", "Chrome on macOS", "just now", "<form method=\"post\"", "<button"]
    {
        assert!(text.contains(fact), "{fact} is missing in {text}");
    }
    assert_eq!(text.matches("<button").count(), 1);
    // Nothing of the person.
    for secret in [LORANT.number, LORANT.first, LORANT.last, "4014", &session.id] {
        assert!(!text.contains(secret), "{secret} is on the page");
    }
    world.advance(100).await;
    assert!(world.open(&world.link(LORANT).await, "").await.text().contains("2 minutes ago"));
}

#[tokio::test]
async fn what_browsers_and_projects_are_called_is_text() {
    let world = World::start().await;
    let project = world
        .engine()
        .create_project(By::Operator, "<b>Söhne & \"Co\"</b>", ProjectSettings::default())
        .await
        .unwrap();
    let fresh =
        world.engine().create_credential(By::Operator, project.id, Environment::Sandbox, None).await.unwrap();
    let api = world.api.signed_in(&fresh.id.to_string(), fresh.secret.expose()).await;
    let theirs = Sandbox { api };
    let session = theirs.begin(LORANT, "desktop").await;
    let api = theirs.api.bearing(session.device().token());
    let start = api.call(Method::POST, "/v1/client/mobile/instantlink/start");
    start.header("user-agent", "<script>Chrome/1</script> Windows").json(&json!({})).send().await.ok();
    let link = theirs.link(LORANT).await;
    let page = theirs.open(&link, "").await.text();
    assert!(!page.contains("<script>") && !page.contains("<b>"), "{page}");
    assert!(page.contains("Chrome on Windows") && page.contains("Söhne"), "{page}");
}

#[tokio::test]
async fn unknown_links_are_gone() {
    let world = World::start().await;
    let (session, link) = sent(&world).await;
    let other_case: String = link
        .chars()
        .map(|c| if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() })
        .collect();
    let cut = &link[..link.len() - 1];
    for path in
        ["/l/x", "/l/AAAAAAAAAAAAAAAAAAAAAA", cut, &format!("{link}A"), &other_case.replace("/L/", "/l/")]
    {
        for answer in [world.open(path, "").await, world.press(path, "").await] {
            assert_eq!(answer.status, 410, "{path}");
            assert!(answer.text().contains("This link is no longer valid"));
        }
    }
    for path in ["/l/", "/l", "/l/%ff", "/l/a/b"] {
        assert_eq!(world.open(path, "").await.status, 404, "{path}");
    }
    assert_eq!(world.results(&session.id).await[0], "pending");
}

#[tokio::test]
async fn a_link_is_good_for_three_minutes() {
    let world = World::start().await;
    let (session, link) = sent(&world).await;
    world.advance(179).await;
    assert_eq!(world.open(&link, "").await.status, 200);
    let (late, late_link) = sent(&world).await;
    world.press(&link, "").await.location();
    assert_eq!(world.results(&session.id).await[0], "true");
    world.advance(180).await;
    assert_eq!(world.open(&late_link, "").await.status, 410);
    assert_eq!(world.press(&late_link, "").await.status, 410);
    assert_eq!(world.results(&late.id).await, ["false", "failed", "not_applicable"]);
}
