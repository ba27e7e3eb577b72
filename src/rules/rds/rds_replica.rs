//! Read replicas are there and available: in the promised regions, or in another zone.

use super::{listed_in, speaks_for_itself};
use crate::estate::database::{DbCluster, DbInstance};
use crate::estate::{Action, Arn, Meta, Region, is_handle};
use crate::plan::claim::Replica;
use crate::rules::prelude::*;

/// The rule `rds-replica`.
pub static RULE: Rule = Rule {
    id: "rds-replica",
    summary: "RDS databases have available read replicas where the plan promises them",
    severity: Severity::High,
    needs: &[Need::DbInstances, Need::DbClusters, Need::DbGlobalClusters],
    controls: &["nist-800-53r5:CP-6", "nist-800-53r5:SC-36", "iso-27001-2022:A.8.14", "soc2-2017:A1.2"],
    remediation: Remediation {
        text: "Create a read replica of {name} where the plan promises one. Across regions, the replica of an encrypted database needs a KMS \
               key of its own region.",
        terraform: Some(
            r#"# with the provider of {to_region}
resource "aws_db_instance" "replica" {
  identifier          = "{name}-replica"
  replicate_source_db = "{arn}"
  instance_class      = "INSTANCE-CLASS"
  kms_key_id          = aws_kms_key.replica.arn
  skip_final_snapshot = true
}"#,
        ),
        cli: Some(
            "# an instance\n\
             aws rds create-db-instance-read-replica --db-instance-identifier {name}-replica --source-db-instance-identifier {arn} \
             --region {to_region}\n\
             # an Aurora cluster\n\
             aws rds create-db-cluster --db-cluster-identifier {name}-replica --replication-source-identifier {arn} --engine ENGINE \
             --region {to_region}",
        ),
    },
    evidence: Evidence::Configured,
    quantifier: Quantifier::Every,
    doc: "\
## What it checks

Each selected primary database has at least the promised number of read replicas that are `available` and not known to have stopped
replicating: in the promised regions or, where the plan names none, in another zone of the same region. Readers of an Aurora cluster count
in another zone than its writer. A database that is a replica itself is not judged.

## Why it matters

A replica in another region is the copy that can be promoted in minutes when the region is lost; one in another zone takes reads, and
promotion, when the zone is.

## What counts as evidence

The instances and clusters of every region that is read, by the source that each of them names, with status, zone and replication state.
A region that could not be listed leaves the promise unknown, unless enough replicas are seen elsewhere.

## Limits

How far a replica lags behind is not looked at. A replica that is being backed up or modified at this moment is not `available` and cannot
be promoted. A Terraform state does not show which clusters an Aurora global database feeds: where one could be the missing replica, that
view is unknown; the live view shows it.
",
    judge: judge_each!(Replica, Database<'_>, judge),
};

fn judge(promise: &Replica, db: Database<'_>, scene: &Scene<'_>) -> Ruling {
    speaks_for_itself(db, scene.view)?;
    if let Some(source) = source_of(db).known()? {
        return Ok(not_applicable(format!("is itself a replica of {source}")).seen_in(source_of(db)));
    }
    let search = Search { promise, db, view: scene.view };
    let (mut counted, mut others, mut gap) = (Vec::new(), Vec::new(), None);
    for (name, standing) in search.replicas() {
        match standing {
            Standing::Counts => counted.push(name),
            Standing::Not(why) => others.push(format!("{name} {why}")),
            Standing::Unseen(unseen) => gap = gap.or(Some(unseen)),
        }
    }
    let place = search.place();
    if counted.len() >= promise.at_least as usize {
        return Ok(kept(format!("has {} {place}: {}", replicas(counted.len()), counted.join(", "))).seen_in(source_of(db)));
    }
    gap.map_or(Ok(()), Err)?;
    search.listed()?;
    let but = if others.is_empty() { String::new() } else { format!(": {}", others.join(", ")) };
    Ok(broken(format!("has {} {place}{but}", replicas(counted.len()))).seen_in(source_of(db)))
}

fn source_of(db: Database<'_>) -> &Fact<Option<String>> {
    match db {
        Database::Instance(instance) => &instance.replica_of,
        Database::Cluster(cluster) => &cluster.replica_of,
    }
}

fn replicas(number: usize) -> String {
    match number {
        0 => "no available replica".to_owned(),
        1 => "1 available replica".to_owned(),
        _ => format!("{number} available replicas"),
    }
}

/// Whether a replica is one of those that are promised.
enum Standing {
    Counts,
    Not(String),
    Unseen(Gap),
}

/// What speaks against a replica; `None` when nothing does.
type Objection = Result<Option<String>, Gap>;

/// A definite objection comes before one that could not be looked into.
fn weigh(objections: [Objection; 3]) -> Standing {
    let mut unseen = None;
    for objection in objections {
        match objection {
            Ok(None) => {}
            Ok(Some(why)) => return Standing::Not(why),
            Err(gap) => unseen = unseen.or(Some(gap)),
        }
    }
    unseen.map_or(Standing::Counts, Standing::Unseen)
}

/// What could be a replica of the database, as its source was not seen, unless it would not count anyway.
fn unless_out_of_question(standing: Standing) -> Option<Standing> {
    match standing {
        Standing::Not(_) => None,
        Standing::Counts | Standing::Unseen(_) => Some(standing),
    }
}

/// The replicas of one database in one view.
#[derive(Clone, Copy)]
struct Search<'a> {
    promise: &'a Replica,
    db: Database<'a>,
    view: &'a ViewEstate,
}

