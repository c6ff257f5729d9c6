//! Processes that die, databases that are away.

use std::{collections::HashMap, time::Duration};

use super::{Scene, of};
use crate::world::{Reply, pass};

/// The process dies after each of its commits in turn; everything arrives all the same.
#[tokio::test(start_paused = true)]
async fn no_event_is_lost_wherever_the_process_dies() {
    for commits in 1..25 {
        let scene = Scene::seeded(commits as u64).await;
        let mut people = vec![];
        for ending in 0..3 {
            people.push(scene.enrol(ending, "").await);
        }
        scene.world.receiver.will([Reply::Status(200), Reply::Status(500)]);
        scene.world.node().store.die_after(commits);
        for round in 0..4 {
            for ending in 0..3 {
                // A change whose process dies is told again by its source, as one that is known already.
                let change = scene.port(ending);
                if tokio::time::timeout(Duration::from_secs(5), change).await.is_err() {
                    scene.world.restart();
                }
            }
            pass(Duration::from_secs(round)).await;
        }
        scene.world.restart();
        pass(Duration::from_mins(10)).await;
        let (taken, stream) = (scene.world.receiver.taken(), scene.stream().await);
        for identity in people {
            assert_eq!(of(identity, &taken), of(identity, &stream), "died after {commits} commits");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_posted_before_a_crash_comes_again_under_the_same_id() {
    let scene = Scene::new().await;
    scene.enrol(1, "").await;
    scene.world.receiver.will([Reply::TakeThenServerDies]);
    scene.port(1).await;
    scene.settle().await;
    scene.world.restart();
    pass(Duration::from_secs(40)).await;
    let got = scene.world.receiver.got();
    assert_eq!((got.len(), got[0].id, &got[0].events), (2, got[1].id, &got[1].events));
}

#[tokio::test(start_paused = true)]
async fn a_database_that_is_away_for_a_moment_loses_and_doubles_nothing() {
    let scene = Scene::new().await;
    for ending in 0..30 {
        scene.enrol(ending, "").await;
    }
    for round in 0..10 {
        for ending in 0..30 {
            scene.port(ending).await;
        }
        scene.world.node().store.fail_next_commits(round % 4);
        pass(Duration::from_secs(5)).await;
    }
    pass(Duration::from_mins(2)).await;
    let mut times = HashMap::<_, usize>::new();
    for event in scene.world.receiver.got().into_iter().flat_map(|got| got.events) {
        *times.entry(event).or_default() += 1;
    }
    let stream = scene.stream().await;
    assert_eq!((times.len(), stream.len()), (300, 300));
    assert!(times.values().all(|times| *times == 1));
}
