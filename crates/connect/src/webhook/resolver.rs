//! Names to addresses, of which only those are left that may be connected to.

use std::{
    error::Error,
    net::{SocketAddr, ToSocketAddrs as _},
    sync::Arc,
};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::sync::Semaphore;
use url::{Host, Url};

use super::reach::Reach;

/// Names that are looked up at the same time at most. The system's resolver blocks a thread for each, for many seconds
/// when a name's servers are dead.
const LOOKUPS: usize = 128;

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
    lookups: Arc<Semaphore>,
}

impl SystemNames {
    pub(super) fn new() -> Self {
        Self { lookups: Arc::new(Semaphore::new(LOOKUPS)) }
    }
}

impl Resolve for SystemNames {
    fn resolve(&self, name: Name) -> Resolving {
        let lookups = Arc::clone(&self.lookups);
        Box::pin(async move {
            let turn = lookups.acquire_owned().await?;
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
