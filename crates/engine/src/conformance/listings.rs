//! Lists and counts of verifications.

use ringtrue_domain::{
    FlowId,
    flow::{Command, Environment, Flow, GivenNumber, PossessionType, Standing},
    secret::Clear,
};

use super::{
    Subject, commit, conflict,
    sample::{PRODUCTION, SANDBOX, Sample, customer, phone, put, put_project, shifted},
};
use crate::{
    model::{
        Counts, Find, Listing, ListingPage, ListingQuery, Subjects, Tally, TallyHand, TallyKey, Uncounted,
        hour_of,
    },
    ports::{Change, Erasure, ListingChange},
};

const FIRST: FlowId = FlowId::from_bytes([0; 16]);
const LAST: FlowId = FlowId::from_bytes([0xff; 16]);

pub(super) fn any() -> ListingQuery {
    ListingQuery {
        find: None,
        from: FIRST,
        before: LAST,
        standings: Vec::new(),
        open_from: FIRST,
        method: None,
        limit: 100,
        look: 1000,
    }
}

pub(super) fn about(find: Find) -> ListingQuery {
    ListingQuery { find: Some(find), ..any() }
}

/// Lists a flow as it stands at the sample's instant.
fn list(sample: &Sample, flow: &Flow) -> Change {
    let listing = Box::new(Listing::of(flow, sample.wall));
    Change::List(ListingChange::Add { listing, subjects: Box::new(Subjects::of(flow)) })
}

fn conclude(sample: &Sample, flow: &Flow) -> Change {
    Change::List(ListingChange::Conclude(Box::new(Listing::without_country(flow, sample.wall))))
}

fn ids(page: &ListingPage) -> Vec<FlowId> {
    page.listings.iter().map(|listing| listing.id).collect()
}

/// Flows that begin one second after the other.
fn flows(sample: &mut Sample, environment: Environment, n: usize) -> Vec<Flow> {
    let next = |sample: &mut Sample| {
        sample.wall = shifted(sample.wall, 1);
        sample.flow(environment)
    };
    (0..n).map(|_| next(sample)).collect()
}

async fn listed(store: &Subject, sample: &Sample, flows: &[Flow]) {
    commit(store, flows.iter().flat_map(|flow| [put(0, flow), list(sample, flow)])).await;
}

fn newest_first(flows: &[Flow]) -> Vec<FlowId> {
    flows.iter().rev().map(Flow::id).collect()
}

pub async fn verifications_are_listed_newest_first(store: Subject) {
    let mut sample = Sample::default();
    let ours = flows(&mut sample, PRODUCTION, 3);
    let sandbox = flows(&mut sample, SANDBOX, 1);
    let scope = sample.scope(PRODUCTION);
    assert_eq!(store.listings(scope, &any()).await.unwrap(), ListingPage { listings: vec![], next: None });
    listed(&store, &sample, &ours).await;
    listed(&store, &sample, &sandbox).await;
    sample.other_project();
    let foreign = flows(&mut sample, PRODUCTION, 1);
    listed(&store, &sample, &foreign).await;
    let page = store.listings(scope, &any()).await.unwrap();
    assert_eq!((ids(&page), page.next), (newest_first(&ours), None));
    assert_eq!(page.listings[2], Listing::of(&ours[0], sample.wall));
}

pub async fn a_list_is_paged_by_id(store: Subject) {
    let mut sample = Sample::default();
    let ours = flows(&mut sample, PRODUCTION, 5);
    listed(&store, &sample, &ours).await;
    let (mut query, mut seen) = (ListingQuery { limit: 2, ..any() }, Vec::new());
    for (round, wanted) in [2, 2, 1].into_iter().enumerate() {
        let page = store.listings(sample.scope(PRODUCTION), &query).await.unwrap();
        assert_eq!(page.listings.len(), wanted);
        seen.extend(ids(&page));
        assert_eq!(page.next.is_none(), round == 2);
        query.before = page.next.unwrap_or(FIRST);
        // A new one does not move what was seen.
        let new = flows(&mut sample, PRODUCTION, 1);
        listed(&store, &sample, &new).await;
    }
    assert_eq!(seen, newest_first(&ours));
}

