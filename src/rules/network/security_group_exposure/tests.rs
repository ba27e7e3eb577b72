//! Every way in which a security group lets the world in, and what only looks like one.

use super::*;
use crate::estate::Scope;
use crate::rules::testing::*;

fn rule(protocol: &str, ports: Option<(u16, u16)>, peers: impl IntoIterator<Item = Peer>) -> Ingress {
    Ingress {
        protocol: Protocol::parse(protocol),
        from_port: ports.map(|ports| ports.0),
        to_port: ports.map(|ports| ports.1),
        peers: peers.into_iter().collect(),
    }
}

fn v4(range: &str) -> Peer {
    Peer::V4(range.to_owned())
}

fn v6(range: &str) -> Peer {
    Peer::V6(range.to_owned())
}

fn list(id: &str) -> Peer {
    Peer::PrefixList(id.to_owned())
}

fn group(ingress: Fact<Vec<Ingress>>) -> Resource {
    let mut group = SecurityGroup::unread(meta("sg-1"), &unread());
    group.ingress = ingress;
    group.into()
}

fn prefix_list(id: &str, ranges: Fact<Vec<String>>) -> Resource {
    PrefixList { meta: meta(id), ranges }.into()
}

fn closed() -> claim::Exposure {
    claim::Exposure {
        closed: vec![("database".to_owned(), 5432..=5432), ("cache".to_owned(), 6379..=6379), ("node".to_owned(), 30000..=32767)],
    }
}

fn judge(rules: impl IntoIterator<Item = Ingress>, others: impl IntoIterator<Item = Resource>) -> Ruling {
    let group = group(seen(rules.into_iter().collect()));
    judge_one(&RULE, closed(), others.into_iter().chain([group]))
}

fn found(rules: impl IntoIterator<Item = Ingress>) -> (Answer, String) {
    let judgement = judge(rules, []).expect("judged");
    assert!(judgement.at.is_some());
    (judgement.answer, judgement.found)
}

#[test]
fn kept_when_nothing_but_friends_come_in() {
    let (answer, says) = found([
        rule("tcp", Some((443, 443)), [v4("0.0.0.0/0"), v6("::/0")]),
        rule("tcp", Some((5432, 5432)), [v4("10.0.0.0/8"), v4("203.0.113.7/32"), Peer::Group("sg-2".to_owned())]),
        rule("-1", None, [Peer::Group("sg-1".to_owned())]),
        rule("icmp", None, [v4("0.0.0.0/0")]),
    ]);
    assert_eq!((answer, says.as_str()), (Answer::Kept, "keeps cache, database and node ports closed to the world"));
    assert_eq!(found([]).0, Answer::Kept, "a group without rules lets nobody in");
}

#[test]
fn broken_in_every_spelling_of_the_world() {
    for peers in [
        vec![v4("0.0.0.0/0")],
        vec![v4("10.9.8.7/0")],
        vec![v4("0.0.0.0/1"), v4("128.0.0.0/1")],
        vec![v6("::/0")],
        vec![v6("0000:0000:0000:0000:0000:0000:0000:0000/0")],
        vec![v6("2000::/3")],
        vec![v4("10.0.0.0/8"), v4("32.0.0.0/3")],
    ] {
        let (answer, says) = found([rule("tcp", Some((5432, 5432)), peers.clone())]);
        assert_eq!(answer, Answer::Broken, "{peers:?}");
        assert!(says.starts_with("opens database (TCP port 5432) to the world by "), "{says}");
    }
}

#[test]
fn both_families_are_said_in_one_breath() {
    let (_, says) = found([rule("tcp", Some((5432, 5432)), [v6("::/0")]), rule("tcp", Some((5432, 5432)), [v4("0.0.0.0/0")])]);
    assert_eq!(says, "opens database (TCP port 5432) to the world by 0.0.0.0/0, ::/0");
}

#[test]
fn broken_when_ports_overlap_by_one() {
    for (first, last, answer) in [
        (5431, 5431, Answer::Kept),
        (5433, 6378, Answer::Kept),
        (5431, 5432, Answer::Broken),
        (5432, 6000, Answer::Broken),
        (0, 65535, Answer::Broken),
        (32767, 40000, Answer::Broken),
        (32768, 40000, Answer::Kept),
    ] {
        assert_eq!(found([rule("6", Some((first, last)), [v4("0.0.0.0/0")])]).0, answer, "{first}-{last}");
    }
}

