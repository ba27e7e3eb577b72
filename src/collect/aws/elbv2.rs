//! Application, network and gateway load balancers, and the web ACL in front of each.

use std::collections::BTreeMap;

use aws_sdk_elasticloadbalancingv2::types::{LoadBalancer as Described, LoadBalancerTypeEnum};
use futures::future::{FutureExt as _, join_all};

use super::clean;
use super::errand::{Errand, Haul, Meant, seen, tags, text, texts};
use super::pages::{self, Page};
use crate::collect::needs::{DESCRIBE_LB_TAGS, DESCRIBE_LOAD_BALANCERS as CALL, GET_WEB_ACL_FOR_RESOURCE};
use crate::estate::edge::LoadBalancer;
use crate::estate::{Arn, Fact, Gap, Kind, Need, Region, Scope};

/// DescribeTags takes no more (ELB API reference).
const TAGS_A_CALL: usize = 20;

/// The load balancers of a region.
pub(super) async fn read(errand: &Errand<'_>, region: &Region) -> Haul {
    let client = errand.session.elbv2(region);
    let (balancers, gap) = pages::all(CALL, |marker| {
        let sent = client.describe_load_balancers().page_size(400).set_marker(marker).send().boxed();
        async { errand.ask(CALL, region, sent).await.map(|page| Page::new(page.load_balancers, page.next_marker)) }
    })
    .await;
    let mut tags = tags_of(errand, &client, region, &balancers).await;
    let mut haul = Haul::default();
    let mut found = Vec::new();
    for balancer in &balancers {
        let name = balancer.load_balancer_name().map(clean).unwrap_or_default();
        let mut meta = errand.meta(CALL, region, name, balancer.load_balancer_arn());
        meta.tags = haul.noting(balancer.load_balancer_arn().and_then(|arn| tags.remove(arn)).unwrap_or_else(|| Ok(Fact::not_read())));
        found.push(LoadBalancer {
            meta,
            class: text(CALL, balancer.r#type().map(LoadBalancerTypeEnum::as_str), "Type"),
            zones: seen(CALL, texts(balancer.availability_zones().iter().filter_map(|zone| zone.zone_name()))),
            web_acl: Fact::not_read(),
        });
    }
    for (balancer, gap) in join_all(found.into_iter().map(|balancer| with_web_acl(errand, region, balancer))).await {
        haul.gaps.extend(gap);
        if errand.wanted.means(&[Need::LoadBalancers, Need::LoadBalancerWebAcls], &balancer.meta) == Meant::Maybe {
            haul.perhaps(Kind::LoadBalancer, Scope::Region(region.clone()), &balancer.meta);
        }
        haul.add(balancer);
    }
    haul.listed(Kind::LoadBalancer, Scope::Region(region.clone()), gap);
    haul
}

type Tags = Result<Fact<BTreeMap<String, String>>, Gap>;

async fn tags_of(
    errand: &Errand<'_>,
    client: &aws_sdk_elasticloadbalancingv2::Client,
    region: &Region,
    balancers: &[Described],
) -> BTreeMap<String, Tags> {
    let arns: Vec<String> = balancers.iter().filter_map(|balancer| balancer.load_balancer_arn()).map(str::to_owned).collect();
    let asked = arns.chunks(TAGS_A_CALL).map(|chunk| async move {
        let sent = client.describe_tags().set_resource_arns(Some(chunk.to_vec())).send().boxed();
        (chunk, errand.ask(DESCRIBE_LB_TAGS, region, sent).await)
    });
    let mut found = BTreeMap::new();
    for (chunk, answer) in join_all(asked).await {
        match answer {
            Ok(answer) => {
                for one in answer.tag_descriptions() {
                    if let Some(arn) = one.resource_arn() {
                        let pairs = one.tags().iter().map(|tag| (tag.key(), tag.value()));
                        found.insert(arn.to_owned(), Ok(tags(DESCRIBE_LB_TAGS, pairs)));
                    }
                }
                for arn in chunk.iter().filter(|arn| !found.contains_key(*arn)).cloned().collect::<Vec<_>>() {
                    found.insert(arn, Err(super::errand::lacks(DESCRIBE_LB_TAGS, "tags of this load balancer")));
                }
            }
            Err(gap) => found.extend(chunk.iter().map(|arn| (arn.clone(), Err(gap.clone())))),
        }
    }
    found
}

/// WAF protects application load balancers only: of the others nobody needs to ask.
async fn with_web_acl(errand: &Errand<'_>, region: &Region, mut balancer: LoadBalancer) -> (LoadBalancer, Option<Gap>) {
    if errand.wanted.means(&[Need::LoadBalancerWebAcls], &balancer.meta) != Meant::Yes {
        return (balancer, None);
    }
    if balancer.class.ok().is_some_and(|class| class != "application") {
        balancer.web_acl = seen(CALL, None);
        return (balancer, None);
    }
    let Some(arn) = balancer.meta.arn.ok() else { return (balancer, None) };
    let sent = errand.session.wafv2(region).get_web_acl_for_resource().resource_arn(arn.as_str()).send().boxed();
    match errand.ask(GET_WEB_ACL_FOR_RESOURCE, region, sent).await {
        Ok(answer) => {
            let acl = answer.web_acl.map(|acl| Arn::from(clean(acl.arn())));
            // The name of the ACL is always in the answer; without its ARN nobody could tell which one it is.
            balancer.web_acl = match acl {
                Some(arn) if arn.as_str().is_empty() => super::errand::lacks(GET_WEB_ACL_FOR_RESOURCE, "ARN").into(),
                acl => seen(GET_WEB_ACL_FOR_RESOURCE, acl),
            };
            (balancer, None)
        }
        Err(gap) => {
            balancer.web_acl = gap.clone().into();
            (balancer, Some(gap))
        }
    }
}
