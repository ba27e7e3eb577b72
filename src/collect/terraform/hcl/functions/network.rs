//! Arithmetic over IP prefixes of both families.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::args::{Answer, Call, Stop, strings};
use crate::collect::terraform::hcl::value::Val;

/// How many bits one call may add to a prefix; Terraform's own limit.
const MOST_NEW_BITS: u32 = 32;

/// A network: its first address, its length, and how long its addresses are in bits.
#[derive(Clone, Copy)]
struct Prefix {
    base: u128,
    length: u32,
    bits: u32,
}

impl Prefix {
    fn read(text: &str) -> Result<Self, Stop> {
        let wrong = || Stop::from(format!("invalid CIDR expression: `{}`", text.chars().take(60).collect::<String>()));
        let (address, length) = text.split_once('/').ok_or_else(wrong)?;
        let (address, bits) = if address.contains(':') {
            (address.parse::<Ipv6Addr>().map_err(|_| wrong())?.to_bits(), 128)
        } else {
            (u128::from(without_zeros(address).parse::<Ipv4Addr>().map_err(|_| wrong())?.to_bits()), 32)
        };
        let digits = length.len() <= 3 && length.chars().all(|c| c.is_ascii_digit());
        let length = length.parse().ok().filter(|length| digits && *length <= bits).ok_or_else(wrong)?;
        let mut prefix = Self { base: 0, length, bits };
        prefix.base = address & !prefix.host_mask();
        Ok(prefix)
    }

    /// The bits that hosts have.
    fn host_mask(self) -> u128 {
        mask(self.bits - self.length)
    }

    fn last(self) -> u128 {
        self.base | self.host_mask()
    }

    /// The same network with more bits.
    fn longer(self, new_bits: u32) -> Result<Self, Stop> {
        if new_bits > self.bits - self.length {
            return Err(format!("insufficient address space to extend prefix of {} by {new_bits}", self.length).into());
        }
        Ok(Self { length: self.length + new_bits, ..self })
    }

    fn address(self, address: u128) -> IpAddr {
        match u32::try_from(address) {
            Ok(address) if self.bits == 32 => Ipv4Addr::from_bits(address).into(),
            _ => Ipv6Addr::from_bits(address).into(),
        }
    }

    fn text(self) -> String {
        format!("{}/{}", self.address(self.base), self.length)
    }
}

/// So many ones.
fn mask(bits: u32) -> u128 {
    1_u128.checked_shl(bits).map_or(u128::MAX, |bit| bit - 1)
}

/// Terraform reads octets as decimal numbers even where they begin with zeros.
fn without_zeros(address: &str) -> String {
    let octet = |octet: &str| {
        let short = octet.trim_start_matches('0');
        if short.is_empty() && !octet.is_empty() { "0".to_owned() } else { short.to_owned() }
    };
    address.split('.').map(octet).collect::<Vec<_>>().join(".")
}

fn new_bits(number: i128) -> Result<u32, Stop> {
    u32::try_from(number)
        .ok()
        .filter(|bits| *bits <= MOST_NEW_BITS)
        .ok_or_else(|| format!("a prefix is extended by 0 to {MOST_NEW_BITS} bits").into())
}

pub(super) fn cidrhost(call: &Call<'_>) -> Answer {
    let (prefix, number) = (Prefix::read(&call.text(0)?)?, call.whole(1)?);
    let most = prefix.host_mask();
    let number =
        if number < 0 { most.checked_sub(number.unsigned_abs() - 1) } else { Some(number.unsigned_abs()).filter(|number| *number <= most) };
    let number = number.ok_or_else(|| format!("prefix of {} does not accommodate a host of that number", prefix.length))?;
    Ok(prefix.address(prefix.base | number).to_string().into())
}

pub(super) fn cidrnetmask(call: &Call<'_>) -> Answer {
    let prefix = Prefix::read(&call.text(0)?)?;
    if prefix.bits != 32 {
        return Err("IPv6 addresses cannot have a netmask".into());
    }
    Ok(prefix.address(mask(32) & !prefix.host_mask()).to_string().into())
}

pub(super) fn cidrsubnet(call: &Call<'_>) -> Answer {
    let (prefix, bits, number) = (Prefix::read(&call.text(0)?)?, call.whole(1)?, call.whole(2)?);
    let bits = u32::try_from(bits).map_err(|_| Stop::from("a prefix is not extended by that many bits"))?;
    let subnet = prefix.longer(bits)?;
    let number = u128::try_from(number)
        .ok()
        .filter(|number| *number <= mask(bits))
        .ok_or_else(|| format!("prefix extension of {bits} does not accommodate a subnet numbered {number}"))?;
    let base = prefix.base | number.checked_shl(subnet.bits - subnet.length).unwrap_or(0);
    Ok(Prefix { base, ..subnet }.text().into())
}

pub(super) fn cidrsubnets(call: &Call<'_>) -> Answer {
    let prefix = Prefix::read(&call.text(0)?)?;
    let mut next = Some(prefix.base);
    let mut subnets = Vec::new();
    for at in 1..call.arguments.len() {
        let bits = new_bits(call.whole(at)?)?;
        if bits == 0 {
            return Err("must extend prefix by at least one bit".into());
        }
        let subnet = prefix.longer(bits)?;
        // Each begins at the next multiple of its own size.
        let start = next.and_then(|next| next.checked_add(subnet.host_mask())).map(|start| start & !subnet.host_mask());
        let Some(base) = start.filter(|base| *base <= prefix.last()) else {
            return Err(format!("not enough remaining address space for a subnet with a prefix of {} bits", subnet.length).into());
        };
        let subnet = Prefix { base, ..subnet };
        next = subnet.last().checked_add(1);
        subnets.push(subnet.text());
    }
    Ok(if subnets.is_empty() { Val::from(Vec::new()) } else { strings(subnets) })
}
