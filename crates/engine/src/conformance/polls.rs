//! Polls of sources: the hand, who takes numbers up, what is remembered of them.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::{
    Subject, commit, conflict,
    sample::{PRODUCTION, SANDBOX, Sample, lease, phone, put_identity, put_identity_from, shifted},
};
use crate::{
    model::{NumberHash, Poll, PollHand},
    ports::{Change, PollChange},
};

const SOURCE: &str = "http";

fn place(tenth: u8) -> NumberHash {
    NumberHash::START.further(u64::MAX / 10 * u64::from(tenth))
}

fn hand(version: u64, place: NumberHash, at: Timestamp) -> PollHand {
    PollHand { version, place, at, free_at: shifted(at, 7) }
}

fn moving(after: NumberHash, hand: PollHand) -> Change {
    Change::Poll(PollChange::Move { source: SOURCE, after, hand })
}

fn take(number: NumberHash, lease_id: u8, wall: Timestamp) -> Change {
    let lease = lease(lease_id, shifted(wall, 60));
    Change::Poll(PollChange::Take { source: SOURCE, number, lease, wall })
}

const fn settle(number: NumberHash, lease_id: u8, looked_at: Timestamp, due_at: Option<Timestamp>) -> Change {
    Change::Poll(PollChange::Settle {
        source: SOURCE,
        number,
        lease: [lease_id; 16],
        looked_at: Some(looked_at),
        due_at,
        failures: 3,
    })
}

const fn forget(number: NumberHash, lease_id: u8) -> Change {
    Change::Poll(PollChange::Forget { source: SOURCE, number, lease: [lease_id; 16] })
}

async fn all_watched(store: &Subject) -> Vec<NumberHash> {
    store.watched_numbers(NumberHash::START, NumberHash::END, 1000).await.unwrap()
}

async fn due(store: &Subject, wall: Timestamp) -> Vec<NumberHash> {
    store.polls_due(SOURCE, wall, 1000).await.unwrap()
}

/// Enrols people with numbers of their own, and one more with each of the first two numbers, in another project; answers
/// what the numbers are known by.
async fn people(store: &Subject, sample: &mut Sample, count: u32) -> Vec<NumberHash> {
    let alone: Vec<_> = (0..count).map(|last| sample.identity(PRODUCTION, last, "c")).collect();
    sample.other_project();
    let others: Vec<_> = (0..2).map(|last| sample.identity(PRODUCTION, last, "c")).collect();
    let unseen = [sample.identity(SANDBOX, 5000, "c")];
    commit(store, alone.iter().chain(&others).chain(&unseen).map(put_identity)).await;
    all_watched(store).await
}

pub async fn watched_numbers_come_once_in_their_order(store: Subject) {
    let mut sample = Sample::default();
    let numbers = people(&store, &mut sample, 40).await;
    assert_eq!(numbers.len(), 40, "each number once, and none of sandbox");
    assert!(numbers.is_sorted());
    let part = store.watched_numbers(numbers[3], numbers[10], 5).await.unwrap();
    assert_eq!(part, numbers[4..9]);
    let part = store.watched_numbers(numbers[3], numbers[10], 100).await.unwrap();
    assert_eq!(part, numbers[4..=10]);
    assert_eq!(store.watched_numbers(numbers[3], numbers[3], 100).await.unwrap(), []);
    assert_eq!(store.watched_numbers(numbers[9], numbers[3], 100).await.unwrap(), []);
    let tenths: BTreeSet<_> = numbers.iter().map(|number| number.to_bytes()[0] / 26).collect();
    assert!(tenths.len() > 5, "hashes are spread: {tenths:?}");
}

pub async fn who_watches_is_found_by_the_hash(store: Subject) {
    let mut sample = Sample::default();
    let numbers = people(&store, &mut sample, 4).await;
    let mut found = BTreeMap::new();
    for number in numbers {
        let watchers = store.watchers_of(number).await.unwrap();
        let phone = watchers[0].identity.phone.clone();
        assert_eq!(watchers, store.watchers(&phone, None, 9).await.unwrap());
        found.insert(phone.expose().to_owned(), watchers.len());
    }
    assert_eq!(found.values().copied().collect::<Vec<_>>(), [2, 2, 1, 1]);
    assert_eq!(store.watchers_of(NumberHash::END).await.unwrap(), []);
}

