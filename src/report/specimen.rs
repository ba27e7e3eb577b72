//! A report that has everything: each verdict, blames, three views, gaps, a waiver, hostile names, and many subjects.

use std::collections::BTreeMap;

use super::model::{
    Change, CodePlace, Control, Drift, DriftIgnore, DriftSummary, Finding, Gap, Place, PlanRef, PromiseRef, Remediation, Report, RuleText,
    SCHEMA, Source, Stats, Subject, Tool, Verdict, ViewVerdict, Waiver,
};
use super::score;

const ACCOUNT: &str = "123456789012";

/// A kept finding about one bucket.
pub(crate) fn finding() -> Finding {
    kept_bucket("flowise-prod-artifacts-123456789012-us-east-1")
}

/// The report.
pub(crate) fn specimen() -> Report {
    let mut findings = vec![
        retention(),
        manual_snapshot(),
        encryption(),
        denied_restorable(),
        accident(),
        hostile(),
        finding(),
        kept_bucket("flowise-models"),
        wide_name(),
        waived_port(),
        not_applicable(),
        review(),
        restore_drill(),
    ];
    findings.extend((0..30).map(archive));
    Report {
        schema: SCHEMA.to_owned(),
        tool: Tool { name: "lastro".to_owned(), version: "0.1.0".to_owned() },
        plan: PlanRef {
            name: "flowise".to_owned(),
            title: "Backup and Disaster Recovery Plan, Flowise".to_owned(),
            path: "policies/flowise.yaml".to_owned(),
            sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".to_owned(),
        },
        audited_at: "2026-11-20T12:00:00Z".to_owned(),
        sources: sources(),
        score: score(&findings),
        findings,
        drift: drift_entries(),
        drift_summary: Some(drift_summary()),
        scenarios: Vec::new(),
        stats: Stats {
            api_calls: BTreeMap::from([("rds.DescribeDBInstances".to_owned(), 2), ("s3.GetBucketVersioning".to_owned(), 1003)]),
            seconds: BTreeMap::new(),
        },
        rules: rules(),
    }
}

fn drift_entries() -> Vec<Drift> {
    let retention = Drift {
        subject: db(),
        attribute: "backup_retention_days".to_owned(),
        declared: Some("7".to_owned()),
        recorded: Some("7".to_owned()),
        live: Some("1".to_owned()),
        blame: "changed by hand; the next apply reverts it".to_owned(),
        at: BTreeMap::from([("declared".to_owned(), "infra/db.tf:12:3".to_owned()), ("live".to_owned(), DB_AT.to_owned())]),
        promises: vec![21],
        confirmed: true,
        ignored: None,
    };
    let accepted = DriftIgnore {
        owner: "Platform team".to_owned(),
        reason: "tagged by the cost report".to_owned(),
        expires: "2027-01-31".to_owned(),
        line: 95,
    };
    let hostile = "evil\u{1b}[2J\n✓ kept\u{202e}<script>]]>";
    let unmanaged = Drift {
        subject: bucket(hostile),
        attribute: "resource".to_owned(),
        declared: None,
        recorded: Some("absent".to_owned()),
        live: Some("present".to_owned()),
        blame: "not managed by code: a rebuild loses it".to_owned(),
        at: BTreeMap::new(),
        promises: Vec::new(),
        confirmed: false,
        ignored: None,
    };
    let tags = Drift {
        attribute: format!("tags[{hostile:?}]"),
        recorded: Some("absent".to_owned()),
        live: Some(hostile.to_owned()),
        blame: "changed by hand since the last apply".to_owned(),
        ignored: Some(accepted),
        ..unmanaged.clone()
    };
    vec![retention, unmanaged, tags]
}

/// A difference of one attribute.
pub(crate) fn drift(subject: &str, attribute: &str) -> Drift {
    let [mut first, ..] = <[Drift; 3]>::try_from(drift_entries()).expect("three entries");
    first.subject.name = subject.to_owned();
    first.subject.label = None;
    Drift {
        attribute: attribute.to_owned(),
        declared: None,
        recorded: None,
        live: None,
        blame: "changed by hand".to_owned(),
        at: BTreeMap::new(),
        ..first
    }
}

