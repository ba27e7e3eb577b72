//! RDS and Aurora instances, clusters and snapshots.

use jiff::Timestamp;

use super::{Object, Pieces, Says};
use crate::collect::terraform::value::Node;
use crate::estate::database::{ClusterMember, DbCluster, DbInstance, DbSnapshot, RestoreWindow};
use crate::estate::{Cause, Fact, Gap};

const INSTANCES: &str = "rds:DescribeDBInstances";
const CLUSTERS: &str = "rds:DescribeDBClusters";

/// `aws_db_instance`. Its `id` changed meaning with provider v5, so the name is always `identifier`.
pub fn instance(object: &Object<'_>, pieces: &mut Pieces) {
    let retention = object.get("backup_retention_period").fact(Node::count::<u32>);
    pieces.resources.push(
        DbInstance {
            meta: object.meta(object.root().get("identifier").fact(Node::filled), "arn"),
            resource_id: object.get("resource_id").fact(Node::filled),
            engine: object.get("engine").fact(Node::filled),
            status: object.get("status").fact(Node::filled),
            cluster: object.root().fact(|_| Ok(None)),
            restore_window: restore_window(object, &retention, INSTANCES),
            backup_retention_days: retention,
            created: object.live_only("when an instance was created", INSTANCES),
            multi_az: object.get("multi_az").fact(Node::boolean),
            zone: object.get("availability_zone").fact(Node::optional_string),
            encrypted: object.get("storage_encrypted").fact(Node::boolean),
            kms_key: object.get("kms_key_id").fact(Node::optional_string),
            deletion_protection: object.get("deletion_protection").fact(Node::boolean),
            replica_of: object.get("replicate_source_db").fact(Node::optional_string),
            replicating: object.live_only("whether replication runs", INSTANCES),
        }
        .into(),
    );
}

/// What a state says of restorable times is as old as the last refresh: only the absence of backups is a fact.
fn restore_window(object: &Object<'_>, retention: &Fact<u32>, action: &'static str) -> Fact<Option<RestoreWindow>> {
    match retention {
        Fact::Known { value: 0, at } => Fact::known_at(None, at.clone()),
        Fact::Known { .. } | Fact::Gap(_) => object.live_only("up-to-date restorable times", action),
    }
}

/// `aws_rds_cluster_instance`: a member, which takes backups and encryption from its cluster.
pub fn cluster_instance(object: &Object<'_>, pieces: &mut Pieces) {
    let name = object.root().first(&["identifier", "id"]).fact(Node::filled);
    let of_cluster = |what: &str| Gap::new(Cause::NotRead, format!("{what} of a cluster member is the cluster's"));
    let member = object
        .root()
        .fact(|root| Ok(ClusterMember { instance: root.first(&["identifier", "id"]).filled()?, writer: root.get("writer").boolean()? }));
    pieces.parts.push(object.part(object.get("cluster_identifier").fact(Node::filled), Says::Member(member)));
    pieces.resources.push(
        DbInstance {
            meta: object.meta(name, "arn"),
            resource_id: object.get("dbi_resource_id").fact(Node::filled),
            engine: object.get("engine").fact(Node::filled),
            status: object.live_only("the status of a cluster member", INSTANCES),
            cluster: object.get("cluster_identifier").fact(Node::filled).map(Some),
            backup_retention_days: of_cluster("backup retention").into(),
            restore_window: of_cluster("the restore window").into(),
            created: object.live_only("when an instance was created", INSTANCES),
            multi_az: of_cluster("a standby").into(),
            zone: object.get("availability_zone").fact(Node::optional_string),
            encrypted: object.get("storage_encrypted").fact(Node::boolean),
            kms_key: object.get("kms_key_id").fact(Node::optional_string),
            deletion_protection: of_cluster("deletion protection").into(),
            replica_of: object.root().fact(|_| Ok(None)),
            replicating: object.live_only("whether replication runs", INSTANCES),
        }
        .into(),
    );
}