#[test]
fn all_traffic_opens_everything_whatever_its_ports_say() {
    let (answer, says) = found([rule("-1", Some((0, 0)), [v6("::/0")])]);
    assert_eq!(answer, Answer::Broken);
    for name in ["cache (TCP and UDP port 6379)", "database (TCP and UDP port 5432)", "node (TCP and UDP ports 30000-32767)"] {
        assert!(says.contains(name), "{says}");
    }
}

#[test]
fn all_ports_of_a_protocol_and_udp_count() {
    assert!(found([rule("tcp", None, [v4("0.0.0.0/0")])]).1.contains("node (TCP ports 30000-32767)"));
    assert!(found([rule("17", Some((6379, 6379)), [v4("0.0.0.0/0")])]).1.contains("cache (UDP port 6379)"));
}

#[test]
fn rules_for_one_port_add_up_and_others_do_not() {
    let half = |ports, range| rule("tcp", Some(ports), [v4(range)]);
    assert_eq!(found([half((5432, 5432), "52.0.0.0/8"), half((5000, 6000), "54.0.0.0/8")]).0, Answer::Broken);
    assert_eq!(found([half((5432, 5432), "52.0.0.0/8"), half((6379, 6379), "54.0.0.0/8")]).0, Answer::Kept);
    let (_, says) = found([half((30000, 30010), "52.0.0.0/8"), half((30005, 30020), "54.0.0.0/8")]);
    assert_eq!(says, "opens node (TCP port 30005) to the world by 52.0.0.0/8, 54.0.0.0/8 together");
    let udp = rule("udp", Some((5432, 5432)), [v4("54.0.0.0/8")]);
    assert_eq!(found([half((5432, 5432), "52.0.0.0/8"), udp]).0, Answer::Kept);
}

#[test]
fn prefix_lists_are_resolved() {
    let open = || [rule("tcp", Some((5432, 5432)), [list("pl-1")])];
    let ruling = judge(open(), [prefix_list("pl-1", seen(vec!["0.0.0.0/0".to_owned()]))]).expect("judged");
    assert_eq!(ruling.found, "opens database (TCP port 5432) to the world by 0.0.0.0/0 of pl-1");
    let ruling = judge(open(), [prefix_list("pl-1", seen(vec!["10.0.0.0/8".to_owned()]))]).expect("judged");
    assert_eq!(ruling.answer, Answer::Kept);
}

#[test]
fn unknown_when_a_prefix_list_cannot_be_resolved() {
    let via_list = || rule("tcp", Some((5432, 5432)), [list("pl-1")]);
    let gap = judge([via_list()], []).expect_err("not there");
    assert!(gap.cause == Cause::NotRead && gap.detail.contains("pl-1"), "{gap}");

    let entries = || prefix_list("pl-1", denied("ec2:GetManagedPrefixListEntries"));
    assert_eq!(judge([via_list()], [entries()]), Err(denied_gap("ec2:GetManagedPrefixListEntries")));

    let certain = judge([via_list(), rule("tcp", Some((6379, 6379)), [v4("0.0.0.0/0")])], [entries()]);
    assert_eq!(certain.expect("a certain breach is said").answer, Answer::Broken);

    let elsewhere = rule("tcp", Some((443, 443)), [list("pl-1")]);
    assert_eq!(judge([elsewhere], []).expect("the list is for another port").answer, Answer::Kept);
}

#[test]
fn unknown_when_a_range_cannot_be_read() {
    let gap = judge([rule("tcp", Some((5432, 5432)), [v4("everyone")])], []).expect_err("not a range");
    assert_eq!(gap, Gap::new(Cause::Unreadable, "\"everyone\" is not a range of addresses"));
}

#[test]
fn unknown_when_denied() {
    let ruling = judge_one(&RULE, closed(), [group(denied("ec2:DescribeSecurityGroups"))]);
    assert_eq!(ruling, Err(denied_gap("ec2:DescribeSecurityGroups")));

    let mut view = live([group(seen(vec![rule("tcp", Some((5432, 5432)), [list("pl-1")])]))]);
    view.listed(Kind::PrefixList, Scope::Region("us-west-2".into()), Some(denied_gap("ec2:DescribeManagedPrefixLists")));
    assert_eq!(judge_view(&RULE, &plan(closed()), &view), [Err(denied_gap("ec2:DescribeManagedPrefixLists"))]);
}

#[test]
fn unknown_when_the_plan_names_no_port() {
    let nothing = claim::Exposure { closed: Vec::new() };
    let gap = judge_one(&RULE, nothing, [group(seen(Vec::new()))]).expect_err("vacuous truth never passes");
    assert_eq!(gap.cause, Cause::NotStated);
}
