//! Streams of events.

use super::{
    Subject, commit, conflict,
    sample::{PRODUCTION, SANDBOX, Sample, put_identity, shifted},
    watching::{KEPT, add_delivery, add_event, all_events, put_webhook, set_delivery, some_events},
};
use crate::{
    model::{DeliveryState, KeyScope, Lane, LaneHealth, PauseReason, Paused, Webhook},
    ports::Change,
};

async fn cursors(store: &Subject, scope: KeyScope) -> Vec<u64> {
    all_events(store, scope).await.into_iter().map(|stored| stored.cursor).collect()
}

pub async fn an_event_is_read_back_with_its_cursor(store: Subject) {
    let mut sample = Sample::default();
    let scope = sample.scope(PRODUCTION);
    assert_eq!(all_events(&store, scope).await, []);
    assert_eq!(store.lane(scope).await.unwrap(), None);
    let identity = sample.identity(PRODUCTION, 1, "c");
    let events: Vec<_> = (0..5).map(|_| sample.event(&identity)).collect();
    commit(&store, events[..2].iter().map(add_event)).await;
    commit(&store, events[2..].iter().map(add_event)).await;
    let stored = all_events(&store, scope).await;
    assert_eq!(stored.iter().map(|stored| stored.cursor).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
    assert!(stored.iter().all(|stored| !stored.muted));
    assert_eq!(stored.into_iter().map(|stored| stored.event).collect::<Vec<_>>(), events);
    let lane = Lane { scope, last: 5, packed: 0, health: LaneHealth::default(), lease: None };
    assert_eq!(store.lane(scope).await.unwrap(), Some(lane));
}

pub async fn a_part_of_a_stream_is_read(store: Subject) {
    let mut sample = Sample::default();
    let scope = sample.scope(SANDBOX);
    some_events(&store, &mut sample, SANDBOX, 6).await;
    let part = async |after, until, limit| {
        let events = store.events(scope, after, until, limit).await.unwrap();
        events.into_iter().map(|stored| stored.cursor).collect::<Vec<_>>()
    };
    assert_eq!(part(2, 4, 10).await, [3, 4]);
    assert_eq!(part(2, 6, 2).await, [3, 4]);
    assert_eq!(part(0, 0, 10).await, [0_u64; 0]);
    assert_eq!(part(4, 2, 10).await, [0_u64; 0]);
    assert_eq!(part(6, u64::MAX, 10).await, [0_u64; 0]);
    assert_eq!(part(u64::MAX, u64::MAX, 10).await, [0_u64; 0]);
    assert_eq!(part(0, 6, 0).await, [0_u64; 0]);
}

pub async fn an_identitys_events_are_listed_newest_first(store: Subject) {
    let mut sample = Sample::default();
    let scope = sample.scope(SANDBOX);
    let (one, other) = (sample.identity(SANDBOX, 1, "c"), sample.identity(SANDBOX, 2, "c"));
    let events: Vec<_> = [&one, &other, &one, &one, &other].map(|of| sample.event(of)).into();
    commit(&store, events.iter().map(add_event)).await;
    let part = async |identity, before, limit| {
        let events = store.events_of(scope, identity, before, limit).await.unwrap();
        events.into_iter().map(|stored| stored.cursor).collect::<Vec<_>>()
    };
    assert_eq!(part(one.id, None, 10).await, [4, 3, 1]);
    assert_eq!(part(other.id, None, 10).await, [5, 2]);
    assert_eq!(part(one.id, None, 2).await, [4, 3]);
    assert_eq!(part(one.id, Some(3), 2).await, [1]);
    assert_eq!(part(one.id, Some(1), 2).await, [0_u64; 0]);
    let elsewhere = store.events_of(sample.scope(PRODUCTION), one.id, None, 10).await.unwrap();
    assert_eq!(elsewhere, []);
}

pub async fn streams_of_projects_and_environments_are_apart(store: Subject) {
    let mut sample = Sample::default();
    let mut scopes = Vec::new();
    for (round, environment) in [SANDBOX, PRODUCTION, SANDBOX, PRODUCTION].into_iter().enumerate() {
        if round == 2 {
            sample.other_project();
        }
        some_events(&store, &mut sample, environment, round + 1).await;
        scopes.push(sample.scope(environment));
    }
    for (scope, count) in scopes.into_iter().zip(1_u64..) {
        assert_eq!(cursors(&store, scope).await, (1..=count).collect::<Vec<_>>());
        assert!(all_events(&store, scope).await.iter().all(|stored| stored.event.project == scope.project));
    }
}

pub async fn a_refused_unit_takes_no_cursor(store: Subject) {
    let mut sample = Sample::default();
    let scope = sample.scope(PRODUCTION);
    let identity = sample.identity(PRODUCTION, 1, "c");
    let (lost, kept) = (sample.event(&identity), sample.event(&identity));
    commit(&store, [put_identity(&identity)]).await;
    conflict(&store, [add_event(&lost), add_event(&lost), put_identity(&identity)]).await;
    assert_eq!(store.lane(scope).await.unwrap(), None);
    commit(&store, [add_event(&kept)]).await;
    let stored = all_events(&store, scope).await;
    assert_eq!((stored.len(), stored[0].cursor, &stored[0].event), (1, 1, &kept));
}

pub async fn muted_events_are_marked_and_later_ones_are_not(store: Subject) {
    let mut sample = Sample::default();
    let scope = sample.scope(PRODUCTION);
    let (muted, other) = (sample.identity(PRODUCTION, 1, "c"), sample.identity(PRODUCTION, 2, "c"));
    let events: Vec<_> = [&muted, &other, &muted].map(|of| sample.event(of)).into_iter().collect();
    let mute = || Change::MuteEvents { scope, identity: muted.id };
    commit(&store, events.iter().map(add_event).chain([mute(), add_event(&sample.event(&muted))])).await;
    let marks =
        async || all_events(&store, scope).await.into_iter().map(|stored| stored.muted).collect::<Vec<_>>();
    assert_eq!(marks().await, [true, false, true, false]);
    // In another environment there is nothing of it.
    let elsewhere = Change::MuteEvents { scope: sample.scope(SANDBOX), identity: muted.id };
    commit(&store, [elsewhere]).await;
    assert_eq!(marks().await, [true, false, true, false]);
    commit(&store, [mute()]).await;
    assert_eq!(marks().await, [true, false, true, true]);
}

/// Of real time: a sandbox clock that is moved takes nothing away.
pub async fn events_go_after_thirty_days(store: Subject) {
    let mut sample = Sample::default();
    let (wall, project) = (sample.wall, sample.project);
    let scopes = [sample.scope(SANDBOX), sample.scope(PRODUCTION)];
    some_events(&store, &mut sample, SANDBOX, 2).await;
    some_events(&store, &mut sample, PRODUCTION, 3).await;
    commit(&store, [Change::AdvanceClock { project, by_micros: 3600 * 1_000_000 }]).await;
    assert_eq!(store.purge(shifted(wall, KEPT - 1), 10).await.unwrap(), 0);
    let mut gone = [0; 4];
    for gone in &mut gone {
        *gone = store.purge(shifted(wall, KEPT), 2).await.unwrap();
    }
    assert_eq!(gone, [2, 2, 1, 0]);
    for scope in scopes {
        assert_eq!(cursors(&store, scope).await, [0_u64; 0]);
    }
    // Cursors go on where they were.
    some_events(&store, &mut sample, PRODUCTION, 1).await;
    assert_eq!(cursors(&store, scopes[1]).await, [4]);
}

pub async fn events_that_wait_to_be_delivered_stay(store: Subject) {
    let mut sample = Sample::default();
    let (wall, scope) = (sample.wall, sample.scope(PRODUCTION));
    let late = shifted(wall, KEPT);
    commit(&store, [put_webhook(0, &sample.webhook(PRODUCTION))]).await;
    some_events(&store, &mut sample, PRODUCTION, 6).await;
    assert_eq!(store.purge(late, 10).await.unwrap(), 0, "nothing is packed yet");
    let mut packed = [(1, 2), (3, 4)].map(|(first, last)| sample.delivery(PRODUCTION, first, last));
    commit(&store, packed.iter().map(add_delivery)).await;
    assert_eq!(store.purge(late, 10).await.unwrap(), 0, "nothing is delivered yet");
    packed[0].state = DeliveryState::Delivered;
    commit(&store, [set_delivery(&packed[0])]).await;
    assert_eq!(store.purge(late, 10).await.unwrap(), 3, "the delivery and its two events");
    assert_eq!(cursors(&store, scope).await, [3, 4, 5, 6]);
    packed[1].state = DeliveryState::Failed;
    commit(&store, [set_delivery(&packed[1])]).await;
    assert_eq!(store.purge(late, 10).await.unwrap(), 3);
    assert_eq!(cursors(&store, scope).await, [5, 6]);
}

/// A delivery that was open when it was paused keeps nothing.
pub async fn events_that_wait_for_a_paused_webhook_go(store: Subject) {
    let mut sample = Sample::default();
    let (wall, scope) = (sample.wall, sample.scope(PRODUCTION));
    let webhook = sample.webhook(PRODUCTION);
    commit(&store, [put_webhook(0, &webhook)]).await;
    some_events(&store, &mut sample, PRODUCTION, 4).await;
    // Packed a second later than they happened.
    sample.wall = shifted(wall, 1);
    commit(&store, [add_delivery(&sample.delivery(PRODUCTION, 2, 2))]).await;
    assert_eq!(store.purge(shifted(wall, KEPT), 10).await.unwrap(), 1, "what was packed before");
    let paused = Webhook { paused: Some(Paused { why: PauseReason::Asked, at: wall }), ..webhook };
    commit(&store, [put_webhook(1, &paused)]).await;
    assert_eq!(store.purge(shifted(wall, KEPT), 10).await.unwrap(), 3, "in the delivery, and behind it");
    assert_eq!(cursors(&store, scope).await, [0_u64; 0]);
}
