//! Processes that die.

use std::time::Duration;

use super::{Scene, at_carrier, busiest_hour, by_number, source::Word};
use crate::world::{LEASE, number, pass};

/// The process dies after each of its commits in turn: every number is asked about in time, and every change told once.
#[tokio::test(start_paused = true)]
async fn a_crash_loses_no_poll_wherever_it_comes() {
    for commits in 1..16 {
        let scene = Scene::new(1, 3600).await;
        for ending in 0..6 {
            scene.enrol(ending, "", Some("Alpha")).await;
            scene.source.knows(&number(ending), at_carrier("Beta"));
        }
        scene.world.node().store.die_after(commits);
        for _ in 0..6 {
            pass(Duration::from_mins(10)).await;
            if scene.world.node().life.is_over() {
                scene.restart();
            }
        }
        pass(LEASE + Duration::from_secs(5)).await;
        let asked = scene.source.asked();
        let numbers = by_number(&asked);
        assert_eq!(numbers.len(), 6, "died after {commits} commits");
        let twice = numbers.values().filter(|times| times.len() > 1).count();
        assert!(twice <= 2, "died after {commits} commits: {twice} asked about twice");
        let told = scene.told().await;
        assert_eq!(told.len(), 6, "died after {commits} commits");
    }
}

/// What was asked just before a crash is asked again when its lease is over.
#[tokio::test(start_paused = true)]
async fn a_poll_that_was_under_way_comes_back() {
    let scene = Scene::new(1, 3600).await;
    scene.enrol(1, "", Some("Alpha")).await;
    scene.source.knows(&number(1), at_carrier("Beta"));
    scene.source.will([Word::ServerDies]);
    while scene.source.asked().is_empty() {
        pass(Duration::from_secs(1)).await;
    }
    scene.restart();
    pass(LEASE + Duration::from_secs(3)).await;
    let asked = scene.source.asked();
    assert_eq!(asked.len(), 2);
    let gap = asked[1].at.duration_since(asked[0].at);
    assert!(gap.unsigned_abs() >= LEASE && gap.as_secs() <= 33, "{gap}");
    assert_eq!(scene.told().await.len(), 1);
    assert!(busiest_hour(&asked) <= 2);
    pass(Duration::from_mins(58)).await;
    assert_eq!(scene.source.asked().len(), 2, "the next turn is a round later");
}
