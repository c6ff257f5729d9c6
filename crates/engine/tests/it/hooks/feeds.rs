//! Files of changes: every row once, whoever dies or hurries.

use std::time::Duration;

use ringtrue_domain::{IdentityId, identity::LineChange, secret::Digest};
use ringtrue_engine::{Error, FeedRow, Intake, model::FeedFile};

use super::{Scene, of, phone};
use crate::world::pass;

type Row = Option<FeedRow>;

fn row(ending: u32, change: LineChange) -> FeedRow {
    FeedRow { phone: phone(ending), change }
}

/// Told twice it is two events, so nothing but the intake keeps it from happening twice.
fn swap(ending: u32) -> FeedRow {
    row(ending, LineChange::SimSwapped)
}

fn port(ending: u32, to: &str) -> FeedRow {
    row(ending, LineChange::Ported { from: None, to: Some(to.to_owned()) })
}

fn digest(rows: &[Row]) -> Digest {
    Digest::of(format!("{rows:?}").as_bytes())
}

/// Takes a file in batches of `size` rows, with a bad row wherever there is none.
async fn take(scene: &Scene, rows: &[Row], size: usize) -> Result<FeedFile, Error> {
    let mut intake = scene.world.engine().intake("carrier", digest(rows)).await?;
    for batch in rows.chunks(size) {
        // Others get their turn.
        tokio::task::yield_now().await;
        intake.take(batch).await?;
    }
    intake.finish().await
}

/// Three people, and thirty rows of which every seventh is bad.
async fn setting(seed: u64) -> (Scene, [IdentityId; 3], Vec<Row>) {
    let scene = Scene::seeded(seed).await;
    let people = [scene.enrol(0, "").await, scene.enrol(1, "").await, scene.enrol(2, "").await];
    let rows = (0..30).map(|n| (n % 7 != 6).then(|| swap(n % 4))).collect();
    (scene, people, rows)
}

async fn counts(scene: &Scene, people: [IdentityId; 3]) -> [usize; 3] {
    let stream = scene.stream().await;
    people.map(|one| of(one, &stream).len())
}

fn expected(rows: &[Row]) -> [usize; 3] {
    [0, 1, 2].map(|ending| rows.iter().filter(|row| **row == Some(swap(ending))).count())
}

#[tokio::test(start_paused = true)]
async fn a_file_is_taken_in_once() {
    let (scene, people, rows) = setting(1).await;
    let first = take(&scene, &rows, 8).await.unwrap();
    let wanted = expected(&rows);
    assert_eq!((first.rows, first.rejected), (30, 4));
    assert_eq!(first.events, wanted.iter().sum::<usize>() as u64);
    assert!(first.done_at.is_some() && first.source == "carrier");
    let intake = scene.world.engine().intake("another name", digest(&rows)).await.unwrap();
    assert!(intake.was_done());
    assert_eq!(take(&scene, &rows, 5).await.unwrap(), first);
    assert_eq!(counts(&scene, people).await, wanted);
    scene.settle().await;
}

#[tokio::test(start_paused = true)]
async fn rows_of_one_number_count_in_their_order() {
    let scene = Scene::new().await;
    let identity = scene.enrol(1, "").await;
    let twin = scene.enrol(1, "twin").await;
    let rows = [port(1, "A"), port(2, "X"), port(1, "B"), swap(1), port(1, "A")].map(Some);
    let file = take(&scene, &rows, 10).await.unwrap();
    assert_eq!((file.rows, file.events), (5, 8), "nobody watches the second number");
    let scope = scene.scope();
    for id in [identity, twin] {
        let events = scene.world.engine().store().events(scope, 0, 1 << 40, 100).await.unwrap();
        let kinds: Vec<_> = (events.iter().map(|stored| &stored.event))
            .filter(|event| event.identity == id)
            .map(|event| serde_json::to_value(&event.what).unwrap())
            .map(|what| what["new_carrier"].as_str().unwrap_or("swap").to_owned())
            .collect();
        assert_eq!(kinds, ["A", "B", "swap", "A"]);
        let stored = scene.world.engine().store().identity_by_id(scope, id).await.unwrap().unwrap();
        assert_eq!((stored.version, stored.identity.line.carrier.as_deref()), (2, Some("A")));
    }
    // Nothing comes after a number was given back.
    let rows = [row(1, LineChange::Disconnected), swap(1)].map(Some);
    assert_eq!(take(&scene, &rows, 10).await.unwrap().events, 2);
    scene.settle().await;
}

