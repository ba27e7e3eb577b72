//! No port that the plan closes is open to the world, in any spelling.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use crate::estate::network::{Ingress, Peer, PrefixList, Protocol, SecurityGroup};
use crate::rules::prelude::*;

use super::reach::{Block, is_the_world};

/// The rule.
pub static RULE: Rule = Rule {
    id: "security-group-exposure",
    summary: "Security groups keep the promised ports closed to the world",
    severity: Severity::Critical,
    needs: &[Need::SecurityGroups, Need::PrefixLists],
    controls: &[],
    remediation: Remediation {
        text: "Remove the rule of security group {name} that lets the world in, and name the security groups or the private ranges that \
               need the port instead.",
        terraform: Some(
            "# {address}\n\
             resource \"aws_vpc_security_group_ingress_rule\" \"from_the_application\" {\n  \
               security_group_id            = \"{name}\"\n  \
               referenced_security_group_id = aws_security_group.application.id\n  \
               ip_protocol                  = \"tcp\"\n  \
               from_port                    = 5432\n  \
               to_port                      = 5432\n}",
        ),
        cli: Some(
            "aws ec2 describe-security-group-rules --region {region} --filters Name=group-id,Values={name}\n\
             aws ec2 revoke-security-group-ingress --region {region} --group-id {name} --security-group-rule-ids SGR-ID",
        ),
    },
    evidence: Evidence::Configured,
    quantifier: Quantifier::Every,
    doc: DOC,
    judge: judge_each!(claim::Exposure, &SecurityGroup, judge),
};

const DOC: &str = "\
## What it checks

The ingress rules of every selected security group against the ports that the plan closes. A rule reaches a closed port when its port \
range touches it, when it is for all ports, or when it is for all traffic. TCP and UDP both count. A port is open to the world when \
the rules for it together let in more public IPv4 addresses than a /8 holds, or at least a /16 of the global IPv6 space: `0.0.0.0/0` \
and `::/0`, their halves, and any other large ranges. Prefix lists are resolved. Rules that name another security group are not the \
world.

## Why it matters

A database, a cache or a node that the internet can reach is found within minutes and attacked for as long as it is up. Scanners that \
look for the text `0.0.0.0/0` miss `0.0.0.0/1` with `128.0.0.0/1`, IPv6, ranges of ports and all-traffic rules.

## What counts as evidence

The rules from `ec2:DescribeSecurityGroups` and the entries of prefix lists from `ec2:GetManagedPrefixListEntries`, or both from \
Terraform. Private, shared, loopback, link-local, documentation, multicast and reserved IPv4 ranges are not public. A prefix list or a \
range that could not be read makes the finding unknown, unless what was read already lets in the world.

## Limits

Only selected groups are judged: a group without the system's tag on the same network interface is not seen. Routes, public addresses \
and network ACLs that might keep the traffic away are not weighed, and egress is not judged. Protocols other than TCP and UDP are not \
weighed.";

/// A rule that reaches closed ports, and whom it lets in.
struct Door {
    protocol: Protocol,
    ports: RangeInclusive<u16>,
    /// Blocks with the text that names them.
    guests: Vec<(Block, String)>,
    gaps: Vec<Gap>,
}

