//! What follows from a source's answers.

use jiff::SignedDuration;
use ringtrue_domain::{
    IdentityId, LineType,
    identity::{EventType, Identity, Line, LineChange},
};
use ringtrue_engine::{
    By,
    model::{KeyScope, LineStatus, ProjectSettings},
    ports::{Change, Sight, Store as _, Unit, WatchStore as _},
};

use super::{HOUR, Scene, at_carrier, phone};
use crate::world::{number, pass};

/// Two who watch the same number, in one project or two, cost one question, and both hear of what became of it.
#[tokio::test(start_paused = true)]
async fn a_number_is_asked_once_for_all_who_watch_it() {
    let scene = Scene::new(4, 1000).await;
    scene.source.knows(&number(1), at_carrier("Beta"));
    let ours = scene.enrol(1, "a", Some("Alpha")).await;
    let also = scene.enrol(1, "b", None).await;
    let bank = scene
        .world
        .engine()
        .create_project(By::Operator, "Bank", ProjectSettings::default())
        .await
        .unwrap()
        .id;
    let theirs = Identity { id: IdentityId::from_bytes([9; 16]), project: bank, ..ours.clone() };
    let put = Change::PutIdentity { expect: 0, identity: Box::new(theirs.clone()) };
    scene.world.engine().store().commit(Unit::new().with(put)).await.unwrap();
    pass(HOUR * 4).await;
    assert_eq!(scene.source.asked().len(), 1);
    assert_eq!(scene.told().await, [(ours.id, EventType::Port)]);
    let watchers = scene.world.engine().store().watchers(&phone(1), None, 9).await.unwrap();
    assert_eq!(watchers.len(), 3);
    for watcher in watchers {
        assert_eq!(watcher.identity.line.carrier.as_deref(), Some("Beta"), "whoever did not know learns it");
    }
    let bank = KeyScope { project: bank, ..scene.scope() };
    let events = scene.world.engine().store().events(bank, 0, 100, 100).await.unwrap();
    assert_eq!(events.iter().map(|stored| stored.event.identity).collect::<Vec<_>>(), [theirs.id]);
    // What was learnt is compared with from now on.
    scene.source.knows(&number(1), at_carrier("Gamma"));
    pass(HOUR * 4).await;
    let told = scene.told().await;
    let mut port = [ours.id, also.id].map(|id| (id, EventType::Port));
    port.sort_unstable();
    let mut news = told[1..].to_vec();
    news.sort_unstable();
    assert_eq!(news, port);
}

#[tokio::test(start_paused = true)]
async fn the_same_answer_again_is_no_news() {
    let scene = Scene::new(1, 1000).await;
    let line = Line { carrier: Some("Beta".into()), line_type: Some(LineType::Voip), country: None };
    scene.source.knows(&number(1), Sight { line, ..Sight::default() });
    let one = scene.enrol(1, "a", Some("Alpha")).await;
    pass(HOUR * 6).await;
    assert_eq!(scene.source.asked().len(), 6);
    // Its kind was not known, so that is nothing that changed.
    assert_eq!(scene.told().await, [(one.id, EventType::Port)]);
}

/// Whoever hears nothing any more costs nothing any more.
#[tokio::test(start_paused = true)]
async fn a_number_that_nobody_watches_is_asked_about_no_more() {
    let scene = Scene::new(1, 1000).await;
    let gone = Sight { status: LineStatus::Disconnected, ..Sight::default() };
    scene.source.knows(&number(1), gone);
    let ended = scene.enrol(1, "", None).await;
    let mut inactive = scene.enrol(2, "", None).await;
    let removed = scene.enrol(3, "", None).await;
    pass(HOUR).await;
    assert_eq!(scene.source.take_asked().len(), 3);
    assert_eq!(scene.told().await, [(ended.id, EventType::Disconnect)]);
    let (store, scope) = (std::sync::Arc::clone(&scene.world.node().store), scene.scope());
    inactive.active = false;
    let expect = store.identity_by_id(scope, inactive.id).await.unwrap().unwrap().version;
    let unit = Unit::new()
        .with(Change::PutIdentity { expect, identity: Box::new(inactive) })
        .with(Change::RemoveIdentity { scope, id: removed.id, expect: 1 });
    store.commit(unit).await.unwrap();
    pass(HOUR * 3).await;
    assert_eq!(scene.source.take_asked(), []);
}

/// What the source itself says to have happened is asked for from the last answer on, or from the verification.
#[tokio::test(start_paused = true)]
async fn a_source_is_asked_for_what_is_new() {
    let scene = Scene::new(2, 1000).await;
    let early = scene.enrol(1, "a", None).await;
    pass(HOUR * 4).await;
    let asked = scene.source.take_asked();
    assert_eq!(asked.len(), 2);
    assert_eq!((asked[0].since, asked[1].since), (early.verified_at, asked[0].at));
    let late = scene.enrol(1, "b", None).await;
    let swapped = Sight { happened: vec![LineChange::SimSwapped], ..Sight::default() };
    scene.source.knows(&number(1), swapped);
    pass(HOUR * 2).await;
    let last = scene.source.take_asked();
    assert_eq!((last.len(), last[0].since), (1, asked[1].at));
    assert!(late.verified_at > last[0].since + SignedDuration::from_mins(1));
    // The swap may have been before the other one was verified.
    assert_eq!(scene.told().await, [(early.id, EventType::SimSwap)]);
}
