//! Deliveries and the attempts at them; files of changes.

use ringtrue_domain::DeliveryId;

use super::{
    Subject, commit, conflict,
    sample::{PRODUCTION, SANDBOX, Sample, digest, lease, shifted},
    watching::{
        KEPT, add_attempt, add_delivery, attempt, claim, put_webhook, release, set_delivery, some_events,
    },
};
use crate::{
    model::{
        Attempt, Delivery, DeliveryQuery, DeliveryState, FeedFile, KeyScope, NoAnswer, Outcome, PauseReason,
        Paused, ReplayOf, Webhook,
    },
    ports::{Change, HookChange},
};

async fn listed(store: &Subject, scope: KeyScope, state: Option<DeliveryState>) -> Vec<Delivery> {
    let query = DeliveryQuery { state, before: None, limit: 100 };
    store.deliveries(scope, query).await.unwrap()
}

fn replay(scope: KeyScope, ids: Vec<DeliveryId>, sample: &Sample) -> Change {
    let give_up_at = shifted(sample.wall, 86_400);
    Change::Hook(HookChange::Replay { scope, ids, now: sample.wall, give_up_at })
}

/// Everything that a replay means, read `limit` at a time.
async fn meant(store: &Subject, scope: KeyScope, of: ReplayOf, limit: usize) -> Vec<DeliveryId> {
    let (mut ids, mut last) = (Vec::new(), None);
    loop {
        let page = store.replayable(scope, of, last, limit).await.unwrap();
        assert!(page.len() <= limit);
        ids.extend(page.iter().map(|delivery| delivery.id));
        last = page.last().copied();
        if last.is_none() {
            return ids;
        }
    }
}

/// A production webhook and deliveries of one event each, in these states, a second apart.
async fn settled<const N: usize>(
    store: &Subject,
    sample: &mut Sample,
    states: [DeliveryState; N],
) -> [Delivery; N] {
    commit(store, [put_webhook(0, &sample.webhook(PRODUCTION))]).await;
    some_events(store, sample, PRODUCTION, N).await;
    let mut cursor = 0;
    let deliveries = states.map(|state| {
        cursor += 1;
        sample.wall = shifted(sample.wall, 1);
        Delivery { state, attempts: 4, ..sample.delivery(PRODUCTION, cursor, cursor) }
    });
    commit(store, deliveries.iter().map(add_delivery)).await;
    deliveries
}

pub async fn a_delivery_is_read_back_and_packs_its_events(store: Subject) {
    let mut sample = Sample::default();
    let scope = sample.scope(PRODUCTION);
    commit(&store, [put_webhook(0, &sample.webhook(PRODUCTION))]).await;
    some_events(&store, &mut sample, PRODUCTION, 5).await;
    let (first, test) = (sample.delivery(PRODUCTION, 1, 3), sample.test_delivery(PRODUCTION));
    commit(&store, [add_delivery(&first), add_delivery(&test)]).await;
    for delivery in [first, test] {
        assert_eq!(store.delivery(scope, delivery.id).await.unwrap(), Some(delivery));
        assert_eq!(store.delivery(sample.scope(SANDBOX), delivery.id).await.unwrap(), None);
    }
    assert_eq!(store.lane(scope).await.unwrap().unwrap().packed, 3);
    conflict(&store, [add_delivery(&first)]).await;
}

pub async fn a_delivery_is_written_again(store: Subject) {
    let mut sample = Sample::default();
    let [mut delivery] = settled(&store, &mut sample, [DeliveryState::Open]).await;
    let unknown = sample.delivery(PRODUCTION, 9, 9);
    conflict(&store, [set_delivery(&unknown)]).await;
    for state in [DeliveryState::Open, DeliveryState::Delivered, DeliveryState::Failed, DeliveryState::Empty]
    {
        delivery.state = state;
        delivery.due_at = shifted(delivery.due_at, 5);
        delivery.give_up_at = shifted(delivery.give_up_at, 6);
        delivery.attempts += 1;
        delivery.replayed_at_attempt += 1;
        commit(&store, [set_delivery(&delivery)]).await;
        assert_eq!(store.delivery(delivery.scope, delivery.id).await.unwrap(), Some(delivery));
        assert_eq!(listed(&store, delivery.scope, Some(state)).await, [delivery]);
    }
}

