//! Verifications as those see them who run the project: found, told, counted.

use std::time::Duration;

use jiff::{SignedDuration, tz::TimeZone};
use ringtrue_domain::{
    FlowId,
    flow::{Environment, Event, Lifetime, PossessionType, Proof, SESSION_SECONDS, Standing},
};
use ringtrue_engine::{
    Error, Happening, Overview, VerificationPage, VerificationQuery,
    model::{KeyScope, hour_of},
    ports::{ListingStore as _, Store as _},
};

use crate::world::{Plan, World, number, pass};

async fn world() -> World {
    World::new(Plan::default()).await
}

fn scope(world: &World) -> KeyScope {
    KeyScope { project: world.project, environment: Environment::Production }
}

fn any() -> VerificationQuery {
    VerificationQuery { limit: 50, ..VerificationQuery::default() }
}

async fn find(world: &World, query: &VerificationQuery) -> VerificationPage {
    world.engine().find_verifications(scope(world), query).await.unwrap()
}

fn ids(page: &VerificationPage) -> Vec<FlowId> {
    page.lines.iter().map(|line| line.listing.id).collect()
}

/// A verification that goes well after one wrong code, 20 seconds after its beginning.
async fn verified(world: &World) -> FlowId {
    let id = world.begin(PossessionType::Mobile).await;
    world.send_code(id).await.unwrap().unwrap();
    let code = world.carrier.newest().secret;
    let wrong = if code == "000000" { "111111" } else { "000000" };
    world.enter(id, wrong).await.unwrap().unwrap();
    pass(Duration::from_secs(20)).await;
    world.enter(id, &code).await.unwrap().unwrap();
    id
}

