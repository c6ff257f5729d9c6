//! Commands and servers on a PostgreSQL database: who may open it, with which keys, and what is never shown.

#[path = "../../../store/tests/it/postgres/server.rs"]
#[expect(dead_code, reason = "the store's tests need more of it")]
pub(crate) mod server;

use std::{
    path::Path,
    process::{Command, Output},
    time::{Duration, Instant},
};

use server::Server;

use crate::client::{Api, Follower, Process, eventually};

fn ringtrue(store: &str, data: &Path, words: &[&str], environment: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ringtrue"));
    command.args(words).arg("--data").arg(data).envs(environment.iter().copied());
    if !store.is_empty() {
        command.args(["--store", store]);
    }
    command.output().unwrap()
}

fn said(output: &Output) -> String {
    let text = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
    String::from_utf8(text).unwrap()
}

const CREATE: &[&str] = &["project", "create", "Example", "--json"];

#[test]
fn nodes_share_a_database_and_its_keys() {
    let url = Server::shared().database();
    let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let made = ringtrue(&url, first.path(), CREATE, &[]);
    assert!(made.status.success(), "{}", said(&made));
    assert!(said(&made).contains("new keys were made: every node needs this file"), "{}", said(&made));
    let again = ringtrue(&url, first.path(), CREATE, &[]);
    assert!(!said(&again).contains("new keys"), "{}", said(&again));
    assert!(!first.path().join("ringtrue.db").exists());

    // A node without the keys does not make some of its own.
    let refused = ringtrue(&url, second.path(), CREATE, &[]);
    assert!(!refused.status.success());
    assert!(said(&refused).contains("holds data under keys that are not here"), "{}", said(&refused));
    assert!(!second.path().join("keys.json").exists());

    // Given by a file that the configuration names; the database as well, as a secret.
    let keys = first.path().join("keys.json");
    let file = second.path().join("url");
    std::fs::write(&file, format!("{url}\n")).unwrap();
    let environment =
        [("RINGTRUE__KEYS_FILE", keys.to_str().unwrap()), ("RINGTRUE__STORE_FILE", file.to_str().unwrap())];
    let doctor = ringtrue("", second.path(), &["doctor"], &environment);
    assert!(said(&doctor).contains("2 projects"), "{}", said(&doctor));
    let text = std::fs::read_to_string(&keys).unwrap();
    let doctor = ringtrue(&url, second.path(), &["doctor"], &[("RINGTRUE__KEYS", &text)]);
    assert!(said(&doctor).contains("2 projects"), "{}", said(&doctor));

    // Keys of another installation.
    let (embedded, other) = (tempfile::tempdir().unwrap(), &environment[1..]);
    assert!(ringtrue("", embedded.path(), CREATE, &[]).status.success());
    let refused = ringtrue("", embedded.path(), CREATE, other);
    assert!(said(&refused).contains("the keys do not belong to this database"), "{}", said(&refused));
}

#[test]
fn a_password_is_shown_nowhere() {
    let data = tempfile::tempdir().unwrap();
    let good = Server::shared().database().replacen("ringtrue@", "ringtrue:geheim@", 1);
    for url in [
        "postgres://app:geheim@127.0.0.1:1/x",
        "postgres://app:geheim@/x",
        "postgres://app:geheim@127.0.0.1/x?sslmode=verify-ca",
        "postgres://app:geheim@127.0.0.1/x?port=geheim",
        "mysql://app:geheim@127.0.0.1/x",
        &good,
    ] {
        for words in [CREATE, &["doctor"], &["doctor", "--json"]] {
            for (flag, environment) in [(url, vec![]), ("", vec![("RINGTRUE__STORE", url)])] {
                let output = ringtrue(flag, data.path(), words, &environment);
                assert!(!said(&output).contains("geheim"), "{}", said(&output));
            }
        }
        let file = data.path().join("checked.toml");
        std::fs::write(&file, format!("store = \"{url}\"\nkeys = \"geheim\"\n")).unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_ringtrue"))
            .args(["config", "check"])
            .arg(&file)
            .output()
            .unwrap();
        assert!(!output.status.success() && !said(&output).contains("geheim"), "{}", said(&output));
    }
}