impl<'a> Search<'a> {
    fn replicas(self) -> Vec<(&'a str, Standing)> {
        let instances = self.view.all::<DbInstance>().filter_map(|instance| {
            let standing = match self.feeds_instance(instance) {
                Ok(true) => weigh([is_available(&instance.status), is_replicating(instance), self.is_in_place(instance)]),
                Ok(false) => return None,
                Err(gap) => unless_out_of_question(weigh([is_available(&instance.status), self.is_in_place(instance), Err(gap)]))?,
            };
            Some((instance.meta.display_name(), standing))
        });
        let clusters = self.view.all::<DbCluster>().filter(|_| self.is_across_regions()).filter_map(|cluster| {
            let standing = match cluster.replica_of.known().and_then(|source| self.feeds(source.as_deref(), &cluster.meta)) {
                Ok(true) => weigh([is_available(&cluster.status), self.is_in_promised_region(&cluster.meta), Ok(None)]),
                Ok(false) => Standing::Unseen(self.global_secondary(cluster)?),
                Err(gap) => {
                    unless_out_of_question(weigh([is_available(&cluster.status), self.is_in_promised_region(&cluster.meta), Err(gap)]))?
                }
            };
            Some((cluster.meta.display_name(), standing))
        });
        instances.chain(clusters).collect()
    }

    /// Whether the database feeds an instance: as the source of a replica, or as the cluster of a reader.
    fn feeds_instance(self, instance: &DbInstance) -> Result<bool, Gap> {
        if let (Database::Cluster(cluster), false) = (self.db, self.is_across_regions()) {
            let name = instance.meta.name.known()?;
            let readers = cluster.members.known()?.iter().filter(|member| !member.writer);
            let here = instance.meta.region.ok() == cluster.meta.region.ok();
            if here && readers.into_iter().any(|reader| reader.instance.eq_ignore_ascii_case(name)) {
                return Ok(true);
            }
        }
        // A member of any other cluster gets its data from that cluster, which names its own source.
        if matches!(instance.cluster.ok(), Some(Some(_))) {
            return Ok(false);
        }
        self.feeds(instance.replica_of.known()?.as_deref(), &instance.meta)
    }

    /// Whether the source that a replica names is the database: by ARN, or by identifier in the same region.
    fn feeds(self, source: Option<&str>, replica: &Meta) -> Result<bool, Gap> {
        let Some(source) = source else { return Ok(false) };
        let db = self.db.meta();
        if is_handle(source) {
            // A data source may well be the database under another name; another resource is not.
            let gap = || Gap::new(Cause::NotRead, format!("{} is a replica of {source}", replica.display_name()));
            return if db.has_handle(source) {
                Ok(true)
            } else if source.contains("data.") {
                Err(gap())
            } else {
                Ok(false)
            };
        }
        if !source.starts_with("arn:") {
            return Ok(source.eq_ignore_ascii_case(db.name.known()?) && replica.region.known()? == db.region.known()?);
        }
        if let Some(arn) = db.arn.ok() {
            return Ok(source.eq_ignore_ascii_case(arn.as_str()));
        }
        let kind = match self.db {
            Database::Instance(_) => "db",
            Database::Cluster(_) => "cluster",
        };
        let (source, own) = (Arn::from(source), format!("{kind}:{}", db.name.known()?));
        let named = source.resource().is_some_and(|resource| resource.eq_ignore_ascii_case(&own));
        Ok(named && source.region().as_ref() == Some(db.region.known()?))
    }

