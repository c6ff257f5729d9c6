//! What holds when a world has come to rest.

use std::collections::HashSet;

use ringtrue_domain::flow::{Event, Lifetime, MAX_MESSAGES, Outcome, Verdict};
use ringtrue_engine::{
    model::KeyScope,
    ports::{Clock as _, Store as _, WatchStore as _},
};

use super::people::Told;
use crate::world::World;

/// Everything that must hold.
pub(super) async fn holds(world: &World, flows: &[Told]) {
    assert_eq!(world.jobs_open().await, 0, "the queue is empty at the end");
    let mut seen = HashSet::new();
    for message in world.carrier.delivered() {
        assert!(seen.insert(message.id), "a message came twice");
    }
    for told in flows {
        flow(world, told).await;
    }
}

async fn flow(world: &World, told: &Told) {
    let store = &world.node().store;
    let stored = store.flow(told.id).await.unwrap().expect("an acknowledged flow is there");
    let (flow, now) = (stored.flow, world.clock.wall());
    assert_ne!(flow.lifetime(now), Lifetime::Open, "a flow ends or expires: {told:?}");
    let view = flow.view(now);
    // What was said stays true.
    assert!(!told.proven || view.possession == Outcome::Success, "{told:?} but {view:?}");
    assert!(!told.over || view.possession == Outcome::Failed, "{told:?} but {view:?}");
    if let Some(seen) = told.view.as_ref().filter(|seen| seen.verdict != Verdict::Pending) {
        assert_eq!(*seen, view, "a verdict stays");
    }
    // Its history tells the same, once.
    let history = store.audit(told.id).await.unwrap();
    let events: Vec<_> = history.iter().flat_map(|entry| &entry.events).collect();
    let count = |wanted: fn(&Event) -> bool| events.iter().filter(|event| wanted(event)).count();
    assert_eq!(count(|event| matches!(event, Event::Started)), 1);
    let (proven, failed) = (
        count(|event| matches!(event, Event::Proven { .. })),
        count(|event| matches!(event, Event::Failed { .. })),
    );
    assert!(proven + failed <= 1, "{events:?}");
    assert_eq!(proven == 1, view.possession == Outcome::Success, "{events:?} but {view:?}");
    assert!(count(|event| matches!(event, Event::OwnershipAnswered { .. })) <= 1, "{events:?}");
    assert!(
        count(|event| matches!(event, Event::WrongCode)) <= usize::from(flow.terms().tries),
        "{events:?}"
    );
    let sent = count(|event| matches!(event, Event::CodeSent | Event::LinkSent));
    assert!(sent <= usize::from(MAX_MESSAGES), "{events:?}");
    // An identity exists exactly when everything holds.
    let enrolled = count(|event| matches!(event, Event::Enrolled));
    assert_eq!(enrolled == 1, matches!(view.verdict, Verdict::True(_)), "{events:?} but {view:?}");
    if let Verdict::True(identity) = view.verdict {
        let scope = KeyScope { project: flow.project(), environment: flow.terms().environment };
        let known = store.identity(scope, &view.phone, None).await.unwrap().expect("an enrolled person");
        assert_eq!(known.identity.id, identity, "one person and number, one identity");
    }
}
