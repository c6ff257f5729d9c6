//! A message goes out once, whatever its carrier does, and the person is told the truth about it.

use std::time::Duration;

use ringtrue_domain::flow::{Nudge, PossessionType, Reply};
use ringtrue_engine::model::ProjectSettings;
use tokio::time::Instant;

use crate::world::{BUDGET, Deed, LEASE, Plan, World, pass};

const MINUTES: Duration = Duration::from_mins(20);

async fn world() -> World {
    World::new(Plan::default()).await
}

/// A start of the code step, its answer and how long that took.
async fn send(world: &World) -> (ringtrue_domain::FlowId, Reply, Duration) {
    let id = world.begin(PossessionType::Mobile).await;
    let begun = Instant::now();
    let reply = world.send_code(id).await.unwrap().unwrap().reply;
    (id, reply, begun.elapsed())
}

async fn enters_newest(world: &World, id: ringtrue_domain::FlowId) -> Reply {
    world.enter(id, &world.carrier.newest().secret).await.unwrap().unwrap().reply
}

#[tokio::test(start_paused = true)]
async fn the_good_way() {
    let world = world().await;
    let (id, reply, _) = send(&world).await;
    assert_eq!((reply, world.carrier.delivered().len(), world.jobs_open().await), (Reply::Sent, 1, 0));
    assert_eq!(enters_newest(&world, id).await, Reply::Done);
}

#[tokio::test(start_paused = true)]
async fn a_busy_carrier_is_asked_again() {
    let world = world().await;
    world.carrier.will([Deed::Busy(None), Deed::Busy(Some(Duration::from_secs(20))), Deed::Deliver]);
    let (id, reply, _) = send(&world).await;
    assert_eq!((reply, world.carrier.delivered().len(), world.jobs_open().await), (Reply::Sent, 0, 1));
    pass(Duration::from_secs(10)).await;
    assert_eq!(
        (world.carrier.calls(), world.carrier.delivered().len()),
        (2, 0),
        "20 seconds means 20 seconds"
    );
    pass(Duration::from_secs(15)).await;
    assert_eq!((world.carrier.calls(), world.carrier.delivered().len(), world.jobs_open().await), (3, 1, 0));
    assert_eq!(enters_newest(&world, id).await, Reply::Done);
}

#[tokio::test(start_paused = true)]
async fn a_carrier_that_stays_busy_is_given_up_with_the_codes_time() {
    let world = world().await;
    world.carrier.will(std::iter::repeat_n(Deed::Busy(None), 1000));
    send(&world).await;
    pass(MINUTES).await;
    assert_eq!((world.carrier.delivered().len(), world.jobs_open().await), (0, 0));
    let calls = world.carrier.calls();
    assert!((30..=61).contains(&calls), "{calls} calls in two minutes");
}

