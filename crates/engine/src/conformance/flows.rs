//! Flows, links, history.

use ringtrue_domain::flow::{Command, Event, Flow, GivenNumber};

use super::{
    Subject, commit, conflict,
    sample::{PRODUCTION, SANDBOX, Sample, digest, put, shifted},
};
use crate::{model::StoredFlow, ports::Change};

pub async fn a_new_flow_is_read_back(store: Subject) {
    let flow = Sample::default().flow(SANDBOX);
    commit(&store, [put(0, &flow)]).await;
    let stored = store.flow(flow.id()).await.unwrap();
    assert_eq!(stored, Some(StoredFlow { version: 1, flow, clock_ahead_micros: 0 }));
}

pub async fn an_unknown_flow_is_none(store: Subject) {
    let flow = Sample::default().flow(SANDBOX);
    assert_eq!(store.flow(flow.id()).await.unwrap(), None);
    assert_eq!(store.audit(flow.id()).await.unwrap(), []);
}

pub async fn a_flow_is_written_again_from_its_version(store: Subject) {
    let mut sample = Sample::default();
    let first = sample.flow(PRODUCTION);
    let second = sample.after(&first, Command::StartCode { number: GivenNumber::Known });
    commit(&store, [put(0, &first)]).await;
    commit(&store, [put(1, &second)]).await;
    let stored = store.flow(first.id()).await.unwrap().unwrap();
    assert_eq!((stored.version, &stored.flow), (2, &second));
    commit(&store, [put(2, &first)]).await;
    assert_eq!(store.flow(first.id()).await.unwrap().unwrap().version, 3);
}

pub async fn an_old_version_is_a_conflict(store: Subject) {
    let flow = Sample::default().flow(SANDBOX);
    commit(&store, [put(0, &flow), put(1, &flow)]).await;
    conflict(&store, [put(1, &flow)]).await;
    conflict(&store, [put(3, &flow)]).await;
    assert_eq!(store.flow(flow.id()).await.unwrap().unwrap().version, 2);
}

pub async fn a_new_flow_twice_is_a_conflict(store: Subject) {
    let flow = Sample::default().flow(SANDBOX);
    commit(&store, [put(0, &flow)]).await;
    conflict(&store, [put(0, &flow)]).await;
}

pub async fn a_change_of_nothing_is_a_conflict(store: Subject) {
    let flow = Sample::default().flow(SANDBOX);
    conflict(&store, [put(1, &flow)]).await;
    assert_eq!(store.flow(flow.id()).await.unwrap(), None);
}

pub async fn a_flow_stays_in_its_project(store: Subject) {
    let mut sample = Sample::default();
    let flow = sample.flow(SANDBOX);
    let mut moved = serde_json::to_value(&flow).unwrap();
    moved["project"] = sample.other_project().to_string().into();
    let moved: Flow = serde_json::from_value(moved).unwrap();
    commit(&store, [put(0, &flow)]).await;
    conflict(&store, [put(1, &moved)]).await;
    assert_eq!(store.flow(flow.id()).await.unwrap().unwrap().flow, flow);
}

pub async fn every_state_is_read_back(store: Subject) {
    let mut version = std::collections::HashMap::new();
    for (name, flow) in Sample::default().every_state() {
        let expect = version.entry(flow.id()).or_insert(0);
        commit(&store, [put(*expect, &flow)]).await;
        *expect += 1;
        let stored = store.flow(flow.id()).await.unwrap().unwrap();
        assert_eq!((stored.version, &stored.flow), (*expect, &flow), "{name}");
    }
}

pub async fn a_link_finds_its_flow(store: Subject) {
    let mut sample = Sample::default();
    let (flow, other) = (sample.flow(SANDBOX), sample.flow(SANDBOX));
    commit(&store, [put(0, &flow), link("a", &flow), link("b", &flow), put(0, &other), link("c", &other)])
        .await;
    for (token, found) in [("a", Some(&flow)), ("b", Some(&flow)), ("c", Some(&other)), ("d", None)] {
        assert_eq!(store.flow_by_link(digest(token)).await.unwrap(), found.map(Flow::id), "{token}");
    }
}

pub async fn a_link_twice_is_a_conflict(store: Subject) {
    let mut sample = Sample::default();
    let (flow, other) = (sample.flow(SANDBOX), sample.flow(SANDBOX));
    commit(&store, [put(0, &flow), link("a", &flow)]).await;
    conflict(&store, [put(0, &other), link("a", &other)]).await;
    assert_eq!(store.flow_by_link(digest("a")).await.unwrap(), Some(flow.id()));
    assert_eq!(store.flow(other.id()).await.unwrap(), None);
}

pub async fn history_is_read_in_order(store: Subject) {
    let mut sample = Sample::default();
    let (flow, other) = (sample.flow(SANDBOX).id(), sample.flow(SANDBOX).id());
    let mut entries = Vec::new();
    // The clock may stand still or go back; the order is that of writing.
    for (seconds, events) in
        [(0, vec![Event::Started, Event::CodeSent]), (0, vec![Event::WrongCode]), (-9, vec![])]
    {
        sample.wall = shifted(sample.wall, seconds);
        entries.push(sample.history(flow, events));
    }
    let foreign = sample.history(other, vec![Event::Enrolled]);
    let [first, second, third] = [0, 1, 2].map(|at| Change::Audit(entries[at].clone()));
    commit(&store, [first, Change::Audit(foreign.clone()), second]).await;
    commit(&store, [third]).await;
    assert_eq!(store.audit(flow).await.unwrap(), entries);
    assert_eq!(store.audit(other).await.unwrap(), [foreign]);
}

pub async fn a_clock_ahead_counts_in_sandbox_only(store: Subject) {
    let mut sample = Sample::default();
    let (sandbox, production) = (sample.flow(SANDBOX), sample.flow(PRODUCTION));
    let project = sample.project;
    sample.other_project();
    let foreign = sample.flow(SANDBOX);
    let advance = Change::AdvanceClock { project, by_micros: 5_000_000 };
    commit(&store, [put(0, &sandbox), put(0, &production), put(0, &foreign), advance]).await;
    for (flow, ahead) in [(sandbox, 5_000_000), (production, 0), (foreign, 0)] {
        assert_eq!(store.flow(flow.id()).await.unwrap().unwrap().clock_ahead_micros, ahead);
    }
}

pub(super) fn link(token: &str, flow: &Flow) -> Change {
    Change::IndexLink { token: digest(token), flow: flow.id() }
}
