//! Directory, files, schema, lock.

use std::{fs, os::unix::fs::PermissionsExt, sync::Arc};

use jiff::SignedDuration;
use ringtrue_engine::{
    conformance::{
        Subject,
        sample::{PRODUCTION, Sample, put, shifted},
        watching::some_events,
    },
    ports::Store,
};
use ringtrue_store::{LockError, OpenError, ServerLock, SqliteOptions, SqliteStore, StoreKeys};

use super::{open, raw, unit};

#[tokio::test]
async fn data_survives_close_and_open() {
    let dir = tempfile::tempdir().unwrap();
    let flow = Sample::default().flow(PRODUCTION);
    let store = open(dir.path()).await.unwrap();
    store.commit(unit([put(0, &flow)])).await.unwrap();
    store.close().await;
    assert!(!dir.path().join("ringtrue.db-wal").exists(), "the log is folded into the database on close");
    let store = open(dir.path()).await.unwrap();
    assert_eq!(store.flow(flow.id()).await.unwrap().unwrap().flow, flow);
}

#[tokio::test]
async fn events_are_kept_as_long_as_somebody_says() {
    let dir = tempfile::tempdir().unwrap();
    let store: Subject =
        Arc::new(open(dir.path()).await.unwrap().keep_events_for(SignedDuration::from_hours(24)));
    let mut sample = Sample::default();
    some_events(&store, &mut sample, PRODUCTION, 1).await;
    let day = 24 * 60 * 60;
    assert_eq!(store.purge(shifted(sample.wall, day - 1), 9).await.unwrap(), 0);
    assert_eq!(store.purge(shifted(sample.wall, day), 9).await.unwrap(), 1);
}

#[tokio::test]
async fn only_the_owner_can_look() {
    let dir = tempfile::tempdir().unwrap();
    let inner = dir.path().join("a/data");
    let store = open(&inner).await.unwrap();
    store.ping().await.unwrap();
    let mode = |path: std::path::PathBuf| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(inner.clone()), 0o700);
    for file in ["ringtrue.db", "ringtrue.db-wal", "ringtrue.db-shm"] {
        assert_eq!(mode(inner.join(file)), 0o600, "{file}");
    }
}

#[tokio::test]
async fn wrong_keys_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    open(dir.path()).await.unwrap().close().await;
    for (master, lookup) in [(9, 2), (1, 9)] {
        let wrong = StoreKeys::new(&[master; 32], &[lookup; 32]);
        let error = SqliteStore::open(dir.path(), &wrong, SqliteOptions::default()).await.unwrap_err();
        assert!(matches!(error, OpenError::WrongKeys));
        assert_eq!(error.to_string(), "the keys do not belong to this database");
    }
    open(dir.path()).await.unwrap();
}

#[tokio::test]
async fn an_older_program_refuses() {
    let dir = tempfile::tempdir().unwrap();
    open(dir.path()).await.unwrap().close().await;
    raw(dir.path()).execute("INSERT INTO schema_steps VALUES (9999, 'future', x'00')", []).unwrap();
    let error = open(dir.path()).await.unwrap_err();
    assert!(matches!(error, OpenError::Newer { found: 9999, .. }), "{error}");
}

#[tokio::test]
async fn something_else_is_not_a_database() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(
        dir.path().join("ringtrue.db"),
        "not a database, but longer than its header would be".repeat(100),
    )
    .unwrap();
    assert!(matches!(open(dir.path()).await, Err(OpenError::Open { .. })));
    let file = dir.path().join("file");
    fs::write(&file, "").unwrap();
    assert!(matches!(open(&file).await, Err(OpenError::Create { .. })));
}

#[test]
fn one_server_holds_the_lock() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path().join("data");
    let lock = ServerLock::acquire(&dir).unwrap();
    let error = ServerLock::acquire(&dir).unwrap_err();
    assert!(matches!(error, LockError::Held { .. }));
    assert_eq!(error.to_string(), format!("another server runs on {}", dir.display()));
    drop(lock);
    ServerLock::acquire(&dir).unwrap();
}