pub async fn times_bound_a_list(store: Subject) {
    let mut sample = Sample::default();
    let ours = flows(&mut sample, PRODUCTION, 4);
    listed(&store, &sample, &ours).await;
    let at = |place: usize| FlowId::first_at(ours[place].opened_at());
    let query = ListingQuery { from: at(1), before: at(3), ..any() };
    let page = store.listings(sample.scope(PRODUCTION), &query).await.unwrap();
    assert_eq!(ids(&page), newest_first(&ours[1..3]));
    let empty = ListingQuery { from: at(3), before: at(1), ..any() };
    assert_eq!(ids(&store.listings(sample.scope(PRODUCTION), &empty).await.unwrap()), []);
}

pub async fn verifications_are_found_by_whom_they_are_about(store: Subject) {
    let mut sample = Sample::default();
    let ours = flows(&mut sample, PRODUCTION, 3);
    let scope = sample.scope(PRODUCTION);
    let subjects = |last: u32, person: &str, request: &str| Subjects {
        phone: phone(last),
        client_customer_id: customer(person),
        client_request_id: customer(request),
    };
    let all = [subjects(1, "a", "x"), subjects(2, "a", ""), subjects(1, "", "y")];
    let changes = ours.iter().zip(all).map(|(flow, subjects)| {
        let listing = Box::new(Listing::of(flow, sample.wall));
        Change::List(ListingChange::Add { listing, subjects: Box::new(subjects) })
    });
    commit(&store, changes).await;
    let customer = |id| Find::Customer(customer(id).unwrap());
    let request = |id| Find::Request(super::sample::customer(id).unwrap());
    for (find, wanted) in [
        (Find::Number(phone(1)), vec![2, 0]),
        (Find::Number(phone(2)), vec![1]),
        (Find::Number(phone(3)), vec![]),
        (customer("a"), vec![1, 0]),
        (customer("x"), vec![]),
        (request("x"), vec![0]),
        (request("y"), vec![2]),
    ] {
        let wanted: Vec<_> = wanted.into_iter().map(|place: usize| ours[place].id()).collect();
        let page = store.listings(scope, &about(find.clone())).await.unwrap();
        assert_eq!((ids(&page), page.next), (wanted, None), "{find:?}");
        assert_eq!(ids(&store.listings(sample.scope(SANDBOX), &about(find)).await.unwrap()), []);
    }
    let few = ListingQuery { look: 1, ..about(Find::Number(phone(1))) };
    let page = store.listings(scope, &few).await.unwrap();
    assert_eq!((ids(&page), page.next), (vec![ours[2].id()], Some(ours[2].id())));
}

pub async fn a_new_number_is_found_and_the_old_one_is_not(store: Subject) {
    let mut sample = Sample::default();
    let ours = flows(&mut sample, PRODUCTION, 1);
    let scope = sample.scope(PRODUCTION);
    listed(&store, &sample, &ours).await;
    let renumber = ListingChange::Renumber { scope, flow: ours[0].id(), phone: phone(9) };
    commit(&store, [Change::List(renumber)]).await;
    for (last, found) in [(1, 0), (9, 1)] {
        let page = store.listings(scope, &about(Find::Number(phone(last)))).await.unwrap();
        assert_eq!(page.listings.len(), found, "{last}");
    }
}

fn renumbered(sample: &Sample, flow: &Flow, last: u32) -> Change {
    let scope = sample.scope(PRODUCTION);
    Change::List(ListingChange::Renumber { scope, flow: flow.id(), phone: phone(last) })
}

