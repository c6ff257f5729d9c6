//! Saving, rotating, pausing, testing, muting.

use std::time::Duration;

use ringtrue_engine::{
    By,
    model::{DeliveryState, Expect, PauseReason, ReplayOf},
    ports::{Change, Unit},
};

use super::Scene;
use crate::world::{Reply, pass};

#[tokio::test(start_paused = true)]
async fn saving_again_keeps_the_secret_and_moves_to_the_new_address() {
    let scene = Scene::new().await;
    let first = scene.save().await;
    let saved = scene
        .world
        .engine()
        .save_webhook(By::Operator, scene.scope(), "https://other.example/hook", Expect::Any)
        .await
        .unwrap();
    let second = saved.webhook;
    assert_eq!((&second.secrets, second.created_at), (&first.secrets, first.created_at));
    scene.enrol(1, "").await;
    scene.port(1).await;
    scene.settle().await;
    assert_eq!(scene.world.receiver.got()[0].url, "https://other.example/hook");
}

#[tokio::test(start_paused = true)]
async fn both_secrets_sign_during_a_rotation() {
    let scene = Scene::new().await;
    scene.enrol(1, "").await;
    let old = scene.save().await.secrets[0].value.expose().to_owned();
    let rotated = scene
        .world
        .engine()
        .rotate_webhook_secret(By::Operator, scene.scope(), Duration::from_hours(1))
        .await;
    let new = rotated.unwrap().secrets[1].value.expose().to_owned();
    assert!(new.starts_with("whsec_") && new.len() == 50 && new != old);
    let third = scene
        .world
        .engine()
        .rotate_webhook_secret(By::Operator, scene.scope(), Duration::from_hours(1))
        .await;
    assert!(third.unwrap_err().to_string().starts_with("secret: is being rotated"));
    scene.port(1).await;
    scene.settle().await;
    pass(Duration::from_hours(2)).await;
    scene.port(1).await;
    scene.settle().await;
    let signed: Vec<_> = scene.world.receiver.got().into_iter().map(|got| got.secrets).collect();
    assert_eq!(signed, [vec![old, new.clone()], vec![new]]);
}

#[tokio::test(start_paused = true)]
async fn a_paused_webhook_keeps_its_events() {
    let scene = Scene::new().await;
    scene.enrol(1, "").await;
    scene.world.engine().pause_webhook(By::Operator, scene.scope(), PauseReason::Asked).await.unwrap();
    scene.port(1).await;
    pass(Duration::from_hours(1)).await;
    assert!(scene.world.receiver.got().is_empty());
    assert_eq!(scene.world.engine().webhook(scene.scope()).await.unwrap().waiting, 1);
    scene.world.engine().resume_webhook(By::Operator, scene.scope()).await.unwrap();
    scene.settle().await;
    assert_eq!(scene.world.receiver.taken(), scene.stream().await);
}

#[tokio::test(start_paused = true)]
async fn a_test_is_sent_once_even_while_paused_and_says_what_came_back() {
    let scene = Scene::new().await;
    scene.world.engine().pause_webhook(By::Operator, scene.scope(), PauseReason::Asked).await.unwrap();
    scene.world.receiver.will([Reply::Status(418)]);
    let (delivery, attempt) = scene.world.engine().test_webhook(By::Operator, scene.scope()).await.unwrap();
    assert_eq!((delivery.state, attempt.number), (DeliveryState::Failed, 1));
    let (delivery, _) = scene.world.engine().test_webhook(By::Operator, scene.scope()).await.unwrap();
    assert_eq!(delivery.state, DeliveryState::Delivered);
    pass(Duration::from_hours(1)).await;
    let got = scene.world.receiver.got();
    assert_eq!((got.len(), &got[1].events), (2, &vec![format!("{} - TEST", delivery.id)]));
}

#[tokio::test(start_paused = true)]
async fn one_delivery_is_sent_again_under_its_id() {
    let scene = Scene::new().await;
    scene.enrol(1, "").await;
    scene.port(1).await;
    scene.settle().await;
    let id = scene.deliveries().await[0].id;
    scene.world.engine().replay_deliveries(By::Operator, scene.scope(), ReplayOf::One(id)).await.unwrap();
    scene.settle().await;
    let got = scene.world.receiver.got();
    assert_eq!((got.len(), got[0].id, got[1].id), (2, id, id));
    assert_eq!(scene.world.engine().delivery(scene.scope(), id).await.unwrap().attempts.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn what_was_muted_before_it_was_sent_is_never_sent() {
    let scene = Scene::new().await;
    let (quiet, other) = (scene.enrol(1, "").await, scene.enrol(2, "").await);
    scene.world.engine().pause_webhook(By::Operator, scene.scope(), PauseReason::Asked).await.unwrap();
    scene.port(1).await;
    scene.port(2).await;
    let mute = Change::MuteEvents { scope: scene.scope(), identity: quiet };
    scene.world.engine().store().commit(Unit::new().with(mute)).await.unwrap();
    scene.world.engine().resume_webhook(By::Operator, scene.scope()).await.unwrap();
    scene.settle().await;
    let taken = scene.world.receiver.taken();
    assert!(taken.len() == 1 && taken[0].contains(&other.to_string()));
}

#[tokio::test(start_paused = true)]
async fn a_removed_webhook_gets_nothing() {
    let scene = Scene::new().await;
    scene.enrol(1, "").await;
    scene.world.receiver.will([Reply::Status(500)]);
    scene.port(1).await;
    scene.settle().await;
    scene.world.engine().remove_webhook(By::Operator, scene.scope()).await.unwrap();
    scene.port(1).await;
    pass(Duration::from_hours(2)).await;
    assert_eq!(scene.world.receiver.got().len(), 1);
    assert!(scene.world.engine().webhook(scene.scope()).await.is_err());
}