fn drift_summary() -> DriftSummary {
    DriftSummary {
        views: ["declared", "recorded", "live"].map(str::to_owned).to_vec(),
        things: 48,
        attributes: 311,
        differences: 2,
        ignored: 1,
        suppressed: BTreeMap::from([("ignore_changes".to_owned(), 9), ("order".to_owned(), 3)]),
        not_compared: BTreeMap::from([("computed_at_apply".to_owned(), 17), ("denied".to_owned(), 1)]),
        unmanaged_elsewhere: 1166,
        ..DriftSummary::default()
    }
}

fn sources() -> Vec<Source> {
    let denied = |bucket: usize| Gap {
        cause: "denied".to_owned(),
        action: Some("s3:GetLifecycleConfiguration".to_owned()),
        detail: format!("the lifecycle rules of flowise-tenant-{bucket:04} were not read; allow s3:GetLifecycleConfiguration"),
    };
    let snapshots = Gap {
        cause: "denied".to_owned(),
        action: Some("rds:DescribeDBSnapshots".to_owned()),
        detail: "DB snapshots of us-east-1 were not listed; allow rds:DescribeDBSnapshots".to_owned(),
    };
    let timed_out = Gap {
        cause: "timed_out".to_owned(),
        action: None,
        detail: "ec2 in us-west-2 gave no whole answer within 30 s; try again or raise --timeout".to_owned(),
    };
    vec![
        Source {
            kind: "aws".to_owned(),
            uri: "123456789012 us-east-1, us-west-2".to_owned(),
            view: "live".to_owned(),
            read_at: Some("2026-11-20T11:58:02Z".to_owned()),
            resources: 1214,
            gaps: [snapshots].into_iter().chain((0..5).map(denied)).chain([timed_out]).collect(),
            notes: Vec::new(),
        },
        Source {
            kind: "terraform_state".to_owned(),
            uri: "infra/terraform.tfstate".to_owned(),
            view: "recorded".to_owned(),
            read_at: None,
            resources: 48,
            gaps: Vec::new(),
            notes: vec!["written by Terraform 1.9.8; 2 resources of other providers were skipped".to_owned()],
        },
    ]
}

fn base(rule: &str, section: &str, title: &str, lines: (u32, u32), subject: Subject) -> Finding {
    Finding {
        id: format!("{rule}-{}", subject.name.len()),
        rule: rule.to_owned(),
        section: section.to_owned(),
        title: title.to_owned(),
        severity: "high".to_owned(),
        verdict: Verdict::Kept,
        grade: Some("configured".to_owned()),
        document: Place { path: Some("plans/flowise.md".to_owned()), line: Some(lines.0) },
        promise: PromiseRef { path: "policies/flowise.yaml".to_owned(), line: lines.1, column: 9, text: title.to_owned() },
        subject,
        promised: String::new(),
        found: None,
        message: String::new(),
        blame: None,
        views: BTreeMap::new(),
        gap: None,
        waiver: None,
        remediation: Remediation { text: String::new(), terraform: None, cli: None, at: None, change: None },
        controls: vec![Control { framework: "NIST SP 800-53".to_owned(), version: "r5".to_owned(), id: "CP-9".to_owned() }],
    }
}

fn subject(kind: &str, id: &str, name: &str, region: Option<&str>, address: Option<&str>) -> Subject {
    Subject {
        kind: kind.to_owned(),
        id: id.to_owned(),
        name: name.to_owned(),
        region: region.map(str::to_owned),
        account: (kind != "plan").then(|| ACCOUNT.to_owned()),
        address: address.map(str::to_owned),
        label: None,
    }
}

fn view(verdict: &str, found: &str, at: &str) -> ViewVerdict {
    ViewVerdict { verdict: verdict.to_owned(), found: found.to_owned(), at: (!at.is_empty()).then(|| at.to_owned()), code: None }
}

fn views<const N: usize>(views: [(&str, ViewVerdict); N]) -> BTreeMap<String, ViewVerdict> {
    views.into_iter().map(|(name, view)| (name.to_owned(), view)).collect()
}

fn db() -> Subject {
    let id = "arn:aws:rds:us-east-1:123456789012:db:flowise-db";
    subject("DB instance", id, "flowise-db", Some("us-east-1"), Some("module.database.aws_db_instance.main"))
}

