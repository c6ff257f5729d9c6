//! Erasing what is known of a person.

use ringtrue_domain::{flow::Flow, secret::Digest};

use super::{
    Subject, commit, conflict,
    sample::{PRODUCTION, SANDBOX, Sample, digest, phone, put},
};
use crate::{
    model::{AuditEntry, Find, Listing, Subjects},
    ports::{Change, Erasure, ListingChange},
};

/// A flow with a history, a link and a line in lists.
async fn written(store: &Subject, sample: &mut Sample, name: &str) -> (Flow, Digest) {
    let (flow, token) = (sample.flow(PRODUCTION), digest(name));
    let listing = Box::new(Listing::of(&flow, sample.wall));
    let subjects = Box::new(Subjects::of(&flow));
    let entry = AuditEntry { project: flow.project(), flow: flow.id(), at: sample.wall, events: Vec::new() };
    let changes = [
        put(0, &flow),
        Change::List(ListingChange::Add { listing, subjects }),
        Change::IndexLink { token, flow: flow.id() },
        Change::Audit(entry),
    ];
    commit(store, changes).await;
    (flow, token)
}

/// How many there are of a flow, its link, its history and its line.
async fn traces(store: &Subject, sample: &Sample, (flow, token): &(Flow, Digest)) -> [usize; 4] {
    let query = super::listings::about(Find::Number(flow.subject().phone.clone()));
    let lines = store.listings(sample.scope(PRODUCTION), &query).await.unwrap().listings;
    [
        usize::from(store.flow(flow.id()).await.unwrap().is_some()),
        usize::from(store.flow_by_link(*token).await.unwrap().is_some()),
        store.audit(flow.id()).await.unwrap().len(),
        lines.iter().filter(|line| line.id == flow.id()).count(),
    ]
}

fn erase(scope: crate::model::KeyScope, flow: &Flow) -> Change {
    Change::Erase(Erasure::Verification { scope, flow: flow.id() })
}

pub async fn a_verification_is_erased_with_all_of_it(store: Subject) {
    let mut sample = Sample::default();
    let (gone, kept) =
        (written(&store, &mut sample, "gone").await, written(&store, &mut sample, "kept").await);
    assert_eq!(traces(&store, &sample, &gone).await, [1; 4]);
    commit(&store, [erase(sample.scope(PRODUCTION), &gone.0)]).await;
    assert_eq!(traces(&store, &sample, &gone).await, [0; 4]);
    assert_eq!(traces(&store, &sample, &kept).await, [1; 4]);
    // Again, and whoever was in the middle of it.
    commit(&store, [erase(sample.scope(PRODUCTION), &gone.0)]).await;
    conflict(&store, [put(1, &gone.0)]).await;
}

pub async fn nothing_of_another_environment_is_erased(store: Subject) {
    let mut sample = Sample::default();
    let kept = written(&store, &mut sample, "kept").await;
    commit(&store, [erase(sample.scope(SANDBOX), &kept.0)]).await;
    let ours = sample.scope(PRODUCTION);
    sample.other_project();
    commit(&store, [erase(sample.scope(PRODUCTION), &kept.0)]).await;
    let page = store.listings(ours, &super::listings::any()).await.unwrap();
    assert_eq!(page.listings.len(), 1);
    assert!(store.flow(kept.0.id()).await.unwrap().is_some());
    assert!(store.flow_by_link(kept.1).await.unwrap().is_some());
    assert_eq!(store.audit(kept.0.id()).await.unwrap().len(), 1);
}

pub async fn messages_to_a_number_are_erased(store: Subject) {
    let mut sample = Sample::default();
    let wall = sample.wall;
    let messages = [1, 1, 2].map(|to| sample.outbox_message(to, wall));
    commit(&store, messages.iter().map(|one| Change::PutOutbox(Box::new(one.clone())))).await;
    let everybody = async || store.outbox(sample.project, None, 10).await.unwrap().len();
    assert_eq!(everybody().await, 3);
    let phone = phone(1);
    commit(&store, [Change::Erase(Erasure::Messages { project: sample.project, phone: phone.clone() })])
        .await;
    assert_eq!(everybody().await, 1);
    assert_eq!(store.outbox(sample.project, Some(&phone), 10).await.unwrap(), []);
}

pub async fn a_refused_unit_erases_nothing(store: Subject) {
    let mut sample = Sample::default();
    let kept = written(&store, &mut sample, "kept").await;
    let other = sample.flow(PRODUCTION);
    conflict(&store, [erase(sample.scope(PRODUCTION), &kept.0), put(7, &other)]).await;
    assert_eq!(traces(&store, &sample, &kept).await, [1; 4]);
}
