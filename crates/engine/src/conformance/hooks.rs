//! Webhooks, and who sends to them.

use jiff::Timestamp;
use ringtrue_domain::WebhookUrl;

use super::{
    Subject, commit, conflict,
    sample::{PRODUCTION, SANDBOX, Sample, lease, put_identity, shifted},
    watching::{add_delivery, add_event, claim, hold, put_webhook, release, set_delivery, some_events, wake},
};
use crate::{
    model::{DeliveryState, KeyScope, LaneHealth, Lease, PauseReason, Paused, Webhook},
    ports::{Change, HookChange},
};

async fn claimed(store: &Subject, id: u8, wall: Timestamp) -> Vec<KeyScope> {
    claim(store, id, wall).await.into_iter().map(|lane| lane.scope).collect()
}

fn paused(webhook: &Webhook, at: Timestamp) -> Webhook {
    Webhook { paused: Some(Paused { why: PauseReason::Gone, at }), ..webhook.clone() }
}

/// A production webhook with as many events.
async fn waiting(store: &Subject, sample: &mut Sample, events: usize) -> KeyScope {
    commit(store, [put_webhook(0, &sample.webhook(PRODUCTION))]).await;
    some_events(store, sample, PRODUCTION, events).await;
    sample.scope(PRODUCTION)
}

pub async fn a_webhook_is_written_from_its_version(store: Subject) {
    let sample = Sample::default();
    let (mut webhook, scope) = (sample.webhook(PRODUCTION), sample.scope(PRODUCTION));
    assert_eq!(store.webhook(scope).await.unwrap(), None);
    conflict(&store, [put_webhook(1, &webhook)]).await;
    commit(&store, [put_webhook(0, &webhook)]).await;
    conflict(&store, [put_webhook(0, &webhook)]).await;
    let mut retired = webhook.secrets[0].clone();
    retired.retires_at = Some(shifted(sample.wall, 3600));
    webhook.secrets.insert(0, retired);
    webhook.paused = Some(Paused { why: PauseReason::Failing { since: sample.wall }, at: sample.wall });
    commit(&store, [put_webhook(1, &webhook)]).await;
    conflict(&store, [put_webhook(1, &webhook)]).await;
    let stored = store.webhook(scope).await.unwrap().unwrap();
    assert_eq!((stored.version, stored.webhook, stored.clock_ahead_micros), (2, webhook, 0));
}

pub async fn a_webhook_is_read_with_its_projects_clock(store: Subject) {
    let sample = Sample::default();
    let hooks = [SANDBOX, PRODUCTION].map(|environment| put_webhook(0, &sample.webhook(environment)));
    let advance = Change::AdvanceClock { project: sample.project, by_micros: 7 };
    commit(&store, hooks.into_iter().chain([advance])).await;
    for (environment, ahead) in [(SANDBOX, 7), (PRODUCTION, 0)] {
        let stored = store.webhook(sample.scope(environment)).await.unwrap().unwrap();
        assert_eq!((stored.webhook.environment, stored.clock_ahead_micros), (environment, ahead));
    }
}

pub async fn a_new_webhook_gets_nothing_from_before(store: Subject) {
    let mut sample = Sample::default();
    let (wall, scope) = (sample.wall, sample.scope(PRODUCTION));
    some_events(&store, &mut sample, PRODUCTION, 3).await;
    assert_eq!(claimed(&store, 1, wall).await, [], "there is no webhook");
    commit(&store, [put_webhook(0, &sample.webhook(PRODUCTION))]).await;
    let lane = store.lane(scope).await.unwrap().unwrap();
    assert_eq!((lane.last, lane.packed), (3, 3));
    assert_eq!(claimed(&store, 1, wall).await, [], "nothing came since");
    some_events(&store, &mut sample, PRODUCTION, 1).await;
    let lane = claim(&store, 1, wall).await.remove(0);
    assert_eq!((lane.last, lane.packed), (4, 3));
}

pub async fn a_lane_is_claimed_with_a_lease(store: Subject) {
    let mut sample = Sample::default();
    let wall = sample.wall;
    let scope = waiting(&store, &mut sample, 2).await;
    let lanes = claim(&store, 1, wall).await;
    assert_eq!(lanes.len(), 1);
    assert_eq!((lanes[0].scope, lanes[0].last, lanes[0].packed), (scope, 2, 0));
    assert_eq!(lanes[0].lease, Some(lease(1, shifted(wall, 60))));
    assert_eq!(store.lane(scope).await.unwrap(), Some(lanes[0]));
    assert_eq!(claimed(&store, 2, shifted(wall, 59)).await, []);
    // The holder vanished.
    assert_eq!(claimed(&store, 2, shifted(wall, 60)).await, [scope]);
    conflict(&store, [hold(scope, lease(1, shifted(wall, 600)))]).await;
    commit(&store, [hold(scope, lease(2, shifted(wall, 600)))]).await;
    assert_eq!(claimed(&store, 3, shifted(wall, 599)).await, []);
    assert_eq!(claimed(&store, 3, shifted(wall, 600)).await, [scope]);
}