const DB_AT: &str = "arn:aws:rds:us-east-1:123456789012:db:flowise-db, rds:DescribeDBInstances";

fn retention() -> Finding {
    let title = "RDS keeps automated backups as long as the plan promises";
    let recorded = "infra/terraform.tfstate module.database.aws_db_instance.main";
    Finding {
        verdict: Verdict::Broken,
        promised: "automated backups kept 7d".to_owned(),
        found: Some("keeps automated backups 1 day".to_owned()),
        message: "keeps automated backups 1 day; the plan promises automated backups kept 7d (policies/flowise.yaml:21, document line 19)"
            .to_owned(),
        blame: Some("changed by hand; the next apply reverts it to 7 days (infra/db.tf:12)".to_owned()),
        views: views([
            ("declared", coded("kept", "keeps automated backups 7 days", 12, None)),
            ("live", view("broken", "keeps automated backups 1 day", DB_AT)),
            ("recorded", view("kept", "keeps automated backups 7 days", recorded)),
        ]),
        remediation: Remediation {
            text: "Set the backup retention period of flowise-db to 7 days or more.".to_owned(),
            terraform: Some("resource \"aws_db_instance\" \"main\" {\n  backup_retention_period = 7\n}".to_owned()),
            cli: Some("aws rds modify-db-instance --db-instance-identifier flowise-db --backup-retention-period 7".to_owned()),
            at: None,
            change: None,
        },
        ..base("rds-backup-retention", "datasets", title, (19, 21), db())
    }
}

/// What the declared view says of line `line` of the specimen's code.
fn coded(verdict: &str, found: &str, line: u32, from: Option<&str>) -> ViewVerdict {
    let at = format!("infra/db.tf:{line}:3{}", from.map(|from| format!(" (from {from})")).unwrap_or_default());
    let code = CodePlace { path: "infra/db.tf".to_owned(), line, column: 3, from: from.map(str::to_owned) };
    ViewVerdict { code: Some(code), ..view(verdict, found, &at) }
}

/// Broken in all three views, with the value in a file of variables.
fn encryption() -> Finding {
    let (found, recorded) = ("has storage in the clear", "infra/terraform.tfstate module.database.aws_db_instance.main");
    let from = "infra/prod.tfvars:3";
    Finding {
        verdict: Verdict::Broken,
        promised: "storage encrypted".to_owned(),
        found: Some(found.to_owned()),
        message: format!("flowise-db {found}; the plan promises storage encrypted (policies/flowise.yaml:24, document line 22)"),
        blame: Some(format!("never promised in code: fix {from} (used at infra/db.tf:17)")),
        views: views([
            ("declared", coded("broken", found, 17, Some(from))),
            ("live", view("broken", found, DB_AT)),
            ("recorded", view("broken", found, recorded)),
        ]),
        remediation: Remediation {
            text: format!(
                "Encrypt a copy and restore from it. In code: fix {from} (used at infra/db.tf:17), where storage_encrypted should read \
                 true, not false."
            ),
            terraform: Some("storage_encrypted = true".to_owned()),
            cli: None,
            at: Some(Place { path: Some("infra/prod.tfvars".to_owned()), line: Some(3) }),
            change: Some(Change {
                file: "infra/prod.tfvars".to_owned(),
                line: 3,
                attribute: "storage_encrypted".to_owned(),
                now: Some("false".to_owned()),
                should: "true".to_owned(),
            }),
        },
        ..base("rds-encryption", "datasets", "RDS encrypts its storage: flowise-db", (22, 24), db())
    }
}

fn manual_snapshot() -> Finding {
    Finding {
        verdict: Verdict::Broken,
        severity: "critical".to_owned(),
        grade: Some("observed".to_owned()),
        promised: "a manual snapshot not older than 24h".to_owned(),
        found: Some("has no manual snapshot".to_owned()),
        message:
            "has no manual snapshot; the plan promises a manual snapshot not older than 24h (policies/flowise.yaml:22, document line 20)"
                .to_owned(),
        views: views([("live", view("broken", "has no manual snapshot", DB_AT))]),
        remediation: Remediation {
            text: "Take a manual snapshot before the release.".to_owned(),
            terraform: None,
            cli: None,
            at: None,
            change: None,
        },
        ..base("rds-manual-snapshot", "datasets", "A manual snapshot was taken before the release: flowise-db", (20, 22), db())
    }
}

