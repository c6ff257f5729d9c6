//! Idempotency keys.

use super::{
    Subject, commit, conflict,
    sample::{PRODUCTION, SANDBOX, Sample, digest, put, shifted},
    unit,
};
use crate::{
    model::Remembered,
    ports::{Change, CommitError},
};

async fn duplicate(store: &Subject, changes: impl IntoIterator<Item = Change>) -> Remembered {
    match store.commit(unit(changes)).await {
        Err(CommitError::Duplicate(record)) => *record,
        other => panic!("{other:?} instead of a duplicate"),
    }
}

async fn known(store: &Subject, record: &Remembered) -> Option<Remembered> {
    let before_its_end = shifted(record.expires_at, -1);
    store.remembered(record.scope, record.key, before_its_end).await.unwrap()
}

pub async fn a_key_is_remembered_until_it_expires(store: Subject) {
    let mut sample = Sample::default();
    let record = sample.remembered(PRODUCTION, "key");
    commit(&store, [sample.remember(&record)]).await;
    assert_eq!(known(&store, &record).await.as_ref(), Some(&record));
    assert_eq!(store.remembered(record.scope, record.key, record.expires_at).await.unwrap(), None);
    assert_eq!(store.remembered(record.scope, digest("other"), sample.wall).await.unwrap(), None);
}

pub async fn a_known_key_is_a_duplicate_with_its_record(store: Subject) {
    let mut sample = Sample::default();
    let record = sample.remembered(PRODUCTION, "key");
    commit(&store, [sample.remember(&record)]).await;
    let flow = sample.flow(PRODUCTION);
    let again = Remembered { request: digest("another request"), flow: None, ..record.clone() };
    assert_eq!(duplicate(&store, [put(0, &flow), sample.remember(&again)]).await, record);
    assert_eq!(store.flow(flow.id()).await.unwrap(), None);
}

pub async fn a_duplicate_has_the_answer_once_there_is_one(store: Subject) {
    let mut sample = Sample::default();
    let record = sample.remembered(PRODUCTION, "key");
    commit(&store, [sample.remember(&record)]).await;
    let answer = r#"{"authToken":"…"}"#.to_owned();
    let answered = Change::Answer { scope: record.scope, key: record.key, answer: answer.clone() };
    commit(&store, [answered]).await;
    let expected = Remembered { answer: Some(answer), ..record.clone() };
    assert_eq!(known(&store, &record).await.as_ref(), Some(&expected));
    assert_eq!(duplicate(&store, [sample.remember(&record)]).await, expected);
}

pub async fn an_expired_key_is_remembered_anew(store: Subject) {
    let mut sample = Sample::default();
    let mut old = sample.remembered(PRODUCTION, "key");
    old.answer = Some("old".into());
    commit(&store, [sample.remember(&old)]).await;
    sample.wall = shifted(old.expires_at, -1);
    let new = sample.remembered(PRODUCTION, "key");
    duplicate(&store, [sample.remember(&new)]).await;
    sample.wall = old.expires_at;
    commit(&store, [sample.remember(&new)]).await;
    assert_eq!(known(&store, &new).await, Some(new));
}

pub async fn a_key_belongs_to_its_project_and_environment(store: Subject) {
    let mut sample = Sample::default();
    let mut records = Vec::new();
    for _ in 0..2 {
        for environment in [SANDBOX, PRODUCTION] {
            let mut record = sample.remembered(environment, "key");
            record.answer = Some(format!("answer {}", records.len()));
            records.push(record);
        }
        sample.other_project();
    }
    commit(&store, records.iter().map(|record| sample.remember(record))).await;
    for record in records {
        assert_eq!(known(&store, &record).await, Some(record));
    }
    assert_eq!(store.remembered(sample.scope(SANDBOX), digest("key"), sample.wall).await.unwrap(), None);
}

pub async fn an_answer_to_an_unknown_key_is_dropped(store: Subject) {
    let sample = Sample::default();
    let (scope, key) = (sample.scope(SANDBOX), digest("key"));
    commit(&store, [Change::Answer { scope, key, answer: "{}".into() }]).await;
    assert_eq!(store.remembered(scope, key, sample.wall).await.unwrap(), None);
}

pub async fn a_big_answer_in_any_script_is_kept(store: Subject) {
    let mut sample = Sample::default();
    let mut record = sample.remembered(PRODUCTION, "key");
    record.answer =
        Some("\u{0}\u{feff}\u{10ffff} \"'\\$1 नमस्ते 🏴\u{e0067}\u{e0062} é e\u{301}".repeat(20_000));
    commit(&store, [sample.remember(&record)]).await;
    assert!(known(&store, &record).await == Some(record), "a megabyte came back different");
}

pub async fn a_key_twice_in_a_unit_is_a_conflict(store: Subject) {
    let mut sample = Sample::default();
    let record = sample.remembered(PRODUCTION, "key");
    conflict(&store, [sample.remember(&record), sample.remember(&record)]).await;
    assert_eq!(known(&store, &record).await, None);
}