/// By their events, whatever the clocks of those who packed them said.
pub async fn open_deliveries_come_in_the_order_of_their_events(store: Subject) {
    let mut sample = Sample::default();
    let scope = sample.scope(PRODUCTION);
    commit(&store, [put_webhook(0, &sample.webhook(PRODUCTION))]).await;
    some_events(&store, &mut sample, PRODUCTION, 9).await;
    let mut packed = Vec::new();
    for (first, last) in [(1, 2), (3, 3), (4, 9)] {
        // Each by a node whose clock is behind the one before.
        sample.wall = shifted(sample.wall, -10);
        let delivery = sample.delivery(PRODUCTION, first, last);
        commit(&store, [add_delivery(&delivery)]).await;
        packed.push(delivery);
    }
    assert_eq!(store.open_deliveries(scope, 9).await.unwrap(), packed);
    assert_eq!(store.open_deliveries(scope, 2).await.unwrap(), packed[..2]);
    packed[0].state = DeliveryState::Delivered;
    let test = sample.test_delivery(PRODUCTION);
    commit(&store, [set_delivery(&packed[0]), add_delivery(&test)]).await;
    assert_eq!(store.open_deliveries(scope, 9).await.unwrap(), [packed[1], packed[2], test]);
    assert_eq!(store.open_deliveries(sample.scope(SANDBOX), 9).await.unwrap(), []);
}

pub async fn deliveries_are_listed_newest_first(store: Subject) {
    use DeliveryState::{Delivered, Empty, Failed, Open};
    let mut sample = Sample::default();
    let scope = sample.scope(PRODUCTION);
    let states = [Delivered, Failed, Open, Delivered, Empty, Failed];
    let mut all = settled(&store, &mut sample, states).await.to_vec();
    all.reverse();
    assert_eq!(listed(&store, scope, None).await, all);
    for state in [Open, Delivered, Failed, Empty] {
        let wanted: Vec<_> = all.iter().copied().filter(|delivery| delivery.state == state).collect();
        assert_eq!(listed(&store, scope, Some(state)).await, wanted);
    }
    let page = async |state, before, limit| {
        store.deliveries(scope, DeliveryQuery { state, before, limit }).await.unwrap()
    };
    assert_eq!(page(None, None, 2).await, all[..2]);
    assert_eq!(page(None, Some(all[1].id), 2).await, all[2..4]);
    assert_eq!(page(Some(Failed), Some(all[0].id), 2).await, [all[4]]);
    assert_eq!(page(Some(Failed), None, 1).await, [all[0]]);
    assert_eq!(page(None, Some(all[5].id), 2).await, []);
    assert_eq!(listed(&store, sample.scope(SANDBOX), None).await, []);
}

pub async fn attempts_are_listed_in_order(store: Subject) {
    let mut sample = Sample::default();
    let [delivery, other] = settled(&store, &mut sample, [DeliveryState::Open; 2]).await;
    let unanswered = |number| Attempt {
        outcome: Outcome::NoAnswer { why: NoAnswer::TimedOut, detail: "nobody answered".into() },
        ..attempt(&delivery, number)
    };
    let attempts = [attempt(&delivery, 1), unanswered(2), attempt(&delivery, 3), unanswered(300)];
    for made in attempts.iter().rev() {
        commit(&store, [add_attempt(&delivery, made)]).await;
    }
    conflict(&store, [add_attempt(&delivery, &attempts[0])]).await;
    assert_eq!(store.attempts(delivery.scope, delivery.id).await.unwrap(), attempts);
    assert_eq!(store.attempts(other.scope, other.id).await.unwrap(), []);
    assert_eq!(store.attempts(sample.scope(SANDBOX), delivery.id).await.unwrap(), []);
    let project = sample.other_project();
    let foreign = KeyScope { project, environment: PRODUCTION };
    assert_eq!(store.attempts(foreign, delivery.id).await.unwrap(), []);
}

pub async fn one_delivery_is_replayed_whatever_its_state(store: Subject) {
    use DeliveryState::{Delivered, Empty, Failed, Open};
    let mut sample = Sample::default();
    let scope = sample.scope(PRODUCTION);
    let deliveries = settled(&store, &mut sample, [Delivered, Failed, Empty, Open]).await;
    sample.wall = shifted(sample.wall, 100);
    for delivery in deliveries {
        let wanted = if delivery.state == Open { vec![] } else { vec![delivery.id] };
        assert_eq!(meant(&store, scope, ReplayOf::One(delivery.id), 1).await, wanted);
    }
    let ids = deliveries.map(|delivery| delivery.id).to_vec();
    commit(&store, [replay(scope, ids, &sample)]).await;
    for (delivery, known) in store.open_deliveries(scope, 9).await.unwrap().into_iter().zip(deliveries) {
        let replayed = Delivery {
            state: Open,
            due_at: sample.wall,
            give_up_at: shifted(sample.wall, 86_400),
            replayed_at_attempt: 4,
            ..known
        };
        assert_eq!(delivery, if known.state == Open { known } else { replayed });
    }
}

