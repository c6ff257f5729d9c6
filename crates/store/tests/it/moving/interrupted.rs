//! A move whose process ends after any batch goes on with the next one, and is not served before it is whole.

use std::{
    env,
    path::Path,
    process::{Command, Stdio},
};

use ringtrue_engine::ports::Store;
use ringtrue_store::{
    MoveError, OpenError, PostgresError, PostgresOptions, PostgresStore, SqliteOptions, SqliteStore,
};

use super::{Scene, content, keys, moved, open_postgres, open_sqlite, postgres, sqlite};

const DIR: &str = "RINGTRUE_MOVE_DIR";
const URL: &str = "RINGTRUE_MOVE_URL";
/// Whether the directory is the source.
const THERE: &str = "RINGTRUE_MOVE_THERE";
/// Reports of progress after which the process ends.
const BATCHES: &str = "RINGTRUE_MOVE_BATCHES";

/// Not a test by itself: the process that ends, as by `kill -9`, when it has done some batches.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn child() {
    let Ok(dir) = env::var(DIR) else { return };
    let mut left: u32 = env::var(BATCHES).unwrap().parse().unwrap();
    let (dir, url) = (sqlite(Path::new(&dir)), postgres(&env::var(URL).unwrap()));
    let (from, to) = if env::var(THERE).unwrap() == "true" { (&dir, &url) } else { (&url, &dir) };
    let mut last = || {
        left = left.checked_sub(1).unwrap_or_else(|| std::process::abort());
    };
    moved(from, to, &mut |_| last()).await.unwrap();
}

/// Runs it until it is done; answers how often it was cut off.
fn run_in_pieces(scene: &Scene, dir: &Path, there: bool) -> usize {
    for cut in 0..200 {
        let status = Command::new(env::current_exe().unwrap())
            .args(["--exact", "moving::interrupted::child", "--test-threads=1"])
            .env(DIR, dir)
            .env(URL, &scene.url)
            .env(THERE, there.to_string())
            // At first before anything is copied, then more and more at once; comparing takes one more a table.
            .env(BATCHES, (cut * 2).to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .unwrap();
        if status.success() {
            return cut;
        }
    }
    panic!("the move never ends");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_attempt_goes_on() {
    let scene = Scene::new();
    let store = open_sqlite(&scene.path("a")).await;
    let content = content::fill(&store).await;
    store.close().await;
    assert!(run_in_pieces(&scene, &scene.path("a"), true) > 10);
    let store = open_postgres(&scene.url).await;
    content.check(&store).await;
    store.close().await;
    assert!(run_in_pieces(&scene, &scene.path("b"), false) > 10);
    content.check(&open_sqlite(&scene.path("b")).await).await;
}

/// A move that is given up in the middle, by a future that nobody polls any more.
async fn begin(from: &ringtrue_store::StorePlace, to: &ringtrue_store::StorePlace) {
    let (reached, half) = tokio::sync::oneshot::channel();
    let mut reached = Some(reached);
    let mut progress = |progress: ringtrue_store::MoveProgress| {
        if progress.table == "jobs"
            && let Some(reached) = reached.take()
        {
            reached.send(()).unwrap();
        }
    };
    tokio::select! {
        biased;
        _ = half => {}
        done = moved(from, to, &mut progress) => { done.unwrap(); }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn half_a_copy_is_not_opened() {
    let scene = Scene::new();
    let (a, b) = (scene.path("a"), scene.path("b"));
    let store = open_sqlite(&a).await;
    content::fill(&store).await;
    store.close().await;

    begin(&sqlite(&a), &postgres(&scene.url)).await;
    let opened = PostgresStore::open(&scene.url.parse().unwrap(), &keys(), PostgresOptions::default()).await;
    assert!(matches!(opened, Err(PostgresError::HalfMoved)), "{opened:?}");
    let from_half = moved(&postgres(&scene.url), &sqlite(&b), &mut |_| {}).await;
    assert!(matches!(from_half, Err(MoveError::HalfDoneSource)), "{from_half:?}");
    // Another store does not go on with it.
    open_sqlite(&scene.path("c")).await.close().await;
    let other = moved(&sqlite(&scene.path("c")), &postgres(&scene.url), &mut |_| {}).await;
    assert!(matches!(other, Err(MoveError::OtherCopy)), "{other:?}");
    moved(&sqlite(&a), &postgres(&scene.url), &mut |_| {}).await.unwrap();

    begin(&postgres(&scene.url), &sqlite(&b)).await;
    let opened = SqliteStore::open(&b, &keys(), SqliteOptions::default()).await;
    assert!(matches!(opened, Err(OpenError::HalfMoved)), "{opened:?}");
    moved(&postgres(&scene.url), &sqlite(&b), &mut |_| {}).await.unwrap();
}
