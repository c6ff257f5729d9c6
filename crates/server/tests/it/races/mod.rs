//! Many calls at once on one flow. An attempt cap that is read and then written lets concurrent tries through
//! (`lessons.md`, Codes): here the version check must hold, on one node and on two that share a directory.

mod codes;
mod identities;
mod links;

use std::collections::BTreeMap;

use ringtrue_domain::{FlowId, flow::Event};

use crate::client::{World, counted};

/// One node, or two on the same directory: between two only the version check protects a flow.
async fn nodes(count: usize) -> Vec<World> {
    let mut nodes = vec![World::start().await];
    while nodes.len() < count {
        nodes.push(nodes[0].again().await);
    }
    nodes
}

/// What a flow's history tells of, counted.
#[derive(Debug, Default, PartialEq, Eq)]
struct History {
    wrong_codes: usize,
    proven: usize,
    failed: usize,
    enrolled: usize,
    sent: usize,
}

impl History {
    async fn of(world: &World, id: &str) -> Self {
        let id: FlowId = id.parse().unwrap();
        let mut counted = Self::default();
        for event in world.engine().store().audit(id).await.unwrap().iter().flat_map(|entry| &entry.events) {
            match event {
                Event::WrongCode => counted.wrong_codes += 1,
                Event::Proven { .. } => counted.proven += 1,
                Event::Failed { .. } => counted.failed += 1,
                Event::Enrolled => counted.enrolled += 1,
                Event::CodeSent | Event::LinkSent => counted.sent += 1,
                _ => {}
            }
        }
        counted
    }
}

/// Between two nodes the version check had something to do; otherwise the race was none.
fn nodes_met() {
    assert!(counted("ringtrue_conflicts_total") > 0, "the nodes never wrote at the same time");
}

/// How often each answer came.
type Answers = BTreeMap<String, usize>;