pub async fn few_lanes_are_claimed_at_a_time(store: Subject) {
    let mut sample = Sample::default();
    let wall = sample.wall;
    for _ in 0..5 {
        waiting(&store, &mut sample, 1).await;
        sample.other_project();
    }
    let mut all = Vec::new();
    for (id, count) in [(1, 2), (2, 2), (3, 1), (4, 0)] {
        let lanes = store.claim_lanes(lease(id, shifted(wall, 60)), wall, 2).await.unwrap();
        assert_eq!(lanes.len(), count);
        all.extend(lanes.into_iter().map(|lane| lane.scope));
    }
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), 5);
}

pub async fn a_lane_given_back_waits_for_what_it_is_told(store: Subject) {
    let mut sample = Sample::default();
    let wall = sample.wall;
    let scope = waiting(&store, &mut sample, 1).await;
    claim(&store, 1, wall).await;
    let retry = shifted(wall, 30);
    conflict(&store, [release(scope, 2, 1, None)]).await;
    commit(&store, [release(scope, 1, 1, Some(retry))]).await;
    conflict(&store, [release(scope, 1, 1, None)]).await;
    assert_eq!(store.lane(scope).await.unwrap().unwrap().lease, None);
    assert_eq!(claimed(&store, 2, shifted(wall, 29)).await, []);
    assert_eq!(claimed(&store, 2, retry).await, [scope]);
    commit(&store, [release(scope, 2, 1, None)]).await;
    assert_eq!(claimed(&store, 3, shifted(wall, 99_999)).await, [], "nothing to do");
    sample.wall = retry;
    some_events(&store, &mut sample, PRODUCTION, 1).await;
    assert_eq!(claimed(&store, 3, retry).await, [scope], "a new event");
}

/// An event that came while the lane was held and its holder looked elsewhere.
pub async fn a_lane_given_back_with_news_is_due_at_once(store: Subject) {
    let mut sample = Sample::default();
    let wall = sample.wall;
    let scope = waiting(&store, &mut sample, 1).await;
    claim(&store, 1, wall).await;
    some_events(&store, &mut sample, PRODUCTION, 1).await;
    commit(&store, [release(scope, 1, 1, Some(shifted(wall, 600)))]).await;
    assert_eq!(claimed(&store, 2, wall).await, [scope]);
    commit(&store, [release(scope, 2, 2, None)]).await;
    assert_eq!(claimed(&store, 3, shifted(wall, 9999)).await, [], "the holder saw it");
}

pub async fn a_lane_is_woken_not_later_than_it_was(store: Subject) {
    let mut sample = Sample::default();
    let wall = sample.wall;
    let scope = waiting(&store, &mut sample, 1).await;
    claim(&store, 1, wall).await;
    commit(&store, [release(scope, 1, 1, Some(shifted(wall, 30)))]).await;
    commit(&store, [wake(scope, shifted(wall, 90)), wake(sample.scope(SANDBOX), wall)]).await;
    assert_eq!(claimed(&store, 2, shifted(wall, 30)).await, [scope]);
    // Woken while it is held: not for now, but not forgotten either.
    commit(&store, [wake(scope, shifted(wall, 40))]).await;
    assert_eq!(claimed(&store, 3, shifted(wall, 50)).await, []);
    commit(&store, [release(scope, 2, 1, None)]).await;
    assert_eq!(claimed(&store, 3, shifted(wall, 39)).await, []);
    assert_eq!(claimed(&store, 3, shifted(wall, 40)).await, [scope]);
}

pub async fn a_sandbox_lane_is_due_on_its_projects_clock(store: Subject) {
    let sample = Sample::default();
    let (wall, project, scope) = (sample.wall, sample.project, sample.scope(SANDBOX));
    let tomorrow = shifted(wall, 86_400);
    for environment in [SANDBOX, PRODUCTION] {
        commit(
            &store,
            [put_webhook(0, &sample.webhook(environment)), wake(sample.scope(environment), tomorrow)],
        )
        .await;
    }
    commit(&store, [Change::AdvanceClock { project, by_micros: 86_399_000_000 }]).await;
    assert_eq!(claimed(&store, 1, wall).await, []);
    commit(&store, [Change::AdvanceClock { project, by_micros: 1_000_000 }]).await;
    assert_eq!(claimed(&store, 1, wall).await, [scope]);
    // Leases are on the wall.
    assert_eq!(claimed(&store, 2, shifted(wall, 59)).await, []);
    assert_eq!(claimed(&store, 2, shifted(wall, 60)).await, [scope]);
}

