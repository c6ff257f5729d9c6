//! Nodes that announce themselves.

use super::{
    Subject, commit,
    sample::{Sample, shifted},
};
use crate::{
    model::{Node, NodeId},
    ports::{Change, Store},
};

async fn sorted(store: &dyn Store) -> Vec<Node> {
    let mut nodes = store.nodes().await.unwrap();
    nodes.sort_by_key(|node| node.id);
    nodes
}

fn node(id: u8, share: u32) -> Node {
    let id: NodeId = [id; 16];
    Node { id, seen_at: Sample::default().wall, share }
}

pub async fn a_node_is_read_as_it_was_last_written(store: Subject) {
    assert_eq!(sorted(&*store).await, []);
    let (first, second) = (node(1, 25), node(255, 0));
    commit(&store, [Change::PutNode(second), Change::PutNode(first)]).await;
    assert_eq!(sorted(&*store).await, [first, second]);
    let later = Node { seen_at: shifted(first.seen_at, 1), share: u32::MAX, ..first };
    commit(&store, [Change::PutNode(later)]).await;
    assert_eq!(sorted(&*store).await, [later, second]);
}

pub async fn a_node_that_leaves_is_gone(store: Subject) {
    let (first, second) = (node(1, 13), node(2, 12));
    commit(&store, [first, second].map(Change::PutNode)).await;
    // The second time there is nothing left to remove, which is fine.
    for _ in 0..2 {
        commit(&store, [Change::RemoveNode(first.id)]).await;
        assert_eq!(sorted(&*store).await, [second]);
    }
}

pub async fn a_dead_node_is_purged_after_an_hour(store: Subject) {
    let (dead, alive) = (node(1, 13), node(2, 12));
    let alive = Node { seen_at: shifted(alive.seen_at, 60), ..alive };
    commit(&store, [dead, alive].map(Change::PutNode)).await;
    assert_eq!(store.purge(shifted(dead.seen_at, 3599), 10).await.unwrap(), 0);
    assert_eq!(store.purge(shifted(dead.seen_at, 3600), 10).await.unwrap(), 1);
    assert_eq!(sorted(&*store).await, [alive]);
}
