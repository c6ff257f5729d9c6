//! `ringtrue migrate-store`, and a server on what it made.

use std::fs;

use serde_json::Value;

use super::{ringtrue, said, text};
use crate::{
    client::{LORANT, Process},
    shared_store::server::Server,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_moved_installation_serves() {
    let dir = tempfile::tempdir().unwrap();
    let (data, back) = (dir.path().join("data"), dir.path().join("back"));
    let url = Server::shared().database().replacen("ringtrue@", "ringtrue:geheim@", 1);
    let server = Process::demo_on(&data).await;
    let session = server.sandbox().await.begin(LORANT, "mobile").await;
    let (id, secret) = (server.facts["clientId"].clone(), server.facts["clientSecret"].clone());

    let from = format!("sqlite:{}", data.display());
    let there = ["migrate-store", "--from", &from, "--to", &url];
    let refused = ringtrue(&there);
    assert!(!refused.status.success());
    assert!(said(&refused).contains("another server runs on"), "{}", said(&refused));
    server.kill();
    let moved = ringtrue(&there);
    assert!(moved.status.success(), "{}", said(&moved));
    assert!(said(&moved).contains("copied flows: 1 of 1"), "{}", said(&moved));
    assert!(said(&moved).contains("do not serve it again"), "{}", said(&moved));
    let again = ringtrue(&there);
    assert!(!again.status.success());
    assert!(said(&again).contains("has all of this source already"), "{}", said(&again));

    // Back, with the URL in a file and the keys elsewhere.
    let (file, keys) = (dir.path().join("url"), dir.path().join("keys"));
    fs::write(&file, format!("{url}\n")).unwrap();
    fs::copy(data.join("keys.json"), &keys).unwrap();
    let (from, to) = (format!("file:{}", file.display()), format!("sqlite:{}", back.display()));
    let home = ["migrate-store", "--from", &from, "--to", &to, "--json"];
    let without = ringtrue(&home);
    assert!(said(&without).contains("copy keys.json to"), "{}", said(&without));
    let moved = ringtrue(&[&home[..], &["--keys", text(&keys)]].concat());
    assert!(moved.status.success(), "{}", said(&moved));
    assert!(said(&moved).contains("now put keys.json into"), "{}", said(&moved));
    let facts: Value = serde_json::from_slice(&moved.stdout).unwrap();
    assert_eq!(facts["verified"], true);
    let flows = facts["tables"].as_array().unwrap().iter().find(|table| table["table"] == "flows").unwrap();
    assert_eq!(flows["source"], flows["target"]);
    for output in [refused, again, without, moved] {
        assert!(!said(&output).contains("geheim"), "{}", said(&output));
    }

    fs::copy(&keys, back.join("keys.json")).unwrap();
    let server = Process::serve(&back, &[]).await;
    let api = server.api.signed_in(id.as_str().unwrap(), secret.as_str().unwrap()).await;
    let sandbox = crate::client::Sandbox { api };
    assert_eq!(sandbox.results(&session.id).await[0], "pending");
}

#[test]
fn stores_are_named_in_full() {
    for (from, to, rule) in [
        ("mysql://app:geheim@db/x", "sqlite:x", "must begin with sqlite:, postgres:// or file:"),
        ("postgres://app:geheim@db", "sqlite:x", "names no database"),
        ("sqlite:x", "sqlite:y", "one store must be sqlite:DIR and the other one a PostgreSQL database"),
        ("sqlite:", "sqlite:y", "names no directory"),
    ] {
        let refused = ringtrue(&["migrate-store", "--from", from, "--to", to]);
        assert!(!refused.status.success());
        assert!(said(&refused).contains(rule), "{}", said(&refused));
        assert!(!said(&refused).contains("geheim"), "{}", said(&refused));
    }
}