/// `aws_rds_cluster`. Members are joined from `aws_rds_cluster_instance`: `cluster_members` is written before they exist.
pub fn cluster(object: &Object<'_>, pieces: &mut Pieces) {
    let writer_unknown = |node: Node<'_>| {
        let instances = node.strings()?;
        Ok(instances.into_iter().map(|instance| ClusterMember { instance, writer: false }).collect())
    };
    pieces.resources.push(
        DbCluster {
            meta: object.meta(object.root().first(&["cluster_identifier", "id"]).fact(Node::filled), "arn"),
            resource_id: object.get("cluster_resource_id").fact(Node::filled),
            engine: object.get("engine").fact(Node::filled),
            status: object.live_only("the status of a cluster", CLUSTERS),
            backup_retention_days: object.get("backup_retention_period").fact(Node::count),
            restore_window: object.live_only("up-to-date restorable times", CLUSTERS),
            created: object.live_only("when a cluster was created", CLUSTERS),
            members: object.get("cluster_members").fact(writer_unknown),
            encrypted: object.get("storage_encrypted").fact(Node::boolean),
            kms_key: object.get("kms_key_id").fact(Node::optional_string),
            deletion_protection: object.get("deletion_protection").fact(Node::boolean),
            replica_of: object.get("replication_source_identifier").fact(Node::optional_string),
        }
        .into(),
    );
}

/// `aws_db_snapshot`
pub fn snapshot(object: &Object<'_>, pieces: &mut Pieces) {
    let name = object.root().first(&["db_snapshot_identifier", "id"]).fact(Node::filled);
    let database = object.get("db_instance_identifier").fact(Node::filled);
    pieces.resources.push(
        DbSnapshot {
            meta: object.meta(name, "db_snapshot_arn"),
            database,
            of_cluster: false,
            database_resource_id: object.live_only("the resource id of the database", "rds:DescribeDBSnapshots"),
            manual: object.get("snapshot_type").fact(|node| Ok(node.filled()? == "manual")),
            status: object.get("status").fact(Node::filled),
            taken: taken(object, "rds:DescribeDBSnapshots"),
            encrypted: object.get("encrypted").fact(Node::boolean),
        }
        .into(),
    );
}

/// `aws_db_cluster_snapshot`
pub fn cluster_snapshot(object: &Object<'_>, pieces: &mut Pieces) {
    let name = object.root().first(&["db_cluster_snapshot_identifier", "id"]).fact(Node::filled);
    let database = object.get("db_cluster_identifier").fact(Node::filled);
    pieces.resources.push(
        DbSnapshot {
            meta: object.meta(name, "db_cluster_snapshot_arn"),
            database,
            of_cluster: true,
            database_resource_id: object.live_only("the resource id of the cluster", "rds:DescribeDBClusterSnapshots"),
            manual: object.get("snapshot_type").fact(|node| Ok(node.filled()? == "manual")),
            status: object.get("status").fact(Node::filled),
            taken: taken(object, "rds:DescribeDBClusterSnapshots"),
            encrypted: object.get("storage_encrypted").fact(Node::boolean),
        }
        .into(),
    );
}

