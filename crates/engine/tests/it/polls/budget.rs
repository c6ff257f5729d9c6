//! When numbers are asked about, and how many at a time.

use std::{collections::BTreeMap, sync::atomic::Ordering, time::Duration};

use super::{HOUR, Scene, busiest_hour, by_number};
use crate::world::pass;

/// An import of many at once is no peak: each has its own place in the interval, and keeps it.
#[tokio::test(start_paused = true)]
async fn numbers_are_spread_over_the_interval() {
    let scene = Scene::new(12, 100_000).await;
    scene.enrol_many(240).await;
    pass(HOUR * 36 + Duration::from_secs(10)).await;
    let asked = scene.source.asked();
    assert!(busiest_hour(&asked) < 45, "20 an hour on average, {} in one", busiest_hour(&asked));
    let numbers = by_number(&asked);
    assert_eq!(numbers.len(), 240);
    for (number, times) in numbers {
        assert!(times.len() == 3, "{number}: {times:?}");
        for pair in times.windows(2) {
            let gap = pair[1].duration_since(pair[0]).as_secs_f64();
            assert!((gap - 43_200.0).abs() < 5.0, "{number}: {gap} s");
        }
    }
}

/// A budget that is too small is kept all the same, and nobody waits longer than the others.
#[tokio::test(start_paused = true)]
async fn no_hour_has_more_than_the_budget() {
    let scene = Scene::new(2, 30).await;
    scene.enrol_many(100).await;
    pass(HOUR * 24).await;
    let asked = scene.source.asked();
    assert_eq!(busiest_hour(&asked), 30);
    assert!(asked.len() > 30 * 22, "the budget is used: {}", asked.len());
    let counts: Vec<_> = by_number(&asked).values().map(Vec::len).collect();
    assert_eq!(counts.len(), 100);
    let (least, most) = (counts.iter().min().unwrap(), counts.iter().max().unwrap());
    assert!(most - least <= 1, "{least} to {most} questions");
}

/// After an outage what was missed is worked off within the budget, each number once, not in a burst.
#[tokio::test(start_paused = true)]
async fn a_backlog_is_worked_off_within_the_budget() {
    let scene = Scene::new(6, 60).await;
    scene.enrol_many(120).await;
    pass(HOUR * 7).await;
    scene.stop();
    pass(HOUR * 5).await;
    scene.source.take_asked();
    scene.poll(&scene.world.node());
    pass(HOUR * 5).await;
    let asked = scene.source.take_asked();
    assert!(busiest_hour(&asked) <= 60);
    let first_hour = asked.iter().filter(|one| one.at < asked[0].at + HOUR).count();
    assert!(first_hour >= 55, "{first_hour}: it is behind, so it goes as fast as it may");
    let numbers = by_number(&asked);
    assert!(numbers.len() >= 115, "{} of 120 in less than an interval", numbers.len());
    // At the regular pace again.
    pass(HOUR).await;
    let regular = scene.source.take_asked().len();
    assert!((5..45).contains(&regular), "{regular}");
}

/// Three missed rounds are made up for by one.
#[tokio::test(start_paused = true)]
async fn a_clock_that_jumps_ahead_leads_to_one_round() {
    let scene = Scene::new(10, 600).await;
    scene.enrol_many(100).await;
    pass(HOUR * 11).await;
    scene.source.take_asked();
    tokio::time::advance(HOUR * 33).await;
    pass(Duration::from_mins(15)).await;
    let asked = scene.source.take_asked();
    let times = by_number(&asked);
    assert!(busiest_hour(&asked) <= 600);
    assert_eq!(times.len(), 100, "everybody was due");
    let again = times.values().filter(|times| times.len() > 1).count();
    assert!(again <= 8, "{again}: only those whose turn comes just now");
}

/// Nodes share the budget and the numbers, whoever dies.
#[tokio::test(start_paused = true)]
async fn two_nodes_ask_once_and_within_one_budget() {
    let scene = Scene::new(3, 40).await;
    let other = scene.world.another_node();
    scene.poll(&other);
    scene.enrol_many(90).await;
    pass(HOUR * 12).await;
    let asked = scene.source.take_asked();
    assert!(busiest_hour(&asked) <= 40);
    for (number, times) in by_number(&asked) {
        assert!((3..=5).contains(&times.len()), "{number}: {times:?}");
        for pair in times.windows(2) {
            assert!(pair[1].duration_since(pair[0]).unsigned_abs() > HOUR, "{number}: {times:?}");
        }
    }
    other.life.end();
    pass(HOUR * 3).await;
    let asked = scene.source.take_asked();
    assert!(busiest_hour(&asked) <= 40);
    assert!(by_number(&asked).len() >= 85, "one node goes on for both");
}

#[tokio::test(start_paused = true)]
async fn two_nodes_with_a_backlog_keep_the_budget() {
    let scene = Scene::new(3, 300).await;
    let other = scene.world.another_node();
    scene.poll(&other);
    pass(Duration::from_secs(10)).await;
    scene.source.resting.store(true, Ordering::SeqCst);
    scene.enrol_many(200).await;
    pass(HOUR * 4).await;
    assert_eq!(scene.source.asked(), [], "nothing is asked of a source that rests");
    scene.source.resting.store(false, Ordering::SeqCst);
    pass(Duration::from_mins(45)).await;
    let asked = scene.source.asked();
    let mut minutes = BTreeMap::<i64, usize>::new();
    for question in &asked {
        *minutes.entry(question.at.as_second() / 60).or_default() += 1;
    }
    assert!(minutes.values().all(|count| *count <= 7), "5 a minute: {minutes:?}");
    assert!(asked.len() >= 195, "{}", asked.len());
}
