//! The emulator enforces IAM: a caller with the printed policy sees what it takes, and one without an action of it says so.
//!
//! Enforcement is a switch of the whole emulator, so this test has one of its own. It does not know the signatures of EKS
//! and answers denials of the JSON protocols as AWS never would, so only S3, RDS and EC2 are looked at closely.

use lastro::report::model::{Report, Verdict};
use serde_json::{Value, json};

use crate::audit::{audit, program, run};
use crate::estate::World;
use crate::proxy::post;
use crate::{emulator, runtime::block_on};

/// Rules that need nothing but what the emulator enforces as AWS does.
const CLOSELY: [&str; 6] =
    ["rds-backup-retention", "rds-manual-snapshot", "rds-restorable", "s3-lifecycle-archive", "s3-versioning", "security-group-exposure"];

/// A permission, and the rule that cannot be judged without it.
const TAKEN_AWAY: [(&str, &str); 4] = [
    ("s3:GetBucketVersioning", "s3-versioning"),
    ("s3:GetLifecycleConfiguration", "s3-lifecycle-archive"),
    ("rds:DescribeDBSnapshots", "rds-manual-snapshot"),
    ("ec2:DescribeSecurityGroups", "security-group-exposure"),
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

fn audited(world: &mut World, port: u16, name: &str, without: &str) -> Report {
    let policy = policy_without(world, without);
    let root = world.account.clone();
    become_user(world, port, name, &policy);
    enforce(port, "0");
    let report = audit(world).report();
    enforce(port, "inf");
    world.account = root;
    report
}

/// Every finding of a rule has this verdict, and there is one.
fn assert_judged(report: &Report, rule: &str, verdict: Verdict, when: &str) {
    let findings: Vec<_> = report.findings.iter().filter(|finding| finding.rule == rule).collect();
    assert!(!findings.is_empty(), "{when}: {rule} found nothing");
    for finding in findings {
        assert_eq!(finding.verdict, verdict, "{when}: {}", finding.message);
    }
}

#[test]
fn what_the_printed_policy_lacks_is_named() {
    const TEST: &str = "enforced::what_the_printed_policy_lacks_is_named";
    let own = match emulator::own() {
        Ok(own) => own,
        Err(reason) => return emulator::skipped(TEST, &reason),
    };
    let mut world = World::on(&own, TEST);
    let report = audited(&mut world, own.port, "whole", "nothing");
    for rule in CLOSELY {
        assert_judged(&report, rule, Verdict::Kept, "with the printed policy");
    }
    for (number, (action, turned)) in TAKEN_AWAY.into_iter().enumerate() {
        let report = audited(&mut world, own.port, &format!("without-{number}"), action);
        let when = format!("without {action}");
        for rule in CLOSELY {
            assert_judged(&report, rule, if rule == turned { Verdict::Unknown } else { Verdict::Kept }, &when);
        }
        let mut gaps = report.findings.iter().filter(|finding| finding.rule == turned).filter_map(|finding| finding.gap.as_ref());
        assert!(gaps.all(|gap| gap.action.as_deref() == Some(action)), "{when}: a finding does not name it");
    }
}
