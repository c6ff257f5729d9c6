//! Where a client calls from, as far as limits tell clients apart.

use std::{
    fmt,
    net::{IpAddr, Ipv6Addr},
};

/// An IPv4 address, or the /64 of an IPv6 address: whoever has one address of that has all (RFC 4291 §2.5.1). It is
/// personal, so `Debug` shows nothing of it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ClientNetwork(IpAddr);

impl ClientNetwork {
    /// The network of an address; IPv4 in the clothes of IPv6 (RFC 4291 §2.5.5.2) is IPv4.
    pub const fn of(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V4(address) => IpAddr::V4(address),
            IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
        })
    }

    /// Its text, to be hashed; never to log or to show.
    pub fn expose(&self) -> String {
        self.0.to_string()
    }
}

impl fmt::Debug for ClientNetwork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClientNetwork(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(text: &str) -> ClientNetwork {
        ClientNetwork::of(text.parse().unwrap())
    }

    #[test]
    fn addresses_of_one_client_are_one_network() {
        for (address, same) in [
            ("192.0.2.1", "192.0.2.1"),
            ("192.0.2.1", "::ffff:192.0.2.1"),
            ("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff"),
        ] {
            assert_eq!(network(address), network(same));
        }
        for (address, other) in
            [("192.0.2.1", "192.0.2.2"), ("2001:db8:1:2::1", "2001:db8:1:3::1"), ("::1", "127.0.0.1")]
        {
            assert_ne!(network(address), network(other));
        }
        assert_eq!(network("2001:db8:1:2::1").expose(), "2001:db8:1:2::");
        assert_eq!(format!("{:?}", network("192.0.2.1")), "ClientNetwork(…)");
    }
}