pub async fn recent_verifications_of_a_number_are_told_after_it_was_changed_too(store: Subject) {
    let mut sample = Sample::default();
    let ours = flows(&mut sample, PRODUCTION, 4);
    let sandbox = flows(&mut sample, SANDBOX, 1);
    let scope = sample.scope(PRODUCTION);
    let recent = async |last: u32, from: FlowId, but: Option<FlowId>, limit: usize| {
        store.recent_of_number(scope, &phone(last), from, but, limit).await.unwrap()
    };
    assert_eq!(recent(1, FIRST, None, 9).await, []);
    listed(&store, &sample, &ours).await;
    listed(&store, &sample, &sandbox).await;
    let of = |places: &[usize]| places.iter().map(|place| ours[*place].id()).collect::<Vec<_>>();
    assert_eq!(recent(1, FIRST, None, 9).await, of(&[3, 2, 1, 0]));
    assert_eq!(recent(1, FIRST, None, 2).await, of(&[3, 2]));
    assert_eq!(recent(1, ours[2].id(), None, 9).await, of(&[3, 2]));
    assert_eq!(recent(1, FIRST, Some(ours[3].id()), 2).await, of(&[2, 1]));
    // There and back again: each of its numbers counts it once.
    for last in [2, 3, 1, 2] {
        commit(&store, [renumbered(&sample, &ours[3], last)]).await;
    }
    for (last, wanted) in [(1, of(&[3, 2, 1, 0])), (2, of(&[3])), (3, of(&[3])), (4, vec![])] {
        assert_eq!(recent(last, FIRST, None, 9).await, wanted, "{last}");
    }
    assert_eq!(recent(1, FIRST, Some(ours[3].id()), 9).await, of(&[2, 1, 0]));
    assert_eq!(recent(1, ours[3].id(), None, 1).await, of(&[3]));
    let in_sandbox = store.recent_of_number(sample.scope(SANDBOX), &phone(1), FIRST, None, 9).await;
    assert_eq!(in_sandbox.unwrap(), [sandbox[0].id()]);
    sample.other_project();
    let elsewhere = store.recent_of_number(sample.scope(PRODUCTION), &phone(1), FIRST, None, 9).await;
    assert_eq!(elsewhere.unwrap(), []);
}

pub async fn a_former_number_is_forgotten_after_a_day_or_when_it_is_erased(store: Subject) {
    let mut sample = Sample::default();
    let ours = flows(&mut sample, PRODUCTION, 2);
    let scope = sample.scope(PRODUCTION);
    // Lines alone: their flows would go first.
    commit(&store, ours.iter().map(|flow| list(&sample, flow))).await;
    commit(&store, ours.iter().map(|flow| renumbered(&sample, flow, 2))).await;
    let recent =
        async |last: u32| store.recent_of_number(scope, &phone(last), FIRST, None, 9).await.unwrap().len();
    let day = 25 * 3600;
    assert_eq!(store.purge(shifted(ours[0].opened_at(), day), 10).await.unwrap(), 0);
    assert_eq!((recent(1).await, recent(2).await), (2, 2));
    assert_eq!(store.purge(shifted(ours[1].opened_at(), day), 10).await.unwrap(), 1);
    assert_eq!((recent(1).await, recent(2).await), (1, 2));
    let erase = |scope, last| Change::Erase(Erasure::FormerNumber { scope, phone: phone(last) });
    commit(&store, [erase(scope, 2), erase(sample.scope(SANDBOX), 1)]).await;
    assert_eq!(recent(1).await, 1);
    commit(&store, [erase(scope, 1)]).await;
    assert_eq!((recent(1).await, recent(2).await), (0, 2));
}

/// A flow that ended with too many wrong codes.
fn exhausted(sample: &mut Sample, flow: &Flow) -> Flow {
    let mut flow = sample.after(flow, Command::StartCode { number: GivenNumber::Known });
    for _ in 0..3 {
        flow = sample.after(&flow, Command::EnterCode { entry: Clear::new("000000".into()) });
    }
    flow
}

pub async fn lists_are_filtered_by_standing_and_method(store: Subject) {
    let mut sample = Sample::default();
    let scope = sample.scope(PRODUCTION);
    let mobile = flows(&mut sample, PRODUCTION, 2);
    sample.wall = shifted(sample.wall, 1);
    let desktop = sample.started(PRODUCTION, PossessionType::Desktop).flow;
    listed(&store, &sample, &mobile).await;
    commit(&store, [put(0, &desktop), list(&sample, &desktop)]).await;
    let ended = exhausted(&mut sample, &mobile[0]);
    commit(&store, [put(1, &ended), conclude(&sample, &ended)]).await;
    // One that is not listed stays so.
    let unlisted = sample.flow(PRODUCTION);
    commit(&store, [put(0, &unlisted), conclude(&sample, &unlisted)]).await;

    let open = vec![desktop.id(), mobile[1].id()];
    let (is_mobile, is_desktop) = (Some(PossessionType::Mobile), Some(PossessionType::Desktop));
    for (standings, method, wanted) in [
        (vec![Standing::Open], None, open),
        (vec![Standing::Exhausted], None, vec![mobile[0].id()]),
        (vec![Standing::Open], is_mobile, vec![mobile[1].id()]),
        (vec![], is_desktop, vec![desktop.id()]),
        (vec![Standing::Verified, Standing::Unanswered], None, vec![]),
    ] {
        let query = ListingQuery { standings, method, ..any() };
        assert_eq!(ids(&store.listings(scope, &query).await.unwrap()), wanted, "{query:?}");
    }
    let query = ListingQuery { standings: vec![Standing::Exhausted], ..any() };
    let found = store.listings(scope, &query).await.unwrap();
    assert_eq!(found.listings, [Listing::of(&ended, sample.wall)]);
    assert_eq!((found.listings[0].messages, found.listings[0].segments), (1, 2));
}