/// The last hour and this one.
async fn overview(world: &World) -> Overview {
    let now = world.engine().wall();
    let hour = SignedDuration::from_hours(1);
    world.engine().overview(scope(world), now - hour, now + hour, &TimeZone::UTC).await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn one_is_found_by_its_number_id_time_and_outcome() {
    let world = world().await;
    let first = verified(&world).await;
    let between = world.engine().wall();
    pass(Duration::from_secs(1)).await;
    let other = world.verify(PossessionType::None, 2673).await.unwrap().unwrap().0;
    assert_eq!(ids(&find(&world, &any()).await), [other, first]);
    for (query, wanted) in [
        (VerificationQuery { number: Some(number(2671)), ..any() }, vec![first]),
        (VerificationQuery { number: Some("(415) 555-2673".into()), ..any() }, vec![other]),
        (VerificationQuery { correlation_id: Some(first), ..any() }, vec![first]),
        (VerificationQuery { correlation_id: Some(first), number: Some(number(2673)), ..any() }, vec![]),
        (VerificationQuery { client_request_id: Some("nobody's".into()), ..any() }, vec![]),
        (VerificationQuery { from: Some(between), ..any() }, vec![other]),
        (VerificationQuery { until: Some(between), ..any() }, vec![first]),
        (VerificationQuery { standings: vec![Standing::Verified], ..any() }, vec![first]),
        (VerificationQuery { standings: vec![Standing::NameMismatch], ..any() }, vec![other]),
        (VerificationQuery { method: Some(PossessionType::None), ..any() }, vec![other]),
        (VerificationQuery { after: Some(other), ..any() }, vec![first]),
    ] {
        assert_eq!(ids(&find(&world, &query).await), wanted, "{query:?}");
    }
    let page = find(&world, &VerificationQuery { limit: 1, ..any() }).await;
    assert_eq!((ids(&page), page.next), (vec![other], Some(other)));
    let nonsense = VerificationQuery { number: Some("nobody".into()), ..any() };
    let refused = world.engine().find_verifications(scope(&world), &nonsense).await;
    assert!(matches!(refused, Err(Error::Field(field)) if field.to_string().starts_with("number:")));
    let sandbox = KeyScope { environment: Environment::Sandbox, ..scope(&world) };
    assert!(world.engine().find_verifications(sandbox, &any()).await.unwrap().lines.is_empty());
}

#[tokio::test(start_paused = true)]
async fn one_is_told_in_order_and_masked() {
    let world = world().await;
    let id = verified(&world).await;
    let story = world.engine().verification(scope(&world), id).await.unwrap();
    assert_eq!((story.listing.standing, story.listing.proof), (Standing::Verified, Some(Proof::Code)));
    assert_eq!((story.listing.messages, story.listing.segments), (1, 1));
    let after = |at: jiff::Timestamp| at.duration_since(story.began_at).as_secs();
    let events: Vec<_> = story.steps.iter().map(|step| (after(step.at), step.what)).collect();
    for wanted in [
        (0, Event::Started),
        (0, Event::OwnershipAnswered { owned: true }),
        (0, Event::CodeSent),
        (0, Event::WrongCode),
        (20, Event::Proven { by: Proof::Code }),
        (20, Event::Enrolled),
    ] {
        assert!(events.contains(&(wanted.0, Happening::Event(wanted.1))), "{wanted:?} in {events:?}");
    }
    assert_eq!(events.len(), 6);
    assert!(events.is_sorted_by_key(|(at, _)| *at));
    assert!(story.identity.is_some() && story.findings.is_some());
    assert_eq!((story.number.as_str(), story.name.as_str()), ("+14…71", "A… L…"));
    let all = format!("{story:?}");
    assert!(!all.contains("4155552671") && !all.contains("Lovelace"), "{all}");

    let clear = world.engine().unmask_verification(scope(&world), id).await.unwrap();
    assert_eq!((clear.phone.expose(), clear.name.last()), (number(2671).as_str(), "Lovelace"));
    let sandbox = KeyScope { environment: Environment::Sandbox, ..scope(&world) };
    assert!(matches!(world.engine().verification(sandbox, id).await, Err(Error::UnknownFlow)));
    assert!(matches!(world.engine().unmask_verification(sandbox, id).await, Err(Error::UnknownFlow)));
}

#[tokio::test(start_paused = true)]
async fn what_nobody_finishes_times_out() {
    let world = world().await;
    let id = world.begin(PossessionType::Mobile).await;
    let open = VerificationQuery { standings: vec![Standing::Open], ..any() };
    assert_eq!(ids(&find(&world, &open).await), [id]);
    pass(Duration::from_secs(u64::from(SESSION_SECONDS))).await;
    assert_eq!(ids(&find(&world, &open).await), []);
    let timed_out = VerificationQuery { standings: vec![Standing::TimedOut], ..any() };
    assert_eq!(ids(&find(&world, &timed_out).await), [id]);
    let story = world.engine().verification(scope(&world), id).await.unwrap();
    let last = story.steps.last().unwrap();
    assert_eq!((last.at, last.what), (story.session_ends_at, Happening::RanOut(Standing::TimedOut)));
}

#[tokio::test(start_paused = true)]
async fn each_is_counted_once_whatever_becomes_of_it() {
    let world = world().await;
    let verified = verified(&world).await;
    world.begin(PossessionType::Mobile).await;
    let other = world.verify(PossessionType::None, 2673).await.unwrap().unwrap().0;
    let now = overview(&world).await;
    assert_eq!((now.all.started, now.all.standing(Standing::Open)), (3, 1));
    assert_eq!((now.all.standing(Standing::Verified), now.all.took_within(0.5)), (1, Some(20)));
    assert_eq!(now.all.standing(Standing::NameMismatch), 1);
    let methods: Vec<_> = now.methods.iter().map(|part| (part.of, part.counts.started)).collect();
    assert_eq!(methods, [(PossessionType::Mobile, 2), (PossessionType::None, 1)]);

    // Two nodes count, and the second process dies.
    let second = world.another_node();
    let hour = hour_of(verified.began_at());
    let counted = async || second.store.tallies(scope(&world), hour, hour + 2).await.unwrap();
    assert_eq!(counted().await, []);
    pass(Duration::from_secs(u64::from(SESSION_SECONDS) + 240)).await;
    assert_eq!(counted().await.iter().map(|tally| tally.counts.started).sum::<u64>(), 3);
    let then = overview(&world).await;
    assert_eq!((then.all.started, then.all.standing(Standing::TimedOut)), (3, 1));
    assert_eq!((then.all.proven, then.all.messaged, then.all.messages), (1, 1, 1));
    let timed_out = VerificationQuery { standings: vec![Standing::TimedOut], ..any() };
    assert_eq!(find(&world, &timed_out).await.lines.len(), 1);
    pass(Duration::from_mins(10)).await;
    assert_eq!(overview(&world).await, then);

    // Counts outlive what they count.
    pass(Duration::from_hours(25)).await;
    assert!(find(&world, &any()).await.lines.is_empty());
    assert_eq!(counted().await.iter().map(|tally| tally.counts.started).sum::<u64>(), 3);
    assert!(matches!(world.engine().verification(scope(&world), other).await, Err(Error::UnknownFlow)));
    second.life.end();
}

#[tokio::test(start_paused = true)]
async fn one_is_told_for_longer_than_it_answers() {
    let world = World::new(Plan { kept_on: SignedDuration::from_hours(24), ..Plan::default() }).await;
    let id = verified(&world).await;
    let story = async || world.engine().verification(scope(&world), id).await;
    let told = story().await.unwrap();
    assert_eq!(told.kept_until.duration_since(told.session_ends_at).as_hours(), 48);
    pass(Duration::from_hours(25)).await;
    let flow = world.node().store.flow(id).await.unwrap().unwrap().flow;
    assert_eq!(flow.lifetime(world.engine().wall()), Lifetime::Gone, "the API knows it no more");
    assert_eq!(flow, flow.without_secrets());
    assert_eq!(story().await.unwrap(), told);
    let by_number = VerificationQuery { number: Some(number(2671)), ..any() };
    assert_eq!(ids(&find(&world, &by_number).await), [id]);
    pass(Duration::from_hours(24)).await;
    assert!(matches!(story().await, Err(Error::UnknownFlow)));
    assert_eq!(ids(&find(&world, &by_number).await), []);
}

/// The hand goes on by time: what is listed only behind it would never be counted.
#[tokio::test(start_paused = true)]
async fn counting_waits_for_what_is_not_listed_yet() {
    let world = world().await;
    let first = verified(&world).await;
    pass(Duration::from_secs(1)).await;
    let other = world.begin(PossessionType::Mobile).await;
    world.node().store.leave_unlisted(Some(other));
    let hour = hour_of(first.began_at());
    let counted = async || {
        let tallies = world.node().store.tallies(scope(&world), hour, hour + 2).await.unwrap();
        tallies.iter().map(|tally| tally.counts.started).sum::<u64>()
    };
    pass(Duration::from_secs(u64::from(SESSION_SECONDS) + 240)).await;
    assert_eq!(counted().await, 1, "the one before it");
    world.node().store.leave_unlisted(None);
    pass(Duration::from_mins(2)).await;
    assert_eq!(counted().await, 2);
}
