//! A backup of a store in use is one moment of it; what cannot be made whole is not made at all.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use ringtrue_domain::flow::Event;
use ringtrue_engine::{
    conformance::sample::{Counted, PRODUCTION, Sample, put},
    ports::{Change, Store},
};
use ringtrue_store::{
    BackupError, BackupFacts, OpenError, ServerLock, SqliteStore, StoreKeys, back_up, restore,
};
use rusqlite::Connection;

use super::{keys, open, raw, unit};

fn save(dir: &Path, to: &Path, replace: bool) -> Result<BackupFacts, BackupError> {
    back_up(dir, to, &keys(), replace, &mut |_, _| {})
}

fn put_back(from: &Path, dir: &Path, replace: bool) -> Result<BackupFacts, BackupError> {
    let lock = ServerLock::acquire(dir).unwrap();
    restore(from, dir, &lock, &keys(), replace, &mut |_, _| {})
}

fn count(connection: &Connection, sql: &str) -> i64 {
    connection.query_row(sql, [], |row| row.get(0)).unwrap()
}

fn names(dir: &Path) -> Vec<String> {
    let entries = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = entries.collect();
    names.sort();
    names
}

/// A flow with its history in one unit.
fn parts(sample: &mut Sample) -> [Change; 2] {
    let flow = sample.flow(PRODUCTION);
    let history = Change::Audit(sample.history(flow.id(), vec![Event::Started]));
    [put(0, &flow), history]
}

/// A store with one flow, and a backup of it.
async fn saved() -> (tempfile::TempDir, SqliteStore, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir.path().join("data")).await.unwrap();
    store.commit(unit(parts(&mut Sample::default()))).await.unwrap();
    let to = dir.path().join("saved.db");
    save(&dir.path().join("data"), &to, false).unwrap();
    (dir, store, to)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_unit_is_torn_by_writers() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let store = Arc::new(open(&data).await.unwrap());
    let (written, enough) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
    let writers: Vec<_> = (1..9)
        .map(|seed| {
            let (store, written, enough) = (Arc::clone(&store), Arc::clone(&written), Arc::clone(&enough));
            let mut sample = Sample { entropy: Counted::from_seed(seed << 32), ..Sample::default() };
            tokio::spawn(async move {
                while !enough.load(Ordering::Relaxed) {
                    store.commit(unit(parts(&mut sample))).await.unwrap();
                    written.fetch_add(1, Ordering::Relaxed);
                }
            })
        })
        .collect();
    while written.load(Ordering::Relaxed) < 1000 {
        tokio::task::yield_now().await;
    }
    for number in 0..4 {
        let (data, to, counter) =
            (data.clone(), dir.path().join(format!("{number}.db")), Arc::clone(&written));
        tokio::task::spawn_blocking(move || {
            let before = counter.load(Ordering::Relaxed);
            // Writes go on between any two steps of the copy.
            let mut progress = |_, _| {
                let now = counter.load(Ordering::Relaxed);
                while counter.load(Ordering::Relaxed) < now + 8 {
                    std::thread::yield_now();
                }
            };
            back_up(&data, &to, &keys(), false, &mut progress).unwrap();
            let copy = Connection::open(&to).unwrap();
            assert!(count(&copy, "SELECT count(*) FROM flows") >= i64::try_from(before).unwrap());
            let torn = "SELECT (SELECT count(*) FROM flows WHERE id NOT IN (SELECT flow FROM audit)) \
                        + (SELECT count(*) FROM audit WHERE flow NOT IN (SELECT id FROM flows))";
            assert_eq!(count(&copy, torn), 0);
        })
        .await
        .unwrap();
    }
    enough.store(true, Ordering::Relaxed);
    for writer in writers {
        writer.await.unwrap();
    }
}

