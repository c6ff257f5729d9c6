//! What is not moved.

use ringtrue_engine::{
    conformance::sample::{PRODUCTION, Sample},
    ports::{Change, Store, Unit},
};
use ringtrue_store::{
    MoveError, MoveOptions, PostgresError, PostgresOptions, PostgresStore, ServerLock, SqliteOptions,
    SqliteStore, StoreKeys, move_store,
};

use super::{Scene, content, moved, open_postgres, open_sqlite, postgres, sqlite};
use crate::postgres::server::Server;

fn chain(error: MoveError) -> String {
    format!("{:#}", anyhow::Error::from(error))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_target_with_data_is_left_alone() {
    let scene = Scene::new();
    let store = open_sqlite(&scene.path("a")).await;
    content::fill(&store).await;
    store.close().await;
    // Once opened by a server, it has at least a key.
    open_postgres(&scene.url).await.close().await;
    let refused = moved(&sqlite(&scene.path("a")), &postgres(&scene.url), &mut |_| {}).await;
    assert!(matches!(refused, Err(MoveError::Occupied { table: "data_keys" })), "{refused:?}");
    let other = StoreKeys::new(&[3; 32], &[4; 32]);
    let store = SqliteStore::open(&scene.path("b"), &other, SqliteOptions::default()).await.unwrap();
    store.close().await;
    let refused = moved(&sqlite(&scene.path("b")), &postgres(&scene.url), &mut |_| {}).await;
    assert!(matches!(refused, Err(MoveError::WrongKeys)), "{refused:?}");
    assert_eq!(Server::shared().sql(&scene.url, "SELECT count(*) FROM data_keys"), "1");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_finished_move_is_not_done_again() {
    let scene = Scene::new();
    let store = open_sqlite(&scene.path("a")).await;
    content::fill(&store).await;
    store.close().await;
    let (from, to) = (sqlite(&scene.path("a")), postgres(&scene.url));
    moved(&from, &to, &mut |_| {}).await.unwrap();
    let store = open_postgres(&scene.url).await;
    let flow = Sample::default().flow(PRODUCTION);
    store
        .commit(Unit { changes: vec![Change::Audit(Sample::default().history(flow.id(), vec![]))] })
        .await
        .unwrap();
    store.close().await;
    let refused = moved(&from, &to, &mut |_| {}).await;
    assert!(matches!(refused, Err(MoveError::Finished)), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_row_that_was_changed_is_noticed() {
    let scene = Scene::new();
    let store = open_sqlite(&scene.path("a")).await;
    content::fill(&store).await;
    store.close().await;
    let mut changed = false;
    let mut progress = |progress: ringtrue_store::MoveProgress| {
        if progress.table == "links" && !std::mem::replace(&mut changed, true) {
            Server::shared().sql(&scene.url, "UPDATE flows SET purge_after = purge_after + 1");
        }
    };
    let refused = moved(&sqlite(&scene.path("a")), &postgres(&scene.url), &mut progress).await;
    assert!(matches!(refused, Err(MoveError::Different { table: "flows", .. })), "{refused:?}");
    let opened =
        PostgresStore::open(&scene.url.parse().unwrap(), &super::keys(), PostgresOptions::default()).await;
    assert!(matches!(opened, Err(PostgresError::HalfMoved)), "{opened:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_in_use_or_missing_is_said() {
    let scene = Scene::new();
    let (a, url) = (sqlite(&scene.path("a")), postgres(&scene.url));
    let missing = moved(&a, &url, &mut |_| {}).await.unwrap_err();
    assert!(chain(missing).contains("ringtrue.db is not there"));
    assert!(matches!(moved(&url, &a, &mut |_| {}).await, Err(MoveError::EmptySource)));

    open_sqlite(&scene.path("a")).await.close().await;
    let lock = ServerLock::acquire(&scene.path("a")).unwrap();
    let served = moved(&a, &url, &mut |_| {}).await.unwrap_err();
    assert!(chain(served).contains("another server runs on"));
    drop(lock);

    let wrong = StoreKeys::new(&[1; 32], &[9; 32]);
    let refused = move_store(&a, &url, &wrong, MoveOptions::default(), &mut |_| {}).await;
    assert!(matches!(refused, Err(MoveError::WrongKeys)), "{refused:?}");

    // A node is connected as long as it runs.
    let node = open_postgres(&scene.url).await;
    node.ping().await.unwrap();
    let served = moved(&url, &sqlite(&scene.path("b")), &mut |_| {}).await.unwrap_err();
    let text = chain(served);
    assert!(text.contains("stop every node"), "{text}");
    node.close().await;
}
