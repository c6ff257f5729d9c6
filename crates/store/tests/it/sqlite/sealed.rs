//! What somebody finds who has the files but not the keys.

use std::{fs, path::Path};

use ringtrue_domain::member::Role;
use ringtrue_engine::{
    conformance::people::{add_passkey, begin_ceremony, count_try, invite, put_member, start},
    conformance::sample::{PRODUCTION, SANDBOX, Sample, enqueue, put, put_identity, put_project, subscriber},
    conformance::watching::{add_attempt, add_delivery, add_event, attempt, put_webhook},
    model::{Listing, Subjects},
    ports::{Change, ListingChange, Store, StoreError, WatchStore as _},
};

use super::{open, raw, unit};

/// Every word here is stored by the test below, some of them several times.
const PERSONAL: &[&str] = &[
    "4155550001",
    "907256",
    "Ødegård",
    "Zoë",
    "customer-1",
    "Ünïcode Mobile",
    "auth-token-value",
    "Lovelace",
    "hooks.example",
    "whsec_",
    "team.example",
    "🦀",
    "🦊",
    "Schlüssel",
    "counter",
    "challenge",
];

fn bytes(dir: &Path) -> Vec<u8> {
    let mut all = Vec::new();
    for file in ["ringtrue.db", "ringtrue.db-wal"] {
        all.extend(fs::read(dir.join(file)).unwrap_or_default());
    }
    all
}

fn contains(all: &[u8], word: &str) -> bool {
    all.windows(word.len()).any(|window| window == word.as_bytes())
}

#[tokio::test]
async fn no_personal_data_is_readable() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await.unwrap();
    let mut sample = Sample::default();
    let mut version = std::collections::HashMap::new();
    for (_, flow) in sample.every_state() {
        let expect = version.entry(flow.id()).or_insert(0);
        let (listing, subjects) = (Listing::of(&flow, sample.wall), Subjects::of(&flow));
        let list = ListingChange::Add { listing: Box::new(listing), subjects: Box::new(subjects) };
        store.commit(unit([put(*expect, &flow), Change::List(list)])).await.unwrap();
        *expect += 1;
    }
    let (project, wall) = (sample.project, sample.wall);
    let mut record = sample.remembered(SANDBOX, "key");
    record.answer = Some("auth-token-value".into());
    let phone = ringtrue_engine::conformance::sample::phone(1);
    let changes = [
        put_identity(&sample.identity(PRODUCTION, 1, "customer-1")),
        enqueue(&sample.job(PRODUCTION, wall)),
        Change::PutOutbox(Box::new(sample.outbox_message(1, wall))),
        put_project(&sample.project("name")),
        Change::PutSubscriber(Box::new(subscriber(1, "Ada Lovelace"))),
        Change::SetHandset { project, phone, network: true },
        sample.remember(&record),
        Change::Answer { scope: record.scope, key: record.key, answer: "auth-token-value".into() },
    ];
    store.commit(unit(changes)).await.unwrap();
    let (identity, delivery) =
        (sample.identity(PRODUCTION, 1, "customer-1"), sample.delivery(PRODUCTION, 1, 1));
    let watching = [
        put_webhook(0, &sample.webhook(PRODUCTION)),
        add_event(&sample.event(&identity)),
        add_delivery(&delivery),
        add_attempt(&delivery, &attempt(&delivery, 1)),
    ];
    store.commit(unit(watching)).await.unwrap();
    let member = sample.member("ada", Role::Owner);
    let people = [
        put_member(0, &member),
        start(&sample.session(&member, "session")),
        invite(&sample.invitation(&member, "invitation")),
        add_passkey(&sample.passkey(&member, "passkey")),
        begin_ceremony(&sample.ceremony(None, "ceremony")),
        count_try("ada@team.example", wall),
    ];
    store.commit(unit(people)).await.unwrap();
    // Once as it lies in the log, once folded into the database.
    let logged = bytes(dir.path());
    store.close().await;
    let folded = bytes(dir.path());
    assert!(contains(&folded, "ringtrue") || contains(&folded, "schema_steps"), "the search finds things");
    for word in PERSONAL {
        assert!(!contains(&logged, word) && !contains(&folded, word), "{word} is stored in the clear");
    }
}

