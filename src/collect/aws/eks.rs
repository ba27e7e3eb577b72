//! EKS clusters and their managed node groups.

use std::collections::BTreeSet;

use futures::future::{FutureExt as _, join_all};

use super::clean;
use super::errand::{Errand, Haul, Meant, count, lacks, seen, tags, text, texts, told};
use super::pages::{self, Page};
use crate::collect::needs::{DESCRIBE_CLUSTER, DESCRIBE_NODEGROUP, LIST_CLUSTERS, LIST_NODEGROUPS};
use crate::estate::cluster::{EksCluster, NodeGroup};
use crate::estate::{Fact, Gap, Kind, Meta, Need, Region, Scope};

/// The clusters of a region, and the node groups of those that are selected.
pub(super) async fn read(errand: &Errand<'_>, region: &Region) -> Haul {
    let client = errand.session.eks(region);
    let (names, gap) = pages::all(LIST_CLUSTERS, |token| {
        let sent = client.list_clusters().max_results(100).set_next_token(token).send().boxed();
        async {
            let page = errand.ask(LIST_CLUSTERS, region, sent).await?;
            let clusters = page.clusters.ok_or_else(|| lacks(LIST_CLUSTERS, "clusters"))?;
            Ok(Page::new(Some(clusters), page.next_token))
        }
    })
    .await;
    let scope = Scope::Region(region.clone());
    let mut haul = Haul::default();
    for part in join_all(names.iter().map(|name| cluster(errand, &client, region, name))).await {
        haul.merge(part);
    }
    if errand.wanted.asks(Need::NodeGroups) {
        haul.listed(Kind::NodeGroup, scope.clone(), gap.clone());
    }
    haul.listed(Kind::EksCluster, scope, gap);
    haul
}

async fn cluster(errand: &Errand<'_>, client: &aws_sdk_eks::Client, region: &Region, name: &str) -> Haul {
    let scope = Scope::Region(region.clone());
    let mut haul = Haul::default();
    let answer = errand.ask(DESCRIBE_CLUSTER, region, client.describe_cluster().name(name).send().boxed()).await;
    let described = answer.and_then(|answer| answer.cluster.ok_or_else(|| lacks(DESCRIBE_CLUSTER, "cluster")));
    let mut cluster = match described {
        Ok(cluster) => cluster_of(errand, region, name, &cluster),
        Err(gap) => {
            haul.gaps.insert(gap.clone());
            let mut meta = Meta::unseen(&gap);
            meta.name = seen(LIST_CLUSTERS, clean(name));
            meta.region = seen(LIST_CLUSTERS, region.clone());
            meta.account = errand.account.clone();
            EksCluster::unread(meta, &gap)
        }
    };
    match errand.wanted.means(&[Need::NodeGroups], &cluster.meta) {
        Meant::Yes => node_groups(errand, client, region, &mut cluster, &mut haul).await,
        Meant::Maybe => haul.perhaps(Kind::NodeGroup, scope.clone(), &cluster.meta),
        Meant::No => {}
    }
    if errand.wanted.means(&[Need::EksClusters, Need::NodeGroups], &cluster.meta) == Meant::Maybe {
        haul.perhaps(Kind::EksCluster, scope, &cluster.meta);
    }
    haul.add(cluster);
    haul
}

fn cluster_of(errand: &Errand<'_>, region: &Region, name: &str, cluster: &aws_sdk_eks::types::Cluster) -> EksCluster {
    let mut meta = errand.meta(DESCRIBE_CLUSTER, region, clean(name), cluster.arn());
    meta.tags = map_tags(cluster.tags(), DESCRIBE_CLUSTER);
    let subnets = cluster.resources_vpc_config().map(|vpc| texts(vpc.subnet_ids().iter().map(String::as_str)));
    EksCluster {
        meta,
        status: text(DESCRIBE_CLUSTER, cluster.status().map(|status| status.as_str()), "status"),
        version: text(DESCRIBE_CLUSTER, cluster.version(), "version"),
        subnets: told(DESCRIBE_CLUSTER, subnets, "resourcesVpcConfig"),
        node_groups: Fact::not_read(),
    }
}