#[tokio::test(start_paused = true)]
async fn a_rejected_number_is_told_at_once() {
    let world = world().await;
    world.carrier.will([Deed::Reject]);
    let (id, reply, _) = send(&world).await;
    assert_eq!(reply, Reply::TryAgain(Nudge::NumberNotAcceptable));
    assert_eq!(world.jobs_open().await, 0);
    // Nothing that was sent could be entered; the next message can.
    assert_eq!(world.enter(id, "123456").await.unwrap().unwrap().reply, Reply::NotAllowed);
    assert_eq!(world.send_code(id).await.unwrap().unwrap().reply, Reply::Sent);
    assert_eq!(enters_newest(&world, id).await, Reply::Done);
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_is_no_reason_to_send_again() {
    for deed in [Deed::DeliverInSilence, Deed::LoseInSilence] {
        let world = world().await;
        world.carrier.will([deed]);
        let (id, reply, _) = send(&world).await;
        assert_eq!(reply, Reply::Sent, "{deed:?}");
        pass(Duration::from_secs(100)).await;
        assert_eq!((world.carrier.calls(), world.jobs_open().await), (1, 0), "{deed:?}");
        // The person asks for another one, or enters what came.
        if world.carrier.delivered().is_empty() {
            assert_eq!(world.send_code(id).await.unwrap().unwrap().reply, Reply::Sent);
        }
        assert_eq!(enters_newest(&world, id).await, Reply::Done);
    }
}

#[tokio::test(start_paused = true)]
async fn a_slow_carrier_does_not_hold_up_the_page() {
    for time in [1, 10, 29] {
        let world = world().await;
        world.carrier.will([Deed::DawdleThenDeliver(Duration::from_secs(time))]);
        let (id, reply, took) = send(&world).await;
        assert_eq!((reply, took), (Reply::Sent, BUDGET.min(Duration::from_secs(time))));
        pass(Duration::from_mins(1)).await;
        assert_eq!(
            (world.carrier.calls(), world.carrier.delivered().len(), world.jobs_open().await),
            (1, 1, 0)
        );
        assert_eq!(enters_newest(&world, id).await, Reply::Done);
    }
}

#[tokio::test(start_paused = true)]
async fn a_carrier_slower_than_the_lease_is_not_asked_twice() {
    for recognises_repeats in [false, true] {
        let world = World::new(Plan { recognises_repeats, ..Plan::default() }).await;
        let time = LEASE + Duration::from_secs(15);
        world.carrier.will([Deed::DawdleThenDeliver(time), Deed::Deliver]);
        let (id, _, _) = send(&world).await;
        pass(Duration::from_secs(90)).await;
        // One that knows its messages may be asked as often as one likes.
        assert_eq!(world.carrier.calls(), if recognises_repeats { 2 } else { 1 });
        assert_eq!((world.carrier.delivered().len(), world.jobs_open().await), (1, 0));
        assert_eq!(enters_newest(&world, id).await, Reply::Done);
    }
}

#[tokio::test(start_paused = true)]
async fn a_closed_browser_leaves_nothing_half_done() {
    let world = world().await;
    world.carrier.will([Deed::DawdleThenDeliver(Duration::from_secs(2))]);
    let id = world.begin(PossessionType::Mobile).await;
    let engine = world.engine();
    let call = tokio::spawn(async move { engine.start_code(id, None).await });
    tokio::task::yield_now().await;
    call.abort();
    pass(Duration::from_secs(10)).await;
    assert_eq!((world.carrier.delivered().len(), world.jobs_open().await), (1, 0));
    assert_eq!(enters_newest(&world, id).await, Reply::Done);
}

#[tokio::test(start_paused = true)]
async fn production_pauses_ten_seconds_between_messages() {
    let world = world().await;
    let (id, _, _) = send(&world).await;
    for (seconds, messages) in [(0, 1), (9, 1), (1, 2), (5, 2), (5, 3)] {
        pass(Duration::from_secs(seconds)).await;
        assert_eq!(world.send_code(id).await.unwrap().unwrap().reply, Reply::Sent, "answered as if sent");
        assert_eq!(world.carrier.delivered().len(), messages);
    }
}

#[tokio::test(start_paused = true)]
async fn a_project_may_allow_number_changes_in_production() {
    let settings = ProjectSettings { number_change: Some(true), ..ProjectSettings::default() };
    let world = World::new(Plan { settings, ..Plan::default() }).await;
    let (id, _, _) = send(&world).await;
    let old = world.carrier.newest().secret;
    let answer = world.ask(|engine| async move { engine.start_code(id, Some("(415) 555-2672")).await });
    assert_eq!(answer.await.unwrap().unwrap().reply, Reply::Sent, "no pause: it is another phone");
    assert_eq!(world.carrier.newest().to, "+14155552672");
    assert_eq!(world.enter(id, &old).await.unwrap().unwrap().reply, Reply::TryAgain(Nudge::WrongCode));
    assert_eq!(enters_newest(&world, id).await, Reply::Done);
}
