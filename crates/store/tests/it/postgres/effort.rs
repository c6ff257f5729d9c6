//! What a purge or a list costs on tables that have grown: as much as it deletes or shows, not as much as there is.
//!
//! The plans of an empty database say nothing, and those of another setting little: this counts the pages that a real
//! purge touches, from the server's own statistics.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use ringtrue_domain::{
    FlowId,
    flow::{PossessionType, Standing},
};
use ringtrue_engine::{
    conformance::sample::{PRODUCTION, Sample, phone, put},
    model::{Find, ListingQuery},
    ports::{ListingStore as _, Store},
};

use super::{open, server::Server};

/// Rows of each kind, over 40 environments of 20 projects; a page holds a few dozen of them.
const ROWS: usize = 20_000;

/// The instant of the first row; each next one is a second later.
const BEGAN: i64 = 1_700_000_000;

/// Pages that may be touched besides those of the rows that go: the way down one index for each environment or project
/// and kind of row, and the smaller tables.
const LOOKING: u64 = 1000;

/// Pages that may be touched for a row that goes: itself, and its place in each index.
const GOING: u64 = 12;

/// Pages that may be touched for a row that is kept: it is found by its id, its links are looked for, and it is written once
/// more with its place in each index.
const KEEPING: u64 = 24;

fn fill() -> String {
    let id = "decode(lpad(to_hex(i), 32, '0'), 'hex')";
    let project = "decode(lpad(to_hex(1 + i % 20), 32, '0'), 'hex')";
    let sandbox = "(i / 20) % 2";
    let at = format!("({BEGAN} + i) * 1000000::bigint");
    let each = format!("FROM generate_series(0, {}) i", ROWS - 1);
    let projects = "FROM generate_series(1, 20) p";
    let owner = "decode(lpad(to_hex(p), 32, '0'), 'hex')";
    let body = "decode(repeat('00', 300), 'hex')";
    format!(
        "INSERT INTO data_keys SELECT {owner}, '\\x00' {projects};
         INSERT INTO clocks SELECT {owner}, 3600000000 {projects};
         INSERT INTO lanes (project, sandbox, last, packed, open, failures, warnings)
           SELECT {owner}, s, {ROWS}, {ROWS}, 1, 0, 0 {projects}, generate_series(0, 1) s;
         INSERT INTO events (project, sandbox, cursor, id, identity, at, muted, body)
           SELECT {project}, {sandbox}, i + 1, {id}, '\\x01', {at}, 0, {body} {each};
         INSERT INTO deliveries (project, sandbox, id, kind, first, last, state, created_at, due_at, give_up_at,
           attempts, replayed_at_attempt)
           SELECT {project}, {sandbox}, {id}, 0, i + 1, i + 1, 1, {at}, {at}, {at}, 1, 0 {each};
         INSERT INTO flows (id, project, sandbox, version, purge_after, body, listed)
           SELECT {id}, {project}, {sandbox}, 1, {at} + 5184000000000, {body}, 1 {each};
         INSERT INTO verifications (project, sandbox, flow, method, country, number_hash, outcome, messages, segments)
           SELECT {project}, {sandbox}, {id}, 1, '', decode(md5(i::text), 'hex'), 1, 1, 1 {each};
         INSERT INTO attempts (delivery, number, project, at, duration_ms, body)
           SELECT {id}, 1, {project}, {at}, 1, {body} {each};
         INSERT INTO outbox (id, project, number_hash, sent_at, body)
           SELECT {id}, {project}, '\\x01', {at}, {body} {each};
         ANALYZE;"
    )
}