pub async fn a_paused_lane_is_claimed_by_nobody_until_it_goes_on(store: Subject) {
    let mut sample = Sample::default();
    let wall = sample.wall;
    let webhook = sample.webhook(PRODUCTION);
    let scope = waiting(&store, &mut sample, 1).await;
    claim(&store, 1, wall).await;
    // Its holder pauses it, as after a 410.
    let pause = [hold(scope, lease(1, shifted(wall, 60))), put_webhook(1, &paused(&webhook, wall))];
    commit(&store, pause.into_iter().chain([release(scope, 1, 1, None)])).await;
    some_events(&store, &mut sample, PRODUCTION, 2).await;
    commit(&store, [wake(scope, wall)]).await;
    assert_eq!(claimed(&store, 2, shifted(wall, 9999)).await, []);
    commit(&store, [put_webhook(2, &webhook)]).await;
    let lane = claim(&store, 2, wall).await.remove(0);
    assert_eq!((lane.last, lane.packed), (3, 0), "what waited goes on");
    // Written again without a pause it is not woken.
    commit(&store, [release(scope, 2, 3, None), put_webhook(3, &webhook)]).await;
    assert_eq!(claimed(&store, 3, shifted(wall, 9999)).await, []);
}

pub async fn a_removed_webhook_leaves_nothing_to_send(store: Subject) {
    let mut sample = Sample::default();
    let wall = sample.wall;
    let scope = waiting(&store, &mut sample, 3).await;
    claim(&store, 1, wall).await;
    let mut sent = sample.delivery(PRODUCTION, 1, 1);
    let open = sample.delivery(PRODUCTION, 2, 2);
    sent.state = DeliveryState::Delivered;
    commit(&store, [add_delivery(&sent), add_delivery(&open)]).await;
    let remove = |expect| Change::Hook(HookChange::Remove { scope, expect });
    conflict(&store, [remove(2)]).await;
    commit(&store, [remove(1)]).await;
    conflict(&store, [remove(1)]).await;
    assert_eq!(store.webhook(scope).await.unwrap(), None);
    assert_eq!(store.open_deliveries(scope, 9).await.unwrap(), []);
    let state = async |id| store.delivery(scope, id).await.unwrap().unwrap().state;
    assert_eq!(state(sent.id).await, DeliveryState::Delivered);
    assert_eq!(state(open.id).await, DeliveryState::Failed);
    // Who held it holds nothing any more.
    conflict(&store, [hold(scope, lease(1, shifted(wall, 600))), set_delivery(&open)]).await;
    assert_eq!(claimed(&store, 2, shifted(wall, 9999)).await, []);
    // A new one begins anew.
    commit(&store, [put_webhook(0, &sample.webhook(PRODUCTION))]).await;
    let lane = store.lane(scope).await.unwrap().unwrap();
    assert_eq!((lane.last, lane.packed), (3, 3));
    assert_eq!(claimed(&store, 2, shifted(wall, 9999)).await, []);
}

pub async fn an_endpoints_health_is_kept(store: Subject) {
    let mut sample = Sample::default();
    let wall = sample.wall;
    let scope = waiting(&store, &mut sample, 1).await;
    let poor = LaneHealth { failing_since: Some(wall), failures: 7, warnings: 2, succeeded_at: None };
    let good = LaneHealth { succeeded_at: Some(shifted(wall, 5)), ..LaneHealth::default() };
    for health in [poor, good] {
        commit(&store, [Change::Hook(HookChange::Health { scope, health })]).await;
        assert_eq!(store.lane(scope).await.unwrap().unwrap().health, health);
    }
    assert_eq!(claim(&store, 1, wall).await[0].health, good);
}

const POOR: LaneHealth = LaneHealth {
    failing_since: Some(Timestamp::UNIX_EPOCH),
    failures: 7,
    warnings: 2,
    succeeded_at: Some(Timestamp::UNIX_EPOCH),
};

/// A production webhook whose endpoint is doing badly, and how it is doing now.
async fn failing(store: &Subject, sample: &mut Sample) -> (Webhook, KeyScope) {
    let scope = waiting(store, sample, 1).await;
    commit(store, [Change::Hook(HookChange::Health { scope, health: POOR })]).await;
    (sample.webhook(PRODUCTION), scope)
}

