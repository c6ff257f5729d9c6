//! Nodes that share a store share its limits (ADR 0006): each one announces what it takes, and takes no more than the
//! others leave.

mod peers;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use jiff::Timestamp;
use ringtrue_engine::{
    model::{Node, NodeId},
    ports::{Change, CommitError, Store, StoreError, Unit},
};
use tokio_util::sync::CancellationToken;

use crate::{http::rate_limit::Limiter, state::App};
use peers::{LIFE, Peers, even_share, left_by};

/// How often a node announces itself, about.
const BEAT: Duration = Duration::from_millis(1500);
/// A node that has got no share by now will not get one soon: it serves with the little that everybody has.
const JOINING: Duration = LIFE.saturating_mul(2);

/// Announces this node until `stop`, and keeps its limiter within its share.
pub(crate) async fn share_limits(app: App, stop: CancellationToken) {
    let engine = Arc::clone(&app.engine);
    let mut id = [0; 16];
    engine.random(&mut id);
    let mut member = Member::new(id, app.limiter.clone());
    let begun = Instant::now();
    loop {
        if let Err(error) = member.beat(engine.store(), engine.wall(), &Instant::now).await {
            // Without the store nothing is served anyway. If it stays away, this node's share runs out.
            tracing::warn!(error = &error as &dyn std::error::Error, "this node could not announce itself");
        }
        if member.share > 0 || begun.elapsed() > JOINING {
            app.limiter.has_joined();
        }
        let mut random = [0];
        engine.random(&mut random);
        // Spread, so that nodes that were started together do not go on getting in each other's way.
        let pause = BEAT * 9 / 10 + BEAT * u32::from(random[0]) / 255 / 5;
        if tokio::time::timeout(pause, stop.cancelled()).await.is_ok() {
            break;
        }
    }
    if let Err(error) = member.leave(engine.store()).await {
        tracing::warn!(error = &error as &dyn std::error::Error, "this node's share lapses by itself");
    }
}

/// Why a node could not announce itself.
#[derive(Debug, thiserror::Error)]
enum BeatError {
    #[error("the other nodes cannot be read")]
    Read(#[from] StoreError),
    #[error("this node cannot be written")]
    Write(#[from] CommitError),
}

/// This node among those that share its store.
struct Member {
    id: NodeId,
    limiter: Limiter,
    peers: Peers,
    /// What its row says and its limiter does.
    share: u32,
    /// Until when, unless its row is written again.
    good_until: Option<Instant>,
}

impl Member {
    fn new(id: NodeId, limiter: Limiter) -> Self {
        Self { id, limiter, peers: Peers::default(), share: 0, good_until: None }
    }

    /// Looks at the others, takes what falls to this node, and says so. More is taken only after it has been written
    /// and everybody's rows have been read again: of two nodes that take at once, the later reader sees both.
    async fn beat(
        &mut self,
        store: &dyn Store,
        wall: Timestamp,
        clock: &(dyn Fn() -> Instant + Sync),
    ) -> Result<(), BeatError> {
        let begun = clock();
        if self.good_until.is_some_and(|until| begun >= until) {
            self.share = 0;
        }
        self.peers.note(store.nodes().await?, self.id, begun);
        let fair = even_share(self.limiter.limit(), self.id, self.peers.alive(begun, wall));
        let left = left_by(self.limiter.limit(), self.peers.alive(begun, wall));
        let wanted = fair.min(left.max(self.share));
        if wanted <= self.share {
            // Less is done before it is said, and the same goes on only once it is.
            self.share = wanted;
            self.apply(clock());
            self.say(store, wall, wanted).await?;
        } else {
            self.say(store, wall, wanted).await?;
            let read = clock();
            self.peers.note(store.nodes().await?, self.id, read);
            if left_by(self.limiter.limit(), self.peers.alive(read, wall)) < wanted {
                return self.say(store, wall, self.share).await;
            }
            self.share = wanted;
        }
        self.good_until = Some(begun + LIFE);
        self.apply(clock());
        Ok(())
    }

    /// Gives the share back.
    async fn leave(&mut self, store: &dyn Store) -> Result<(), CommitError> {
        self.share = 0;
        self.apply(Instant::now());
        store.commit(Unit::new().with(Change::RemoveNode(self.id))).await
    }

    async fn say(&self, store: &dyn Store, wall: Timestamp, share: u32) -> Result<(), BeatError> {
        let row = Node { id: self.id, seen_at: wall, share };
        Ok(store.commit(Unit::new().with(Change::PutNode(row))).await?)
    }

    fn apply(&self, now: Instant) {
        self.limiter.set_share(self.share, self.good_until.unwrap_or(now), now);
    }
}

#[cfg(test)]
mod tests;