pub async fn who_stops_watching_is_not_taken_up(store: Subject) {
    let mut sample = Sample::default();
    let mut identity = sample.identity(PRODUCTION, 1, "c");
    commit(&store, [put_identity(&identity)]).await;
    let [number] = all_watched(&store).await[..] else { panic!("one number is watched") };
    identity.active = false;
    commit(&store, [put_identity_from(1, &identity)]).await;
    assert_eq!((all_watched(&store).await, store.watchers_of(number).await.unwrap()), (vec![], vec![]));
    identity.active = true;
    commit(&store, [put_identity_from(2, &identity)]).await;
    assert_eq!(all_watched(&store).await, [number]);
    identity.phone = phone(2);
    commit(&store, [put_identity_from(3, &identity)]).await;
    assert!(!all_watched(&store).await.contains(&number));
    let scope = sample.scope(PRODUCTION);
    commit(&store, [Change::RemoveIdentity { scope, id: identity.id, expect: 4 }]).await;
    assert_eq!(all_watched(&store).await, []);
}

pub async fn a_hand_is_moved_from_its_version(store: Subject) {
    let wall = Sample::default().wall;
    assert_eq!(store.poll_hand(SOURCE).await.unwrap(), None);
    conflict(&store, [moving(place(0), hand(1, place(1), wall))]).await;
    for version in 0..3 {
        let tenth = u8::try_from(version).unwrap();
        let to = hand(version, place(tenth + 1), shifted(wall, i64::from(tenth)));
        commit(&store, [moving(place(tenth), to)]).await;
        let written = PollHand { version: version + 1, ..to };
        assert_eq!(store.poll_hand(SOURCE).await.unwrap(), Some(written));
        conflict(&store, [moving(place(tenth), to)]).await;
    }
    assert_eq!(store.poll_hand("another").await.unwrap(), None);
}

pub async fn a_rest_is_kept_if_it_is_longer(store: Subject) {
    let wall = Sample::default().wall;
    let rest = |seconds| Change::Poll(PollChange::Rest { source: SOURCE, until: shifted(wall, seconds) });
    commit(&store, [rest(60)]).await;
    assert_eq!(store.poll_hand(SOURCE).await.unwrap(), None);
    commit(&store, [moving(place(0), hand(0, place(1), wall))]).await;
    for (seconds, free_at, version) in [(60, 60, 2), (30, 60, 2), (90, 90, 3)] {
        commit(&store, [rest(seconds)]).await;
        let hand = store.poll_hand(SOURCE).await.unwrap().unwrap();
        assert_eq!((hand.free_at, hand.version), (shifted(wall, free_at), version));
    }
    // Whoever read the hand before takes nothing up.
    conflict(&store, [moving(place(1), hand(1, place(2), wall))]).await;
}

pub async fn a_number_taken_up_is_due_when_its_lease_is_over(store: Subject) {
    let (number, wall) = (place(3), Sample::default().wall);
    commit(&store, [take(number, 1, wall)]).await;
    let taken = store.poll(SOURCE, number).await.unwrap().unwrap();
    let lease = Some([1; 16]);
    assert_eq!(taken, Poll { looked_at: None, failures: 0, due_at: Some(shifted(wall, 60)), lease });
    assert_eq!(due(&store, shifted(wall, 59)).await, []);
    assert_eq!(due(&store, shifted(wall, 60)).await, [number]);
    assert_eq!(store.polls_due("another", shifted(wall, 60), 9).await.unwrap(), []);
    assert_eq!(store.poll("another", number).await.unwrap(), None);
    // Nobody else takes it up before; no conflict, so that one number does not keep the others waiting.
    commit(&store, [take(number, 2, shifted(wall, 59))]).await;
    assert_eq!(store.poll(SOURCE, number).await.unwrap().unwrap().lease, lease);
    commit(&store, [take(number, 2, shifted(wall, 60))]).await;
    assert_eq!(store.poll(SOURCE, number).await.unwrap().unwrap().lease, Some([2; 16]));
    conflict(&store, [settle(number, 1, wall, None)]).await;
    conflict(&store, [forget(number, 1)]).await;
}