#[tokio::test]
async fn what_was_saved_is_put_back() {
    let (dir, store, saved) = saved().await;
    let flow = Sample::default().flow(PRODUCTION);
    assert_eq!(fs::metadata(&saved).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(names(dir.path()), ["data", "saved.db"]);

    let new = dir.path().join("new");
    put_back(&saved, &new, false).unwrap();
    assert_eq!(names(&new), ["lock", "ringtrue.db"]);
    assert_eq!(fs::metadata(new.join("ringtrue.db")).unwrap().permissions().mode() & 0o777, 0o600);
    let restored = open(&new).await.unwrap();
    assert_eq!(restored.flow(flow.id()).await.unwrap().unwrap().flow, flow);

    // What is there is not replaced by accident; if it is, then for everybody who has it open.
    let mut sample = Sample { entropy: Counted::from_seed(77), ..Sample::default() };
    let later = sample.flow(PRODUCTION);
    store.commit(unit([put(0, &later)])).await.unwrap();
    let data = dir.path().join("data");
    assert!(matches!(put_back(&saved, &data, false), Err(BackupError::Exists { .. })));
    assert!(store.flow(later.id()).await.unwrap().is_some());
    put_back(&saved, &data, true).unwrap();
    assert!(store.flow(later.id()).await.unwrap().is_none());
    assert_eq!(store.flow(flow.id()).await.unwrap().unwrap().flow, flow);
    assert_eq!(count(&raw(&data), "SELECT count(*) FROM flows"), 1);
}

#[tokio::test]
async fn a_backup_that_cannot_be_made_leaves_nothing() {
    let (dir, _store, saved) = saved().await;
    let data = dir.path().join("data");
    let before = names(dir.path());
    let wrong = StoreKeys::new(&[9; 32], &[2; 32]);
    let to = dir.path().join("other.db");
    let refused = back_up(&data, &to, &wrong, false, &mut |_, _| {});
    assert!(matches!(refused, Err(BackupError::WrongKeys { .. })), "{refused:?}");
    assert!(matches!(save(&data, &saved, false), Err(BackupError::Exists { .. })));
    assert!(matches!(save(&data, &dir.path().join("no/such"), false), Err(BackupError::Write { .. })));
    for target in [data.clone(), data.join("ringtrue.db"), data.join("inside")] {
        assert!(matches!(save(&data, &target, true), Err(BackupError::Target { .. })));
    }
    let nothing = dir.path().join("nothing");
    assert!(matches!(save(&nothing, &to, false), Err(BackupError::Missing { .. })));
    assert_eq!(names(dir.path()), before);
    // Replaced by the same moment again.
    save(&data, &saved, true).unwrap();
    assert_eq!(names(dir.path()), before);
}

#[tokio::test]
async fn what_is_no_sound_backup_is_not_put_back() {
    let (dir, _store, saved) = saved().await;
    let new = dir.path().join("new");
    let refused = |from: &Path| {
        let error = put_back(from, &new, false).unwrap_err();
        assert_eq!(names(&new), ["lock"], "{error}");
        error
    };
    assert!(matches!(refused(&dir.path().join("none")), BackupError::Missing { .. }));
    let text = dir.path().join("text");
    fs::write(&text, "no database, but longer than the header of one would be".repeat(100)).unwrap();
    assert!(matches!(refused(&text), BackupError::Read { .. } | BackupError::Schema { .. }));
    let foreign = dir.path().join("foreign.db");
    Connection::open(&foreign).unwrap().execute_batch("CREATE TABLE x (y)").unwrap();
    assert!(matches!(refused(&foreign), BackupError::Foreign { .. }));
    // Cut off in the middle, as by a full disk somewhere on its way.
    let half = dir.path().join("half.db");
    let bytes = fs::read(&saved).unwrap();
    fs::write(&half, &bytes[..bytes.len() / 2]).unwrap();
    refused(&half);

    let lock = ServerLock::acquire(&new).unwrap();
    let wrong = StoreKeys::new(&[1; 32], &[9; 32]);
    let error = restore(&saved, &new, &lock, &wrong, false, &mut |_, _| {}).unwrap_err();
    assert!(matches!(error, BackupError::WrongKeys { .. }), "{error}");

    let future = "INSERT INTO schema_steps VALUES (9999, 'future', x'00')";
    Connection::open(&saved).unwrap().execute(future, []).unwrap();
    let error = restore(&saved, &new, &lock, &keys(), false, &mut |_, _| {}).unwrap_err();
    let BackupError::Schema { source, .. } = error else { panic!("{error}") };
    assert!(matches!(source, OpenError::Newer { found: 9999, .. }), "{source}");
    assert_eq!(names(&new), ["lock"]);
}
