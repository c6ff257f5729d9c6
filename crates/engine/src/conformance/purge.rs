//! What has outlived its use.

use jiff::SignedDuration;
use ringtrue_domain::{
    FlowId,
    flow::{Command, Event, Flow, GivenNumber},
};

use super::{
    Subject, commit,
    flows::link,
    sample::{PRODUCTION, SANDBOX, Sample, digest, put, shifted},
};
use crate::{
    model::{Listing, Subjects},
    ports::{Change, ListingChange, Store},
};

async fn is_there(store: &dyn Store, flow: &Flow) -> bool {
    store.flow(flow.id()).await.unwrap().is_some()
}

pub async fn an_outlived_flow_goes_with_its_links_and_history(store: Subject) {
    let mut sample = Sample::default();
    let old = sample.flow(PRODUCTION);
    sample.wall = shifted(sample.wall, 1);
    let young = sample.flow(PRODUCTION);
    let audit = |flow: &Flow| Change::Audit(sample.history(flow.id(), vec![Event::Started]));
    commit(&store, [put(0, &old), link("old", &old), link("old too", &old), audit(&old), audit(&old)]).await;
    commit(&store, [put(0, &young), link("young", &young), audit(&young)]).await;

    assert_eq!(store.purge(shifted(old.purge_after(), -1), 10).await.unwrap(), 0);
    assert_eq!(store.purge(old.purge_after(), 10).await.unwrap(), 5);
    assert!(!is_there(&*store, &old).await);
    assert_eq!(store.flow_by_link(digest("old")).await.unwrap(), None);
    assert_eq!(store.flow_by_link(digest("old too")).await.unwrap(), None);
    assert_eq!(store.audit(old.id()).await.unwrap(), []);

    assert!(is_there(&*store, &young).await);
    assert_eq!(store.flow_by_link(digest("young")).await.unwrap(), Some(young.id()));
    assert_eq!(store.audit(young.id()).await.unwrap().len(), 1);
}

pub async fn flows_are_outlived_on_their_own_clock(store: Subject) {
    let mut sample = Sample::default();
    let (wall, project) = (sample.wall, sample.project);
    let (sandbox, production) = (sample.flow(SANDBOX), sample.flow(PRODUCTION));
    sample.other_project();
    let foreign = sample.flow(SANDBOX);
    let ahead = sandbox.purge_after().as_microsecond() - wall.as_microsecond();
    commit(&store, [put(0, &sandbox), put(0, &production), put(0, &foreign), link("a", &sandbox)]).await;
    commit(&store, [Change::AdvanceClock { project, by_micros: ahead - 1 }]).await;
    assert_eq!(store.purge(wall, 10).await.unwrap(), 0);
    commit(&store, [Change::AdvanceClock { project, by_micros: 1 }]).await;
    assert_eq!(store.purge(wall, 10).await.unwrap(), 2);
    assert!(!is_there(&*store, &sandbox).await);
    assert_eq!(store.flow_by_link(digest("a")).await.unwrap(), None);
    assert!(is_there(&*store, &production).await && is_there(&*store, &foreign).await);
}

/// Not among the cases of every store, since it takes one that keeps flows for this long after they answer.
pub const KEPT_ON: SignedDuration = SignedDuration::from_hours(29 * 24);