fn map_tags(
    map: Option<&std::collections::HashMap<String, String>>,
    call: &crate::collect::needs::Call,
) -> Fact<std::collections::BTreeMap<String, String>> {
    tags(call, map.into_iter().flatten().map(|(key, value)| (Some(key.as_str()), Some(value.as_str()))))
}

async fn node_groups(errand: &Errand<'_>, client: &aws_sdk_eks::Client, region: &Region, cluster: &mut EksCluster, haul: &mut Haul) {
    let Some(name) = cluster.meta.name.ok().cloned() else { return };
    let (groups, gap) = pages::all(LIST_NODEGROUPS, |token| {
        let sent = client.list_nodegroups().cluster_name(&name).max_results(100).set_next_token(token).send().boxed();
        async {
            let page = errand.ask(LIST_NODEGROUPS, region, sent).await?;
            let groups = page.nodegroups.ok_or_else(|| lacks(LIST_NODEGROUPS, "nodegroups"))?;
            Ok(Page::new(Some(groups), page.next_token))
        }
    })
    .await;
    cluster.node_groups = match &gap {
        None => seen(LIST_NODEGROUPS, groups.iter().map(|group| clean(group)).collect::<BTreeSet<_>>()),
        Some(gap) => gap.clone().into(),
    };
    let described = join_all(groups.iter().map(|group| node_group(errand, client, region, &name, group))).await;
    for (group, gap) in described {
        haul.gaps.extend(gap);
        haul.add(group);
    }
    if gap.is_some() {
        haul.listed(Kind::NodeGroup, Scope::Region(region.clone()), gap);
    }
}

async fn node_group(
    errand: &Errand<'_>,
    client: &aws_sdk_eks::Client,
    region: &Region,
    cluster: &str,
    name: &str,
) -> (NodeGroup, Option<Gap>) {
    const CALL: &crate::collect::needs::Call = DESCRIBE_NODEGROUP;
    let full_name = format!("{}/{}", clean(cluster), clean(name));
    let sent = client.describe_nodegroup().cluster_name(cluster).nodegroup_name(name).send().boxed();
    let answer = errand.ask(CALL, region, sent).await.and_then(|answer| answer.nodegroup.ok_or_else(|| lacks(CALL, "nodegroup")));
    let group = match answer {
        Ok(group) => group,
        Err(gap) => {
            let mut meta = Meta::unseen(&gap);
            meta.name = seen(LIST_NODEGROUPS, full_name);
            meta.region = seen(LIST_NODEGROUPS, region.clone());
            meta.account = errand.account.clone();
            let unread = NodeGroup::unread(meta, &gap);
            let named = NodeGroup { cluster: seen(LIST_NODEGROUPS, clean(cluster)), group: seen(LIST_NODEGROUPS, clean(name)), ..unread };
            return (named, Some(gap));
        }
    };
    let mut meta = errand.meta(CALL, region, full_name, group.nodegroup_arn());
    meta.tags = map_tags(group.tags(), CALL);
    let scaling = group.scaling_config();
    let behind = group.resources().map(|resources| texts(resources.auto_scaling_groups().iter().filter_map(|group| group.name())));
    let group = NodeGroup {
        meta,
        cluster: seen(CALL, clean(cluster)),
        group: seen(CALL, clean(name)),
        status: text(CALL, group.status().map(|status| status.as_str()), "status"),
        subnets: told(CALL, group.subnets.as_ref().map(|subnets| texts(subnets.iter().map(String::as_str))), "subnets"),
        scaling_groups: told(CALL, behind, "resources"),
        min: count(CALL, scaling.and_then(|scaling| scaling.min_size()), "scalingConfig.minSize"),
        max: count(CALL, scaling.and_then(|scaling| scaling.max_size()), "scalingConfig.maxSize"),
    };
    (group, None)
}