pub async fn what_ran_out_is_found_as_timed_out(store: Subject) {
    let mut sample = Sample::default();
    let ours = flows(&mut sample, PRODUCTION, 3);
    listed(&store, &sample, &ours).await;
    for (standing, wanted) in [(Standing::TimedOut, &ours[..2]), (Standing::Open, &ours[2..])] {
        let query = ListingQuery { standings: vec![standing], open_from: ours[2].id(), ..any() };
        let page = store.listings(sample.scope(PRODUCTION), &query).await.unwrap();
        assert_eq!(ids(&page), newest_first(wanted));
    }
}

pub async fn few_are_looked_at_at_a_time(store: Subject) {
    let mut sample = Sample::default();
    let scope = sample.scope(PRODUCTION);
    let ours = flows(&mut sample, PRODUCTION, 5);
    listed(&store, &sample, &ours).await;
    let ended = exhausted(&mut sample, &ours[0]);
    commit(&store, [put(1, &ended), conclude(&sample, &ended)]).await;
    let mut query = ListingQuery { standings: vec![Standing::Exhausted], look: 2, ..any() };
    for (found, next) in [(vec![], Some(3)), (vec![], Some(1)), (vec![ours[0].id()], None)] {
        let page = store.listings(scope, &query).await.unwrap();
        assert_eq!((ids(&page), page.next), (found, next.map(|place: usize| ours[place].id())));
        query.before = page.next.unwrap_or(FIRST);
    }
}

pub async fn a_line_goes_with_its_flow(store: Subject) {
    let mut sample = Sample::default();
    let ours = flows(&mut sample, PRODUCTION, 2);
    listed(&store, &sample, &ours).await;
    assert_eq!(store.purge(ours[0].purge_after(), 10).await.unwrap(), 2);
    let page = store.listings(sample.scope(PRODUCTION), &any()).await.unwrap();
    assert_eq!(ids(&page), [ours[1].id()]);
}

pub async fn a_refused_unit_lists_nothing(store: Subject) {
    let mut sample = Sample::default();
    let ours = flows(&mut sample, PRODUCTION, 1);
    conflict(&store, [list(&sample, &ours[0]), put(7, &ours[0])]).await;
    assert_eq!(ids(&store.listings(sample.scope(PRODUCTION), &any()).await.unwrap()), []);
}

fn hand(sample: &Sample, version: u64, place: FlowId) -> TallyHand {
    TallyHand { scope: sample.scope(PRODUCTION), version, place }
}

fn count(hand: TallyHand, place: FlowId, tallies: &[Tally]) -> Change {
    Change::List(ListingChange::Count { hand, place, tallies: tallies.to_vec() })
}

pub async fn what_is_not_counted_yet_is_told(store: Subject) {
    let mut sample = Sample::default();
    commit(&store, [put_project(&sample.project("Shop"))]).await;
    assert_eq!(store.uncounted().await.unwrap(), []);
    let ours = flows(&mut sample, PRODUCTION, 3);
    let sandbox = flows(&mut sample, SANDBOX, 1);
    listed(&store, &sample, &ours).await;
    listed(&store, &sample, &sandbox).await;
    let advance = Change::AdvanceClock { project: sample.project, by_micros: 5 };
    commit(&store, [advance]).await;
    let mut found = store.uncounted().await.unwrap();
    found.sort_by_key(|found| found.hand.scope);
    let ours_found = |version, place, next: &Flow| Uncounted {
        hand: hand(&sample, version, place),
        next: next.id(),
        clock_ahead_micros: 0,
    };
    let in_sandbox = Uncounted {
        hand: TallyHand { scope: sample.scope(SANDBOX), version: 0, place: FIRST },
        next: sandbox[0].id(),
        clock_ahead_micros: 5,
    };
    assert_eq!(found, [in_sandbox, ours_found(0, FIRST, &ours[0])]);

    commit(&store, [count(hand(&sample, 0, FIRST), ours[0].id(), &[])]).await;
    let found = store.uncounted().await.unwrap();
    assert!(found.contains(&ours_found(1, ours[0].id(), &ours[1])), "{found:?}");
    let behind = store.listings_behind(sample.scope(PRODUCTION), ours[0].id(), ours[2].id(), 9).await;
    assert_eq!(behind.unwrap(), [Listing::of(&ours[1], sample.wall)]);
    let first = store.listings_behind(sample.scope(PRODUCTION), FIRST, LAST, 2).await.unwrap();
    assert_eq!(first.iter().map(|listing| listing.id).collect::<Vec<_>>(), [ours[0].id(), ours[1].id()]);
}

