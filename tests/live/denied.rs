//! Permissions taken away one by one: what cannot be seen is unknown and names the permission; nothing becomes kept or broken.

use std::collections::BTreeSet;

use lastro::report::model::{Report, Verdict};

use crate::audit::{SHOWN, assert_same_or_unknown, audit, explain, lines};
use crate::estate::World;
use crate::proxy::Effect;

/// Every permission that the report says would settle something.
fn named(report: &Report) -> BTreeSet<&str> {
    let of_findings = report.findings.iter().filter_map(|finding| finding.gap.as_ref());
    let of_sources = report.sources.iter().flat_map(|source| &source.gaps);
    of_findings.chain(of_sources).filter_map(|gap| gap.action.as_deref()).collect()
}

/// What another call says too, so that nothing is missing without it: the header of a bucket names its region.
const OTHERS_SAY_IT: [&str; 1] = ["s3:GetBucketLocation"];

#[test]
fn each_permission_alone() {
    let Some(world) = World::sound("denied::each_permission_alone") else { return };
    let sound = lines(&audit(&world).report());
    let calls: BTreeSet<_> = world
        .proxy
        .take_journal()
        .into_iter()
        .map(|entry| (entry.call.service.clone(), entry.call.operation.clone(), entry.call.action()))
        .collect();
    assert!(calls.len() >= 10, "the audit makes few calls: {calls:?}");
    for (service, operation, action) in calls {
        world.proxy.inject(move |call| call.service == service && call.operation == operation, Effect::Deny);
        let report = audit(&world).report();
        world.proxy.clear();
        assert_same_or_unknown(&sound, &report, &format!("without {action}"));
        if OTHERS_SAY_IT.contains(&action.as_str()) {
            assert_eq!(lines(&report), sound, "without {action}: another call says the same");
        } else {
            assert!(named(&report).contains(action.as_str()), "without {action}: the report names only {:?}", named(&report));
        }
        assert!(turned_findings_name(&sound, &report, &action), "without {action}: an unknown line does not name it");
    }
}

/// Whether every line that the denial turned has a finding whose gap names the permission.
fn turned_findings_name(sound: &crate::audit::Lines, report: &Report, action: &str) -> bool {
    let turned = lines(report).into_iter().filter(|(line, verdict)| *verdict != sound[line]);
    turned.map(|(line, _)| line).all(|line| {
        let mut gaps =
            report.findings.iter().filter(|finding| finding.document.line == Some(line)).filter_map(|finding| finding.gap.as_ref());
        gaps.any(|gap| gap.action.as_deref() == Some(action) || gap.detail.contains(action))
    })
}

#[test]
fn both_that_say_the_region_of_a_bucket() {
    let Some(world) = World::sound("denied::both_that_say_the_region_of_a_bucket") else { return };
    let sound = lines(&audit(&world).report());
    for operation in ["GetBucketLocation", "HeadBucket"] {
        world.proxy.inject_into(operation, Effect::Deny);
    }
    world.proxy.inject_into("ListBuckets", Effect::rewrite(|body| body.replace("BucketRegion", "BucketPlace")));
    let report = audit(&world).report();
    let now = lines(&report);
    assert_same_or_unknown(&sound, &report, "without the region of a bucket");
    for line in [48, 49] {
        assert_eq!(now.get(&line), Some(&Verdict::Unknown), "line {line}:\n{}", explain(&report, line));
    }
    assert!(named(&report).contains("s3:GetBucketLocation"), "{:?}", named(&report));
}

#[test]
fn every_permission_at_once() {
    let Some(world) = World::sound("denied::every_permission_at_once") else { return };
    world.proxy.inject(|_| true, Effect::Deny);
    let run = audit(&world);
    let report = run.report();
    let lines = lines(&report);
    for line in SHOWN {
        assert_eq!(lines.get(&line), Some(&Verdict::Unknown), "line {line}:\n{}", explain(&report, line));
    }
}

#[test]
fn a_token_that_expired_is_not_a_missing_setting() {
    let Some(world) = World::sound("denied::a_token_that_expired_is_not_a_missing_setting") else { return };
    world.proxy.inject(|call| call.service == "s3" && call.operation != "ListBuckets", Effect::Refuse(400, "ExpiredToken"));
    world.proxy.inject(|call| call.service != "s3", Effect::Refuse(403, "ExpiredToken"));
    let report = audit(&world).report();
    let lines = lines(&report);
    for line in SHOWN {
        assert_eq!(lines.get(&line), Some(&Verdict::Unknown), "line {line}:\n{}", explain(&report, line));
    }
}
