//! How verifications go, in figures.

use ringtrue_domain::member::Role;
use ringtrue_engine::model::LimitKind;

use super::{browser::Browser, sandbox_of};
use crate::client::{KURT, LORANT, SHEILA, World};

#[tokio::test]
async fn figures_stand_in_tiles_charts_tables_and_files() {
    let world = World::start().await;
    let path = format!("{}/overview", sandbox_of(&world).await);
    let reader = Browser::signed_in(&world, Role::ReadOnly).await;
    let empty = reader.open(&path).await.text();
    assert!(empty.contains("No verification began in this time"), "{empty}");
    assert!(empty.contains("Set up the webhook"), "{empty}");

    for _ in 0..3 {
        world.begin(SHEILA, "none").await;
    }
    world.begin(KURT, "none").await;
    let session = world.begin(LORANT, "mobile").await;
    session.device().send_code().await;
    session.device().enter(&world.code(LORANT).await).await;
    world.begin(LORANT, "mobile").await;
    for range in ["", "?range=today", "?range=30d"] {
        let page = reader.open(&format!("{path}{range}")).await.text();
        for figure in
            ["6 <span class=\"hint\">1 still under way", "80 % <span class=\"hint\">4 of 5 that are over"]
        {
            assert!(page.contains(figure), "{range} {figure}: {page}");
        }
        assert_eq!(page.matches("<figure class=\"chart\"").count(), 6, "{range}");
        assert!(page.len() < 64 * 1024, "{range} has {} bytes", page.len());
    }
    let page = reader.open(&path).await.text();
    for line in page.split("<a href=\"").skip(1).filter(|rest| rest.contains(" download")) {
        let address = line.split('"').next().unwrap().replace("&#38;", "&");
        if !address.contains(".csv") {
            continue;
        }
        let file = reader.open(&address).await;
        assert_eq!(
            (file.status.as_u16(), file.header("content-type")),
            (200, "text/csv; charset=utf-8"),
            "{address}"
        );
        assert!(file.text().lines().count() > 1, "{address}: {}", file.text());
    }
    let parts = reader.open(&format!("{path}/parts.csv?range=today")).await.text();
    assert_eq!(
        parts.lines().collect::<Vec<_>>(),
        [
            "By,Name,Started,Under way,Message sent,Phone proven,Verified,Messages,Segments",
            "Method,Code on the phone,2,1,1,1,1,1,1",
            "Method,Name only,4,0,0,0,3,0,0",
            "Country,Not known,6,1,1,1,4,1,1",
        ]
    );
    let refusals = reader.open(&format!("{path}/refusals.csv")).await.text();
    assert_eq!(refusals, "Reason,Not verified (verifications)\nAnother name,1\n");
}

#[tokio::test]
async fn other_days_can_be_asked_for_and_odd_ones_are_refused() {
    let world = World::start().await;
    let path = format!("{}/overview", sandbox_of(&world).await);
    let reader = Browser::signed_in(&world, Role::ReadOnly).await;
    world.begin(SHEILA, "none").await;
    let page = reader.open(&format!("{path}?range=custom&from=2020-01-01&until=2020-03-31")).await.text();
    assert!(page.contains("No verification began") && page.contains("value=\"2020-03-31\""), "{page}");
    for (from, until, said) in [
        ("2026-02-01", "2026-01-01", "The last day must be the first one or later"),
        ("2026-01-01", "2026-12-31", "92 days in all at most"),
        ("x", "2026-01-01", "Days must be written as"),
    ] {
        let page = reader.open(&format!("{path}?range=custom&from={from}&until={until}")).await;
        assert_eq!(page.status, 422, "{from} {until}");
        assert!(page.text().contains(said), "{said}: {}", page.text());
    }
}

/// A quarter is the longest range, and a page of it stays small.
#[tokio::test]
async fn a_quarter_is_a_small_page() {
    let world = World::start().await;
    let path = format!("{}/overview", sandbox_of(&world).await);
    let reader = Browser::signed_in(&world, Role::ReadOnly).await;
    world.begin(SHEILA, "none").await;
    let engine = world.engine();
    let caller = engine.caller(world.api.token()).await.unwrap();
    for kind in LimitKind::ALL {
        engine.note_refusal(caller.scope(), kind, engine.wall());
    }
    engine.write_refusals().await.unwrap();
    let today = world.engine().wall().to_zoned_datetime(jiff::tz::TimeZone::UTC).date();
    let first = today.checked_sub(jiff::SignedDuration::from_hours(91 * 24)).unwrap();
    let page = reader.open(&format!("{path}?range=custom&from={first}&until={today}")).await.text();
    assert!(page.contains("<figure") && page.len() < 64 * 1024, "{} bytes", page.len());
    assert_eq!(page.matches(" download>Figures as CSV").count(), 7);
}

#[tokio::test]
async fn limits_that_were_hit_are_shown_once_they_are_written() {
    let world = World::start().await;
    let path = format!("{}/overview", sandbox_of(&world).await);
    let reader = Browser::signed_in(&world, Role::ReadOnly).await;
    let engine = world.engine();
    let caller = engine.caller(world.api.token()).await.unwrap();
    let page = reader.open(&path).await.text();
    assert!(page.contains("No limit refused a call in this time"), "{page}");
    for _ in 0..3 {
        engine.note_refusal(caller.scope(), LimitKind::Requests, engine.wall());
    }
    assert!(reader.open(&path).await.text().contains("No limit refused a call in this time"));
    engine.write_refusals().await.unwrap();
    let page = reader.open(&format!("{path}?range=30d")).await.text();
    // Also where no verification began.
    assert!(page.contains("No verification began") && page.contains("Limits being hit"), "{page}");
    assert_eq!(page.matches("<figure class=\"chart\"").count(), 1);
    let file = reader.open(&format!("{path}/limits.csv?range=30d")).await.text();
    assert!(file.starts_with("Day,Requests per second (refused calls)"), "{file}");
    assert_eq!((file.lines().count(), file.lines().filter(|line| line.ends_with(",3,0,0")).count()), (31, 1));
    // Nothing is counted twice, and other environments see nothing of it.
    engine.write_refusals().await.unwrap();
    assert_eq!(reader.open(&format!("{path}/limits.csv?range=30d")).await.text(), file);
    let production = path.replace("/sandbox/", "/production/");
    assert!(reader.open(&production).await.text().contains("No limit refused a call in this time"));
}

/// The time of a sandbox is that of its clock.
#[tokio::test]
async fn refused_calls_belong_to_the_hour_of_their_projects_clock() {
    let world = World::start().await;
    let path = format!("{}/overview", sandbox_of(&world).await);
    let reader = Browser::signed_in(&world, Role::ReadOnly).await;
    world.advance(2 * 86_400).await;
    let engine = world.engine();
    let caller = engine.caller(world.api.token()).await.unwrap();
    engine.note_refusal(caller.scope(), LimitKind::Requests, engine.now(caller.clock_ahead_micros));
    engine.write_refusals().await.unwrap();
    assert!(reader.open(&format!("{path}?range=today")).await.text().contains("<figure class=\"chart\""));
}
