//! Which addresses a customer's webhook may have.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

const fn v4(a: u8, b: u8, c: u8, d: u8, prefix: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix)
}

const fn v6(a: u16, b: u16, c: u16, prefix: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0), prefix)
}

/// What is not the public internet (IANA, IPv4 Special-Purpose Address Registry).
const V4_REFUSED: [Ipv4Net; 16] = [
    v4(0, 0, 0, 0, 8),        // this network
    v4(10, 0, 0, 0, 8),       // private
    v4(100, 64, 0, 0, 10),    // shared by carriers; metadata of one cloud at 100.100.100.200
    v4(127, 0, 0, 0, 8),      // loopback
    v4(168, 63, 129, 16, 32), // a public address, but inside Azure the machine's own agent
    v4(169, 254, 0, 0, 16),   // link-local; metadata of most clouds at 169.254.169.254
    v4(172, 16, 0, 0, 12),    // private
    v4(192, 0, 0, 0, 24),     // protocol assignments; metadata of one cloud at 192.0.0.192
    v4(192, 0, 2, 0, 24),     // documentation
    v4(192, 88, 99, 0, 24),   // relays of 6to4
    v4(192, 168, 0, 0, 16),   // private
    v4(198, 18, 0, 0, 15),    // benchmarks
    v4(198, 51, 100, 0, 24),  // documentation
    v4(203, 0, 113, 0, 24),   // documentation
    v4(224, 0, 0, 0, 4),      // multicast
    v4(240, 0, 0, 0, 4),      // reserved, and broadcast
];

/// Where all public IPv6 addresses are; private, link-local, multicast, metadata (`fd00:ec2::254`) and those that hold an
/// IPv4 address are elsewhere.
const V6_PUBLIC: Ipv6Net = v6(0x2000, 0, 0, 3);

/// What is not the public internet in there (IANA, IPv6 Special-Purpose Address Registry).
const V6_REFUSED: [Ipv6Net; 4] = [
    v6(0x2001, 0, 0, 23), // protocol assignments: Teredo (holds an IPv4 address), benchmarks, ORCHID
    v6(0x2001, 0xdb8, 0, 32), // documentation
    v6(0x2002, 0, 0, 16), // 6to4 (holds an IPv4 address)
    v6(0x3fff, 0, 0, 20), // documentation
];

/// IPv4 hosts as hosts with IPv6 alone see them (RFC 6052 §2.1).
const NAT64: Ipv6Net = v6(0x64, 0xff9b, 0, 96);

/// Which addresses may be connected to.
#[derive(Debug, Clone)]
pub(super) struct Reach {
    /// Networks that the operator allows, whatever they are.
    pub(super) networks: Vec<IpNet>,
    /// Whether a host that calls itself this machine may be this machine.
    pub(super) loopback: bool,
}

impl Reach {
    /// Whether an address may be connected to. `means_loopback` is true for a host that can be nothing but this machine
    /// (`localhost`, `127.0.0.1`), so that no other name leads here.
    pub(super) fn allows(&self, address: IpAddr, means_loopback: bool) -> bool {
        let address = plain(address);
        self.networks.iter().any(|network| network.contains(&address))
            || (self.loopback && means_loopback && address.is_loopback())
            || is_public(address)
    }
}

