//! What loaded states say of addresses, regions, taint and snapshots.

use super::*;
use crate::estate::bucket::Bucket;
use crate::estate::database::DbInstance;
use crate::estate::network::Subnet;
use crate::estate::{Kind, Noun, View};

const DB: &str = r#"{"module": "module.data[\"e.u\"]", "mode": "managed", "type": "aws_db_instance", "name": "main",
    "provider": "provider[\"registry.terraform.io/hashicorp/aws\"].dr", "instances": [
    {"index_key": "orders", "status": "tainted", "schema_version": 2, "attributes": {"arn": "arn:aws:rds:us-west-2:123456789012:db:orders",
      "identifier": "orders", "backup_retention_period": null, "tags_all": {"System": "x"}}, "sensitive_attributes": []},
    {"index_key": "orders", "deposed": "0a1b2c3d", "attributes": {"identifier": "old", "backup_retention_period": 35}},
    {"index_key": 0.0, "attributes": {"identifier": "zero", "backup_retention_period": 7}, "identity": {"account_id": "1", "region": "eu-west-1"}}]}"#;

#[test]
fn format_four_with_modules_keys_tainted_and_deposed() {
    let reading = read(&state(3, "l", DB));
    let view = &reading.estate;
    assert_eq!(view.view, View::Recorded);
    assert_eq!((reading.source.kind.as_str(), reading.source.resources), ("terraform_state", 2));
    let orders = view.named::<DbInstance>("orders", None).unwrap();
    assert!(orders.meta.tainted);
    assert_eq!(orders.meta.address.as_deref(), Some(r#"module.data["e.u"].aws_db_instance.main["orders"]"#));
    assert_eq!(orders.meta.region.ok(), Some(&"us-west-2".into()));
    assert_eq!(orders.backup_retention_days.known().unwrap_err().cause, Cause::Null);
    let zero = view.named::<DbInstance>("zero", None).unwrap();
    assert_eq!(zero.meta.address.as_deref(), Some(r#"module.data["e.u"].aws_db_instance.main[0]"#));
    assert_eq!((zero.meta.region.ok(), zero.meta.account.ok()), (Some(&"eu-west-1".into()), Some(&"1".into())));
    assert!(view.named::<DbInstance>("old", None).is_none(), "deposed objects are not evidence");
    assert_eq!(reading.source.notes, ["1 deposed object skipped: replaced, and only waiting to be destroyed"]);
    for kind in Kind::ALL {
        assert_eq!(view.listing_gap(*kind), None, "{kind} was listed whole");
    }
}

#[test]
fn data_sources_and_unread_types_are_no_nouns() {
    let data = r#"{"mode": "data", "type": "aws_s3_bucket", "name": "x", "instances": [{"attributes": {"bucket": "not-ours"}}]}"#;
    let other = resource("aws_instance", "web", r#"{"id": "i-1", "x": [[[[]]]]}"#);
    let none = r#"{"mode": "managed", "type": "aws_s3_bucket", "name": "none", "instances": []}"#;
    let null = r#"{"mode": "managed", "type": "aws_s3_bucket", "name": "null", "instances": null}"#;
    let reading = read(&state(1, "l", &[data, &other, none, null].join(",")));
    assert!(reading.estate.is_empty() && reading.source.gaps.is_empty());
}

#[test]
fn a_bad_object_is_a_gap_of_its_kind() {
    let bad = r#"{"mode": "managed", "type": "aws_s3_bucket", "name": "bad", "instances": [{"attributes": [1]}]}"#;
    let good = resource("aws_subnet", "good", r#"{"id": "s-1"}"#);
    let reading = read(&state(1, "l", &[bad, &good].join(",")));
    assert!(reading.estate.listing_gap(Kind::Bucket).unwrap().detail.contains("aws_s3_bucket.bad"));
    assert_eq!(reading.estate.listing_gap(Kind::Subnet), None);
    let reading = read(&state(1, "l", r#"{"mode": 7}"#));
    assert!(reading.estate.listing_gap(Kind::Subnet).is_some(), "nobody knows what it was");
}

#[test]
fn format_three_unfolds_flat_maps() {
    let json = r#"{"version": 3, "terraform_version": "0.12.31", "serial": 1, "lineage": "l", "modules": [{"path": ["root", "vpc"], "outputs": {}, "resources": {
        "aws_db_instance.master.1": {"type": "aws_db_instance", "provider": "provider.aws", "deposed": [{"attributes": {"identifier": "old"}}],
          "primary": {"id": "m", "tainted": false, "meta": {"schema_version": "1"}, "attributes": {"identifier": "m", "backup_retention_period": "30",
          "multi_az": "true", "tags.%": "1", "tags.Name": "m", "availability_zone": "us-east-1a"}}},
        "data.aws_ami.x": {"type": "aws_ami", "primary": {"attributes": {}}}}}]}"#;
    let reading = read(json);
    let db: Vec<&DbInstance> = reading.estate.all().collect();
    assert_eq!(db.len(), 1);
    assert_eq!(db[0].meta.address.as_deref(), Some("module.vpc.aws_db_instance.master[1]"));
    assert_eq!((db[0].backup_retention_days.ok(), db[0].multi_az.ok()), (Some(&30), Some(&true)));
    assert_eq!(db[0].meta.tags.ok().unwrap()["Name"], "m");
    assert!(matches!(&db[0].meta.region, crate::estate::Fact::Gap(gap) if gap.detail.contains("default provider")));
}

#[test]
fn attributes_still_flat_after_an_upgrade_are_read() {
    let flat = r#"{"mode": "managed", "type": "aws_subnet", "name": "a", "instances": [{"attributes_flat": {"id": "s-1", "availability_zone": "us-east-1a"}}]}"#;
    assert_eq!(read(&state(1, "l", flat)).estate.all::<Subnet>().next().unwrap().zone.ok().map(String::as_str), Some("us-east-1a"));
}

const SHOWN: &str = r#"{"format_version": "1.0", "terraform_version": "1.9.0", "values": {"outputs": {}, "root_module": {"resources": [],
    "child_modules": [{"address": "module.a", "resources": [{"address": "module.a.aws_s3_bucket.x[\"k\"]", "mode": "managed", "type": "aws_s3_bucket", "name": "x",
    "index": "k", "provider_name": "registry.terraform.io/hashicorp/aws", "schema_version": 0, "tainted": true,
    "values": {"bucket": "data", "region": "us-east-1"}, "sensitive_values": {}}]}]}}}"#;

#[test]
fn show_json_of_a_state_in_utf_16_too() {
    let units: Vec<u8> = std::iter::once(0xFEFF).chain(SHOWN.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = SHOWN.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let marked = [b"\xEF\xBB\xBF", SHOWN.as_bytes()].concat();
    for bytes in [SHOWN.as_bytes().to_vec(), units, big, marked] {
        let reading = assemble(vec![load_bytes("s.json", bytes)]).readings.remove(0);
        let bucket = reading.estate.all::<Bucket>().next().expect("a bucket");
        assert_eq!(bucket.meta.address.as_deref(), Some(r#"module.a.aws_s3_bucket.x["k"]"#));
        assert!(bucket.meta.tainted);
    }
}

const PLAN: &str = r#"{"format_version": "1.2", "terraform_version": "1.9.0", "timestamp": "2026-11-01T00:00:00Z",
    "planned_values": {"root_module": {"resources": [
      {"address": "aws_db_instance.main", "mode": "managed", "type": "aws_db_instance", "name": "main", "values": {"identifier": "orders", "backup_retention_period": 14}},
      {"address": "aws_s3_bucket.new", "mode": "managed", "type": "aws_s3_bucket", "name": "new", "values": {"bucket": "new"}}]}},
    "resource_changes": [
      {"address": "aws_db_instance.main", "mode": "managed", "type": "aws_db_instance", "name": "main", "change": {"actions": ["update"],
        "before": {"backup_retention_period": 7}, "after": {"identifier": "orders", "backup_retention_period": 14, "arn": "arn:aws:rds:us-east-1:1:db:orders"},
        "after_unknown": {"multi_az": true}, "after_sensitive": {}}},
      {"address": "aws_s3_bucket.new", "mode": "managed", "type": "aws_s3_bucket", "name": "new", "change": {"actions": ["create"], "before": null,
        "after": {"bucket": "new"}, "after_unknown": {"arn": true, "region": true, "versioning": true}, "after_sensitive": false}},
      {"address": "aws_s3_bucket.gone", "mode": "managed", "type": "aws_s3_bucket", "name": "gone", "change": {"actions": ["delete"], "before": {"bucket": "gone"}, "after": null}}],
    "prior_state": {"format_version": "1.0", "values": {"root_module": {"resources": [
      {"address": "aws_db_instance.main", "mode": "managed", "type": "aws_db_instance", "name": "main", "values": {"identifier": "orders", "backup_retention_period": 7}}]}}}}"#;

#[test]
fn a_plan_gives_what_is_recorded_and_what_is_declared() {
    let readings = assemble(vec![text("plan.json", PLAN)]).readings;
    assert_eq!(readings.iter().map(|reading| reading.estate.view).collect::<Vec<_>>(), [View::Recorded, View::Declared]);
    assert!(readings.iter().all(|reading| reading.source.kind == "terraform_plan" && reading.source.read_at.is_some()));
    let db = |at: usize| readings[at].estate.all::<DbInstance>().next().unwrap().clone();
    assert_eq!(db(0).backup_retention_days.ok(), Some(&7));
    assert_eq!(db(1).backup_retention_days.ok(), Some(&14));
    assert_eq!(db(1).multi_az.known().unwrap_err().cause, Cause::ComputedAtApply);
    let buckets: Vec<&Bucket> = readings[1].estate.all().collect();
    assert_eq!(buckets.len(), 1);
    for gap in [buckets[0].versioning.known().unwrap_err(), buckets[0].meta.region.known().unwrap_err()] {
        assert_eq!(gap.cause, Cause::ComputedAtApply);
        assert!(gap.detail.contains("aws_s3_bucket.new"));
    }
}

#[test]
fn a_split_resource_of_a_bucket_yet_unnamed_leaves_settings_open() {
    let json = r#"{"format_version": "1.2", "terraform_version": "1.9.0", "planned_values": {"root_module": {"resources": [
      {"address": "aws_s3_bucket.x", "mode": "managed", "type": "aws_s3_bucket", "name": "x", "values": {"bucket": "x", "versioning": [{"enabled": false}]}},
      {"address": "aws_s3_bucket_versioning.x", "mode": "managed", "type": "aws_s3_bucket_versioning", "name": "x", "values": {"versioning_configuration": [{"status": "Enabled"}]}}]}},
      "resource_changes": [{"address": "aws_s3_bucket_versioning.x", "mode": "managed", "type": "aws_s3_bucket_versioning", "name": "x",
        "change": {"actions": ["create"], "after": {"versioning_configuration": [{"status": "Enabled"}]}, "after_unknown": {"bucket": true, "id": true}}}]}"#;
    let reading = read(json);
    let bucket = reading.estate.all::<Bucket>().next().unwrap();
    assert_eq!(bucket.versioning.known().unwrap_err().cause, Cause::ComputedAtApply);
}

