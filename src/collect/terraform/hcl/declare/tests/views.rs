//! Small folders of code, evaluated and mapped.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::rc::Rc;

use crate::collect::Reading;
use crate::collect::redact::Redactor;
use crate::collect::terraform::hcl::declare::{self, Root};
use crate::collect::terraform::hcl::expand::{Given, Inputs, expand};
use crate::collect::terraform::hcl::syntax::Files;
use crate::collect::terraform::map;
use crate::collect::terraform::state::load_keeping_bytes;
use crate::collect::terraform::state::lookup::{Index, Lookup};
use crate::estate::bucket::{Bucket, Versioning};
use crate::estate::cluster::EksCluster;
use crate::estate::database::DbInstance;
use crate::estate::dns::RecordSet;
use crate::estate::edge::LoadBalancer;
use crate::estate::network::{SecurityGroup, Subnet};
use crate::estate::{Cause, Fact, Kind, Locus, Noun, Region, is_handle};

const PROVIDER: &str = "provider \"aws\" {\n  region = \"eu-west-1\"\n  default_tags {\n    tags = { System = \"x\" }\n  }\n}\n";

fn read(code: &str, state: &str, given: &[(&str, &str)]) -> Reading {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("main.tf"), format!("{PROVIDER}{code}")).unwrap();
    let states = if state.is_empty() { Vec::new() } else { Index::newest(&[load_keeping_bytes("x.tfstate", state.as_bytes().to_vec())]) };
    let recorded = Rc::new(Lookup::new(Path::new(""), states.clone(), states));
    let mut files = Files::default();
    let inputs = Inputs {
        folder: folder.path(),
        shown: "infra",
        given: given.iter().map(|(name, text)| Given::Variable { name: (*name).to_owned(), text: (*text).to_owned() }).collect(),
        environment: None,
        workspace: None,
        wanted: &|resource_type| map::kind_of(resource_type).is_some(),
        recorded: recorded.clone(),
        computed: declare::computed(),
    };
    let expansion = expand(&mut files, &inputs).unwrap();
    let root = Root { shown: "infra", files: &files, expansion: &expansion, recorded: &*recorded };
    declare::declared(&[root], &Redactor::default(), &BTreeSet::new()).readings.remove(0)
}

fn declared(code: &str) -> Reading {
    read(code, "", &[])
}

fn only<N: Noun + Clone>(reading: &Reading) -> N {
    let all: Vec<&N> = reading.estate.all().collect();
    assert_eq!(all.len(), 1, "{:?}", reading.source);
    all[0].clone()
}

fn from(fact: Option<&Locus>) -> (u32, Option<String>) {
    let Some(Locus::Code { line, from, .. }) = fact else { panic!("{fact:?}") };
    (*line, from.as_ref().map(ToString::to_string))
}

const DB: &str = r#"
resource "aws_db_instance" "main" {
  identifier     = "orders"
  instance_class = "db.t3.micro"
  engine         = "postgres"
}
"#;

#[test]
fn what_nobody_set_is_the_default_of_the_provider_at_the_line_of_the_block() {
    let db: DbInstance = only(&declared(DB));
    assert_eq!(db.backup_retention_days.ok(), Some(&0));
    assert_eq!(from(db.backup_retention_days.at()), (8, Some("provider default".to_owned())));
    assert_eq!((db.multi_az.ok(), db.encrypted.ok(), db.deletion_protection.ok()), (Some(&false), Some(&false), Some(&false)));
    assert_eq!(db.zone.known().unwrap_err().cause, Cause::ComputedAtApply);
    assert_eq!(db.meta.region.ok(), Some(&Region::from("eu-west-1")));
    assert_eq!(db.meta.tags.ok(), Some(&BTreeMap::from([("System".to_owned(), "x".to_owned())])));
}

#[test]
fn a_replica_does_not_have_the_defaults_of_a_new_database() {
    let code = format!(
        "{DB}resource \"aws_db_instance\" \"copy\" {{\n  identifier = \"copy\"\n  replicate_source_db = aws_db_instance.main.arn\n  instance_class = \"x\"\n}}\n"
    );
    let reading = declared(&code);
    let copy = reading.estate.named::<DbInstance>("copy", None).unwrap();
    assert_eq!(copy.backup_retention_days.known().unwrap_err().cause, Cause::ComputedAtApply);
    assert!(copy.replica_of.ok().and_then(Option::as_deref).is_some_and(is_handle));
    let source = reading.estate.named::<DbInstance>("orders", None).unwrap();
    assert!(source.meta.has_handle(copy.replica_of.ok().unwrap().as_deref().unwrap()));
    assert!(source.meta.arn.ok().is_none(), "a handle is no ARN");
}

