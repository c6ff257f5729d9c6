//! Files inside the binary: each travels once, and nothing else can be had.

use http::Method;

use crate::client::World;

#[tokio::test]
async fn files_have_a_type_and_travel_once() {
    let world = World::start().await;
    for (path, kind) in [
        ("/sdk/ringtrue.js", "text/javascript; charset=utf-8"),
        ("/sdk/ringtrue.global.js", "text/javascript; charset=utf-8"),
        ("/static/page.css", "text/css; charset=utf-8"),
        ("/static/icon.svg", "image/svg+xml"),
        ("/handset/", "text/html; charset=utf-8"),
        ("/shop/", "text/html; charset=utf-8"),
    ] {
        let first = world.api.anonymous().get(path).await;
        assert_eq!((first.status.as_u16(), first.header("content-type")), (200, kind), "{path}");
        assert!(!first.body.is_empty());
        let etag = first.header("etag");
        for known in [etag.to_owned(), format!("\"x\", {etag}"), format!("W/{etag}")] {
            let call = world.api.anonymous().call(Method::GET, path).header("if-none-match", &known);
            let again = call.send().await;
            assert_eq!((again.status.as_u16(), again.body.len()), (304, 0), "{path}");
            assert_eq!(again.header("etag"), etag);
        }
        let other = world.api.anonymous().call(Method::GET, path).header("if-none-match", "\"other\"");
        assert_eq!(other.send().await.status, 200);
        let head = world.api.anonymous().call(Method::HEAD, path).send().await;
        assert_eq!((head.status.as_u16(), head.body.len()), (200, 0));
    }
}

#[tokio::test]
async fn the_sdk_can_be_loaded_from_any_page() {
    let world = World::start().await;
    for path in ["/sdk/ringtrue.js", "/sdk/ringtrue.global.js"] {
        let answer = world.api.anonymous().get(path).await;
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        assert_eq!(answer.header("cross-origin-resource-policy"), "cross-origin");
    }
    assert!(
        world
            .api
            .anonymous()
            .get("/static/page.css")
            .await
            .headers
            .get("access-control-allow-origin")
            .is_none()
    );
}

#[tokio::test]
async fn nothing_else_can_be_had() {
    let world = World::start().await;
    for path in [
        "/sdk/",
        "/sdk/nothing.js",
        "/sdk/ringtrue.d.ts",
        "/sdk/..%2f..%2fCargo.toml",
        "/sdk/%2e%2e/Cargo.toml",
        "/static/..%2ftemplates%2fhome.html",
        "/static/%2fetc%2fpasswd",
        "/static/page.css%00.js",
        "/static/%ff.css",
        "/handset/..%2fshop%2findex.html",
        "/shop/../keys.json",
        "/keys.json",
        "/demo.json",
        "/.git/config",
    ] {
        world.api.anonymous().get(path).await.refused(404, 8404);
    }
}