#[tokio::test]
async fn a_body_moved_to_another_row_does_not_open() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await.unwrap();
    let mut sample = Sample::default();
    let (first, second) = (sample.flow(PRODUCTION), sample.flow(PRODUCTION));
    store.commit(unit([put(0, &first), put(0, &second)])).await.unwrap();
    raw(dir.path())
        .execute(
            "UPDATE flows SET body = (SELECT body FROM flows WHERE id = ?1) WHERE id = ?2",
            [first.id().as_bytes(), second.id().as_bytes()],
        )
        .unwrap();
    let error = store.flow(second.id()).await.unwrap_err();
    assert!(matches!(error, StoreError::Corrupt { .. }));
    assert_eq!(error.to_string(), format!("stored flow {} cannot be understood", second.id()));
    assert_eq!(store.flow(first.id()).await.unwrap().unwrap().flow, first);
}

#[tokio::test]
async fn a_body_that_cannot_be_read_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await.unwrap();
    let mut sample = Sample::default();
    let (flow, job) = (sample.flow(PRODUCTION), sample.job(PRODUCTION, sample.wall));
    let healthy = sample.job(PRODUCTION, sample.wall);
    store.commit(unit([put(0, &flow), enqueue(&job), enqueue(&healthy)])).await.unwrap();
    for body in ["x''", "x'01'", "x'02000000000000000000000000000000000000000000000000000000000000'"] {
        let sql = format!("UPDATE flows SET body = {body}");
        raw(dir.path()).execute(&sql, []).unwrap();
        let error = store.flow(flow.id()).await.unwrap_err();
        assert!(matches!(error, StoreError::Corrupt { .. }), "{body}: {error}");
    }
    // A job that cannot be read does not keep the others from being done.
    let sql = "UPDATE jobs SET body = x'01' WHERE id = ?1";
    raw(dir.path()).execute(sql, [job.id.as_bytes()]).unwrap();
    let lease = ringtrue_engine::conformance::sample::lease(1, sample.wall);
    let claimed = store.claim(lease, sample.wall, 10).await.unwrap();
    assert_eq!(claimed.iter().map(|job| job.id).collect::<Vec<_>>(), [healthy.id]);
}

/// Of many, one that cannot be read does not keep the others from being found, nor does it leave a gap in a page.
#[tokio::test]
async fn what_cannot_be_read_is_passed_over() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await.unwrap();
    let mut sample = Sample::default();
    let scope = sample.scope(PRODUCTION);
    let mut people: Vec<_> = ["a", "b", "c", "d"].map(|id| sample.identity(PRODUCTION, 1, id)).into();
    people.sort_by_key(|identity| identity.id);
    store.commit(unit(people.iter().map(put_identity))).await.unwrap();
    let events: Vec<_> = (0..6).map(|_| add_event(&sample.event(&people[0]))).collect();
    store.commit(unit(events)).await.unwrap();
    let raw = raw(dir.path());
    for spoilt in [&people[0], &people[2]] {
        let spoil = "UPDATE identities SET body = x'01' WHERE id = ?1";
        raw.execute(spoil, [spoilt.id.as_bytes()]).unwrap();
    }
    raw.execute("UPDATE events SET body = x'01' WHERE cursor IN (1, 2, 4, 6)", []).unwrap();
    let events = async |after, limit| {
        let events = store.events(scope, after, u64::MAX, limit).await.unwrap();
        events.into_iter().map(|stored| stored.cursor).collect::<Vec<_>>()
    };
    assert_eq!(events(0, 9).await, [3, 5]);
    assert_eq!(events(0, 2).await, [3, 5]);
    assert_eq!(events(0, 1).await, [3]);
    assert_eq!(events(5, 1).await, [0_u64; 0]);
    let watchers = async |after, limit| {
        let watchers = store.watchers(&people[0].phone, after, limit).await.unwrap();
        watchers.into_iter().map(|stored| stored.identity.id).collect::<Vec<_>>()
    };
    assert_eq!(watchers(None, 9).await, [people[1].id, people[3].id]);
    assert_eq!(watchers(None, 1).await, [people[1].id]);
    assert_eq!(watchers(Some(people[1].id), 1).await, [people[3].id]);
}
