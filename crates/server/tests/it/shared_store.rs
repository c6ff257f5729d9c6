//! Commands and servers on a PostgreSQL database: who may open it, with which keys, and what is never shown.

#[path = "../../../store/tests/it/postgres/server.rs"]
#[expect(dead_code, reason = "the store's tests need more of it")]
pub(crate) mod server;

use std::{
    path::Path,
    process::{Command, Output},
};

use server::Server;

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
