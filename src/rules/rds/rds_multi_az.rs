//! A standby in another zone takes over when the primary's zone is lost.

use super::speaks_for_itself;
use crate::estate::database::{DbCluster, DbInstance, member_zones};
use crate::plan::claim::MultiAz;
use crate::rules::prelude::*;

/// The rule `rds-multi-az`.
pub static RULE: Rule = Rule {
    id: "rds-multi-az",
    summary: "RDS databases have a standby in another zone",
    severity: Severity::High,
    needs: &[Need::DbInstances, Need::DbClusters],
    controls: &[
        "aws-security-hub-2023:RDS.5",
        "nist-800-53r5:CP-6(2)",
        "nist-800-53r5:CP-10",
        "nist-800-53r5:SC-36",
        "nist-800-53r5:SI-13(5)",
        "cis-aws-foundations-v6:3.2.4",
        "iso-27001-2022:A.8.14",
        "soc2-2017:A1.2",
    ],
    remediation: Remediation {
        text: "Make {name} Multi-AZ. Of an Aurora cluster, add a reader in another zone: the cluster fails over to it.",
        terraform: Some(
            r#"# in the aws_db_instance {name}
multi_az = true

# for an Aurora cluster, a reader in another zone
resource "aws_rds_cluster_instance" "reader" {
  cluster_identifier = "{name}"
  identifier         = "{name}-reader"
  instance_class     = "INSTANCE-CLASS"
  engine             = "ENGINE"
  availability_zone  = "ANOTHER-ZONE"
}"#,
        ),
        cli: Some(
            "# an instance\n\
             aws rds modify-db-instance --db-instance-identifier {name} --multi-az --apply-immediately --region {region}\n\
             # an Aurora cluster\n\
             aws rds create-db-instance --db-cluster-identifier {name} --db-instance-identifier {name}-reader \
             --db-instance-class INSTANCE-CLASS --engine ENGINE --availability-zone ANOTHER-ZONE --region {region}",
        ),
    },
    evidence: Evidence::Configured,
    quantifier: Quantifier::Every,
    doc: "\
## What it checks

An instance is Multi-AZ. A cluster, be it Aurora or a Multi-AZ DB cluster, has a member that takes writes and members in at least two
zones; one member cannot fail over, whatever zones its storage spans.

## Why it matters

With a standby, the loss of a zone costs about a minute and no data. Without one it costs a restore, or for Aurora the making of a new
member.

## What counts as evidence

`MultiAZ` of an instance and the zones of the members of a cluster, as the RDS API answers them or Terraform records them. The zones that
a cluster names for its storage are no evidence of members.

## Limits

The setting does not show that a failover works or how long it takes: a drill does. Whether members are available at this moment is not
looked at. The secondary of an Aurora global database has no member that takes writes. A read replica is not a standby: `rds-replica` looks at those.
",
    judge: judge_each!(MultiAz, Database<'_>, judge),
};

fn judge(_promise: &MultiAz, db: Database<'_>, scene: &Scene<'_>) -> Ruling {
    speaks_for_itself(db, scene.view)?;
    match db {
        Database::Instance(instance) => {
            let multi_az = *instance.multi_az.known()?;
            let found = if multi_az { "has a standby in another zone" } else { "has no standby in another zone" };
            Ok(kept_if(multi_az, found).seen_in(&instance.multi_az).set_by("multi_az", multi_az))
        }
        Database::Cluster(cluster) => judge_cluster(cluster, scene.view),
    }
}

fn judge_cluster(cluster: &DbCluster, view: &ViewEstate) -> Ruling {
    let members = cluster.members.known()?;
    let found = match members.len() {
        0 => Some("has no members".to_owned()),
        1 => Some(format!("has one member, {}: one member cannot fail over", members[0].instance)),
        number if !members.iter().any(|member| member.writer) => Some(format!("has {number} members and none that takes writes")),
        _ => None,
    };
    if let Some(found) = found {
        return Ok(broken(found).seen_in(&cluster.members));
    }
    let zones = member_zones(cluster, view.all::<DbInstance>())?;
    let names = zones.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
    if zones.len() >= 2 {
        return Ok(kept(format!("has members in {names}")).seen_in(&cluster.members));
    }
    every_zone_seen(cluster, view)?;
    Ok(broken(format!("has all its members in {names}")).seen_in(&cluster.members))
}

/// Whether the zone of every member was seen, so that there can be no other.
fn every_zone_seen(cluster: &DbCluster, view: &ViewEstate) -> Result<(), Gap> {
    for member in cluster.members.known()? {
        let instance = view.named::<DbInstance>(&member.instance, cluster.meta.region.ok());
        if instance.is_some_and(|instance| matches!(instance.zone.ok(), Some(Some(_)))) {
            continue;
        }
        super::listed_in(view, Kind::DbInstance, cluster.meta.region.ok())?;
        return Err(Gap::new(Cause::NotRead, format!("the {} view does not show the zone of its member {}", view.view, member.instance)));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estate::database::ClusterMember;
    use crate::rules::rds::testing::{cluster, denied_listing, instance, judge_named, member, members};
    use crate::rules::testing::{denied, denied_gap, judge_one, live, seen};

    fn judged(resources: Vec<Resource>) -> Ruling {
        judge_one(&RULE, MultiAz, resources)
    }

    fn answer(resources: Vec<Resource>) -> (Answer, String) {
        let judgement = judged(resources).expect("judged");
        assert!(judgement.at.is_some(), "says where");
        (judgement.answer, judgement.found)
    }

    fn ledger(names: &[&str]) -> Resource {
        cluster("ledger", |db| db.members = members(names))
    }

    #[test]
    fn kept_when_an_instance_has_a_standby() {
        let found = "has a standby in another zone".to_owned();
        assert_eq!(answer(vec![instance("orders", |db| db.multi_az = seen(true))]), (Answer::Kept, found));
    }

    #[test]
    fn kept_when_a_cluster_has_members_in_two_zones() {
        let resources = vec![ledger(&["a", "b"]), member("a", "us-east-1a"), member("b", "us-east-1b")];
        assert_eq!(answer(resources), (Answer::Kept, "has members in us-east-1a, us-east-1b".to_owned()));
    }

    /// Each member of a Multi-AZ DB cluster answers `MultiAZ: false` for itself: the cluster is the subject, the only one.
    #[test]
    fn a_multi_az_db_cluster_is_judged_by_its_members_and_they_are_not_instances() {
        let three = cluster("ledger", |db| (db.engine, db.members) = (seen("postgres".to_owned()), members(&["a", "b", "c"])));
        let of = |name, zone: &str| {
            instance(name, |db| {
                (db.cluster, db.multi_az) = (seen(Some("ledger".to_owned())), seen(false));
                db.zone = seen(Some(zone.to_owned()));
            })
        };
        let resources = vec![three, of("a", "us-east-1a"), of("b", "us-east-1b"), of("c", "us-east-1c")];
        assert_eq!(answer(resources).0, Answer::Kept);
    }

    #[test]
    fn broken_when_an_instance_stands_alone() {
        let found = "has no standby in another zone".to_owned();
        assert_eq!(answer(vec![instance("orders", |db| db.multi_az = seen(false))]), (Answer::Broken, found));
    }

    #[test]
    fn broken_when_a_cluster_has_fewer_than_two_members() {
        let found = "has one member, a: one member cannot fail over".to_owned();
        assert_eq!(answer(vec![ledger(&["a"]), member("a", "us-east-1a")]), (Answer::Broken, found));
        assert_eq!(answer(vec![ledger(&[])]), (Answer::Broken, "has no members".to_owned()));
    }

    #[test]
    fn broken_when_all_members_are_in_one_zone() {
        let resources = vec![ledger(&["a", "b"]), member("a", "us-east-1a"), member("b", "us-east-1a")];
        assert_eq!(answer(resources), (Answer::Broken, "has all its members in us-east-1a".to_owned()));
    }

    #[test]
    fn broken_when_no_member_takes_writes() {
        let readers = ["a", "b"].map(|name| ClusterMember { instance: name.to_owned(), writer: false });
        let resources =
            vec![cluster("ledger", |db| db.members = seen(readers.into())), member("a", "us-east-1a"), member("b", "us-east-1b")];
        assert_eq!(answer(resources), (Answer::Broken, "has 2 members and none that takes writes".to_owned()));
    }

    #[test]
    fn unknown_when_a_members_zone_was_not_seen() {
        let gap = judged(vec![ledger(&["a", "b"]), member("a", "us-east-1a")]).expect_err("a gap");
        assert_eq!(gap.cause, Cause::NotRead);
        let action = "rds:DescribeDBInstances";
        let view = denied_listing(live([ledger(&["a", "b"]), member("a", "us-east-1a")]), Kind::DbInstance, "us-east-1", action);
        assert_eq!(judge_named(&RULE, MultiAz, &view, "ledger"), Err(denied_gap(action)));
    }

    #[test]
    fn kept_when_a_third_member_was_not_seen() {
        let resources = vec![ledger(&["a", "b", "c"]), member("a", "us-east-1a"), member("b", "us-east-1b")];
        assert_eq!(answer(resources).0, Answer::Kept);
    }

    #[test]
    fn unknown_when_denied() {
        let action = "rds:DescribeDBInstances";
        assert_eq!(judged(vec![instance("orders", |db| db.multi_az = denied(action))]), Err(denied_gap(action)));
        let action = "rds:DescribeDBClusters";
        assert_eq!(judged(vec![cluster("ledger", |db| db.members = denied(action))]), Err(denied_gap(action)));
        let orphan = instance("ledger-1", |db| (db.cluster, db.multi_az) = (seen(Some("ledger".to_owned())), seen(false)));
        assert_eq!(judged(vec![orphan]).expect_err("a gap").cause, Cause::NotRead);
    }
}
