//! Promises that the language knows and that no rule judges yet: the id the rule will have, and the evidence it will need.

use super::claim::Later;

macro_rules! later {
    ($($name:ident => $rule:literal, $settled_by:literal;)+) => {
        /// A rule to come.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum LaterRule {
            $($name,)+
        }

        impl LaterRule {
            /// The claim that this rule will judge.
            pub(super) fn claim(self, what: impl Into<String>) -> Later {
                let (rule, settled_by) = match self {
                    $(Self::$name => ($rule, $settled_by),)+
                };
                Later { rule, what: what.into(), settled_by }
            }
        }

        /// The rules to come, sorted.
        pub fn later_rule_ids() -> &'static [&'static str] {
            &[$($rule,)+]
        }
    };
}

later! {
    AlertExists => "alert-exists", "the monitoring's alert rules";
    Autoscaler => "autoscaler", "Kubernetes manifests or a cluster";
    AwsBackupPlan => "aws-backup-plan", "AWS Backup";
    BackupJob => "backup-job", "the source code or a cluster";
    BackupSetting => "backup-setting", "Kubernetes manifests or a cluster";
    BucketExists => "bucket-exists", "the listing of the bucket";
    ClusterExists => "cluster-exists", "the EKS clusters of the region";
    ClusterNodes => "cluster-nodes", "the cache or database cluster";
    ClusterReachable => "cluster-reachable", "a kubeconfig context";
    ContactReachable => "contact-reachable", "the contacts in the plan";
    DatabaseAnswers => "database-answers", "a connection to the database";
    DatabaseFailover => "database-failover", "the members of the database cluster";
    DatabaseVersion => "database-version", "a connection to the database";
    DeploymentExists => "deployment-exists", "Kubernetes manifests or a cluster";
    DeploymentReplicas => "deployment-replicas", "Kubernetes manifests or a cluster";
    DisruptionBudget => "disruption-budget", "Kubernetes manifests or a cluster";
    DistributionExists => "distribution-exists", "the CloudFront distributions of the account";
    DrillCadence => "drill-cadence", "the drill ledger";
    DumpCadence => "dump-cadence", "the listing of the backup bucket";
    FileEncryption => "file-encryption", "the volumes that hold the files";
    FileExists => "file-exists", "the repository";
    FileSync => "file-sync", "the listing of the bucket";
    GitTracked => "git-tracked", "the Git repository";
    GitopsSynced => "gitops-synced", "a cluster";
    HealthEndpoint => "health-endpoint", "a probe of the endpoint";
    ImageRegistry => "image-registry", "the container registry";
    LeastPrivilege => "least-privilege", "the IAM policies of the role";
    LifecycleExists => "lifecycle-exists", "the lifecycle rules of the bucket";
    LoadBalancerZones => "load-balancer-zones", "the load balancers and their target groups";
    LogArchive => "log-archive", "the listing of the log bucket";
    ManifestsValid => "manifests-valid", "Kubernetes manifests";
    NodeLabels => "node-labels", "a cluster";
    Objective => "objective", "the recovery model over copies and drills";
    OverlayBuilds => "overlay-builds", "Kubernetes manifests";
    Planned => "planned", "the work itself: it is an intention, not a promise";
    PodSpread => "pod-spread", "a cluster";
    PointInTime => "point-in-time", "a connection to the database and its archived log";
    RebuildFromCode => "rebuild-from-code", "Terraform code and state";
    ReplicaExists => "replica-exists", "the DB instances of the region";
    ReplicaLag => "replica-lag", "the replication metrics";
    ReviewRecord => "review-record", "a record of reviews";
    SecretExists => "secret-exists", "the secret store";
    SelfHealing => "self-healing", "Kubernetes manifests or a cluster";
    SnapshotCadence => "snapshot-cadence", "the snapshots and the listing of the backup bucket";
    Standby => "standby", "a connection to the database";
    VersionRetention => "version-retention", "the lifecycle rules of the bucket";
    WalArchive => "wal-archive", "a connection to the database and the listing of its archived log";
}

#[cfg(test)]
mod tests {
    use super::super::claim::rule_ids;
    use super::later_rule_ids;

    #[test]
    fn rules_to_come_are_sorted_and_none_of_them_is_there() {
        assert!(later_rule_ids().is_sorted());
        assert!(later_rule_ids().iter().all(|rule| !rule_ids().contains(rule)));
    }
}
