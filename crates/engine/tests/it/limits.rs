//! What a project's limits let through, on one node and on several, and at which door.

use std::time::Duration;

use ringtrue_domain::{
    FlowId,
    flow::{Environment, Nudge, PossessionType, Reply},
    secret::Digest,
};
use ringtrue_engine::{
    Error, Key, NumberLimit, Started,
    model::{KeyScope, LimitKind, Limits, PerNumber, ProjectSettings, hour_of},
    ports::ListingStore as _,
};

use crate::world::{Plan, World, number, pass};

const HOUR: Duration = Duration::from_hours(1);

async fn world(per_hour: Option<u32>, per_day: Option<u32>, countries: &[&str]) -> World {
    let limits = Limits {
        per_number: PerNumber { per_hour, per_day },
        countries: countries.iter().map(|country| (*country).to_owned()).collect(),
    };
    let settings = ProjectSettings { limits, number_change: Some(true), ..ProjectSettings::default() };
    World::new(Plan { settings, ..Plan::default() }).await
}

fn scope(world: &World) -> KeyScope {
    KeyScope { project: world.project, environment: Environment::Production }
}

async fn begin(world: &World, ending: u32) -> Result<FlowId, Error> {
    world.verify(PossessionType::Mobile, ending).await.unwrap().map(|(id, _)| id)
}

fn limit<T: std::fmt::Debug>(answer: Result<T, Error>) -> NumberLimit {
    match answer {
        Err(Error::NumberLimit(limit)) => limit,
        other => panic!("{other:?} instead of a limit"),
    }
}

async fn refused(world: &World, kind: LimitKind) -> u64 {
    let engine = world.engine();
    engine.write_refusals().await.unwrap();
    let end = hour_of(engine.wall()) + 1;
    let found = world.node().store.refusals(scope(world), 0, end).await.unwrap();
    found.iter().filter(|found| found.key.kind == kind).map(|found| found.refused).sum()
}

#[tokio::test(start_paused = true)]
async fn a_number_is_verified_so_often_within_an_hour_and_a_day() {
    let mut world = world(Some(2), Some(3), &[]).await;
    for _ in 0..2 {
        begin(&world, 2671).await.unwrap();
        pass(HOUR / 4).await;
    }
    let hit = limit(begin(&world, 2671).await);
    assert_eq!((hit.most, hit.window_seconds), (2, 3600));
    assert!((Duration::from_mins(29)..=HOUR / 2).contains(&hit.retry_after), "{hit:?}");
    // Another number is another matter.
    begin(&world, 2672).await.unwrap();
    pass(hit.retry_after).await;
    world.sign_in_again().await;
    begin(&world, 2671).await.unwrap();
    let hit = limit(begin(&world, 2671).await);
    assert_eq!((hit.most, hit.window_seconds), (3, 24 * 3600), "the one that lasts longer");
    pass(hit.retry_after.saturating_sub(Duration::from_secs(1))).await;
    world.sign_in_again().await;
    limit(begin(&world, 2671).await);
    pass(Duration::from_secs(1)).await;
    begin(&world, 2671).await.unwrap();
    assert_eq!(refused(&world, LimitKind::Number).await, 3);
    assert_eq!(refused(&world, LimitKind::Countries).await, 0);
}