fn denied_restorable() -> Finding {
    Finding {
        verdict: Verdict::Unknown,
        grade: None,
        promised: "a snapshot or a point in time to restore from".to_owned(),
        message: "cannot be judged: denied: rds:DescribeDBSnapshots: the caller may not list snapshots".to_owned(),
        views: views([
            ("live", view("unknown", "denied: rds:DescribeDBSnapshots", "")),
            ("recorded", view("unknown", "a state does not show what was observed", "")),
        ]),
        gap: Some(Gap {
            cause: "denied".to_owned(),
            action: Some("rds:DescribeDBSnapshots".to_owned()),
            detail: "the caller may not list snapshots; allow rds:DescribeDBSnapshots".to_owned(),
        }),
        ..base("rds-restorable", "datasets", "RDS backups are there to restore from", (23, 25), db())
    }
}

fn accident() -> Finding {
    Finding {
        promised: "deletion protection".to_owned(),
        found: Some("is protected against deletion".to_owned()),
        message: "is protected against deletion; the plan promises deletion protection".to_owned(),
        severity: "medium".to_owned(),
        blame: Some("right by accident: the next apply breaks it".to_owned()),
        views: views([
            ("live", view("kept", "is protected against deletion", DB_AT)),
            ("recorded", view("broken", "can be deleted", "infra/terraform.tfstate module.database.aws_db_instance.main")),
        ]),
        ..base("rds-deletion-protection", "datasets", "RDS refuses deletion", (24, 26), db())
    }
}

fn bucket(name: &str) -> Subject {
    subject("S3 bucket", &format!("arn:aws:s3:::{name}"), name, Some("us-east-1"), None)
}

fn kept_bucket(name: &str) -> Finding {
    let at = format!("arn:aws:s3:::{name}, s3:GetBucketVersioning");
    Finding {
        promised: "object versions kept".to_owned(),
        found: Some("versioning is Enabled".to_owned()),
        message: "versioning is Enabled; the plan promises object versions kept (policies/flowise.yaml:31, document line 48)".to_owned(),
        views: views([("live", view("kept", "versioning is Enabled", &at))]),
        ..base("s3-versioning", "datasets", "S3 keeps object versions", (48, 31), bucket(name))
    }
}

fn wide_name() -> Finding {
    kept_bucket("フローワイズ本番環境のデータベースのバックアップを保管するためのバケット🚀東京リージョン")
}

/// A name that would clear the screen, forge a line, and read backwards.
fn hostile() -> Finding {
    let name = "evil\u{1b}[2J\u{1b}[31m\n✓ kept  all is well\u{202e}gnp.exe\u{200b}<script>]]>";
    Finding {
        id: "hostile".to_owned(),
        verdict: Verdict::Broken,
        found: Some("versioning is Suspended".to_owned()),
        message: format!("{name}: versioning is Suspended; the plan promises object versions kept"),
        views: views([("live", view("broken", "versioning is Suspended", "s3:GetBucketVersioning"))]),
        remediation: Remediation {
            text: "Enable versioning on the bucket.".to_owned(),
            terraform: None,
            cli: None,
            at: None,
            change: None,
        },
        ..kept_bucket(name)
    }
}

/// One of many: the first five could not be read.
pub(crate) fn archive(at: usize) -> Finding {
    let name = format!("flowise-tenant-{at:04}");
    let title = "S3 moves old objects to an archive class as the plan promises";
    let kept = Finding {
        id: format!("s3-lifecycle-archive-{at}"),
        promised: "objects archived after 30d".to_owned(),
        found: Some("moves all objects to GLACIER after 30 days".to_owned()),
        message: "moves all objects to GLACIER after 30 days; the plan promises objects archived after 30d".to_owned(),
        views: views([("live", view("kept", "moves all objects to GLACIER after 30 days", ""))]),
        ..base("s3-lifecycle-archive", "datasets", title, (49, 33), bucket(&name))
    };
    if at >= 5 {
        return kept;
    }
    Finding {
        verdict: Verdict::Unknown,
        grade: None,
        found: None,
        message: "cannot be judged: denied: s3:GetLifecycleConfiguration".to_owned(),
        views: views([("live", view("unknown", "denied", ""))]),
        gap: Some(Gap {
            cause: "denied".to_owned(),
            action: Some("s3:GetLifecycleConfiguration".to_owned()),
            detail: format!("the lifecycle rules of {name} were not read; allow s3:GetLifecycleConfiguration"),
        }),
        ..kept
    }
}

