//! Terraform code alone: what a gate before a merge says of it, and what it never prints.

use std::path::PathBuf;

use lastro::report::model::{Report, Verdict};

use crate::program::{Desk, Run, text};

const PLAN: &str = r#"
plan: code
title: Code
document: { path: dr.md, updated: 2026-11-01 }
regions: { primary: us-east-1 }
datasets:
  files:
    kind: objects
    select: { tags: { System: x } }
    copies:
      - { versions: true, line: 1 }
waivers:
  - { rule: s3-versioning, subject: made-by-hand, owner: Ops, reason: it is small, expires: 2027-01-31 }
"#;

const BUCKET: &str = r#"
provider "aws" {
  region = "us-east-1"
}
resource "aws_s3_bucket" "files" {
  bucket = "files"
  tags   = { System = "x" }
}
resource "aws_s3_bucket_versioning" "one" {
  bucket = aws_s3_bucket.files.id
  versioning_configuration {
    status = "Enabled"
  }
}
"#;

/// A desk with a plan and a folder of one file.
fn folder(code: &str) -> (Desk, PathBuf, PathBuf) {
    let desk = Desk::new();
    let plan = desk.file("plan.yaml", PLAN);
    desk.file("dr.md", "Files keep their versions.\n");
    let infra = desk.path("infra");
    std::fs::create_dir_all(&infra).expect("a folder");
    std::fs::write(infra.join("main.tf"), format!("{BUCKET}{code}")).expect("code");
    (desk, plan, infra)
}

fn audit(code: &str, more: &[&str]) -> Run {
    let (desk, plan, infra) = folder(code);
    desk.run(&[&["audit", text(&plan), "--terraform", text(&infra), "--no-live", "--now", "2026-11-20T00:00:00Z"], more].concat())
}

fn versioning(report: &Report) -> Vec<Verdict> {
    report.findings.iter().filter(|finding| finding.rule == "s3-versioning").map(|finding| finding.verdict).collect()
}

#[test]
fn two_resources_that_disagree_about_one_bucket_keep_nothing() {
    let second = |status: &str| {
        format!(
            "resource \"aws_s3_bucket_versioning\" \"two\" {{\n bucket = \"files\"\n versioning_configuration {{\n status = \"{status}\"\n }}\n}}"
        )
    };
    assert_eq!(versioning(&audit("", &["--format", "json"]).report()), [Verdict::Kept]);
    assert_eq!(versioning(&audit(&second("Enabled"), &["--format", "json"]).report()), [Verdict::Kept]);
    let run = audit(&second("Suspended"), &["--format", "json"]);
    assert_eq!(versioning(&run.report()), [Verdict::Unknown]);
    assert!(run.stdout.contains("aws_s3_bucket_versioning.one and aws_s3_bucket_versioning.two set it differently"), "{}", run.stdout);
}

#[test]
fn a_waiver_for_what_no_code_made_does_not_fail_a_gate_on_code() {
    let run = audit("", &["--format", "json"]);
    run.exits(0);
    let report = run.report();
    let waiver = report.findings.iter().find(|finding| finding.rule == "waiver-unused").expect("it is told");
    assert_eq!(waiver.verdict, Verdict::NotApplicable);
    assert!(!audit("", &[]).stdout.contains("declared, declared"), "no word is said twice");
}

#[test]
fn no_format_and_no_log_shows_what_is_sensitive() {
    let code = r#"
variable "password" {
  type      = string
  sensitive = true
  default   = "CANARY-7f3a9c-default"
}
variable "days" {
  type      = number
  sensitive = true
  default   = "CANARY-7f3a9c-number"
}
locals {
  joined = "x-${var.password}-y"
}
resource "aws_db_instance" "db" {
  identifier              = "db"
  tags                    = { System = "x", Note = local.joined }
  password                = var.password
  backup_retention_period = var.days
  engine                  = tonumber(var.password)
  multi_az                = jsondecode(var.password)
  storage_encrypted       = lookup({ a = 1 }, var.password)
}
resource "aws_s3_bucket" "named" {
  bucket = local.joined
  tags   = { (var.password) = "x", System = "x" }
}
"#;
    for format in ["table", "json", "junit", "sarif", "markdown"] {
        for given in [&[][..], &["--var", "password=CANARY-7f3a9c-given"], &["--var", "days=CANARY-7f3a9c-given"]] {
            let run = audit(code, &[given, &["-vv", "--format", format]].concat());
            assert!(!run.stdout.is_empty(), "{}", run.stderr);
            for said in [&run.stdout, &run.stderr] {
                assert!(!said.contains("CANARY-7f3a9c"), "{format} {given:?}: {said}");
            }
        }
    }
}

#[test]
fn one_bucket_in_two_folders_is_kept_only_where_both_say_so() {
    for (status, verdict) in [("Enabled", Verdict::Kept), ("Suspended", Verdict::Unknown)] {
        let (desk, plan, first) = folder("");
        let second = desk.path("other");
        std::fs::create_dir_all(&second).expect("a folder");
        std::fs::write(second.join("main.tf"), BUCKET.replace("Enabled", status)).expect("code");
        let folders = ["--terraform", text(&first), "--terraform", text(&second)];
        let run = desk.run(&[&["audit", text(&plan)][..], &folders, &["--no-live", "--format", "json"]].concat());
        assert_eq!(versioning(&run.report()), [verdict], "{status}: {}", run.stdout);
    }
}
