//! Identities as a program from before monitoring writes them.

use ringtrue_domain::{Findings, NameMatch, identity::Line};
use ringtrue_engine::{
    conformance::sample::{PRODUCTION, SANDBOX, Sample, phone, put_identity, put_identity_from},
    ports::{Store, WatchStore as _},
};

use super::{open, raw, unit};

#[tokio::test]
async fn they_are_watched_once_they_are_brought_up_to_date() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await.unwrap();
    let mut sample = Sample::default();
    let findings = Findings {
        number_known: true,
        name: NameMatch::Match,
        risks: None,
        carrier: Some("Alpha".into()),
        line_type: None,
        country: Some("US".into()),
    };
    let mut people: Vec<_> = ["a", "b", "c"].map(|id| sample.identity(PRODUCTION, 1, id)).into();
    people.push(sample.identity(SANDBOX, 1, "a"));
    for identity in &mut people {
        identity.findings = Some(findings.clone());
        identity.line = Line::default();
        store.commit(unit([put_identity(identity)])).await.unwrap();
    }
    raw(dir.path()).execute("UPDATE identities SET mark = x'', watch_hash = NULL", []).unwrap();
    // What was found at their enrolment is what is known of their lines.
    let line = Line::from(&findings);
    let scope = sample.scope(PRODUCTION);
    let read = store.identity_by_id(scope, people[0].id).await.unwrap().unwrap();
    assert_eq!((read.version, &read.identity.line), (1, &line));
    // One is written meanwhile, which brings it up to date too.
    store.commit(unit([put_identity_from(1, &read.identity)])).await.unwrap();
    assert_eq!(store.watchers(&phone(1), None, 100).await.unwrap().len(), 1);

    let mut moved = Vec::new();
    for _ in 0..3 {
        moved.push(store.purge(sample.wall, 2).await.unwrap());
    }
    assert_eq!(moved, [2, 1, 0], "two in production and one in sandbox, two at a time");
    let watchers = store.watchers(&phone(1), None, 100).await.unwrap();
    assert_eq!(watchers.len(), 3, "those in production");
    assert!(watchers.iter().all(|stored| stored.identity.line == line));
    // Nobody notices: the version is the one that was read.
    store.commit(unit([put_identity_from(1, &people[1])])).await.unwrap();
}

/// An older node writes over what a newer one had written: it knows neither version nor mark.
#[tokio::test]
async fn one_that_is_written_over_is_brought_up_to_date_again() {
    const WRITE_OVER: &str = "INSERT INTO identities \
        (id, project, sandbox, number_hash, customer_hash, created_at, verified_at, body) \
        SELECT id, project, sandbox, number_hash, customer_hash, created_at, verified_at, ?2 \
        FROM identities WHERE id = ?1 ON CONFLICT (id) DO UPDATE SET body = excluded.body";
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await.unwrap();
    let mut sample = Sample::default();
    let scope = sample.scope(PRODUCTION);
    let carrier = |name: &str| Line { carrier: Some(name.into()), ..Line::default() };
    let mut identity = sample.identity(PRODUCTION, 1, "a");
    identity.line = Line::default();
    identity.findings = Some(Findings {
        number_known: true,
        name: NameMatch::Match,
        risks: None,
        carrier: Some("Alpha".into()),
        line_type: None,
        country: None,
    });
    store.commit(unit([put_identity(&identity)])).await.unwrap();
    let id = identity.id.as_bytes();
    let body = "SELECT body FROM identities WHERE id = ?1";
    let old: Vec<u8> = raw(dir.path()).query_row(body, [id], |row| row.get(0)).unwrap();
    // The newer program knows another carrier, and that nobody wants to hear of it.
    (identity.line, identity.active) = (carrier("Beta"), false);
    store.commit(unit([put_identity_from(1, &identity)])).await.unwrap();
    assert_eq!(store.purge(sample.wall, 10).await.unwrap(), 0);
    assert_eq!(store.watchers(&phone(1), None, 9).await.unwrap(), []);
    // The person is verified again by the older one.
    raw(dir.path()).execute(WRITE_OVER, rusqlite::params![id, old]).unwrap();
    let read = store.identity_by_id(scope, identity.id).await.unwrap().unwrap();
    assert_eq!((read.version, &read.identity.line, read.identity.active), (2, &carrier("Alpha"), true));
    assert_eq!(store.purge(sample.wall, 10).await.unwrap(), 1);
    assert_eq!(store.watchers(&phone(1), None, 9).await.unwrap(), [read]);
    assert_eq!(store.purge(sample.wall, 10).await.unwrap(), 0);
}

#[tokio::test]
async fn those_that_cannot_be_read_keep_nobody_waiting() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await.unwrap();
    let mut sample = Sample::default();
    let mut people: Vec<_> = (1..6).map(|last| sample.identity(PRODUCTION, last, "c")).collect();
    store.commit(unit(people.iter().map(put_identity))).await.unwrap();
    raw(dir.path()).execute("UPDATE identities SET mark = x'', watch_hash = NULL", []).unwrap();
    people.sort_by_key(|identity| identity.id);
    let (broken, healthy) = people.split_at(3);
    for (identity, body) in broken.iter().zip([vec![], vec![1_u8], vec![1; 40]]) {
        let spoil = "UPDATE identities SET body = ?2 WHERE id = ?1";
        raw(dir.path()).execute(spoil, rusqlite::params![identity.id.as_bytes(), body]).unwrap();
    }
    // One whose body is empty cannot be told from one that was set aside already.
    let mut moved = Vec::new();
    for _ in 0..4 {
        moved.push(store.purge(sample.wall, 2).await.unwrap());
    }
    assert_eq!(moved, [2, 2, 0, 0], "two are set aside, two brought up to date");
    for identity in healthy {
        assert_eq!(store.watchers(&identity.phone, None, 9).await.unwrap().len(), 1);
    }
}