pub async fn all_failed_or_a_range_is_replayed(store: Subject) {
    use DeliveryState::{Delivered, Failed, Open};
    let mut sample = Sample::default();
    let scope = sample.scope(PRODUCTION);
    let all = settled(&store, &mut sample, [Delivered, Failed, Delivered, Open, Delivered, Failed]).await;
    // Tests are sent again only when they are named.
    let test = Delivery { state: Failed, created_at: all[1].created_at, ..sample.test_delivery(PRODUCTION) };
    commit(&store, [add_delivery(&test)]).await;
    let failed = meant(&store, scope, ReplayOf::Failed, 1).await;
    assert_eq!(failed, [all[1].id, all[5].id]);
    let range = ReplayOf::Between(all[1].created_at, all[4].created_at);
    assert_eq!(meant(&store, scope, range, 1).await, [all[1].id, all[2].id]);
    assert_eq!(meant(&store, scope, ReplayOf::One(test.id), 1).await, [test.id]);
    // Another environment's are none of ours.
    let foreign = sample.scope(SANDBOX);
    for of in [ReplayOf::Failed, range, ReplayOf::One(all[1].id)] {
        assert_eq!(meant(&store, foreign, of, 9).await, []);
    }
    commit(&store, [replay(foreign, failed.clone(), &sample)]).await;
    assert_eq!(listed(&store, scope, Some(Open)).await, [all[3]]);
    commit(&store, [replay(scope, failed, &sample)]).await;
    let open = store.open_deliveries(scope, 9).await.unwrap();
    let open: Vec<_> = open.into_iter().map(|delivery| delivery.id).collect();
    assert_eq!(open, [all[1].id, all[3].id, all[5].id]);
}

/// Each once, also where several were packed in one instant.
pub async fn what_is_replayed_is_read_page_by_page(store: Subject) {
    let mut sample = Sample::default();
    let scope = sample.scope(PRODUCTION);
    commit(&store, [put_webhook(0, &sample.webhook(PRODUCTION))]).await;
    some_events(&store, &mut sample, PRODUCTION, 12).await;
    let (from, mut all) = (sample.wall, Vec::new());
    for cursor in 1..=12 {
        if cursor % 5 == 0 {
            sample.wall = shifted(sample.wall, 1);
        }
        let delivery = sample.delivery(PRODUCTION, cursor, cursor);
        all.push(Delivery { state: DeliveryState::Failed, ..delivery });
    }
    commit(&store, all.iter().map(add_delivery)).await;
    let between = ReplayOf::Between(from, shifted(sample.wall, 1));
    for limit in [1, 2, 5, 12, 100] {
        all.sort_by_key(|delivery| delivery.id);
        let ids: Vec<_> = all.iter().map(|delivery| delivery.id).collect();
        assert_eq!(meant(&store, scope, ReplayOf::Failed, limit).await, ids);
        all.sort_by_key(|delivery| (delivery.created_at, delivery.id));
        let ids: Vec<_> = all.iter().map(|delivery| delivery.id).collect();
        assert_eq!(meant(&store, scope, between, limit).await, ids);
    }
}

pub async fn a_replay_wakes_the_lane(store: Subject) {
    let mut sample = Sample::default();
    let [delivery] = settled(&store, &mut sample, [DeliveryState::Failed]).await;
    let (wall, scope) = (sample.wall, delivery.scope);
    assert_eq!(claim(&store, 1, wall).await.len(), 1);
    commit(&store, [release(scope, 1, 1, None)]).await;
    assert_eq!(claim(&store, 1, wall).await, []);
    commit(&store, [replay(scope, vec![delivery.id], &sample)]).await;
    assert_eq!(claim(&store, 1, shifted(wall, -1)).await, []);
    assert_eq!(claim(&store, 1, wall).await.len(), 1);
    // While it is held, it is remembered for when it is given back.
    commit(&store, [replay(scope, vec![delivery.id], &sample), release(scope, 1, 1, None)]).await;
    assert_eq!(store.claim_lanes(lease(2, wall), wall, 9).await.unwrap().len(), 1);
}

