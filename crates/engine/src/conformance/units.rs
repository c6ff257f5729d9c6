//! All or nothing, in order.

use ringtrue_domain::flow::Event;

use super::{
    Subject, commit, conflict,
    flows::link,
    sample::{
        PRODUCTION, SANDBOX, Sample, digest, enqueue, lease, phone, put, put_identity, put_project,
        put_project_from, shifted, subscriber,
    },
    unit,
};
use crate::ports::{Change, Unit};

pub async fn an_empty_unit_is_fine(store: Subject) {
    store.commit(Unit::new()).await.unwrap();
}

pub async fn a_unit_is_made_in_its_order(store: Subject) {
    let mut sample = Sample::default();
    let flow = sample.flow(SANDBOX);
    let mut job = sample.job(SANDBOX, sample.wall);
    job.lease = Some(lease(1, shifted(sample.wall, 60)));
    let retry = Change::RetryJob { id: job.id, lease: [1; 16], due_at: sample.wall };
    commit(&store, [put(0, &flow), put(1, &flow), enqueue(&job), put(2, &flow), retry]).await;
    assert_eq!(store.flow(flow.id()).await.unwrap().unwrap().version, 3);
    assert_eq!(store.claim(lease(2, shifted(sample.wall, 60)), sample.wall, 1).await.unwrap().len(), 1);

    let finish = Change::FinishJob { id: job.id, lease: [2; 16] };
    commit(&store, [finish, enqueue(&job)]).await;
    assert_eq!(store.jobs_open().await.unwrap(), 1);
}

pub async fn a_unit_in_the_wrong_order_is_refused(store: Subject) {
    let flow = Sample::default().flow(SANDBOX);
    conflict(&store, [put(1, &flow), put(0, &flow)]).await;
    assert_eq!(store.flow(flow.id()).await.unwrap(), None);
}

/// Every kind of change, then one that is refused.
pub async fn nothing_of_a_refused_unit_stays(store: Subject) {
    let mut sample = Sample::default();
    let (flow, wall, project) = (sample.flow(SANDBOX), sample.wall, sample.project);
    let identity = sample.identity(SANDBOX, 1, "c");
    let credential = sample.credential(SANDBOX);
    let token = sample.token(credential.id, "token");
    let record = sample.remembered(SANDBOX, "key");
    let unit = [
        put(0, &flow),
        link("a", &flow),
        put_identity(&identity),
        enqueue(&sample.job(SANDBOX, wall)),
        sample.remember(&record),
        Change::Answer { scope: record.scope, key: record.key, answer: "{}".into() },
        Change::Audit(sample.history(flow.id(), vec![Event::Started])),
        Change::PutOutbox(Box::new(sample.outbox_message(1, wall))),
        put_project(&sample.project("name")),
        Change::PutCredential(credential.clone()),
        Change::PutToken(token.clone()),
        Change::AdvanceClock { project, by_micros: 1 },
        Change::PutSubscriber(Box::new(subscriber(1, "Name"))),
        Change::SetHandset { project, phone: phone(1), network: true },
        put(7, &flow),
    ];
    conflict(&store, unit).await;
    assert_eq!(store.flow(flow.id()).await.unwrap(), None);
    assert_eq!(store.flow_by_link(digest("a")).await.unwrap(), None);
    let customer = identity.client_customer_id.as_ref();
    assert_eq!(store.identity(sample.scope(SANDBOX), &phone(1), customer).await.unwrap(), None);
    assert_eq!(store.jobs_open().await.unwrap(), 0);
    assert_eq!(store.remembered(record.scope, record.key, wall).await.unwrap(), None);
    assert_eq!(store.audit(flow.id()).await.unwrap(), []);
    assert_eq!(store.outbox(project, None, 9).await.unwrap(), []);
    assert_eq!(store.projects().await.unwrap(), []);
    assert_eq!(store.credential(credential.id).await.unwrap(), None);
    assert_eq!(store.caller(token.digest, wall).await.unwrap(), None);
    assert_eq!(store.clock_ahead(project).await.unwrap(), 0);
    assert_eq!(store.subscriber(&phone(1)).await.unwrap(), None);
    assert_eq!(store.handset(project, &phone(1)).await.unwrap(), None);
}