/// Counts in which every number differs.
fn counts(from: u64) -> Counts {
    let mut next = from;
    let mut number = || {
        next += 1;
        next
    };
    let (started, messaged, proven) = (number(), number(), number());
    let mut standing = [0; Standing::ALL.len()];
    standing.iter_mut().skip(1).for_each(|count| *count = number());
    let (sent, segments) = (number(), number());
    let took = std::array::from_fn(|_| number());
    Counts { started, messaged, proven, standing, messages: sent, segments, took }
}

fn tally(hour: i64, method: u8, country: &str, from: u64) -> Tally {
    Tally { key: TallyKey { hour, method, country: country.into() }, counts: counts(from) }
}

pub async fn counts_add_up(store: Subject) {
    let sample = Sample::default();
    let (place, hour) = (FlowId::first_at(sample.wall), hour_of(sample.wall));
    let first = [tally(hour, 0, "GB", 0), tally(hour, 1, "", 100), tally(hour + 1, 1, "GB", 200)];
    commit(&store, [count(hand(&sample, 0, FIRST), place, &first)]).await;
    commit(&store, [count(hand(&sample, 1, place), place, &[tally(hour, 1, "", 1000)])]).await;
    let scope = sample.scope(PRODUCTION);
    let mut found = store.tallies(scope, hour, hour + 1).await.unwrap();
    found.sort_by(|one, other| one.key.cmp(&other.key));
    let mut sum = counts(100);
    sum.add(&counts(1000));
    assert_eq!(found, [first[0].clone(), Tally { key: first[1].key.clone(), counts: sum }]);
    assert_eq!(store.tallies(scope, hour + 1, hour + 9).await.unwrap(), [first[2].clone()]);
    assert_eq!(store.tallies(sample.scope(SANDBOX), hour, hour + 9).await.unwrap(), []);
}

pub async fn counts_are_added_once(store: Subject) {
    let sample = Sample::default();
    let place = FlowId::first_at(sample.wall);
    let tallies = [tally(1, 0, "GB", 0)];
    assert_eq!(store.tally_hand(sample.scope(PRODUCTION)).await.unwrap(), hand(&sample, 0, FIRST));
    commit(&store, [count(hand(&sample, 0, FIRST), place, &tallies)]).await;
    conflict(&store, [count(hand(&sample, 0, FIRST), place, &tallies)]).await;
    assert_eq!(store.tally_hand(sample.scope(PRODUCTION)).await.unwrap(), hand(&sample, 1, place));
    conflict(&store, [count(hand(&sample, 2, place), place, &tallies)]).await;
    assert_eq!(store.tallies(sample.scope(PRODUCTION), 0, 9).await.unwrap(), tallies);
}

pub async fn counts_go_after_four_hundred_days(store: Subject) {
    let sample = Sample::default();
    let hour = hour_of(sample.wall);
    let tallies = [tally(hour, 0, "GB", 0), tally(hour + 1, 0, "GB", 0)];
    commit(&store, [count(hand(&sample, 0, FIRST), FIRST, &tallies)]).await;
    let day = 86_400;
    assert_eq!(store.purge(shifted(sample.wall, 400 * day - 3600), 10).await.unwrap(), 0);
    assert_eq!(store.purge(shifted(sample.wall, 400 * day), 10).await.unwrap(), 1);
    assert_eq!(store.tallies(sample.scope(PRODUCTION), hour, hour + 2).await.unwrap(), tallies[1..]);
}
