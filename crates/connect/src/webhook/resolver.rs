//! Names to addresses, of which only those are left that may be connected to.

use std::{
    collections::HashMap,
    error::Error,
    net::{SocketAddr, ToSocketAddrs as _},
    sync::{Arc, Mutex, PoisonError},
};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::sync::{AcquireError, OwnedSemaphorePermit, Semaphore};
use url::{Host, Url};

use super::reach::Reach;

/// Names that are looked up at the same time at most. The system's resolver blocks a thread for each, for many seconds
/// when a name's servers are dead.
const LOOKUPS: usize = 128;
/// Of these for one name.
const LOOKUPS_OF_A_HOST: usize = 2;

/// A host has addresses, and none of them may be connected to.
#[derive(Debug, thiserror::Error)]
#[error("the host's address is not allowed")]
pub(super) struct Forbidden;

/// Whether a host that is an address itself may be connected to: the HTTP client asks no resolver about these.
pub(super) fn check_literal(url: &Url, reach: &Reach) -> Result<(), Forbidden> {
    let address = match url.host() {
        Some(Host::Ipv4(ip)) => ip.into(),
        Some(Host::Ipv6(ip)) => ip.into(),
        Some(Host::Domain(_)) | None => return Ok(()),
    };
    if reach.allows(address, true) { Ok(()) } else { Err(Forbidden) }
}

/// A resolver that keeps back what may not be connected to. What it lets through is what is connected to, so a name
/// cannot change its mind in between.
pub(super) struct Filtered {
    pub(super) names: Arc<dyn Resolve>,
    pub(super) reach: Arc<Reach>,
}

impl Resolve for Filtered {
    fn resolve(&self, name: Name) -> Resolving {
        let host = name.as_str().trim_end_matches('.');
        let means_loopback = host == "localhost" || host.ends_with(".localhost");
        let (reach, found) = (Arc::clone(&self.reach), self.names.resolve(name));
        Box::pin(async move {
            let found: Vec<SocketAddr> = found.await?.collect();
            if found.is_empty() {
                return Err("the name has no address".into());
            }
            let allowed: Vec<SocketAddr> =
                found.into_iter().filter(|address| reach.allows(address.ip(), means_loopback)).collect();
            if allowed.is_empty() {
                return Err(Forbidden.into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

/// The system's own resolver (`/etc/hosts`, `/etc/resolv.conf`).
pub(super) struct SystemNames {
    turns: Turns,
}

impl SystemNames {
    pub(super) fn new() -> Self {
        Self { turns: Turns::new() }
    }
}

impl Resolve for SystemNames {
    fn resolve(&self, name: Name) -> Resolving {
        let turn = self.turns.take(name.as_str());
        Box::pin(async move {
            let turn = turn.await?;
            let found = tokio::task::spawn_blocking(move || {
                // Held by the thread: whoever asked may have given up before it is done.
                let _turn = turn;
                (name.as_str(), 0).to_socket_addrs()
            });
            let found = found.await?.map_err(Box::<dyn Error + Send + Sync>::from)?;
            Ok(Box::new(found) as Addrs)
        })
    }
}

/// Whose turn it is to look a name up. A host has few of the places, so that one whose servers are dead does not keep
/// others from being looked up.
struct Turns {
    all: Arc<Semaphore>,
    hosts: Mutex<HashMap<String, Arc<Semaphore>>>,
}

impl Turns {
    fn new() -> Self {
        Self { all: Arc::new(Semaphore::new(LOOKUPS)), hosts: Mutex::default() }
    }

    fn take(
        &self,
        host: &str,
    ) -> impl Future<Output = Result<[OwnedSemaphorePermit; 2], AcquireError>> + use<> {
        let all = Arc::clone(&self.all);
        let of_host = {
            let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
            // Those that nobody waits for.
            hosts.retain(|_, places| Arc::strong_count(places) > 1);
            let places = hosts.entry(host.to_ascii_lowercase());
            Arc::clone(places.or_insert_with(|| Arc::new(Semaphore::new(LOOKUPS_OF_A_HOST))))
        };
        async move {
            let place = of_host.acquire_owned().await?;
            Ok([place, all.acquire_owned().await?])
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    #[test]
    fn a_host_that_is_never_found_takes_few_places() {
        let turns = Turns::new();
        let held: Vec<_> = (0..LOOKUPS).filter_map(|_| turns.take("dead.example").now_or_never()).collect();
        assert_eq!(held.len(), LOOKUPS_OF_A_HOST);
        assert!(turns.take("DEAD.example").now_or_never().is_none());
        assert!(turns.take("well.example").now_or_never().unwrap().is_ok());
        drop(held);
        assert!(turns.take("dead.example").now_or_never().unwrap().is_ok());
        assert_eq!(turns.hosts.lock().unwrap().len(), 1, "forgotten when nobody asks any more");
    }
}
