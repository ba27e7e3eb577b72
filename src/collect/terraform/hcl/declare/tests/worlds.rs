//! Undecided conditions decided both ways.

use super::views::{declared, read};
use crate::collect::Reading;
use crate::estate::bucket::{Bucket, Versioning};
use crate::estate::database::DbInstance;
use crate::estate::{Alternative, Noun};

fn sides<N: Noun + Clone>(reading: &Reading, alternative: &Alternative, name: &str) -> [N; 2] {
    [0, 1].map(|side| {
        let world = reading.estate.in_world(alternative, side);
        let found = world.all::<N>().find(|noun| noun.meta().address.as_deref() == Some(name));
        found.unwrap_or_else(|| panic!("{name} is not in the world")).clone()
    })
}

fn conditions(reading: &Reading) -> Vec<&str> {
    reading.estate.alternatives.iter().map(|alternative| &*alternative.condition).collect()
}

#[test]
fn one_condition_is_one_decision_wherever_it_is_asked_and_also_when_it_is_negated() {
    let code = "variable \"p\" {}\nlocals {\n  days = var.p ? 35 : 7\n}\nresource \"aws_db_instance\" \"a\" {\n  identifier = \"a\"\n  backup_retention_period = local.days\n  multi_az = !var.p ? false : true\n}\nresource \"aws_db_instance\" \"b\" {\n  identifier = \"b\"\n  backup_retention_period = (var.p) ? 5 : 6\n}\nresource \"aws_db_instance\" \"c\" {\n  identifier = \"c\"\n}\n";
    let reading = declared(code);
    assert_eq!(conditions(&reading), ["var.p"]);
    let alternative = &reading.estate.alternatives[0];
    assert_eq!(alternative.changes.len(), 2, "what does not differ is not kept twice");
    assert!(alternative.settle.starts_with("give --var p=VALUE or --var-file FILE for the variable at "), "{}", alternative.settle);
    let days = |name: &str| sides::<DbInstance>(&reading, alternative, name).map(|db| db.backup_retention_days.ok().copied());
    assert_eq!(days("aws_db_instance.a"), [Some(35), Some(7)]);
    assert_eq!(days("aws_db_instance.b"), [Some(5), Some(6)]);
    assert_eq!(days("aws_db_instance.c"), [Some(0), Some(0)]);
    assert_eq!(
        sides::<DbInstance>(&reading, alternative, "aws_db_instance.a").map(|db| db.multi_az.ok().copied()),
        [Some(true), Some(false)]
    );
}

#[test]
fn what_is_decided_leaves_no_worlds() {
    let code =
        "variable \"p\" {}\nresource \"aws_db_instance\" \"a\" {\n  identifier = \"a\"\n  backup_retention_period = var.p ? 35 : 7\n}\n";
    assert_eq!(conditions(&declared(code)), ["var.p"]);
    assert!(conditions(&read(code, "", &[("p", "true")])).is_empty());
}

#[test]
fn a_name_that_hangs_on_a_condition_joins_its_parts_in_each_world() {
    let code = "variable \"p\" {}\nresource \"aws_s3_bucket\" \"a\" {\n  bucket = var.p ? \"eu\" : \"us\"\n}\nresource \"aws_s3_bucket_versioning\" \"a\" {\n  bucket = aws_s3_bucket.a.id\n  versioning_configuration {\n    status = var.p ? \"Enabled\" : \"Suspended\"\n  }\n}\n";
    let reading = declared(code);
    let buckets = sides::<Bucket>(&reading, &reading.estate.alternatives[0], "aws_s3_bucket.a");
    let seen = buckets.map(|bucket| (bucket.meta.name.ok().cloned(), bucket.versioning.ok().copied()));
    assert_eq!(seen, [(Some("eu".to_owned()), Some(Versioning::Enabled)), (Some("us".to_owned()), Some(Versioning::Suspended))]);
}

#[test]
fn null_in_one_world_is_the_default_there() {
    let code =
        "variable \"p\" {}\nresource \"aws_db_instance\" \"a\" {\n  identifier = \"a\"\n  backup_retention_period = var.p ? 35 : null\n}\n";
    let reading = declared(code);
    let days = sides::<DbInstance>(&reading, &reading.estate.alternatives[0], "aws_db_instance.a")
        .map(|db| db.backup_retention_days.ok().copied());
    assert_eq!(days, [Some(35), Some(0)]);
}

#[test]
fn instances_of_one_block_are_decided_apart_and_chance_is_never_decided() {
    let code = "variable \"p\" {}\nresource \"aws_db_instance\" \"a\" {\n  for_each = toset([\"x\", \"y\"])\n  identifier = each.key\n  backup_retention_period = var.p[each.key] ? 35 : 7\n}\nresource \"aws_db_instance\" \"b\" {\n  identifier = \"b\"\n  backup_retention_period = uuid() == \"x\" ? 35 : 7\n}\n";
    let reading = declared(code);
    assert_eq!(conditions(&reading), ["var.p[each.key]", "var.p[each.key]"]);
    assert!(reading.estate.alternatives.iter().all(|alternative| alternative.changes.len() == 1));
}

#[test]
fn no_more_than_so_many_conditions_are_tried() {
    let variables: String = (0..40).map(|number| format!("variable \"p{number}\" {{}}\nresource \"aws_db_instance\" \"d{number}\" {{\n  identifier = \"d{number}\"\n  backup_retention_period = var.p{number} ? 35 : 7\n}}\n")).collect();
    assert_eq!(declared(&variables).estate.alternatives.len(), 16);
}

#[test]
fn a_secret_of_one_world_is_learned_before_anything_is_shown() {
    let code = "variable \"p\" {}\nresource \"aws_db_instance\" \"a\" {\n  identifier = \"a\"\n  password = var.p ? \"Tr0ub4dor&3xyz\" : \"c0rrectH0rse!\"\n  tags = { Note = \"it is c0rrectH0rse!\", Days = var.p ? \"Tr0ub4dor&3xyz\" : \"none\" }\n}\n";
    let shown = format!("{:?}", declared(code));
    assert!(!shown.contains("Tr0ub4dor") && !shown.contains("c0rrectH0rse"), "{shown}");
}