/// The process dies after each of its commits in turn, and another one is given the file again.
#[tokio::test(start_paused = true)]
async fn no_row_is_lost_or_doubled_wherever_the_process_dies() {
    let mut deaths = 0;
    for commits in 1..12 {
        let (scene, people, rows) = setting(commits as u64).await;
        scene.world.node().store.die_after(commits);
        let file = loop {
            let taken = tokio::time::timeout(Duration::from_mins(1), take(&scene, &rows, 4)).await;
            if let Ok(done) = taken {
                break done.unwrap();
            }
            deaths += 1;
            scene.world.restart();
        };
        assert_eq!((file.rows, file.rejected), (30, 4), "died after {commits} commits");
        assert_eq!(counts(&scene, people).await, expected(&rows), "died after {commits} commits");
        assert_eq!(file.events, expected(&rows).iter().sum::<usize>() as u64);
        scene.world.restart();
        pass(Duration::from_mins(1)).await;
    }
    assert!(deaths > 5, "only {deaths} deaths fell into the intake");
}

#[tokio::test(start_paused = true)]
async fn an_interrupted_file_goes_on_at_its_row() {
    let (scene, people, rows) = setting(3).await;
    let engine = scene.world.engine();
    let mut intake = engine.intake("carrier", digest(&rows)).await.unwrap();
    intake.take(&rows[..10]).await.unwrap();
    scene.world.node().store.fail_next_commits(1);
    intake.take(&rows[10..20]).await.unwrap_err();
    let part = engine.store().feed_file(digest(&rows)).await.unwrap().unwrap();
    assert_eq!((part.rows, part.rejected, part.done_at), (10, 1, None));
    // In batches that fall otherwise.
    let whole = take(&scene, &rows, 7).await.unwrap();
    assert_eq!((whole.rows, whole.begun_at), (30, part.begun_at));
    assert_eq!(counts(&scene, people).await, expected(&rows));
    scene.settle().await;
}

#[tokio::test(start_paused = true)]
async fn several_who_take_the_same_file_share_its_rows() {
    let (scene, people, rows) = setting(4).await;
    let takes = (1..=6).map(|size| take(&scene, &rows, size));
    for file in futures_util::future::join_all(takes).await {
        assert_eq!((file.unwrap().rows, counts(&scene, people).await), (30, expected(&rows)));
    }
    scene.settle().await;
}

/// Two who read the file at their own pace, each one step after the other in turn.
#[tokio::test(start_paused = true)]
async fn who_is_behind_skips_what_the_other_took() {
    let (scene, people, rows) = setting(5).await;
    let engine = scene.world.engine();
    let begin = async || -> Intake { engine.intake("carrier", digest(&rows)).await.unwrap() };
    let (mut one, mut other) = (begin().await, begin().await);
    one.take(&rows[..12]).await.unwrap();
    // It still believes that nobody has begun.
    other.take(&rows[..5]).await.unwrap();
    other.take(&rows[5..20]).await.unwrap();
    one.take(&rows[12..30]).await.unwrap();
    let whole = one.finish().await.unwrap();
    other.take(&rows[20..30]).await.unwrap();
    let same = other.finish().await.unwrap();
    assert_eq!((whole.rows, whole.rejected, same.rows, same.events), (30, 4, 30, whole.events));
    assert_eq!(counts(&scene, people).await, expected(&rows));
    scene.settle().await;
}