fn subnet_state(serial: u64, lineage: &str, name: &str, zone: &str) -> String {
    let attributes = format!(r#"{{"id": "s-1", "arn": "arn:aws:ec2:us-east-1:1:subnet/s-1", "availability_zone": "{zone}"}}"#);
    state(serial, lineage, &resource("aws_subnet", name, &attributes))
}

#[test]
fn of_two_snapshots_of_one_state_the_newer_counts() {
    let old = text("old.tfstate", &subnet_state(7, "l", "a", "us-east-1a"));
    let new = text("new.tfstate", &subnet_state(9, "l", "a", "us-east-1b"));
    let readings = assemble(vec![old, new]).readings;
    assert_eq!(readings.iter().map(|reading| reading.source.resources).collect::<Vec<_>>(), [0, 1]);
    let expected = "two snapshots of one state: serial 9 in new.tfstate is used, serial 7 in old.tfstate is not";
    assert!(readings.iter().all(|reading| reading.source.notes == [expected]));
    assert_eq!(readings[1].estate.all::<Subnet>().next().unwrap().zone.ok().map(String::as_str), Some("us-east-1b"));
}

#[test]
fn one_arn_in_two_states_is_managed_twice() {
    let one = text("one.tfstate", &subnet_state(1, "l", "a", "us-east-1a"));
    let two = text("two.tfstate", &subnet_state(1, "m", "b", "us-east-1a"));
    let readings = assemble(vec![one, two]).readings;
    assert_eq!(readings.iter().map(|reading| reading.source.resources).collect::<Vec<_>>(), [1, 1]);
    for (reading, other) in readings.iter().zip(["two.tfstate", "one.tfstate"]) {
        let note = &reading.source.notes[0];
        assert!(note.starts_with("managed twice") && note.contains(other) && note.contains("subnet/s-1"), "{note}");
    }
}

#[test]
fn the_same_object_in_a_state_and_a_plan_counts_once() {
    let shown = r#"{"format_version": "1.0", "terraform_version": "1", "values": {"root_module": {"resources": [{"address": "aws_subnet.a", "mode": "managed",
        "type": "aws_subnet", "name": "a", "values": {"id": "s-1", "arn": "arn:aws:ec2:us-east-1:1:subnet/s-1"}}]}}}"#;
    let readings = assemble(vec![text("a", &subnet_state(1, "l", "a", "us-east-1a")), text("b", shown)]).readings;
    assert_eq!(readings.iter().map(|reading| reading.source.resources).sum::<u64>(), 1);
    assert!(readings[1].source.notes[0].contains("two snapshots of one state"));
}

