//! Enrolled people.

use super::{
    Subject, commit, conflict,
    sample::{PRODUCTION, SANDBOX, Sample, customer, phone, put_identity, put_identity_from, shifted},
};
use crate::model::{Identity, KeyScope};

async fn found(store: &Subject, scope: KeyScope, last: u32, customer_id: &str) -> Option<Identity> {
    let found = store.identity(scope, &phone(last), customer(customer_id).as_ref()).await.unwrap();
    found.map(|found| found.identity)
}

pub async fn an_identity_is_found_by_number_and_customer(store: Subject) {
    let mut sample = Sample::default();
    let identity = sample.identity(PRODUCTION, 1, "c1");
    commit(&store, [put_identity(&identity)]).await;
    let scope = sample.scope(PRODUCTION);
    assert_eq!(found(&store, scope, 1, "c1").await, Some(identity));
    assert_eq!(found(&store, scope, 1, "c2").await, None);
    assert_eq!(found(&store, scope, 2, "c1").await, None);
}

pub async fn an_identity_without_customer_is_another(store: Subject) {
    let mut sample = Sample::default();
    let (with, without) = (sample.identity(PRODUCTION, 1, "c1"), sample.identity(PRODUCTION, 1, ""));
    commit(&store, [put_identity(&with)]).await;
    let scope = sample.scope(PRODUCTION);
    assert_eq!(found(&store, scope, 1, "").await, None);
    commit(&store, [put_identity(&without)]).await;
    assert_eq!(found(&store, scope, 1, "").await, Some(without));
    assert_eq!(found(&store, scope, 1, "c1").await, Some(with));
    conflict(&store, [put_identity(&sample.identity(PRODUCTION, 1, ""))]).await;
}

pub async fn the_same_person_under_another_id_is_a_conflict(store: Subject) {
    let mut sample = Sample::default();
    let (first, second) = (sample.identity(PRODUCTION, 1, "c1"), sample.identity(PRODUCTION, 1, "c1"));
    commit(&store, [put_identity(&first)]).await;
    conflict(&store, [put_identity(&second)]).await;
    assert_eq!(found(&store, sample.scope(PRODUCTION), 1, "c1").await, Some(first));
}

pub async fn an_identity_is_written_again(store: Subject) {
    let mut sample = Sample::default();
    let mut identity = sample.identity(PRODUCTION, 1, "c1");
    commit(&store, [put_identity(&identity)]).await;
    identity.verified_at = shifted(identity.verified_at, 60);
    identity.findings = None;
    commit(&store, [put_identity_from(1, &identity)]).await;
    conflict(&store, [put_identity_from(1, &identity)]).await;
    conflict(&store, [put_identity(&identity)]).await;
    assert_eq!(found(&store, sample.scope(PRODUCTION), 1, "c1").await, Some(identity));
}

pub async fn an_identity_that_changes_its_number_frees_the_old_one(store: Subject) {
    let mut sample = Sample::default();
    let mut identity = sample.identity(PRODUCTION, 1, "c1");
    commit(&store, [put_identity(&identity)]).await;
    identity.phone = phone(2);
    commit(&store, [put_identity_from(1, &identity)]).await;
    let scope = sample.scope(PRODUCTION);
    assert_eq!(found(&store, scope, 1, "c1").await, None);
    assert_eq!(found(&store, scope, 2, "c1").await, Some(identity));
    commit(&store, [put_identity(&sample.identity(PRODUCTION, 1, "c1"))]).await;
}

pub async fn an_identity_that_takes_a_known_number_is_a_conflict(store: Subject) {
    let mut sample = Sample::default();
    let (mut first, second) = (sample.identity(PRODUCTION, 1, "c1"), sample.identity(PRODUCTION, 2, "c1"));
    commit(&store, [put_identity(&first), put_identity(&second)]).await;
    first.phone = phone(2);
    conflict(&store, [put_identity_from(1, &first)]).await;
    let scope = sample.scope(PRODUCTION);
    assert!(found(&store, scope, 1, "c1").await.is_some());
    assert_eq!(found(&store, scope, 2, "c1").await, Some(second));
}

pub async fn projects_and_environments_are_apart(store: Subject) {
    let mut sample = Sample::default();
    let mut people = Vec::new();
    for _ in 0..2 {
        for environment in [SANDBOX, PRODUCTION] {
            people.push((sample.scope(environment), sample.identity(environment, 1, "c1")));
        }
        sample.other_project();
    }
    commit(&store, people.iter().map(|(_, identity)| put_identity(identity))).await;
    for (scope, identity) in people {
        assert_eq!(found(&store, scope, 1, "c1").await, Some(identity));
    }
    assert_eq!(found(&store, sample.scope(PRODUCTION), 1, "c1").await, None);
}

pub async fn an_id_of_another_project_is_a_conflict(store: Subject) {
    let mut sample = Sample::default();
    let mine = sample.identity(PRODUCTION, 1, "c1");
    let scope = sample.scope(PRODUCTION);
    commit(&store, [put_identity(&mine)]).await;
    conflict(&store, [put_identity_from(1, &Identity { environment: SANDBOX, ..mine.clone() })]).await;
    let project = sample.other_project();
    conflict(&store, [put_identity_from(1, &Identity { project, ..mine.clone() })]).await;
    assert_eq!(found(&store, scope, 1, "c1").await, Some(mine));
}

/// Neither case, nor spaces, nor Unicode's ways to write the same letter make two ids one.
pub async fn customer_ids_are_compared_exactly(store: Subject) {
    let mut sample = Sample::default();
    let long = "\u{1F980}".repeat(255);
    let ids = ["a", "A", "a ", "\u{e9}", "e\u{301}", "ﬁ", "fi", "';--", "$1", "\u{202e}x", long.as_str()];
    let people: Vec<_> = ids.iter().map(|id| sample.identity(PRODUCTION, 1, id)).collect();
    commit(&store, people.iter().map(put_identity)).await;
    for (id, identity) in ids.iter().zip(people) {
        assert_eq!(found(&store, sample.scope(PRODUCTION), 1, id).await, Some(identity), "{id}");
    }
}