#[test]
fn a_state_knows_better_what_terraform_leaves_alone_and_not_what_it_would_put_right() {
    let state = r#"{"version": 4, "serial": 1, "lineage": "l", "resources": [{"mode": "managed", "type": "aws_db_instance", "name": "main",
        "provider": "p", "instances": [{"attributes": {"identifier": "orders", "backup_retention_period": 9, "multi_az": true,
        "deletion_protection": true, "arn": "arn:aws:rds:eu-west-1:123456789012:db:orders", "availability_zone": "eu-west-1a"}}]}]}"#;
    let db: DbInstance = only(&read(DB, state, &[]));
    assert_eq!((db.backup_retention_days.ok(), db.multi_az.ok()), (Some(&9), Some(&true)));
    assert!(matches!(db.backup_retention_days.at(), Some(Locus::State { file, .. }) if &**file == "x.tfstate"));
    assert_eq!(db.deletion_protection.ok(), Some(&false));
    assert_eq!(db.meta.account.ok(), Some(&"123456789012".into()));
}

#[test]
fn what_is_written_elsewhere_says_where() {
    let code = "variable \"keep\" {\n  type    = number\n  default = 5\n}\nresource \"aws_db_instance\" \"main\" {\n  identifier = \"orders\"\n  backup_retention_period = var.keep\n}\n";
    let db: DbInstance = only(&declared(code));
    assert_eq!(db.backup_retention_days.ok(), Some(&5));
    assert_eq!(from(db.backup_retention_days.at()).0, 13);
    assert!(from(db.backup_retention_days.at()).1.is_some_and(|from| from.ends_with("main.tf:9")));
    let given: DbInstance = only(&read(code, "", &[("keep", "8")]));
    assert_eq!(given.backup_retention_days.ok(), Some(&8));
    assert!(from(given.backup_retention_days.at()).1.is_some_and(|from| from.contains("keep")));
}

#[test]
fn a_missing_variable_and_an_undecided_condition_say_what_settles_them() {
    let code = "variable \"keep\" {}\nvariable \"primary\" {}\nresource \"aws_db_instance\" \"main\" {\n  identifier = \"orders\"\n  backup_retention_period = var.keep\n  multi_az = var.primary == \"yes\" ? true : false\n}\n";
    let db: DbInstance = only(&declared(code));
    let gap = db.backup_retention_days.known().unwrap_err();
    assert_eq!(gap.cause, Cause::NotRead);
    assert!(gap.detail.contains("--var keep=VALUE"), "{gap}");
    let gap = db.multi_az.known().unwrap_err();
    assert_eq!(gap.cause, Cause::Undecided);
    assert!(gap.detail.contains("true or false"), "{gap}");
}

#[test]
fn a_bucket_without_versioning_anywhere_is_not_versioned_and_parts_find_their_bucket() {
    let code = "resource \"aws_s3_bucket\" \"a\" {\n  bucket = \"a\"\n}\nresource \"aws_s3_bucket\" \"b\" {\n  bucket = \"b\"\n}\nresource \"aws_s3_bucket_versioning\" \"b\" {\n  bucket = aws_s3_bucket.b.id\n  versioning_configuration {\n    status = \"Enabled\"\n  }\n}\n";
    let reading = declared(code);
    let versioning = |name: &str| reading.estate.named::<Bucket>(name, None).unwrap().versioning.clone();
    assert_eq!(versioning("a").ok(), Some(&Versioning::Never));
    assert_eq!(from(versioning("a").at()), (7, Some("provider default".to_owned())));
    assert_eq!(versioning("b").ok(), Some(&Versioning::Enabled));
    let arn = reading.estate.named::<Bucket>("a", None).unwrap().meta.arn.clone();
    assert_eq!(arn.ok(), Some(&"arn:aws:s3:::a".into()));
}

#[test]
fn code_that_was_not_loaded_may_hold_the_versioning_and_more_buckets() {
    let code = "resource \"aws_s3_bucket\" \"a\" {\n  bucket = \"a\"\n}\nmodule \"other\" {\n  source = \"terraform-aws-modules/s3-bucket/aws\"\n}\n";
    let reading = declared(code);
    let bucket: Bucket = only(&reading);
    assert!(bucket.versioning.known().unwrap_err().detail.contains("terraform init"));
    assert!(reading.estate.listing_gap(Kind::Bucket).is_some());
    assert_eq!(reading.source.gaps.len(), 1);
}

#[test]
fn what_nobody_can_count_says_so_and_says_nothing_else() {
    let code = "variable \"on\" {}\nresource \"aws_s3_bucket\" \"a\" {\n  bucket = \"a\"\n}\nresource \"aws_s3_bucket_versioning\" \"a\" {\n  count  = var.on ? 1 : 0\n  bucket = aws_s3_bucket.a.id\n  versioning_configuration {\n    status = \"Enabled\"\n  }\n}\n";
    let gap = only::<Bucket>(&declared(code)).versioning.known().unwrap_err();
    assert_eq!(gap.cause, Cause::Undecided);
    assert!(gap.detail.contains("how many aws_s3_bucket_versioning.a"), "{gap}");
    let on: Bucket = only(&read(code, "", &[("on", "true")]));
    assert_eq!(on.versioning.ok(), Some(&Versioning::Enabled));
}

