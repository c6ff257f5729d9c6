//! Which of the nodes that have announced themselves are alive, and what falls to each.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use jiff::Timestamp;
use ringtrue_engine::model::{Node, NodeId};

/// A node that is not heard of for so long has lost its share, by its own reckoning and by everybody else's.
pub(super) const LIFE: Duration = Duration::from_secs(6);

/// The other nodes, as this one has seen them.
///
/// Clocks of machines differ, so a node is dead when its row stands still for [`LIFE`] by the clock of the one who
/// looks. It counts from its own last write, which is earlier, so it gives up before others take over.
#[derive(Default)]
pub(super) struct Peers(HashMap<NodeId, Seen>);

struct Seen {
    row: Node,
    changed: Instant,
}

impl Peers {
    /// Takes note of all rows at `now`.
    pub(super) fn note(&mut self, rows: Vec<Node>, own: NodeId, now: Instant) {
        let before = std::mem::take(&mut self.0);
        for row in rows.into_iter().filter(|row| row.id != own) {
            let still = before.get(&row.id).filter(|seen| seen.row.seen_at == row.seen_at);
            let changed = still.map_or(now, |seen| seen.changed);
            self.0.insert(row.id, Seen { row, changed });
        }
    }

    /// The others that are alive at `now`. Rows that nobody has written for a minute by the `wall` are dead at first
    /// sight; clocks that differ by more than that are a fault of their own.
    pub(super) fn alive(&self, now: Instant, wall: Timestamp) -> impl Iterator<Item = &Node> {
        let old = wall.checked_sub(jiff::SignedDuration::from_mins(1)).unwrap_or(Timestamp::MIN);
        let alive =
            move |seen: &&Seen| now.saturating_duration_since(seen.changed) < LIFE && seen.row.seen_at > old;
        self.0.values().filter(alive).map(|seen| &seen.row)
    }
}

/// What falls to `own` of a limit that nodes share evenly; the first of them get what is left over.
pub(super) fn even_share<'a>(limit: u32, own: NodeId, others: impl Iterator<Item = &'a Node>) -> u32 {
    let (mut nodes, mut before) = (1, 0);
    for other in others {
        nodes += 1;
        before += u32::from(other.id < own);
    }
    limit / nodes + u32::from(before < limit % nodes)
}

/// What `others` leave of a limit.
pub(super) fn left_by<'a>(limit: u32, others: impl Iterator<Item = &'a Node>) -> u32 {
    others.fold(limit, |left, other| left.saturating_sub(other.share))
}