pub async fn a_refused_unit_keeps_what_was_before(store: Subject) {
    let mut sample = Sample::default();
    let (flow, project) = (sample.flow(SANDBOX), sample.project);
    let mut job = sample.job(SANDBOX, sample.wall);
    job.lease = Some(lease(1, shifted(sample.wall, 60)));
    let credential = sample.credential(SANDBOX);
    let identity = sample.identity(SANDBOX, 1, "c");
    let mut renumbered = identity.clone();
    renumbered.phone = phone(2);
    commit(
        &store,
        [
            put(0, &flow),
            enqueue(&job),
            put_project(&sample.project("before")),
            put_identity(&identity),
            Change::PutCredential(credential.clone()),
            Change::AdvanceClock { project, by_micros: 5 },
            Change::SetHandset { project, phone: phone(1), network: false },
            Change::PutSubscriber(Box::new(subscriber(1, "before"))),
        ],
    )
    .await;
    let unit = [
        put(1, &flow),
        Change::FinishJob { id: job.id, lease: [1; 16] },
        put_project_from(1, &sample.project("after")),
        put_identity(&renumbered),
        Change::RevokeCredential { id: credential.id, at: sample.wall },
        Change::AdvanceClock { project, by_micros: 5 },
        Change::SetHandset { project, phone: phone(1), network: true },
        Change::PutSubscriber(Box::new(subscriber(1, "after"))),
        put(1, &flow),
    ];
    conflict(&store, unit).await;
    assert_eq!(store.flow(flow.id()).await.unwrap().unwrap().version, 1);
    assert_eq!(store.jobs_open().await.unwrap(), 1);
    assert_eq!(store.project(project).await.unwrap().unwrap().name, "before");
    assert_eq!(store.credential(credential.id).await.unwrap(), Some(credential));
    assert_eq!(store.clock_ahead(project).await.unwrap(), 5);
    assert_eq!(store.handset(project, &phone(1)).await.unwrap(), Some(false));
    assert_eq!(store.subscriber(&phone(1)).await.unwrap(), Some(subscriber(1, "before")));
    let customer = identity.client_customer_id.clone();
    let found =
        async |last| store.identity(sample.scope(SANDBOX), &phone(last), customer.as_ref()).await.unwrap();
    assert_eq!(found(1).await.map(|found| found.identity), Some(identity));
    assert_eq!(found(2).await, None);
}

/// Units that are written together are still each for itself.
pub async fn a_refused_unit_harms_no_neighbour(store: Subject) {
    let mut sample = Sample::default();
    let flows: Vec<_> = (0..60).map(|_| sample.flow(PRODUCTION)).collect();
    let tasks: Vec<_> = (flows.iter().enumerate())
        .map(|(at, flow)| {
            let mut changes = vec![put(0, flow), put(1, flow)];
            if at % 3 == 0 {
                changes.push(put(1, flow));
            }
            let store = Subject::clone(&store);
            tokio::spawn(async move { store.commit(unit(changes)).await.is_ok() })
        })
        .collect();
    for (at, (flow, task)) in flows.iter().zip(tasks).enumerate() {
        assert_eq!(task.await.unwrap(), at % 3 != 0);
        let version = store.flow(flow.id()).await.unwrap().map(|stored| stored.version);
        assert_eq!(version, (at % 3 != 0).then_some(2));
    }
}

pub async fn a_big_unit_is_written_whole(store: Subject) {
    let mut sample = Sample::default();
    let flows: Vec<_> = (0..500).map(|_| sample.flow(PRODUCTION)).collect();
    commit(&store, flows.iter().map(|flow| put(0, flow))).await;
    for flow in flows {
        assert_eq!(store.flow(flow.id()).await.unwrap().unwrap().flow, flow);
    }
}
