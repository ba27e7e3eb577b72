//! The emulator enforces IAM: a caller with the printed policy sees what it takes, and one without an action of it says so.
//!
//! Enforcement is a switch of the whole emulator, so this test has one of its own. It does not know the signatures of EKS
//! and answers denials of the JSON protocols as AWS never would, so only S3, RDS and EC2 are looked at closely.

use lastro::report::model::Verdict;
use serde_json::{Value, json};

use crate::audit::{Lines, audit, explain, lines, program, run};
use crate::estate::World;
use crate::proxy::post;
use crate::{emulator, runtime::block_on};

/// Lines that need nothing but what the emulator enforces as AWS does.
const CLOSELY: [u32; 6] = [19, 20, 23, 48, 49, 102];

/// A permission, and the lines that cannot be judged without it.
const TAKEN_AWAY: [(&str, &[u32]); 4] = [
    ("s3:GetBucketVersioning", &[48]),
    ("s3:GetLifecycleConfiguration", &[49]),
    ("rds:DescribeDBSnapshots", &[20]),
    ("ec2:DescribeSecurityGroups", &[102]),
];

/// The policy that `lastro iam-policy` prints, without one action.
fn policy_without(world: &World, action: &str) -> Value {
    let printed = run(program(world).args(["iam-policy", "policies/flowise.yaml"]));
    let mut policy: Value = serde_json::from_str(&printed.stdout).expect("a policy in JSON");
    let actions = policy["Statement"][0]["Action"].as_array_mut().expect("actions");
    actions.retain(|one| *one != action);
    // AWS allows this one everybody; the emulator does not.
    actions.push(json!("sts:GetCallerIdentity"));
    policy
}

/// Sends a request of IAM's query protocol, which the emulator takes unsigned while it does not enforce.
fn iam(world: &World, port: u16, parameters: &[(&str, &str)]) -> String {
    let escaped = |text: &str| text.bytes().fold(String::new(), |text, byte| text + &format!("%{byte:02X}"));
    let form: Vec<String> = parameters.iter().map(|(key, value)| format!("{key}={}", escaped(value))).collect();
    let scope = format!("AWS4-HMAC-SHA256 Credential={}/20261120/us-east-1/iam/aws4_request", world.account.key);
    let headers = [("Authorization", scope.as_str()), ("Content-Type", "application/x-www-form-urlencoded")];
    let answer = block_on(post(port, "/", &headers, &form.join("&"))).expect("the emulator answers");
    assert_eq!(answer.status(), Some(200), "{}", answer.text());
    answer.text()
}

/// Makes a user with a policy the caller of the next audits.
fn become_user(world: &mut World, port: u16, name: &str, policy: &Value) {
    iam(world, port, &[("Action", "CreateUser"), ("UserName", name)]);
    let document = policy.to_string();
    iam(world, port, &[("Action", "PutUserPolicy"), ("UserName", name), ("PolicyName", "p"), ("PolicyDocument", &document)]);
    let made = iam(world, port, &[("Action", "CreateAccessKey"), ("UserName", name)]);
    let element = |name: &str| made.split(&format!("<{name}>")).nth(1)?.split('<').next().map(str::to_owned);
    world.account.key = element("AccessKeyId").expect("a key");
    world.account.secret = element("SecretAccessKey").expect("a secret");
    world.account.token = None;
}

/// Switches the evaluation of policies on (`0`: from the first request on) or off.
fn enforce(port: u16, after: &str) {
    let answer = block_on(post(port, "/moto-api/reset-auth", &[("Content-Type", "text/plain")], after)).expect("the emulator answers");
    assert_eq!(answer.status(), Some(200), "{}", answer.text());
}

fn audited(world: &mut World, port: u16, name: &str, without: &str) -> (lastro::report::model::Report, Lines) {
    let policy = policy_without(world, without);
    let root = world.account.clone();
    become_user(world, port, name, &policy);
    enforce(port, "0");
    let report = audit(world).report();
    enforce(port, "inf");
    world.account = root;
    let lines = lines(&report);
    (report, lines)
}

#[test]
fn what_the_printed_policy_lacks_is_named() {
    const TEST: &str = "enforced::what_the_printed_policy_lacks_is_named";
    let own = match emulator::own() {
        Ok(own) => own,
        Err(reason) => return emulator::skipped(TEST, &reason),
    };
    let mut world = World::on(&own, TEST);
    let (report, with_all) = audited(&mut world, own.port, "whole", "nothing");
    for line in CLOSELY {
        assert_eq!(with_all.get(&line), Some(&Verdict::Kept), "the printed policy suffices for line {line}:\n{}", explain(&report, line));
    }
    for (number, (action, turned)) in TAKEN_AWAY.iter().enumerate() {
        let (report, now) = audited(&mut world, own.port, &format!("without-{number}"), action);
        for line in CLOSELY {
            let expected = if turned.contains(&line) { Verdict::Unknown } else { with_all[&line] };
            assert_eq!(now.get(&line), Some(&expected), "without {action}: line {line}:\n{}", explain(&report, line));
        }
        let mut gaps = report.findings.iter().filter_map(|finding| finding.gap.as_ref());
        assert!(gaps.any(|gap| gap.action.as_deref() == Some(action)), "without {action}: no finding names it");
    }
}
