//! The good case, and what is packed together.

use std::time::Duration;

use ringtrue_engine::model::{Content, DeliveryState, Outcome};

use super::Scene;
use crate::world::{Reply, pass};

#[tokio::test(start_paused = true)]
async fn an_event_is_posted_and_its_attempt_kept() {
    let scene = Scene::new().await;
    scene.enrol(1, "").await;
    scene.port(1).await;
    scene.settle().await;
    let got = scene.world.receiver.got();
    assert_eq!((got.len(), &got[0].events), (1, &scene.stream().await));
    assert_eq!((got[0].url.as_str(), got[0].secrets.len()), (super::URL, 1));
    let [delivery] = scene.deliveries().await[..] else { panic!("one delivery") };
    assert_eq!((delivery.id, delivery.state, delivery.attempts), (got[0].id, DeliveryState::Delivered, 1));
    assert_eq!(delivery.content, Content::Events { first: 1, last: 1 });
    let report = scene.world.engine().delivery(scene.scope(), delivery.id).await.unwrap();
    let [attempt] = &report.attempts[..] else { panic!("one attempt") };
    assert_eq!((attempt.number, report.events.len()), (1, 1));
    assert!(matches!(&attempt.outcome, Outcome::Answered(answer) if answer.status == 200));
}

#[tokio::test(start_paused = true)]
async fn everybody_who_watches_a_number_is_told() {
    let scene = Scene::new().await;
    let (one, two) = (scene.enrol(1, "c1").await, scene.enrol(1, "c2").await);
    scene.enrol(2, "c3").await;
    scene.port(1).await;
    scene.settle().await;
    let mut told: Vec<_> = scene.world.receiver.taken().iter().map(|line| line[37..73].to_owned()).collect();
    told.sort();
    let mut expected = [one.to_string(), two.to_string()];
    expected.sort();
    assert_eq!(told, expected);
}

#[tokio::test(start_paused = true)]
async fn what_comes_while_posts_are_under_way_is_posted_together_up_to_a_hundred() {
    let scene = Scene::new().await;
    for ending in 0..300 {
        scene.enrol(ending, "").await;
    }
    scene.world.receiver.always(Reply::Dawdle(Duration::from_secs(2)));
    for ending in 0..300 {
        scene.port(ending).await;
    }
    pass(Duration::from_secs(30)).await;
    let got = scene.world.receiver.got();
    assert!(got.len() < 60, "{} posts for 300 events", got.len());
    assert!(got.iter().all(|got| (1..=100).contains(&got.events.len())));
    assert!((2..=8).contains(&scene.world.receiver.most_at_once()));
    let (mut taken, mut stream) = (scene.world.receiver.taken(), scene.stream().await);
    taken.sort();
    stream.sort();
    assert_eq!(taken, stream);
}

#[tokio::test(start_paused = true)]
async fn nothing_from_before_the_webhook_was_saved_is_posted() {
    let world = crate::world::World::new(crate::world::Plan::default()).await;
    let scene = Scene { world, changes: std::cell::Cell::new(0) };
    scene.enrol(1, "").await;
    scene.port(1).await;
    scene.settle().await;
    scene.save().await;
    scene.port(1).await;
    scene.settle().await;
    assert_eq!(scene.world.receiver.taken(), scene.stream().await[1..]);
}

#[tokio::test(start_paused = true)]
async fn an_idle_lane_is_given_back_and_taken_up_again() {
    let scene = Scene::new().await;
    scene.enrol(1, "").await;
    for round in 1..=3 {
        scene.port(1).await;
        pass(Duration::from_mins(1)).await;
        assert_eq!(scene.world.receiver.taken().len(), round);
        let lane = scene.world.engine().store().lane(scene.scope()).await.unwrap().unwrap();
        assert_eq!((lane.lease, lane.packed), (None, round as u64));
    }
}
