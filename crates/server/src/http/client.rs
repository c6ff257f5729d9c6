//! Where a call comes from: the other end of its connection, or what proxies that are trusted say about it.

use std::{
    convert::Infallible,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Once,
};

use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::{HeaderMap, request::Parts},
};
use ipnet::IpNet;
use ringtrue_domain::ClientNetwork;

use crate::state::App;

const FORWARDED: &str = "x-forwarded-for";

/// Networks whose `X-Forwarded-For` is believed.
pub(crate) struct Proxies {
    networks: Vec<IpNet>,
    warned: Once,
}

impl Proxies {
    pub(crate) fn new(networks: Vec<IpNet>) -> Self {
        Self { networks, warned: Once::new() }
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.networks.iter().any(|network| network.contains(&address))
    }

    /// Who called, by the connection's other end and what was forwarded. Each proxy adds whom it was called by at the
    /// end, so the last one that is no proxy of ours is it; what stands before that is whatever that one wants us to
    /// believe.
    fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut client = peer.to_canonical();
        if !self.trusts(client) && headers.contains_key(FORWARDED) {
            self.warned.call_once(|| {
                tracing::warn!(
                    "X-Forwarded-For came from an address that is not in server.trusted_proxies: if that is your proxy, \
                     all who sign in through it share one limit"
                );
            });
        }
        let lines = headers.get_all(FORWARDED).iter().rev().map(|line| line.to_str().unwrap_or_default());
        for hop in lines.flat_map(|line| line.rsplit(',')) {
            if !self.trusts(client) {
                break;
            }
            let Some(address) = address(hop.trim()) else { break };
            client = address.to_canonical();
        }
        client
    }
}

/// An address, with a port or without.
fn address(text: &str) -> Option<IpAddr> {
    let bare = || text.trim_matches(['[', ']']).parse().ok();
    text.parse::<SocketAddr>().ok().map(|with_port| with_port.ip()).or_else(bare)
}

/// The network that a call comes from.
pub(crate) struct CalledFrom(pub(crate) ClientNetwork);

impl CalledFrom {
    pub(crate) fn of(app: &App, parts: &Parts) -> Self {
        // Only in tests there is no connection.
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let peer = peer.map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |ConnectInfo(peer)| peer.ip());
        Self(ClientNetwork::of(app.proxies.client(peer, &parts.headers)))
    }
}

impl FromRequestParts<App> for CalledFrom {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        Ok(Self::of(app, parts))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(peer: &str, forwarded: &[&str]) -> String {
        let proxies = Proxies::new(vec!["127.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()]);
        let name = http::HeaderName::from_static(FORWARDED);
        let headers = forwarded.iter().map(|line| (name.clone(), line.parse().unwrap()));
        proxies.client(peer.parse().unwrap(), &headers.collect()).to_string()
    }

    #[test]
    fn only_proxies_of_ours_are_believed() {
        assert_eq!(client("192.0.2.1", &["198.51.100.1"]), "192.0.2.1");
        assert_eq!(client("127.0.0.1", &[]), "127.0.0.1");
        assert_eq!(client("127.0.0.1", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(client("::ffff:127.0.0.1", &["198.51.100.1"]), "198.51.100.1");
    }

    #[test]
    fn the_last_one_that_is_no_proxy_is_the_client() {
        // The client may have sent the first ones itself.
        for forwarded in [
            vec!["203.0.113.9, 198.51.100.1"],
            vec!["203.0.113.9", "198.51.100.1"],
            vec!["nonsense,198.51.100.1,fd00::2"],
            vec!["203.0.113.9, 198.51.100.1:4711 , 127.0.0.2, [fd00::2]:80"],
        ] {
            assert_eq!(client("127.0.0.1", &forwarded), "198.51.100.1", "{forwarded:?}");
        }
        assert_eq!(client("fd00::1", &["2001:db8::1"]), "2001:db8::1");
        assert_eq!(client("fd00::1", &["[2001:db8::1]"]), "2001:db8::1");
        // What a proxy of ours should not have written is its own doing.
        for odd in ["", "unknown", "198.51.100.1 203.0.113.9", "é"] {
            assert_eq!(client("127.0.0.1", &[odd]), "127.0.0.1", "{odd}");
        }
        assert_eq!(client("127.0.0.1", &["127.0.0.3, 127.0.0.2"]), "127.0.0.3");
    }
}
