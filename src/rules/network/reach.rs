//! How much of the public internet a set of address ranges holds, whatever way it is spelled. No judgement of groups or ports.

use std::net::{Ipv4Addr, Ipv6Addr};

/// A block of addresses, first and last included; IPv4 addresses count from 0 to 2^32 - 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Block {
    V4(u128, u128),
    V6(u128, u128),
}

impl Block {
    /// Reads CIDR notation; host bits may be set, as in `10.1.2.3/0`. `None` when it is not CIDR notation.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (address, bits) = text.trim().split_once('/')?;
        let bits: u32 = bits.parse().ok()?;
        if let Ok(address) = address.parse::<Ipv4Addr>() {
            let (first, last) = span(u128::from(address.to_bits()), 32_u32.checked_sub(bits)?);
            return Some(Self::V4(first, last));
        }
        let address: Ipv6Addr = address.parse().ok()?;
        let (first, last) = span(address.to_bits(), 128_u32.checked_sub(bits)?);
        Some(Self::V6(first, last))
    }
}

/// The block around an address in which `free` low bits are free.
fn span(address: u128, free: u32) -> (u128, u128) {
    let mask = 1_u128.checked_shl(free).map_or(u128::MAX, |size| size - 1);
    (address & !mask, address | mask)
}

/// More public IPv4 addresses than one /8 holds are no list of partners any more.
const WORLD_V4: u128 = 1 << 24;

/// A /16 of the global unicast space (2000::/3) is more than any network operator was given for itself alone.
const WORLD_V6: u128 = 1 << 112;

/// IPv4 blocks that are not reachable over the public internet.
/// Source: <https://www.iana.org/assignments/iana-ipv4-special-registry/>, verified 2026-11-20; multicast (RFC 5771) beside it.
const NOT_PUBLIC: [(Ipv4Addr, u32); 14] = [
    (Ipv4Addr::new(0, 0, 0, 0), 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    (Ipv4Addr::new(240, 0, 0, 0), 4),
];

/// Whether blocks together let in the world: more public IPv4 addresses than a /8, or a /16 of global IPv6 addresses and more.
pub(super) fn is_the_world(blocks: &[Block]) -> bool {
    let v4 = merged(blocks.iter().filter_map(|block| if let Block::V4(first, last) = block { Some((*first, *last)) } else { None }));
    let v6 = merged(blocks.iter().filter_map(|block| if let Block::V6(first, last) = block { Some((*first, *last)) } else { None }));
    public_v4(&v4) > WORLD_V4 || global_v6(&v6) >= WORLD_V6
}

fn public_v4(merged: &[(u128, u128)]) -> u128 {
    let all: u128 = merged.iter().map(|(first, last)| last - first + 1).sum();
    let reserved = NOT_PUBLIC.iter().map(|(address, bits)| span(u128::from(address.to_bits()), 32 - bits));
    all - reserved.map(|reserved| shared(merged, reserved)).sum::<u128>()
}

fn global_v6(merged: &[(u128, u128)]) -> u128 {
    shared(merged, span(Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0).to_bits(), 125))
}

/// How many addresses disjoint blocks share with another block. A sum over 2000::/3 at most, so it cannot overflow.
fn shared(merged: &[(u128, u128)], with: (u128, u128)) -> u128 {
    let overlap = |block: &(u128, u128)| (block.0.max(with.0), block.1.min(with.1));
    merged.iter().map(overlap).filter(|(first, last)| first <= last).map(|(first, last)| last - first + 1).sum()
}

/// The same addresses as disjoint blocks, so that none counts twice.
fn merged(blocks: impl Iterator<Item = (u128, u128)>) -> Vec<(u128, u128)> {
    let mut blocks: Vec<_> = blocks.collect();
    blocks.sort_unstable();
    let mut out: Vec<(u128, u128)> = Vec::with_capacity(blocks.len());
    for (first, last) in blocks {
        match out.last_mut() {
            Some(open) if first <= open.1 => open.1 = open.1.max(last),
            _ => out.push((first, last)),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn world(ranges: &[&str]) -> bool {
        is_the_world(&ranges.iter().map(|range| Block::parse(range).expect(range)).collect::<Vec<_>>())
    }

    #[test]
    fn the_world_in_every_spelling() {
        for ranges in [
            &["0.0.0.0/0"][..],
            &["8.8.8.8/0"],
            &["0.0.0.0/00"],
            &["0.0.0.0/1", "128.0.0.0/1"],
            &["0.0.0.0/1"],
            &["64.0.0.0/2"],
            &["52.0.0.0/7"],
            &["52.0.0.0/8", "54.0.0.0/32"],
            &["::/0"],
            &["::/1", "8000::/1"],
            &["0:0:0:0:0:0:0:0/0"],
            &["2000::/3"],
            &["2a00::/12"],
            &["2600::/16"],
            &["2600::/17", "2600:8000::/17"],
        ] {
            assert!(world(ranges), "{ranges:?}");
        }
    }

    #[test]
    fn not_the_world() {
        for ranges in [
            &[][..],
            &["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"],
            &["224.0.0.0/3"],
            &["203.0.113.7/32", "198.51.100.0/24"],
            &["52.0.0.0/8"],
            &["10.0.0.0/7"],
            &["52.0.0.0/9", "52.0.0.0/9", "52.0.0.0/9"],
            &["fc00::/7", "fe80::/10", "ff00::/8", "::1/128"],
            &["2600:1f18::/33"],
            &["2600::/17"],
            &["2001:db8::/32", "2001:db8::/32"],
        ] {
            assert!(!world(ranges), "{ranges:?}");
        }
    }

    #[test]
    fn refuses_what_is_not_cidr_notation() {
        for text in ["", "0.0.0.0", "0.0.0.0/33", "::/129", "0.0.0/0", "a/0", "0.0.0.0/", "0.0.0.0/-1", "010.0.0.1/8", "0.0.0.0/0/0"] {
            assert_eq!(Block::parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_edges_of_the_address_space_do_not_overflow() {
        assert_eq!(Block::parse("255.255.255.255/32"), Some(Block::V4(u128::from(u32::MAX), u128::from(u32::MAX))));
        assert_eq!(Block::parse("::/0"), Some(Block::V6(0, u128::MAX)));
        assert!(world(&["::/0", "ffff::/16", "255.255.255.255/32"]));
    }
}