    fn is_across_regions(self) -> bool {
        !self.promise.in_regions.is_empty()
    }

    fn is_in_place(self, instance: &DbInstance) -> Objection {
        if self.is_across_regions() { self.is_in_promised_region(&instance.meta) } else { self.is_in_another_zone(instance) }
    }

    fn is_in_promised_region(self, replica: &Meta) -> Objection {
        let region = replica.region.known()?;
        Ok((!self.promise.in_regions.contains(region)).then(|| format!("is in {region}")))
    }

    fn is_in_another_zone(self, replica: &DbInstance) -> Objection {
        let region = replica.meta.region.known()?;
        if region != self.db.region().known()? {
            return Ok(Some(format!("is in {region}")));
        }
        let zone = known_zone(replica)?;
        Ok((zone == self.primary_zone()?).then(|| format!("is in {zone}, the zone of its source")))
    }

    fn primary_zone(self) -> Result<&'a str, Gap> {
        let cluster = match self.db {
            Database::Instance(instance) => return known_zone(instance),
            Database::Cluster(cluster) => cluster,
        };
        let writer = cluster.members.known()?.iter().find(|member| member.writer);
        let writer = writer.and_then(|writer| self.view.named::<DbInstance>(&writer.instance, cluster.meta.region.ok()));
        writer.map_or_else(|| Err(Gap::new(Cause::NotRead, "the member that takes writes was not seen")), known_zone)
    }

    /// A gap for a cluster that could be the secondary of an Aurora global database, of which recorded settings say nothing.
    fn global_secondary(self, cluster: &DbCluster) -> Option<Gap> {
        if self.view.view == View::Live {
            return None;
        }
        let Database::Cluster(primary) = self.db else { return None };
        // Live, the source of a secondary is read of the global database, and stands in `replica_of`.
        if self.view.view == View::Live {
            return None;
        }
        let aurora = primary.engine.ok().is_some_and(|engine| engine.starts_with("aurora"));
        let alike = aurora && primary.engine.ok() == cluster.engine.ok() && !std::ptr::eq(primary, cluster);
        if !alike || !cluster.meta.region.ok().is_some_and(|region| self.promise.in_regions.contains(region)) {
            return None;
        }
        let detail =
            format!("{} may replicate it through an Aurora global database, which a state does not show", cluster.meta.display_name());
        Some(Gap::new(Cause::NotRead, detail).for_action(Action::of("rds:DescribeGlobalClusters")))
    }

    fn place(self) -> String {
        if self.is_across_regions() {
            let regions: Vec<_> = self.promise.in_regions.iter().map(Region::as_str).collect();
            format!("in {}", regions.join(" or "))
        } else {
            "in another zone".to_owned()
        }
    }

    /// Whether every place where a replica could be was listed to its end.
    fn listed(self) -> Result<(), Gap> {
        let own = [self.db.region().known()?.clone()];
        let regions = if self.is_across_regions() { &self.promise.in_regions } else { own.as_slice() };
        for region in regions {
            listed_in(self.view, Kind::DbInstance, Some(region))?;
            listed_in(self.view, Kind::DbCluster, Some(region))?;
        }
        Ok(())
    }
}

fn is_available(status: &Fact<String>) -> Objection {
    let status = status.known()?;
    Ok((status != "available").then(|| format!("is {status}")))
}

fn is_replicating(replica: &DbInstance) -> Objection {
    // Readers of a cluster share its storage: there is no stream that could stop.
    if replica.replica_of.ok() == Some(&None) {
        return Ok(None);
    }
    Ok((*replica.replicating.known()? == Some(false)).then(|| "does not replicate".to_owned()))
}

fn known_zone(instance: &DbInstance) -> Result<&str, Gap> {
    let zone = instance.zone.known()?.as_deref();
    zone.ok_or_else(|| Gap::new(Cause::NotRead, format!("the zone of {} is not known yet", instance.meta.display_name())))
}

#[cfg(test)]
mod tests;
