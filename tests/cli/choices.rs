//! Code that reads `is_primary ? 35 : 7`, judged without the variable: what both outcomes keep is kept, what both break is broken.

use serde_json::Value;

use crate::program::{Desk, text};

const CODE: &str = r#"provider "aws" {
  region = "eu-west-1"
  default_tags { tags = { System = "atlas" } }
}

variable "is_primary" {
  type = bool
}

resource "aws_db_instance" "kept" {
  identifier              = "atlas-kept"
  instance_class          = "db.t3.micro"
  backup_retention_period = var.is_primary ? 35 : 7
}

resource "aws_db_instance" "broken" {
  identifier              = "atlas-broken"
  instance_class          = "db.t3.micro"
  backup_retention_period = var.is_primary ? 5 : 1
}

module "either" {
  source  = "./db"
  primary = var.is_primary
}
"#;

const MODULE: &str = r#"variable "primary" {}

resource "aws_db_instance" "this" {
  identifier              = "atlas-either"
  instance_class          = "db.t3.micro"
  backup_retention_period = !var.primary ? 1 : 35
}
"#;

const PLAN: &str = r"plan: atlas
title: Atlas
document: { path: plan.yaml }
regions: { primary: eu-west-1, recovery: us-west-2 }
select: { tags: { System: atlas } }
datasets:
  databases:
    kind: postgres
    engine: rds
    copies:
      - { automated_backups: { keep: 7d }, line: 1 }
";

/// Verdict, sentence and the change of the code, by the name of the database.
fn judged(desk: &Desk, arguments: &[&str]) -> Vec<(String, String, String, Value)> {
    desk.file("infra/main.tf", CODE);
    desk.file("infra/db/main.tf", MODULE);
    let (plan, infra) = (desk.file("plan.yaml", PLAN), desk.path("infra"));
    let fixed = ["audit", text(&plan), "--terraform", text(&infra), "--no-live", "--format", "json"];
    let done = desk.run(&[&fixed[..], arguments].concat());
    let report: Value = serde_json::from_str(&done.stdout).expect("a report");
    let findings = report["findings"].as_array().expect("findings").iter().filter(|finding| finding["rule"] == "rds-backup-retention");
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    findings
        .map(|one| (word(&one["subject"]["name"]), word(&one["verdict"]), word(&one["message"]), one["remediation"]["change"].clone()))
        .collect()
}

#[test]
fn a_promise_is_judged_where_every_candidate_agrees_and_nowhere_else() {
    let desk = Desk::new();
    let found = judged(&desk, &[]);
    let verdicts: Vec<_> = found.iter().map(|(name, verdict, ..)| (name.as_str(), verdict.as_str())).collect();
    assert_eq!(verdicts, [("atlas-broken", "broken"), ("atlas-either", "unknown"), ("atlas-kept", "kept")]);
    assert!(found[0].2.contains("keeps automated backups for 5 days or 1 day, depending on var.is_primary"), "{}", found[0].2);
    assert_eq!((&found[0].3["line"], &found[0].3["now"], &found[0].3["should"]), (&19.into(), &"5 or 1".into(), &"7".into()));
    let open = &found[1].2;
    assert!(
        open.contains("depends on var.primary (") && open.contains("kept with 35 days when it holds, broken with 1 day when not"),
        "{open}"
    );
    assert!(open.contains("give --var is_primary=VALUE or --var-file FILE for the variable at ") && open.contains("main.tf:6"), "{open}");
    assert!(found[2].2.contains("for 35 days or 7 days, depending on var.is_primary"), "{}", found[2].2);
}

#[test]
fn a_given_variable_leaves_nothing_open() {
    let desk = Desk::new();
    let verdicts = |value: &str| judged(&desk, &["--var", value]).into_iter().map(|(_, verdict, ..)| verdict).collect::<Vec<_>>();
    assert_eq!(verdicts("is_primary=true"), ["broken", "kept", "kept"]);
    assert_eq!(verdicts("is_primary=false"), ["broken", "broken", "kept"]);
}
