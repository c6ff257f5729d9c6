//! Messages, handsets, subscribers.

use super::{
    Subject, commit,
    sample::{Sample, phone, shifted, subscriber},
};
use crate::{model::LineStatus, model::OutboxMessage, ports::Change};

fn keep(message: &OutboxMessage) -> Change {
    Change::PutOutbox(Box::new(message.clone()))
}

pub async fn messages_are_listed_newest_first_up_to_the_limit(store: Subject) {
    let mut sample = Sample::default();
    let (wall, project) = (sample.wall, sample.project);
    // Two at the same instant: the one with the greater id counts as newer.
    let sent = [3, 1, 1, 2, 0].map(|seconds| sample.outbox_message(1, shifted(wall, seconds)));
    commit(&store, sent.iter().map(keep)).await;
    let mut expected = sent.to_vec();
    expected.sort_by_key(|message| std::cmp::Reverse((message.sent_at, message.id)));
    assert_eq!(store.outbox(project, None, 100).await.unwrap(), expected);
    assert_eq!(store.outbox(project, None, 2).await.unwrap(), expected[..2]);
    assert_eq!(store.outbox(project, None, 0).await.unwrap(), []);
    assert_eq!(store.outbox(project, None, usize::MAX).await.unwrap(), expected);
}

pub async fn messages_are_listed_by_number(store: Subject) {
    let mut sample = Sample::default();
    let (wall, project) = (sample.wall, sample.project);
    let sent = [1, 2, 1, 2, 1].map(|to| sample.outbox_message(to, wall));
    commit(&store, sent.iter().map(keep)).await;
    let of = async |to, limit| store.outbox(project, Some(&phone(to)), limit).await.unwrap();
    let mut first: Vec<_> = sent.iter().filter(|message| message.to == phone(1)).cloned().collect();
    first.sort_by_key(|message| std::cmp::Reverse(message.id));
    assert_eq!(of(1, 100).await, first);
    assert_eq!(of(1, 1).await, first[..1]);
    assert_eq!(of(2, 100).await.len(), 2);
    assert_eq!(of(3, 100).await, []);
}

pub async fn messages_belong_to_their_project(store: Subject) {
    let mut sample = Sample::default();
    let (project, message) = (sample.project, sample.outbox_message(1, sample.wall));
    commit(&store, [keep(&message)]).await;
    let other = sample.other_project();
    assert_eq!(store.outbox(other, None, 9).await.unwrap(), []);
    assert_eq!(store.outbox(other, Some(&phone(1)), 9).await.unwrap(), []);
    assert_eq!(store.outbox(project, None, 9).await.unwrap(), [message]);
}

pub async fn a_message_is_kept_once(store: Subject) {
    let mut sample = Sample::default();
    let first = sample.outbox_message(1, sample.wall);
    let again = OutboxMessage { sent_at: shifted(sample.wall, 5), ..first.clone() };
    commit(&store, [keep(&first)]).await;
    commit(&store, [keep(&again), keep(&first)]).await;
    assert_eq!(store.outbox(sample.project, None, 9).await.unwrap(), [first]);
}

pub async fn a_handset_is_switched(store: Subject) {
    let mut sample = Sample::default();
    let project = sample.project;
    assert_eq!(store.handset(project, &phone(1)).await.unwrap(), None);
    for network in [true, false, true] {
        commit(&store, [Change::SetHandset { project, phone: phone(1), network }]).await;
        assert_eq!(store.handset(project, &phone(1)).await.unwrap(), Some(network));
    }
    assert_eq!(store.handset(project, &phone(2)).await.unwrap(), None);
    assert_eq!(store.handset(sample.other_project(), &phone(1)).await.unwrap(), None);
}

pub async fn a_subscriber_is_written_again(store: Subject) {
    assert_eq!(store.subscriber(&phone(1)).await.unwrap(), None);
    for name in ["Ada", "\u{5d0}\u{5d3}\u{5d4} \u{202b}\u{0}", "王 小明"] {
        let mut known = subscriber(1, name);
        known.status = LineStatus::Suspended;
        commit(&store, [Change::PutSubscriber(Box::new(known.clone()))]).await;
        assert_eq!(store.subscriber(&phone(1)).await.unwrap(), Some(known));
    }
    assert_eq!(store.subscriber(&phone(2)).await.unwrap(), None);
}