#[test]
fn parts_are_joined_across_states() {
    let bucket = text("a", &state(1, "l", &resource("aws_s3_bucket", "x", r#"{"bucket": "x", "versioning": [{"enabled": false}]}"#)));
    let part = resource("aws_s3_bucket_versioning", "x", r#"{"bucket": "x", "versioning_configuration": [{"status": "Enabled"}]}"#);
    let stray = resource("aws_s3_bucket_versioning", "y", r#"{"bucket": "y", "versioning_configuration": [{"status": "Enabled"}]}"#);
    let readings = assemble(vec![bucket, text("b", &state(1, "m", &[part, stray].join(",")))]).readings;
    let bucket = readings[0].estate.all::<Bucket>().next().unwrap();
    assert_eq!(bucket.versioning.ok(), Some(&crate::estate::bucket::Versioning::Enabled));
    assert_eq!(bucket.versioning.at().unwrap().to_string(), "b aws_s3_bucket_versioning.x");
    assert!(readings[0].source.notes[0].contains("aws_s3_bucket_versioning.y is about y"));
    assert_eq!(bucket.meta().address.as_deref(), Some("aws_s3_bucket.x"));
}

#[test]
fn the_same_bytes_give_the_same_readings() {
    let all = || assemble(vec![text("a", &state(3, "l", DB)), text("plan.json", PLAN), text("c", &subnet_state(1, "z", "a", "q"))]);
    assert_eq!(shown(&all()), shown(&all()));
}