/// Pages of tables and indexes touched so far, once every session but the asking one has ended and told.
async fn touched(url: &str) -> u64 {
    let others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
                  AND backend_type = 'client backend' AND pid <> pg_backend_pid()";
    while Server::shared().sql(url, others) != "0" {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let sum = "SELECT sum(coalesce(heap_blks_read, 0) + coalesce(heap_blks_hit, 0) + coalesce(idx_blks_read, 0) \
               + coalesce(idx_blks_hit, 0)) FROM pg_statio_user_tables";
    Server::shared().sql(url, sum).parse().unwrap()
}

/// How many rows a purge changes, and how many pages it touches.
async fn purge(url: &str, wall: Timestamp, flows_kept: SignedDuration) -> (u64, u64) {
    let store = open(url).await.unwrap();
    store.close().await;
    drop(store);
    let opened = touched(url).await;
    let store = open(url).await.unwrap().keep_flows_for(flows_kept);
    let gone = store.purge(wall, 100).await.unwrap();
    store.close().await;
    drop(store);
    (gone, touched(url).await - opened)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_purge_touches_little_more_than_what_goes() {
    let url = Server::shared().database();
    let store = open(&url).await.unwrap();
    store.close().await;
    drop(store);
    Server::shared().sql(&url, &fill());
    let first = Timestamp::from_second(BEGAN).unwrap();
    let (gone, pages) = purge(&url, first, SignedDuration::ZERO).await;
    assert_eq!(gone, 0);
    assert!(pages < LOOKING, "{pages} pages to delete nothing");
    // Messages only, then all of it, flows with their lines.
    let (month, none) = (SignedDuration::from_hours(30 * 24), SignedDuration::ZERO);
    for (after, most) in [(SignedDuration::from_hours(8 * 24), 100), (month + month, 600)] {
        let (gone, pages) = purge(&url, first + after, none).await;
        assert_eq!(gone, most);
        assert!(pages < LOOKING + gone * GOING, "{pages} pages to delete {gone} rows");
    }
    // Flows that are kept are written once more instead. Without their keys they cannot be read, and no message is
    // looked for.
    Server::shared().sql(&url, "DELETE FROM data_keys");
    let (changed, pages) = purge(&url, first + month + month, month).await;
    assert_eq!(changed, 400);
    assert!(pages < LOOKING + changed * KEEPING, "{pages} pages to change {changed} rows");
}

/// Verifications of one project, of another, and of each number: what a page shows is a small part of it.
const LISTED: usize = 60_000;

fn fill_lists(project: ringtrue_domain::ProjectId) -> String {
    let ours: String = project.to_string().replace('-', "");
    let id = "decode(lpad(to_hex(i), 12, '0') || lpad(to_hex(i), 20, '0'), 'hex')";
    format!(
        "INSERT INTO verifications (project, sandbox, flow, method, country, number_hash, outcome, messages, segments)
           SELECT CASE i % 2 WHEN 0 THEN '\\x{ours}'::bytea ELSE '\\x01' END, 0, {id}, i % 3, 'GB',
             decode(md5((i / 30)::text), 'hex'), CASE WHEN i % 1000 = 0 THEN 5 ELSE 1 END, 1, 1
           FROM generate_series(1, {LISTED}) i;
         ANALYZE;"
    )
}

/// A page of a list reads what it shows, or what may be looked at; not the project, and not its neighbours.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_of_verifications_touches_little_more_than_what_is_looked_at() {
    let url = Server::shared().database();
    let mut sample = Sample::default();
    let store = open(&url).await.unwrap();
    // Makes the project's key.
    let flow = sample.flow(PRODUCTION);
    store.commit(super::unit([put(0, &flow)])).await.unwrap();
    store.close().await;
    drop(store);
    Server::shared().sql(&url, &fill_lists(sample.project));
    let (first, last) = (FlowId::from_bytes([0; 16]), FlowId::from_bytes([0xff; 16]));
    let any = ListingQuery {
        find: None,
        from: first,
        before: last,
        standings: Vec::new(),
        open_from: first,
        method: None,
        limit: 50,
        look: 1000,
    };
    let before = effort(&url, &sample, None).await.1;
    let number = Find::Number(phone(1));
    for (query, found, most) in [
        (any.clone(), 50, 100),
        (ListingQuery { method: Some(PossessionType::Desktop), ..any.clone() }, 50, 200),
        // Looked at to the end: a thousand rows and their index entries.
        (ListingQuery { standings: vec![Standing::Refused], ..any.clone() }, 0, 2500),
        (ListingQuery { find: Some(number), ..any }, 0, 50),
    ] {
        let (listed, pages) = effort(&url, &sample, Some(&query)).await;
        assert_eq!(listed, found, "{query:?}");
        assert!(pages.saturating_sub(before) < most, "{pages} pages, {before} without it, for {query:?}");
    }
}

/// How many are found, and how many pages are touched by that and by opening the store.
async fn effort(url: &str, sample: &Sample, query: Option<&ListingQuery>) -> (usize, u64) {
    let before = touched(url).await;
    let store = open(url).await.unwrap();
    let mut found = 0;
    if let Some(query) = query {
        found = store.listings(sample.scope(PRODUCTION), query).await.unwrap().listings.len();
    }
    store.close().await;
    drop(store);
    (found, touched(url).await - before)
}