#[test]
fn references_join_by_handles_that_are_no_names() {
    let code = "resource \"aws_subnet\" \"a\" {\n  vpc_id = aws_vpc.v.id\n  availability_zone = \"eu-west-1a\"\n}\nresource \"aws_vpc\" \"v\" {}\nresource \"aws_eks_cluster\" \"c\" {\n  name = \"c\"\n  vpc_config {\n    subnet_ids = [aws_subnet.a.id]\n  }\n}\nresource \"aws_lb\" \"l\" {\n  name = \"l\"\n  subnets = [aws_subnet.a.id]\n}\nresource \"aws_security_group\" \"g\" {\n  name = \"g\"\n}\nresource \"aws_vpc_security_group_ingress_rule\" \"r\" {\n  security_group_id = aws_security_group.g.id\n  ip_protocol = \"tcp\"\n  from_port = 22\n  to_port = 22\n  cidr_ipv4 = \"0.0.0.0/0\"\n}\nresource \"aws_wafv2_web_acl_association\" \"w\" {\n  resource_arn = aws_lb.l.arn\n  web_acl_arn = aws_wafv2_web_acl.w.arn\n}\nresource \"aws_wafv2_web_acl\" \"w\" {\n  name  = \"w\"\n  scope = \"REGIONAL\"\n}\n";
    let reading = declared(code);
    let cluster: EksCluster = only(&reading);
    let id = cluster.subnets.ok().unwrap().first().cloned().unwrap();
    assert_eq!(id, "aws_subnet.a.id (known after apply)");
    assert!(reading.estate.named::<Subnet>(&id, None).is_some());
    assert!(matches!(&only::<Subnet>(&reading).meta.name, Fact::Gap(gap) if gap.cause == Cause::ComputedAtApply));
    let balancer: LoadBalancer = only(&reading);
    assert_eq!(balancer.zones.ok(), Some(&BTreeSet::from(["eu-west-1a".to_owned()])));
    assert!(balancer.web_acl.ok().is_some());
    assert_eq!(only::<SecurityGroup>(&reading).ingress.ok().map(Vec::len), Some(1));
}

#[test]
fn the_name_of_a_record_is_whole_where_its_zone_is_known() {
    let zone = "resource \"aws_route53_zone\" \"z\" {\n  name = \"example.com\"\n}\n";
    let record = |zone: &str| {
        format!(
            "resource \"aws_route53_record\" \"r\" {{\n  zone_id = {zone}\n  name = \"www\"\n  type = \"A\"\n  ttl = 60\n  records = [\"10.0.0.1\"]\n}}\n"
        )
    };
    let known: RecordSet = only(&declared(&format!("{zone}{}", record("aws_route53_zone.z.zone_id"))));
    assert_eq!(known.record.ok().map(String::as_str), Some("www.example.com"));
    let unknown: RecordSet = only(&declared(&record("\"Z123\"")));
    assert!(unknown.meta.name.ok().is_none());
}

#[test]
fn secrets_do_not_pass_and_their_repetitions_neither() {
    let code = "variable \"pass\" {\n  sensitive = true\n}\nresource \"aws_db_instance\" \"main\" {\n  identifier = \"orders\"\n  password = \"Tr0ub4dor&3xyz\"\n  tags = { Note = \"it is Tr0ub4dor&3xyz\", Other = var.pass }\n}\n";
    let reading = read(code, "", &[("pass", "c0rrectH0rse!")]);
    let shown = format!("{reading:?}");
    assert!(!shown.contains("Tr0ub4dor") && !shown.contains("c0rrectH0rse"), "{shown}");
}

#[test]
fn what_is_ignored_stays_as_the_state_has_it() {
    let code =
        DB.replace("engine ", "backup_retention_period = 1\n  lifecycle {\n    ignore_changes = [backup_retention_period]\n  }\n  engine ");
    let state = r#"{"version": 4, "serial": 1, "lineage": "l", "resources": [{"mode": "managed", "type": "aws_db_instance", "name": "main",
        "provider": "p", "instances": [{"attributes": {"identifier": "orders", "backup_retention_period": 9}}]}]}"#;
    assert_eq!(only::<DbInstance>(&read(&code, state, &[])).backup_retention_days.ok(), Some(&9));
    assert_eq!(only::<DbInstance>(&declared(&code)).backup_retention_days.ok(), Some(&1));
}
