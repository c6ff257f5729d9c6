//! `ringtrue backup` beside a server, `ringtrue restore` without one.

use std::fs;

use super::{command, names, ringtrue, said, text};
use crate::client::{LORANT, Process};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restored_backup_serves() {
    let dir = tempfile::tempdir().unwrap();
    let (data, file, new) = (dir.path().join("data"), dir.path().join("saved.db"), dir.path().join("new"));
    let server = Process::demo_on(&data).await;
    let session = server.sandbox().await.begin(LORANT, "mobile").await;
    let (id, secret) = (server.facts["clientId"].clone(), server.facts["clientSecret"].clone());

    let saved = ringtrue(&["backup", "--data", text(&data), text(&file)]);
    assert!(saved.status.success(), "{}", said(&saved));
    assert!(said(&saved).contains("the keys are not in it"), "{}", said(&saved));
    // The server has all its locks and goes on.
    server.sandbox().await.begin(LORANT, "mobile").await;
    let refused = ringtrue(&["restore", "--data", text(&data), "--force", text(&file)]);
    assert!(said(&refused).contains("another server runs on"), "{}", said(&refused));
    server.kill();

    let restore = ["restore", "--data", text(&new), text(&file)];
    let refused = ringtrue(&restore);
    assert!(!refused.status.success());
    assert!(said(&refused).contains("copy keys.json to"), "{}", said(&refused));
    assert!(!new.exists());
    fs::create_dir(&new).unwrap();
    fs::copy(data.join("keys.json"), new.join("keys.json")).unwrap();
    let restored = ringtrue(&restore);
    assert!(restored.status.success(), "{}", said(&restored));

    let server = Process::serve(&new, &[]).await;
    let api = server.api.signed_in(id.as_str().unwrap(), secret.as_str().unwrap()).await;
    let sandbox = crate::client::Sandbox { api };
    assert_eq!(sandbox.results(&session.id).await[0], "pending");
}

#[test]
fn a_full_disk_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    assert!(ringtrue(&["project", "create", "Example", "--data", text(&data)]).status.success());
    let file = dir.path().join("saved.db");
    // No file may grow beyond 50 KiB: as on a full disk, the write fails in the middle.
    let limited =
        ["sh", "-c", "trap '' XFSZ; ulimit -f 100; exec \"$@\"", "sh", env!("CARGO_BIN_EXE_ringtrue")];
    let failed = command(&limited, &["backup", "--data", text(&data), text(&file)]).output().unwrap();
    assert_eq!(failed.status.code(), Some(1), "{}", said(&failed));
    assert!(said(&failed).contains("saved.db failed"), "{}", said(&failed));
    assert_eq!(names(dir.path()), ["data"]);
}

#[test]
fn postgresql_has_tools_of_its_own() {
    let dir = tempfile::tempdir().unwrap();
    for words in [["backup", "x.db"], ["restore", "x.db"]] {
        let place = ["--data", text(dir.path()), "--store", "postgres://app:geheim@db.example/ringtrue"];
        let refused = ringtrue(&[&words[..], &place[..]].concat());
        assert!(!refused.status.success());
        assert!(said(&refused).contains("use pg_dump"), "{}", said(&refused));
        assert!(!said(&refused).contains("geheim"), "{}", said(&refused));
    }
}