/// The address that packets go to: an IPv4 address in the guise of IPv6 counts as what it is.
fn plain(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(ip) if NAT64.contains(&ip) => {
            let [.., a, b, c, d] = ip.octets();
            Ipv4Addr::new(a, b, c, d).into()
        }
        canonical => canonical,
    }
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(ip) => !V4_REFUSED.iter().any(|network| network.contains(&ip)),
        IpAddr::V6(ip) => V6_PUBLIC.contains(&ip) && !V6_REFUSED.iter().any(|network| network.contains(&ip)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PUBLIC: Reach = Reach { networks: Vec::new(), loopback: false };

    /// The other ways to write an IPv4 address that lead to it, and those that only claim to.
    fn guises(ip: Ipv4Addr) -> ([Ipv6Addr; 2], [Ipv6Addr; 4]) {
        let [a, b, c, d] = ip.octets();
        let (high, low) = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
        (
            [ip.to_ipv6_mapped(), Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, high, low)],
            [
                Ipv6Addr::new(0, 0, 0, 0, 0, 0, high, low),
                Ipv6Addr::new(0x2002, high, low, 0, 0, 0, 0, 1),
                Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, !high, !low),
                Ipv6Addr::new(0x64, 0xff9b, 1, 0, 0, 0, high, low),
            ],
        )
    }

    /// An address in one of the refused networks.
    fn refused_v4() -> impl Strategy<Value = Ipv4Addr> {
        prop::sample::select(V4_REFUSED.as_slice()).prop_flat_map(|network| {
            (u32::from(network.network())..=u32::from(network.broadcast())).prop_map(Ipv4Addr::from)
        })
    }

    proptest! {
        #[test]
        fn whatever_is_inside_is_refused_in_every_guise(ip in refused_v4()) {
            prop_assert!(!PUBLIC.allows(ip.into(), true));
            let (same, other) = guises(ip);
            for guise in same.into_iter().chain(other) {
                prop_assert!(!PUBLIC.allows(guise.into(), true), "{guise}");
            }
        }

        #[test]
        fn what_is_allowed_is_nothing_that_the_standard_library_calls_special(bits: u32) {
            let ip = Ipv4Addr::from(bits);
            let special = ip.is_private() || ip.is_loopback() || ip.is_link_local() || ip.is_multicast()
                || ip.is_broadcast() || ip.is_documentation() || ip.is_unspecified();
            let allowed = PUBLIC.allows(ip.into(), false);
            prop_assert!(!(special && allowed));
            let (same, other) = guises(ip);
            prop_assert!(same.iter().all(|guise| PUBLIC.allows((*guise).into(), false) == allowed));
            prop_assert!(other.iter().all(|guise| !PUBLIC.allows((*guise).into(), false)));
        }

        #[test]
        fn ipv6_is_public_only_where_public_addresses_are(bits: u128) {
            let ip = Ipv6Addr::from(bits);
            let special = ip.is_unique_local() || ip.is_unicast_link_local() || ip.is_multicast() || ip.is_loopback();
            prop_assert!(!(special && PUBLIC.allows(ip.into(), false)));
            prop_assert_eq!(PUBLIC.allows(ip.into(), false), bits >> 125 == 1 && !V6_REFUSED.iter().any(|net| net.contains(&ip)));
        }
    }

    #[test]
    fn the_neighbours_of_what_is_refused_are_public() {
        let near = |network: &Ipv4Net| {
            let (first, last) = (u32::from(network.network()), u32::from(network.broadcast()));
            [first.checked_sub(1), last.checked_add(1)].into_iter().flatten().map(Ipv4Addr::from)
        };
        for ip in V4_REFUSED.iter().flat_map(near) {
            let in_another = V4_REFUSED.iter().any(|network| network.contains(&ip));
            assert_ne!(PUBLIC.allows(ip.into(), false), in_another, "{ip}");
        }
        for text in
            ["1.1.1.1", "100.63.255.255", "172.32.0.0", "2606:4700::1111", "2001:4860::8888", "2a00::1"]
        {
            assert!(PUBLIC.allows(text.parse().unwrap(), false), "{text}");
        }
    }

    #[test]
    fn the_operators_networks_win() {
        let reach = Reach {
            networks: vec!["10.1.0.0/16".parse().unwrap(), "fd00::/8".parse().unwrap()],
            loopback: true,
        };
        for (text, allowed) in [
            ("10.1.2.3", true),
            ("::ffff:10.1.2.3", true),
            ("10.2.0.0", false),
            ("fd12::1", true),
            ("fe80::1", false),
            ("127.0.0.1", false),
        ] {
            assert_eq!(reach.allows(text.parse().unwrap(), false), allowed, "{text}");
        }
        assert!(reach.allows("::1".parse().unwrap(), true));
        assert!(!reach.allows("10.2.0.0".parse().unwrap(), true));
    }
}