/// A console that is open on one node shows the calls of the other one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_console_shows_calls_of_all_nodes() {
    let url = Server::shared().database();
    let data = tempfile::tempdir().unwrap();
    let say = |words: &[&str]| -> serde_json::Value {
        let output = ringtrue(&url, data.path(), &[words, &["--json"]].concat(), &[]);
        assert!(output.status.success(), "{}", said(&output));
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let project = say(&["project", "create", "Shop"]);
    let project = project["projectId"].as_str().unwrap();
    let fresh = say(&["credentials", "create", "--project", project, "--environment", "sandbox"]);
    let (id, secret) = (fresh["clientId"].as_str().unwrap(), fresh["clientSecret"].as_str().unwrap());
    let environment = [
        ("RINGTRUE__STORE", url.as_str()),
        ("RINGTRUE__DRAIN__NOTICE_SECONDS", "0"),
        ("RINGTRUE__LIMITS__REQUESTS_PER_SECOND", "0"),
    ];
    let nodes =
        [Process::serve(data.path(), &environment).await, Process::serve(data.path(), &environment).await];
    let link = say(&["sign-in-link"]);
    let cookie = nodes[0].sign_in(link["link"].as_str().unwrap()).await;
    let path = format!("/portal/p/{project}/sandbox/integrate/console/calls");
    let mut console = Follower::over_tcp(nodes[0].address, &path, &cookie).await.unwrap();
    let back_end = nodes[1].api.signed_in(id, secret).await;
    // Until the other node has heard of the console, its calls are not shown.
    let mut number = 0;
    let first = loop {
        number += 1;
        back_end.get(&format!("/v3/sandbox/messages?limit={number}")).await.ok();
        match tokio::time::timeout(Duration::from_millis(100), console.call()).await {
            Ok(first) => break first,
            Err(_) => assert!(number < 400, "the other node never heard of the console"),
        }
    };
    assert!(["/v3/sandbox/messages", "/token"].contains(&first["path"].as_str().unwrap()), "{first}");
    let wrong = serde_json::json!({ "possessionType": "mobile", "phoneNumber": 7 });
    let told = back_end.post("/v3/verify", &wrong).await.refused(400, 8001);
    let shown = loop {
        let call = console.call().await;
        if call["path"] == "/v3/verify" {
            break call;
        }
    };
    assert_eq!(shown["message"], told);
    assert!(shown["mend"].as_str().unwrap().contains("E.164"), "{shown}");
    // Calls of the console's own node come as well.
    nodes[0].api.bearing(back_end.token()).get("/v3/sandbox/clock").await.ok();
    assert_eq!(console.call().await["path"], "/v3/sandbox/clock");
    let [own, other] = nodes;
    for node in [other, own] {
        node.terminate();
        let (status, log) = node.ended().await;
        assert!(status.success(), "{log}");
    }
    assert_eq!(console.event().await, None);
}

/// Calls to both nodes as fast as they answer; how many were let through, and how many not.
async fn ask(apis: [&Api; 2], until: Instant) -> (usize, usize) {
    let callers = (0..8).map(|number: usize| {
        let api = apis[number % 2].clone();
        tokio::spawn(async move {
            let (mut through, mut refused) = (0, 0);
            while Instant::now() < until {
                match api.get("/v3/sandbox/clock").await.status.as_u16() {
                    200 => through += 1,
                    429 => refused += 1,
                    other => panic!("{other}"),
                }
            }
            (through, refused)
        })
    });
    let (mut through, mut refused) = (0, 0);
    for caller in callers.collect::<Vec<_>>() {
        let (one, other) = caller.await.unwrap();
        through += one;
        refused += other;
    }
    (through, refused)
}

/// ADR 0006: over HTTP, on two nodes, a credential gets what it would get on one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_nodes_share_the_rate_limit() {
    const LIMIT: usize = 20;
    let url = Server::shared().database();
    let data = tempfile::tempdir().unwrap();
    let say = |words: &[&str]| -> serde_json::Value {
        let output = ringtrue(&url, data.path(), &[words, &["--json"]].concat(), &[]);
        assert!(output.status.success(), "{}", said(&output));
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let project = say(&["project", "create", "Shop"]);
    let project = project["projectId"].as_str().unwrap();
    let fresh = say(&["credentials", "create", "--project", project, "--environment", "sandbox"]);
    let limit = LIMIT.to_string();
    let environment =
        [("RINGTRUE__STORE", url.as_str()), ("RINGTRUE__LIMITS__REQUESTS_PER_SECOND", limit.as_str())];
    let nodes =
        [Process::serve(data.path(), &environment).await, Process::serve(data.path(), &environment).await];
    let (id, secret) = (fresh["clientId"].as_str().unwrap(), fresh["clientSecret"].as_str().unwrap());
    // A token of one node is good on the other.
    let first = nodes[0].api.signed_in(id, secret).await;
    let second = nodes[1].api.bearing(first.token());
    let shares = || async {
        let rows = Server::shared().sql(&url, "SELECT share FROM nodes ORDER BY id");
        (rows == "10\n10").then_some(())
    };
    eventually("the nodes to share evenly", shares).await;

    let begun = Instant::now();
    let (through, refused) = ask([&first, &second], begun + Duration::from_secs(3)).await;
    // As many at once as per second, what came back in the meantime, and one per node.
    let at_most = LIMIT + 2 + usize::try_from(begun.elapsed().as_millis()).unwrap() * LIMIT / 1000;
    assert!(through <= at_most, "{through} of at most {at_most}");
    assert!(through >= LIMIT * 3, "{through} in three seconds");
    assert!(refused > 0);

    // What a node leaves behind falls to the other one.
    let [stays, leaves] = nodes;
    leaves.terminate();
    let (status, log) = leaves.ended().await;
    assert!(status.success(), "{log}");
    let shares = || async {
        let rows = Server::shared().sql(&url, "SELECT share FROM nodes");
        (rows == limit).then_some(())
    };
    eventually("the other node to take it all", shares).await;
    drop(stays);
}