fn waived_port() -> Finding {
    let group = subject("security group", "sg-0a1b2c3d", "flowise-db-access", Some("us-east-1"), Some("aws_security_group.db"));
    let at = "arn:aws:ec2:us-east-1:123456789012:security-group/sg-0a1b2c3d, ec2:DescribeSecurityGroups";
    Finding {
        verdict: Verdict::Waived,
        severity: "critical".to_owned(),
        promised: "ports 5432, 6379 closed to the world".to_owned(),
        found: Some("port 5432 is open to ::/0".to_owned()),
        message: "port 5432 is open to ::/0; the plan promises ports 5432, 6379 closed to the world".to_owned(),
        views: views([("live", view("broken", "port 5432 is open to ::/0", at))]),
        waiver: Some(Waiver {
            owner: "DevOps Team".to_owned(),
            reason: "partner import until their VPN is up (OPS-1431)".to_owned(),
            expires: "2026-12-31".to_owned(),
            covers: "broken".to_owned(),
        }),
        ..base("security-group-exposure", "network", "Database and cache ports are closed to the world", (102, 61), group)
    }
}

fn not_applicable() -> Finding {
    let replica = subject("DB instance", "flowise-db-replica", "flowise-db-replica", Some("us-west-2"), None);
    Finding {
        verdict: Verdict::NotApplicable,
        grade: None,
        promised: "automated backups kept 7d".to_owned(),
        found: Some("is a read replica; its source keeps the backups".to_owned()),
        message: "is a read replica; its source keeps the backups".to_owned(),
        ..base("rds-backup-retention", "datasets", "RDS keeps automated backups as long as the plan promises", (19, 21), replica)
    }
}

fn plan_itself() -> Subject {
    subject("plan", "flowise", "flowise", None, None)
}

fn review() -> Finding {
    let text = "was last changed 2024-12-29, 691 days ago";
    Finding {
        verdict: Verdict::Broken,
        severity: "low".to_owned(),
        grade: Some("declared".to_owned()),
        promised: "a review every 3mo".to_owned(),
        found: Some(text.to_owned()),
        message: format!("{text}; the plan promises a review every 3mo (policies/flowise.yaml:90, document line 146)"),
        views: views([("declared", view("broken", text, "policies/flowise.yaml:7:3"))]),
        remediation: Remediation {
            text: "Review the document and write the new date into it and into the plan.".to_owned(),
            terraform: None,
            cli: None,
            at: None,
            change: None,
        },
        ..base("document-review", "governance", "The document is reviewed as often as it says", (146, 90), plan_itself())
    }
}

fn restore_drill() -> Finding {
    Finding {
        verdict: Verdict::Unknown,
        severity: "medium".to_owned(),
        grade: None,
        promised: "drill restore-database every 1mo".to_owned(),
        message: "cannot be judged: not judged yet: drills are read from the ledger by a later version".to_owned(),
        gap: Some(Gap {
            cause: "not_judged_yet".to_owned(),
            action: None,
            detail: "drills are read from the ledger by a later version".to_owned(),
        }),
        ..base("drill-done", "drills", "Recovery is rehearsed as often as the plan promises", (118, 80), plan_itself())
    }
}

/// What the page of a rule looks like, with what a careless writer would trip over.
fn rules() -> Vec<RuleText> {
    let doc = "# rds-backup-retention\n\n## What it checks\n\nThe period of `{name}`.\n\n```hcl\nbackup_retention_period = {days}\n```\n";
    vec![RuleText {
        id: "rds-backup-retention".to_owned(),
        summary: "RDS keeps automated backups as long as the plan promises".to_owned(),
        severity: "high".to_owned(),
        doc: doc.to_owned(),
        controls: vec![Control { framework: "NIST SP 800-53".to_owned(), version: "r5".to_owned(), id: "CP-9".to_owned() }],
    }]
}