async fn health(store: &Subject, scope: KeyScope) -> LaneHealth {
    store.lane(scope).await.unwrap().unwrap().health
}

pub async fn nothing_is_held_against_one_that_goes_on(store: Subject) {
    let mut sample = Sample::default();
    let wall = sample.wall;
    let (webhook, scope) = failing(&store, &mut sample).await;
    // Another secret, a pause: that changes nothing.
    commit(&store, [put_webhook(1, &webhook)]).await;
    assert_eq!(health(&store, scope).await, POOR);
    commit(&store, [put_webhook(2, &paused(&webhook, wall)), put_webhook(3, &paused(&webhook, wall))]).await;
    assert_eq!(health(&store, scope).await, POOR);
    commit(&store, [put_webhook(4, &webhook)]).await;
    let clean = LaneHealth { succeeded_at: POOR.succeeded_at, ..LaneHealth::default() };
    assert_eq!(health(&store, scope).await, clean);
}

pub async fn nothing_is_held_against_another_address(store: Subject) {
    let mut sample = Sample::default();
    let (mut webhook, scope) = failing(&store, &mut sample).await;
    webhook.url = WebhookUrl::parse("https://other.example/hook", false).unwrap();
    let put = HookChange::Put { expect: 1, moved: true, webhook: Box::new(webhook) };
    commit(&store, [Change::Hook(put)]).await;
    let clean = LaneHealth { succeeded_at: POOR.succeeded_at, ..LaneHealth::default() };
    assert_eq!(health(&store, scope).await, clean);
}

/// Their cursors are given out, but there is nothing to read.
pub async fn a_lane_whose_newest_events_were_erased_is_not_due(store: Subject) {
    let mut sample = Sample::default();
    let wall = sample.wall;
    let scope = waiting(&store, &mut sample, 1).await;
    let gone = sample.identity(PRODUCTION, 2, "gone");
    let events = [sample.event(&gone), sample.event(&gone)];
    commit(&store, [put_identity(&gone)].into_iter().chain(events.iter().map(add_event))).await;
    claim(&store, 1, wall).await;
    commit(&store, [Change::RemoveIdentity { scope, id: gone.id, expect: 1 }]).await;
    commit(&store, [release(scope, 1, 1, Some(shifted(wall, 600)))]).await;
    assert_eq!(claimed(&store, 2, shifted(wall, 599)).await, []);
    assert_eq!(claimed(&store, 2, shifted(wall, 600)).await, [scope]);
    commit(&store, [release(scope, 2, 0, None)]).await;
    assert_eq!(claimed(&store, 3, wall).await, [scope], "the first one is still there");
}

/// Whether it comes just before the lane is given back, or just after.
pub async fn an_event_of_the_moment_is_not_missed(store: Subject) {
    let mut sample = Sample::default();
    let wall = sample.wall;
    let scope = waiting(&store, &mut sample, 1).await;
    let identity = sample.identity(PRODUCTION, 2, "c");
    for seen in 1..30 {
        let id = u8::try_from(seen).unwrap();
        assert_eq!(claimed(&store, id, wall).await, [scope]);
        let event = sample.event(&identity);
        let adding = {
            let store = Subject::clone(&store);
            tokio::spawn(async move { commit(&store, [add_event(&event)]).await })
        };
        commit(&store, [release(scope, id, seen, None)]).await;
        adding.await.unwrap();
    }
}

pub async fn a_stale_lease_writes_nothing(store: Subject) {
    let mut sample = Sample::default();
    let wall = sample.wall;
    let scope = waiting(&store, &mut sample, 2).await;
    claim(&store, 1, wall).await;
    let mut delivery = sample.delivery(PRODUCTION, 1, 1);
    let mine = |id: u8| hold(scope, Lease { id: [id; 16], until: shifted(wall, 120) });
    commit(&store, [mine(1), add_delivery(&delivery)]).await;
    assert_eq!(claimed(&store, 2, shifted(wall, 120)).await, [scope]);
    delivery.state = DeliveryState::Delivered;
    let second = sample.delivery(PRODUCTION, 2, 2);
    conflict(&store, [mine(1), set_delivery(&delivery), add_delivery(&second)]).await;
    let open = store.open_deliveries(scope, 9).await.unwrap();
    assert_eq!(open.iter().map(|delivery| delivery.id).collect::<Vec<_>>(), [delivery.id]);
    assert_eq!(store.lane(scope).await.unwrap().unwrap().packed, 1);
    commit(&store, [mine(2), set_delivery(&delivery), add_delivery(&second)]).await;
    assert_eq!(store.lane(scope).await.unwrap().unwrap().packed, 2);
}