/// Some provider versions record the time of a snapshot, most do not.
fn taken(object: &Object<'_>, action: &'static str) -> Fact<Timestamp> {
    let node = object.root().first(&["original_snapshot_create_datetime", "original_snapshot_create_time", "snapshot_create_time"]);
    if node.is_null() {
        return object.live_only("when a snapshot was taken", action);
    }
    node.fact(|node| node.filled()?.parse().map_err(|_| node.gap(Cause::Unreadable, "is not a time in RFC 3339")))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{estate, map_one, only};
    use super::*;
    use crate::estate::Noun;

    #[test]
    fn an_instance_is_named_by_its_identifier_whatever_its_id_is() {
        let db: DbInstance = only(&[(
            "aws_db_instance",
            "main",
            r#"{"id": "db-ABC", "identifier": "orders", "resource_id": "db-ABC", "arn": "arn:aws:rds:us-west-2:123456789012:db:orders",
                "backup_retention_period": 7, "multi_az": true, "engine": "postgres", "kms_key_id": "", "storage_encrypted": true,
                "deletion_protection": false, "replicate_source_db": "", "availability_zone": "us-west-2a", "status": "available"}"#,
        )]);
        assert_eq!(db.meta.name.ok().map(String::as_str), Some("orders"));
        assert_eq!(db.meta.region.ok(), Some(&"us-west-2".into()));
        assert_eq!(db.meta.account.ok(), Some(&"123456789012".into()));
        assert_eq!(db.backup_retention_days.ok(), Some(&7));
        assert_eq!(db.kms_key.ok(), Some(&None));
        assert_eq!(db.replica_of.ok(), Some(&None));
        assert!(matches!(&db.restore_window, Fact::Gap(gap) if gap.cause == Cause::NotRead && gap.action.is_some()));
    }

    #[test]
    fn null_is_not_zero_and_zero_means_no_backups() {
        let half_made = map_one("aws_db_instance", r#"{"identifier": "x", "backup_retention_period": null, "multi_az": null}"#);
        let half_made = DbInstance::of(&half_made).unwrap();
        assert_eq!(half_made.backup_retention_days.known().unwrap_err().cause, Cause::Null);
        assert_eq!(half_made.multi_az.known().unwrap_err().cause, Cause::Null);
        let off = map_one("aws_db_instance", r#"{"identifier": "x", "backup_retention_period": 0}"#);
        assert_eq!(DbInstance::of(&off).unwrap().restore_window.ok(), Some(&None));
    }

    #[test]
    fn members_are_known_when_every_one_is_recorded() {
        let cluster = ("aws_rds_cluster", "c", r#"{"cluster_identifier": "c", "cluster_members": ["c-1"], "backup_retention_period": 1}"#);
        let one = (
            "aws_rds_cluster_instance",
            "1",
            r#"{"identifier": "c-1", "cluster_identifier": "c", "writer": true, "availability_zone": "a"}"#,
        );
        let two = ("aws_rds_cluster_instance", "2", r#"{"identifier": "c-2", "cluster_identifier": "c", "writer": false}"#);
        let both = estate(&[cluster, two, one]);
        let members = both.all::<DbCluster>().next().unwrap().members.ok().cloned().unwrap();
        assert_eq!(members.iter().map(|m| (m.instance.as_str(), m.writer)).collect::<Vec<_>>(), [("c-1", true), ("c-2", false)]);
        let unseen = estate(&[cluster, two]);
        assert!(unseen.all::<DbCluster>().next().unwrap().members.known().unwrap_err().detail.contains("c-1"));
    }

    #[test]
    fn snapshots_name_their_database() {
        let json = r#"{"db_snapshot_identifier": "s", "db_instance_identifier": "orders", "snapshot_type": "manual", "status": "available",
            "db_snapshot_arn": "arn:aws:rds:us-east-1:1:snapshot:s", "encrypted": true}"#;
        let snapshot: DbSnapshot = only(&[("aws_db_snapshot", "s", json)]);
        assert_eq!(snapshot.database.ok().map(String::as_str), Some("orders"));
        assert_eq!((snapshot.manual.ok(), snapshot.of_cluster), (Some(&true), false));
        assert_eq!(snapshot.taken.known().unwrap_err().cause, Cause::NotRead);
        let json = r#"{"db_cluster_snapshot_identifier": "s", "db_cluster_identifier": "c", "storage_encrypted": false,
            "snapshot_create_time": "2026-01-02T03:04:05Z"}"#;
        let snapshot: DbSnapshot = only(&[("aws_db_cluster_snapshot", "s", json)]);
        assert_eq!((snapshot.of_cluster, snapshot.encrypted.ok()), (true, Some(&false)));
        assert!(snapshot.taken.ok().is_some());
    }
}