/// Of real time, as events do.
pub async fn settled_deliveries_go_after_thirty_days(store: Subject) {
    let mut sample = Sample::default();
    let (wall, project) = (sample.wall, sample.project);
    let mut made = Vec::new();
    for environment in [SANDBOX, PRODUCTION] {
        commit(&store, [put_webhook(0, &sample.webhook(environment))]).await;
        for state in [DeliveryState::Delivered, DeliveryState::Open] {
            let delivery = Delivery { state, ..sample.test_delivery(environment) };
            let attempts = [1, 2, 3].map(|number| add_attempt(&delivery, &attempt(&delivery, number)));
            commit(&store, std::iter::once(add_delivery(&delivery)).chain(attempts)).await;
            made.push(delivery);
        }
    }
    commit(&store, [Change::AdvanceClock { project, by_micros: 3600 * 1_000_000 }]).await;
    assert_eq!(store.purge(shifted(wall, KEPT - 1), 10).await.unwrap(), 0);
    assert_eq!(store.purge(shifted(wall, KEPT), 10).await.unwrap(), 8, "two and their three attempts");
    assert_eq!(store.purge(shifted(wall, 2 * KEPT), 10).await.unwrap(), 0, "open ones stay");
    for delivery in made {
        let left = store.delivery(delivery.scope, delivery.id).await.unwrap();
        let open = delivery.state == DeliveryState::Open;
        assert_eq!(left, open.then_some(delivery));
        let attempts = store.attempts(delivery.scope, delivery.id).await.unwrap();
        assert_eq!(attempts.len(), if open { 3 } else { 0 });
    }
}

pub async fn few_deliveries_go_at_a_time_with_their_attempts(store: Subject) {
    let mut sample = Sample::default();
    let all = settled(&store, &mut sample, [DeliveryState::Delivered; 5]).await;
    let attempts = all.iter().map(|delivery| add_attempt(delivery, &attempt(delivery, 1)));
    commit(&store, attempts).await;
    // The events are as old, and go with the first purges.
    let late = shifted(sample.wall, KEPT);
    let mut left = Vec::new();
    for _ in 0..3 {
        store.purge(late, 2).await.unwrap();
        let deliveries = listed(&store, sample.scope(PRODUCTION), None).await;
        for delivery in &deliveries {
            assert_eq!(store.attempts(delivery.scope, delivery.id).await.unwrap().len(), 1);
        }
        left.push(deliveries.len());
    }
    assert_eq!(left, [3, 1, 0]);
}

/// Nobody will send it, and it is personal.
pub async fn what_waits_for_a_paused_webhook_goes_after_thirty_days(store: Subject) {
    let mut sample = Sample::default();
    let [delivered, open] =
        settled(&store, &mut sample, [DeliveryState::Delivered, DeliveryState::Open]).await;
    commit(&store, [add_attempt(&open, &attempt(&open, 1))]).await;
    let late = shifted(sample.wall, KEPT);
    assert_eq!(store.purge(late, 10).await.unwrap(), 2, "what was delivered, and its event");
    assert_eq!(store.delivery(delivered.scope, delivered.id).await.unwrap(), None);
    let webhook = sample.webhook(PRODUCTION);
    let paused =
        Webhook { paused: Some(Paused { why: PauseReason::Asked, at: sample.wall }), ..webhook.clone() };
    commit(&store, [put_webhook(1, &paused)]).await;
    assert_eq!(store.purge(shifted(late, -1), 10).await.unwrap(), 1, "its event, which is older");
    assert_eq!(store.purge(late, 10).await.unwrap(), 2, "the delivery and its attempt");
    assert_eq!(store.delivery(open.scope, open.id).await.unwrap(), None);
    assert_eq!(store.attempts(open.scope, open.id).await.unwrap(), []);
    // What comes later is sent once it goes on.
    sample.wall = late;
    some_events(&store, &mut sample, PRODUCTION, 1).await;
    commit(&store, [put_webhook(2, &webhook)]).await;
    assert_eq!(claim(&store, 1, late).await.len(), 1);
}

pub async fn a_file_of_changes_is_taken_in_once(store: Subject) {
    let sample = Sample::default();
    let begun = sample.feed_file("rows");
    let put = |expect, file: &FeedFile| Change::PutFeedFile { expect, file: Box::new(file.clone()) };
    assert_eq!(store.feed_file(digest("rows")).await.unwrap(), None);
    conflict(&store, [put(Some(0), &begun)]).await;
    commit(&store, [put(None, &begun)]).await;
    conflict(&store, [put(None, &begun)]).await;
    let part = FeedFile { rows: 10, rejected: 1, events: 4, ..begun.clone() };
    commit(&store, [put(Some(0), &part)]).await;
    conflict(&store, [put(Some(0), &part)]).await;
    let done = FeedFile { rows: 12, done_at: Some(shifted(sample.wall, 1)), ..part };
    commit(&store, [put(Some(10), &done)]).await;
    assert_eq!(store.feed_file(digest("rows")).await.unwrap(), Some(done));
    assert_eq!(store.feed_file(digest("other rows")).await.unwrap(), None);
}
