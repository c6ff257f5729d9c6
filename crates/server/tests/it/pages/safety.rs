//! Headers and content of pages.

use crate::client::{Answer, LORANT, World};

/// The headers that a browser acts on.
fn headers(answer: &Answer) -> String {
    let names = [
        "cache-control",
        "content-security-policy",
        "content-type",
        "cross-origin-opener-policy",
        "permissions-policy",
        "referrer-policy",
        "x-content-type-options",
        "x-frame-options",
    ];
    let lines = names.map(|name| format!("{name}: {}", answer.header(name)));
    format!("{}\n{}", answer.status, lines.join("\n"))
}

#[tokio::test]
async fn the_landing_page_is_kept_by_nobody_and_framed_by_nobody() {
    let world = World::start().await;
    let session = world.begin(LORANT, "desktop").await;
    session.device().send_link().await;
    insta::assert_snapshot!(headers(&world.open(&world.link(LORANT).await, "").await), @r"
    200 OK
    cache-control: no-store
    content-security-policy: default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'
    content-type: text/html; charset=utf-8
    cross-origin-opener-policy: same-origin
    permissions-policy: camera=(), microphone=(), geolocation=()
    referrer-policy: no-referrer
    x-content-type-options: nosniff
    x-frame-options: DENY
    ");
}

#[tokio::test]
async fn every_page_has_the_same_safety_headers() {
    let world = World::start().await;
    let safety = |answer: &Answer| {
        let text = headers(answer);
        let lines =
            text.lines().skip(1).filter(|line| !line.starts_with('c') || line.starts_with("content-sec"));
        lines.collect::<Vec<_>>().join("\n")
    };
    let landing = world.open("/l/unknown", "").await;
    for path in ["/", "/handset/", "/shop/", "/shop/return", "/static/page.css", "/sdk/ringtrue.js"] {
        let page = world.api.anonymous().get(path).await;
        assert_eq!(page.status, 200, "{path}");
        assert_eq!(safety(&page), safety(&landing), "{path}");
    }
}

#[tokio::test]
async fn pages_run_no_script_of_their_own_text() {
    let world = World::start().await;
    let session = world.begin(LORANT, "desktop").await;
    session.device().send_link().await;
    let link = world.link(LORANT).await;
    for path in ["/", "/handset/", "/shop/", "/shop/return", "/l/unknown", &link] {
        let text = world.open(path, "").await.text();
        // The policy would stop them; they would be dead weight.
        for inline in ["<script>", "<style", " style=", " onclick=", " onload=", "javascript:"] {
            assert!(!text.contains(inline), "{path} has {inline}");
        }
        assert!(text.starts_with("<!doctype html>") && text.contains("<html lang=\"en\""), "{path}");
    }
}

#[tokio::test]
async fn the_start_page_leads_on() {
    let world = World::start().await;
    let page = world.open("/", "").await.text();
    for link in ["/shop/", "/openapi.json"] {
        assert!(page.contains(&format!("href=\"{link}\"")), "{link}");
        assert_eq!(world.open(link, "").await.status, 200);
    }
    // The handset's link opens it: its key is in the fragment.
    assert!(page.contains("/handset/#key="));
    assert_eq!(world.open("/handset/", "").await.status, 200);
    for (from, to) in [("/handset", "/handset/"), ("/shop", "/shop/")] {
        assert_eq!(world.open(from, "").await.header("location"), to);
    }
}

#[tokio::test]
async fn probes_answer_without_a_token() {
    let world = World::start().await;
    for path in ["/livez", "/readyz"] {
        let answer = world.api.anonymous().get(path).await;
        assert_eq!((answer.status.as_u16(), answer.text().as_str()), (200, "ok\n"));
    }
    // Metrics have a listener of their own.
    world.api.anonymous().get("/metrics").await.refused(404, 8404);
}
