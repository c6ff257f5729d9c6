//! `ringtrue healthcheck`

use tokio::net::TcpListener;

use crate::client::{Process, refusal, succeeds};

const LISTEN: &str = "RINGTRUE__OPERATIONS__LISTEN";

#[tokio::test]
async fn it_asks_the_configured_listener() {
    let directory = tempfile::tempdir().unwrap();
    // Not one of the ports that outgoing connections of other tests are given: it has to be free on every address.
    let is_free = |port: &u16| std::net::TcpListener::bind(("0.0.0.0", *port)).is_ok();
    let everywhere = format!("0.0.0.0:{}", (20_000..30_000).find(is_free).unwrap());
    let environment = [(LISTEN, everywhere.as_str())];
    let server = Process::serve(directory.path(), &environment).await;
    // Another directory: neither keys nor database are needed.
    let elsewhere = tempfile::tempdir().unwrap();
    succeeds(elsewhere.path(), &["healthcheck"], &environment);
    assert!(std::fs::read_dir(elsewhere.path()).unwrap().next().is_none());
    for path in ["", "/", "/readyz", "/livez"] {
        let url = format!("http://{}{path}", server.address);
        succeeds(elsewhere.path(), &["healthcheck", "--url", &url], &[]);
    }
    let url = format!("http://{}/nothing", server.address);
    let said = refusal(elsewhere.path(), &["healthcheck", "--url", &url], &[]);
    assert!(said.contains("/nothing answers 404"), "{said}");
    server.kill();
    let said = refusal(elsewhere.path(), &["healthcheck"], &environment);
    assert!(said.starts_with("not ready: ") && said.contains("nobody listens"), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
}

#[tokio::test]
async fn it_does_not_wait_for_long() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let listen = silent.local_addr().unwrap().to_string();
    let directory = tempfile::tempdir().unwrap();
    let said = refusal(directory.path(), &["healthcheck"], &[(LISTEN, &listen)]);
    assert!(said.contains("no answer within 2 seconds"), "{said}");
}

#[test]
fn it_says_what_it_cannot_ask() {
    let directory = tempfile::tempdir().unwrap();
    let said = |args: &[&str], listen| refusal(directory.path(), args, &[(LISTEN, listen)]);
    assert!(said(&["healthcheck"], "off").contains("operations.listen is off: give --url"));
    assert!(said(&["healthcheck", "--url", "https://x"], "off").contains("--url: must begin with http://"));
}