/// A flow that is kept loses what could still prove something when it answers no more, and goes later.
pub async fn a_kept_flow_loses_its_secrets_first(store: Subject) {
    let mut sample = Sample::default();
    let flow = sample.flow(PRODUCTION);
    let flow = sample.after(&flow, Command::StartCode { number: GivenNumber::Known });
    let audit = Change::Audit(sample.history(flow.id(), vec![Event::Started]));
    let listing = ListingChange::Add {
        listing: Box::new(Listing::of(&flow, sample.wall)),
        subjects: Box::new(Subjects::of(&flow)),
    };
    commit(&store, [put(0, &flow), link("token", &flow), audit, Change::List(listing)]).await;
    assert_eq!(store.purge(shifted(flow.purge_after(), -1), 10).await.unwrap(), 0);
    assert_eq!(store.flow(flow.id()).await.unwrap().unwrap().flow, flow);

    assert!(store.purge(flow.purge_after(), 10).await.unwrap() > 0);
    assert_eq!(store.flow_by_link(digest("token")).await.unwrap(), None);
    let kept = store.flow(flow.id()).await.unwrap().unwrap().flow;
    assert_eq!(kept, flow.without_secrets());
    assert_ne!(kept, flow);
    assert_eq!(kept.standing(flow.purge_after()), flow.standing(flow.purge_after()));

    let end = flow.purge_after() + KEPT_ON;
    assert_eq!(store.purge(shifted(end, -1), 10).await.unwrap(), 0, "once is enough");
    assert_eq!(store.audit(flow.id()).await.unwrap().len(), 1);
    let listed = async || {
        let place = FlowId::from_bytes([0; 16]);
        let until = FlowId::from_bytes([0xff; 16]);
        store.listings_behind(sample.scope(PRODUCTION), place, until, 9).await.unwrap().len()
    };
    assert_eq!(listed().await, 1);
    assert_eq!(store.purge(end, 10).await.unwrap(), 3, "the flow, its history and its line");
    assert!(!is_there(&*store, &flow).await);
    assert_eq!(listed().await, 0);
}

pub async fn expired_tokens_and_keys_go(store: Subject) {
    let mut sample = Sample::default();
    let credential = sample.credential(SANDBOX);
    let record = sample.remembered(SANDBOX, "key");
    let token = sample.token(credential.id, "token");
    // Both end after an hour; a sandbox clock does not move them.
    let advance = Change::AdvanceClock { project: sample.project, by_micros: 7_200_000_000 };
    commit(&store, [sample.remember(&record), Change::PutToken(token.clone()), advance]).await;
    assert_eq!(store.purge(shifted(token.expires_at, -1), 10).await.unwrap(), 0);
    assert_eq!(store.purge(token.expires_at, 10).await.unwrap(), 2);
    assert_eq!(store.remembered(record.scope, record.key, sample.wall).await.unwrap(), None);
    // The token is really gone: it can be added again.
    commit(&store, [Change::PutToken(token)]).await;
}

pub async fn messages_go_after_a_week_on_their_own_clock(store: Subject) {
    const WEEK: i64 = 7 * 86_400;
    let mut sample = Sample::default();
    let (wall, project) = (sample.wall, sample.project);
    let message = sample.outbox_message(1, shifted(wall, 100));
    let other = sample.other_project();
    let foreign = sample.outbox_message(1, wall);
    let messages = [message, foreign].map(|message| Change::PutOutbox(Box::new(message)));
    commit(&store, messages).await;
    commit(&store, [Change::AdvanceClock { project, by_micros: 200_000_000 }]).await;
    assert_eq!(store.purge(shifted(wall, WEEK - 101), 10).await.unwrap(), 0);
    assert_eq!(store.purge(shifted(wall, WEEK - 100), 10).await.unwrap(), 1);
    assert_eq!(store.outbox(project, None, 9).await.unwrap(), []);
    assert_eq!(store.outbox(other, None, 9).await.unwrap().len(), 1);
    assert_eq!(store.purge(shifted(wall, WEEK), 10).await.unwrap(), 1);
}

pub async fn little_goes_at_a_time(store: Subject) {
    let mut sample = Sample::default();
    let flows: Vec<_> = (0..7).map(|_| sample.flow(PRODUCTION)).collect();
    commit(&store, flows.iter().map(|flow| put(0, flow))).await;
    let mut gone = Vec::new();
    for _ in 0..4 {
        gone.push(store.purge(flows[0].purge_after(), 3).await.unwrap());
    }
    assert_eq!(gone, [3, 3, 1, 0]);
}