/// Closed ports that stand open: the plan's name for them and the ports; by which protocols, and to which ranges.
type Open = BTreeMap<(String, u16, u16), (BTreeSet<&'static str>, BTreeSet<String>)>;

fn judge(promise: &claim::Exposure, group: &SecurityGroup, scene: &Scene<'_>) -> Ruling {
    if promise.closed.is_empty() {
        return Err(Gap::new(Cause::NotStated, "the plan names no port to be closed"));
    }
    let rules = group.ingress.known()?;
    let doors: Vec<_> = rules.iter().filter(|rule| reaches_any(rule, promise)).map(|rule| door(rule, group, scene.view)).collect();
    let mut open = Open::new();
    for (name, closed) in &promise.closed {
        for (protocol, spelled) in [(Protocol::Tcp, "TCP"), (Protocol::Udp, "UDP")] {
            for (ports, by) in open_ports(closed, protocol, &doors) {
                let (protocols, ranges) = open.entry((name.clone(), *ports.start(), *ports.end())).or_default();
                protocols.insert(spelled);
                ranges.insert(by);
            }
        }
    }
    let gaps = doors.iter().flat_map(|door| door.gaps.clone()).collect();
    let sound = || format!("keeps {promise}");
    Ok(settle(say(&open), gaps, sound)?.seen_in(&group.ingress))
}

fn say(open: &Open) -> Vec<String> {
    let ports = |first: u16, last: u16| if first == last { format!("port {first}") } else { format!("ports {first}-{last}") };
    open.iter()
        .map(|((name, first, last), (protocols, ranges))| {
            let protocols = protocols.iter().copied().collect::<Vec<_>>().join(" and ");
            let by = ranges.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
            format!("opens {name} ({protocols} {}) to the world by {by}", ports(*first, *last))
        })
        .collect()
}

fn ports_of(rule: &Ingress) -> RangeInclusive<u16> {
    match rule.protocol {
        Protocol::All => 0..=u16::MAX,
        Protocol::Tcp | Protocol::Udp | Protocol::Other => rule.from_port.unwrap_or(0)..=rule.to_port.unwrap_or(u16::MAX),
    }
}

fn overlap(a: &RangeInclusive<u16>, b: &RangeInclusive<u16>) -> Option<RangeInclusive<u16>> {
    let both = *a.start().max(b.start())..=*a.end().min(b.end());
    (!both.is_empty()).then_some(both)
}

fn reaches_any(rule: &Ingress, promise: &claim::Exposure) -> bool {
    rule.protocol != Protocol::Other && promise.closed.iter().any(|(_, closed)| overlap(&ports_of(rule), closed).is_some())
}

fn door(rule: &Ingress, group: &SecurityGroup, view: &ViewEstate) -> Door {
    let mut door = Door { protocol: rule.protocol, ports: ports_of(rule), guests: Vec::new(), gaps: Vec::new() };
    for peer in &rule.peers {
        match peer {
            Peer::V4(range) | Peer::V6(range) => admit(range, range.clone(), &mut door.guests, &mut door.gaps),
            Peer::Group(_) => {}
            Peer::PrefixList(id) => match entries(id, group, view) {
                Ok(ranges) => {
                    ranges.iter().for_each(|range| admit(range, format!("{range} of {id}"), &mut door.guests, &mut door.gaps));
                }
                Err(gap) => door.gaps.push(gap),
            },
        }
    }
    door
}

fn admit(range: &str, label: String, guests: &mut Vec<(Block, String)>, gaps: &mut Vec<Gap>) {
    match Block::parse(range) {
        Some(block) => guests.push((block, label)),
        None => gaps.push(Gap::new(Cause::Unreadable, format!("\"{range}\" is not a range of addresses"))),
    }
}

fn entries<'a>(id: &str, group: &SecurityGroup, view: &'a ViewEstate) -> Result<&'a [String], Gap> {
    let Some(list) = view.named::<PrefixList>(id, group.meta.region.ok()) else {
        return Err(view.listing_gap(Kind::PrefixList).unwrap_or_else(|| {
            Gap::new(Cause::NotRead, format!("prefix list {id} is not in the {} view: give the source that holds it", view.view))
        }));
    };
    untainted(Kind::PrefixList, &list.meta)?;
    list.ranges.known().map(Vec::as_slice)
}

/// The ports of a closed range that the doors of one protocol together open to the world, and by what.
///
/// Who may reach a port changes only where a door's range begins, so it is enough to look there.
fn open_ports(closed: &RangeInclusive<u16>, protocol: Protocol, doors: &[Door]) -> Vec<(RangeInclusive<u16>, String)> {
    let fits = |door: &&Door| door.protocol == Protocol::All || door.protocol == protocol;
    let mut found = Vec::new();
    let mut told: Vec<RangeInclusive<u16>> = Vec::new();
    for door in doors.iter().filter(fits) {
        let Some(ports) = overlap(&door.ports, closed) else { continue };
        let alone: BTreeSet<_> = door.guests.iter().filter(|(block, _)| is_the_world(&[*block])).map(|(_, label)| label.as_str()).collect();
        if !alone.is_empty() {
            found.push((ports.clone(), alone.into_iter().collect::<Vec<_>>().join(", ")));
            told.push(ports);
        }
    }
    let starts: BTreeSet<u16> = doors.iter().filter(fits).filter_map(|door| Some(*overlap(&door.ports, closed)?.start())).collect();
    for port in starts.into_iter().filter(|port| !told.iter().any(|ports| ports.contains(port))) {
        let here = doors.iter().filter(fits).filter(|door| door.ports.contains(&port)).flat_map(|door| &door.guests);
        let (blocks, labels): (Vec<_>, BTreeSet<_>) = here.map(|(block, label)| (*block, label.as_str())).unzip();
        if is_the_world(&blocks) {
            found.push((port..=port, together(&labels)));
        }
    }
    found
}

/// Names a few of many ranges.
fn together(labels: &BTreeSet<&str>) -> String {
    const SHOWN: usize = 4;
    let shown = labels.iter().copied().take(SHOWN).collect::<Vec<_>>().join(", ");
    match labels.len().checked_sub(SHOWN) {
        None | Some(0) => format!("{shown} together"),
        Some(more) => format!("{shown} and {more} more together"),
    }
}

#[cfg(test)]
mod tests;