#[tokio::test(start_paused = true)]
async fn of_many_at_once_no_more_begin_than_are_allowed() {
    let world = world(Some(3), None, &[]).await;
    let answers = futures_util::future::join_all((0..40).map(|_| begin(&world, 2671))).await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 3);
    assert_eq!(refused(&world, LimitKind::Number).await, 37);
    let (store, phone) = (world.node().store.clone(), number(2671).parse().unwrap());
    let found = store.recent_of_number(scope(&world), &phone, FlowId::from_bytes([0; 16]), None, 99);
    assert_eq!(found.await.unwrap().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn nodes_share_the_limit() {
    let world = world(Some(2), None, &[]).await;
    begin(&world, 2671).await.unwrap();
    // A process that dies and its successor, which knows of nothing but what was written.
    world.restart();
    begin(&world, 2671).await.unwrap();
    limit(begin(&world, 2671).await);
}

/// Number changes are a door like any other.
#[tokio::test(start_paused = true)]
async fn another_number_of_a_flow_counts_and_so_does_the_one_before() {
    let world = world(Some(1), None, &[]).await;
    begin(&world, 2672).await.unwrap();
    let id = begin(&world, 2671).await.unwrap();
    let change = async |id: FlowId, ending: u32| {
        let engine = world.engine();
        engine.start_code(id, Some(&number(ending))).await.unwrap().reply
    };
    assert_eq!(change(id, 2672).await, Reply::TryAgain(Nudge::NumberLimited));
    assert_eq!(world.carrier.delivered().len(), 0, "nothing is sent to a number that is kept out");
    assert_eq!(change(id, 2673).await, Reply::Sent);
    // The number before is still one that was verified, by this flow: it may go back, others may not begin.
    limit(begin(&world, 2671).await);
    limit(begin(&world, 2673).await);
    assert_eq!(change(id, 2671).await, Reply::Sent);
    limit(begin(&world, 2673).await);
    assert_eq!(refused(&world, LimitKind::Number).await, 4);
}

#[tokio::test(start_paused = true)]
async fn numbers_of_other_countries_are_refused_before_a_message_is_sent() {
    let world = world(None, None, &["GB"]).await;
    let answer = begin(&world, 2671).await;
    let Err(Error::Field(error)) = answer else { panic!("{answer:?}") };
    assert_eq!(error.to_string(), "phoneNumber: must be of a country that the project allows");
    assert_eq!(refused(&world, LimitKind::Countries).await, 1);
    drop(world);
    let world = self::world(None, None, &["US"]).await;
    let id = begin(&world, 2671).await.unwrap();
    let reply = world.engine().start_code(id, Some("+447400123456")).await.unwrap().reply;
    assert_eq!(reply, Reply::TryAgain(Nudge::CountryNotAllowed));
    assert_eq!((world.carrier.delivered().len(), refused(&world, LimitKind::Countries).await), (0, 1));
}

/// What a person who may not change the number tries is no refusal of a limit.
#[tokio::test(start_paused = true)]
async fn where_numbers_are_not_changed_no_limit_is_hit() {
    let limits = Limits { countries: vec!["US".to_owned()], ..Limits::default() };
    let world =
        World::new(Plan { settings: ProjectSettings { limits, ..Default::default() }, ..Plan::default() })
            .await;
    let id = begin(&world, 2671).await.unwrap();
    let reply = world.engine().start_code(id, Some("+447400123456")).await.unwrap().reply;
    assert_eq!(reply, Reply::TryAgain(Nudge::NumberChangeNotAllowed));
    assert_eq!(refused(&world, LimitKind::Countries).await, 0);
}

/// Both of a request that comes twice get the one flow that was allowed.
#[tokio::test(start_paused = true)]
async fn a_repeated_request_is_not_refused_for_its_own_first_one() {
    let world = world(Some(1), None, &[]).await;
    let key = Key { scope: scope(&world), key: Digest::of(b"key"), request: Digest::of(b"request") };
    let twins = futures_util::future::join_all((0..8).map(|_| world.verify_under(Some(&key), 2671))).await;
    let mut ids = Vec::new();
    for twin in twins {
        match twin.unwrap() {
            Started::Flow { flow, .. } => ids.push(flow.id()),
            Started::Answer(answer) => panic!("{answer}"),
        }
    }
    ids.dedup();
    assert_eq!((ids.len(), refused(&world, LimitKind::Number).await), (1, 0));
    let elsewhere = Key { key: Digest::of(b"another"), ..key };
    limit(world.verify_under(Some(&elsewhere), 2671).await);
}
