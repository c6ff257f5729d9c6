//! Files of changes from carriers and vendors: posted to `/feed/NAME`, dropped into a directory, or given to a command.

pub(crate) mod folder;
mod row;
pub(crate) mod signature;
pub(crate) mod take;

use std::{sync::Arc, time::Duration};

use anyhow::Context as _;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::config;
use signature::Secrets;

/// Bytes of a posted file at most.
pub(crate) const MAX_BYTES: usize = 32 * 1024 * 1024;
/// Posted files that a node has in memory at the same time.
const AT_ONCE: usize = 4;
/// How long a post waits for its turn.
const TURN: Duration = Duration::from_secs(5);

/// The feeds that files may be posted to.
pub(crate) struct Feeds {
    feeds: Vec<(String, Secrets)>,
    turns: Arc<Semaphore>,
}

impl Feeds {
    /// Those of the configuration that have a secret.
    pub(crate) fn new(feeds: &[config::Feed]) -> anyhow::Result<Self> {
        let mut signed = Vec::new();
        for feed in feeds {
            if let Some(secret) = &feed.secret {
                let secrets = [Some(secret), feed.old_secret.as_ref()];
                let secrets = Secrets::new(secrets.into_iter().flatten()).context("a feed's secret")?;
                signed.push((feed.name.clone(), secrets));
            }
        }
        Ok(Self { feeds: signed, turns: Arc::new(Semaphore::new(AT_ONCE)) })
    }

    /// The place of a feed among them, and its secrets.
    pub(crate) fn find(&self, name: &str) -> Option<(usize, &Secrets)> {
        let place = self.feeds.iter().position(|(known, _)| known == name)?;
        self.feeds.get(place).map(|(_, secrets)| (place, secrets))
    }

    /// The right to have a posted file in memory; none when too many others have it for too long.
    pub(crate) async fn turn(&self) -> Option<OwnedSemaphorePermit> {
        tokio::time::timeout(TURN, Arc::clone(&self.turns).acquire_owned()).await.ok()?.ok()
    }
}
