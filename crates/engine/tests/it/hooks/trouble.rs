//! Endpoints that fail for long: pauses between attempts, warnings, and an end with a reason.

use std::time::Duration;

use jiff::SignedDuration;
use ringtrue_engine::{
    By,
    model::{DeliveryState, Expect, PauseReason, ReplayOf},
    ports::{Change, Unit},
};

use super::{Scene, of};
use crate::world::{Reply, pass};

#[tokio::test(start_paused = true)]
async fn attempts_come_after_growing_pauses_under_one_id() {
    let scene = Scene::new().await;
    scene.enrol(1, "").await;
    scene.world.receiver.will([Reply::Status(500), Reply::Refuse, Reply::Hang, Reply::Status(302)]);
    scene.port(1).await;
    pass(Duration::from_hours(1)).await;
    let got = scene.world.receiver.got();
    assert_eq!(got.len(), 5);
    assert!(got.iter().all(|other| other.id == got[0].id && other.events == got[0].events));
    let pauses: Vec<_> = got.windows(2).map(|pair| pair[1].at.duration_since(pair[0].at).as_secs()).collect();
    // The third attempt hung for 10 s before its pause began.
    for (pause, (least, most)) in pauses.into_iter().zip([(4, 7), (27, 35), (118, 144), (540, 662)]) {
        assert!((least..=most).contains(&pause), "{pause} is not in {least}..={most}");
    }
    assert_eq!(scene.deliveries().await[0].attempts, 5);
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_that_is_gone_is_paused_with_the_reason_and_goes_on_when_resumed() {
    let scene = Scene::new().await;
    scene.enrol(1, "").await;
    scene.world.receiver.will([Reply::Status(410)]);
    scene.port(1).await;
    scene.settle().await;
    let report = scene.world.engine().webhook(scene.scope()).await.unwrap();
    assert_eq!(report.webhook.paused.map(|paused| paused.why), Some(PauseReason::Gone));
    scene.port(1).await;
    pass(Duration::from_hours(2)).await;
    assert_eq!(scene.world.receiver.got().len(), 1);
    scene.world.engine().resume_webhook(By::Operator, scene.scope()).await.unwrap();
    scene.settle().await;
    assert_eq!(scene.world.receiver.taken(), scene.stream().await);
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_that_fails_for_three_days_is_paused_and_nothing_is_lost() {
    let scene = Scene::new().await;
    scene.enrol(1, "").await;
    scene.enrol(2, "").await;
    scene.world.receiver.always(Reply::Status(500));
    scene.port(1).await;
    pass(Duration::from_hours(2)).await;
    let warned = scene.world.engine().webhook(scene.scope()).await.unwrap();
    assert_eq!((warned.health.warnings, warned.webhook.paused), (1, None));
    pass(Duration::from_hours(24)).await;
    assert_eq!(scene.world.engine().webhook(scene.scope()).await.unwrap().health.warnings, 2);
    scene.port(2).await;
    pass(Duration::from_hours(50)).await;
    let report = scene.world.engine().webhook(scene.scope()).await.unwrap();
    let Some(PauseReason::Failing { since }) = report.webhook.paused.map(|paused| paused.why) else {
        panic!("paused since it keeps failing")
    };
    let began = scene.world.receiver.got()[0].at;
    assert!(since.duration_since(began) < SignedDuration::from_secs(1));
    let attempts = scene.world.receiver.got().len();
    pass(Duration::from_hours(24)).await;
    assert_eq!(scene.world.receiver.got().len(), attempts);
    // The first was given up after three days; it can be sent again.
    let first = scene.deliveries().await[0];
    assert_eq!(first.state, DeliveryState::Failed);
    scene.world.receiver.always(Reply::Status(200));
    scene.world.engine().resume_webhook(By::Operator, scene.scope()).await.unwrap();
    let replayed =
        scene.world.engine().replay_deliveries(By::Operator, scene.scope(), ReplayOf::Failed).await.unwrap();
    assert_eq!((replayed.opened, replayed.paused), (1, false));
    pass(Duration::from_hours(2)).await;
    let mut taken = scene.world.receiver.taken();
    taken.sort();
    let mut stream = scene.stream().await;
    stream.sort();
    assert_eq!(taken, stream);
    assert!(scene.world.receiver.got().iter().any(|got| got.taken && got.id == first.id), "under its old id");
    assert_eq!(scene.world.engine().webhook(scene.scope()).await.unwrap().health.failing_since, None);
}

/// The only event there is fails until it is given up, and the next one comes when the endpoint is well again.
#[tokio::test(start_paused = true)]
async fn an_endpoint_is_not_paused_without_being_asked() {
    let scene = Scene::new().await;
    scene.enrol(1, "").await;
    scene.world.receiver.always(Reply::Status(500));
    scene.port(1).await;
    pass(Duration::from_hours(71)).await;
    scene.world.receiver.always(Reply::Status(200));
    pass(Duration::from_hours(7 * 24)).await;
    let failed = scene.deliveries().await;
    scene.port(1).await;
    scene.settle().await;
    let report = scene.world.engine().webhook(scene.scope()).await.unwrap();
    assert_eq!((report.webhook.paused, report.health.failing_since), (None, None));
    let last = scene.stream().await.pop().unwrap();
    assert!(scene.world.receiver.taken().contains(&last), "{failed:?}");
}

#[tokio::test(start_paused = true)]
async fn one_failure_after_a_resume_does_not_pause_again() {
    let scene = Scene::new().await;
    scene.enrol(1, "").await;
    scene.enrol(2, "").await;
    scene.world.receiver.always(Reply::Status(500));
    scene.port(1).await;
    pass(Duration::from_hours(24)).await;
    scene.port(2).await;
    pass(Duration::from_hours(50)).await;
    let paused = async || scene.world.engine().webhook(scene.scope()).await.unwrap().webhook.paused;
    assert!(paused().await.is_some());
    scene.world.engine().resume_webhook(By::Operator, scene.scope()).await.unwrap();
    pass(Duration::from_hours(2)).await;
    assert_eq!(paused().await, None);
    let report = scene.world.engine().webhook(scene.scope()).await.unwrap();
    assert!(report.health.failures > 0 && report.health.warnings == 1, "warned anew: {:?}", report.health);
}

#[tokio::test(start_paused = true)]
async fn what_the_old_endpoint_answers_is_not_laid_to_the_new_ones_charge() {
    let scene = Scene::new().await;
    scene.enrol(1, "").await;
    scene.world.receiver.will([Reply::DawdleThen(Duration::from_secs(5), 410)]);
    scene.port(1).await;
    pass(Duration::from_secs(2)).await;
    let engine = scene.world.engine();
    engine.save_webhook(By::Operator, scene.scope(), "https://shop.example/new", Expect::Any).await.unwrap();
    pass(Duration::from_secs(30)).await;
    assert_eq!(engine.webhook(scene.scope()).await.unwrap().webhook.paused, None);
    assert_eq!(scene.world.receiver.taken(), scene.stream().await);
}

/// What waits behind a failed delivery is not posted once its person is gone, or wants to hear nothing more.
#[tokio::test(start_paused = true)]
async fn whoever_leaves_while_events_wait_is_not_told_of() {
    for leave in [true, false] {
        let scene = Scene::new().await;
        let sick = scene.enrol(1, "c1").await;
        scene.enrol(2, "c2").await;
        scene.world.receiver.will([Reply::Status(500)]);
        scene.port(1).await;
        scene.settle().await;
        scene.port(1).await;
        scene.port(2).await;
        // The lane stays held: somebody else's events keep it busy.
        pass(Duration::from_millis(100)).await;
        let engine = scene.world.engine();
        let stored = engine.store().identity_by_id(scene.scope(), sick).await.unwrap().unwrap();
        let changes = if leave {
            vec![Change::RemoveIdentity { scope: scene.scope(), id: sick, expect: stored.version }]
        } else {
            vec![Change::MuteEvents { scope: scene.scope(), identity: sick }]
        };
        engine.store().commit(Unit { changes }).await.unwrap();
        let before = scene.world.receiver.got().len();
        pass(Duration::from_mins(10)).await;
        let got = scene.world.receiver.got();
        let later: Vec<_> = got[before..].iter().flat_map(|got| of(sick, &got.events)).collect();
        assert_eq!(later, Vec::<String>::new(), "left: {leave}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_in_doubt_gets_one_post_at_a_time() {
    let scene = Scene::new().await;
    for ending in 0..40 {
        scene.enrol(ending, "").await;
    }
    scene.world.receiver.always(Reply::Hang);
    for ending in 0..40 {
        scene.port(ending).await;
    }
    pass(Duration::from_mins(5)).await;
    let got = scene.world.receiver.got();
    let late: Vec<_> =
        got.iter().filter(|late| late.at > got[0].at + SignedDuration::from_secs(30)).collect();
    assert!(!late.is_empty());
    for pair in late.windows(2) {
        assert!(pair[1].at.duration_since(pair[0].at) >= SignedDuration::from_secs(10));
    }
}
