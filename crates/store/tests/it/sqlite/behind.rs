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
    raw(dir.path()).execute("UPDATE identities SET stage = 0, watch_hash = NULL", []).unwrap();
    // What was found at their enrolment is what is known of their lines.
    let line = Line::from(&findings);
    let scope = sample.scope(PRODUCTION);
    let read = store.identity_by_id(scope, people[0].id).await.unwrap().unwrap();
    assert_eq!((read.version, &read.identity.line), (1, &line));
    // One is written meanwhile, which brings it up to date too.
    store.commit(unit([put_identity_from(1, &read.identity)])).await.unwrap();
    assert_eq!(store.watchers(&phone(1)).await.unwrap().len(), 1);

    let mut moved = Vec::new();
    for _ in 0..3 {
        moved.push(store.purge(sample.wall, 2).await.unwrap());
    }
    assert_eq!(moved, [2, 1, 0], "two in production and one in sandbox, two at a time");
    let watchers = store.watchers(&phone(1)).await.unwrap();
    assert_eq!(watchers.len(), 3, "those in production");
    assert!(watchers.iter().all(|stored| stored.identity.line == line));
    // Nobody notices: the version is the one that was read.
    store.commit(unit([put_identity_from(1, &people[1])])).await.unwrap();
}

#[tokio::test]
async fn one_that_cannot_be_read_keeps_nobody_waiting() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await.unwrap();
    let mut sample = Sample::default();
    let people: Vec<_> = (1..4).map(|last| sample.identity(PRODUCTION, last, "c")).collect();
    store.commit(unit(people.iter().map(put_identity))).await.unwrap();
    raw(dir.path()).execute("UPDATE identities SET stage = 0, watch_hash = NULL", []).unwrap();
    let broken = "UPDATE identities SET body = x'01' WHERE id = ?1";
    raw(dir.path()).execute(broken, [people[0].id.as_bytes()]).unwrap();
    assert_eq!(store.purge(sample.wall, 10).await.unwrap(), 2);
    assert_eq!(store.purge(sample.wall, 10).await.unwrap(), 0);
    assert_eq!(store.watchers(&phone(2)).await.unwrap().len(), 1);
    assert_eq!(store.watchers(&phone(3)).await.unwrap().len(), 1);
}