pub async fn a_settled_poll_waits_for_the_hand_or_its_time(store: Subject) {
    let (number, wall) = (place(3), Sample::default().wall);
    let looked_at = Some(shifted(wall, 1));
    commit(&store, [take(number, 1, wall)]).await;
    commit(&store, [settle(number, 1, shifted(wall, 1), Some(shifted(wall, 90)))]).await;
    let waiting = Poll { looked_at, failures: 3, due_at: Some(shifted(wall, 90)), lease: None };
    assert_eq!(store.poll(SOURCE, number).await.unwrap(), Some(waiting));
    conflict(&store, [settle(number, 1, wall, None)]).await;
    commit(&store, [take(number, 2, shifted(wall, 89))]).await;
    assert_eq!(store.poll(SOURCE, number).await.unwrap(), Some(waiting));
    commit(&store, [take(number, 2, shifted(wall, 90))]).await;
    commit(&store, [settle(number, 2, shifted(wall, 1), None)]).await;
    let rested = Poll { due_at: None, ..waiting };
    assert_eq!(store.poll(SOURCE, number).await.unwrap(), Some(rested));
    assert_eq!(due(&store, shifted(wall, 9000)).await, []);
    commit(&store, [take(number, 3, wall)]).await;
    let taken = store.poll(SOURCE, number).await.unwrap().unwrap();
    assert_eq!((taken.looked_at, taken.failures), (looked_at, 3), "what is known is kept");
    commit(&store, [forget(number, 3)]).await;
    assert_eq!(store.poll(SOURCE, number).await.unwrap(), None);
}

pub async fn the_oldest_due_polls_come_first(store: Subject) {
    let wall = Sample::default().wall;
    for (tenth, seconds) in [(1, 30), (2, 10), (3, 20), (4, 40)] {
        commit(&store, [take(place(tenth), 1, wall)]).await;
        commit(&store, [settle(place(tenth), 1, wall, Some(shifted(wall, seconds)))]).await;
    }
    let first = store.polls_due(SOURCE, shifted(wall, 30), 2).await.unwrap();
    assert_eq!(first, [place(2), place(3)]);
    assert_eq!(due(&store, shifted(wall, 30)).await, [place(2), place(3), place(1)]);
}

/// Only what the hand passes, and not what is under way.
pub async fn the_hand_forgets_numbers_that_nobody_watches(store: Subject) {
    let mut sample = Sample::default();
    let wall = sample.wall;
    let watched = people(&store, &mut sample, 3).await;
    let gone = [1, 5, 9].map(place);
    for number in watched.iter().chain(&gone) {
        commit(&store, [take(*number, 1, wall), settle(*number, 1, wall, None)]).await;
    }
    commit(&store, [take(place(4), 2, wall)]).await;
    let left = async || {
        let mut left = Vec::new();
        for number in gone.iter().chain(&[place(4)]).chain(&watched) {
            left.push(store.poll(SOURCE, *number).await.unwrap().is_some());
        }
        left
    };
    commit(&store, [moving(place(1), hand(0, place(5), wall))]).await;
    assert_eq!(left().await, [true, false, true, true, true, true, true]);
    commit(&store, [moving(place(5), hand(1, NumberHash::END, wall))]).await;
    assert_eq!(left().await, [true, false, false, true, true, true, true]);
}

/// One of many that move the hand from the same version takes the numbers up, and the others nothing.
pub async fn a_hand_is_moved_by_one_at_a_time(store: Subject) {
    let wall = Sample::default().wall;
    let tasks: Vec<_> = (1..=8)
        .map(|node| {
            let store = Subject::clone(&store);
            tokio::spawn(async move {
                let unit = [moving(place(0), hand(0, place(9), wall)), take(place(node), node, wall)];
                store.commit(super::unit(unit)).await.is_ok().then_some(node)
            })
        })
        .collect();
    let mut winners = Vec::new();
    for task in tasks {
        winners.extend(task.await.unwrap());
    }
    let taken = due(&store, shifted(wall, 60)).await;
    assert_eq!((winners.len(), taken), (1, vec![place(winners[0])]));
}
