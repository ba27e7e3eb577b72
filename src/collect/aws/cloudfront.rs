//! CloudFront distributions.

use aws_sdk_cloudfront::types::DistributionSummary;
use futures::future::{FutureExt as _, join_all};

use super::clean;
use super::errand::{Errand, Haul, Meant, lacks, seen, tags, texts};
use super::pages::{self, Page};
use crate::collect::needs::{LIST_CLOUDFRONT_TAGS, LIST_DISTRIBUTIONS as CALL};
use crate::estate::edge::Distribution;
use crate::estate::{Arn, Gap, Kind, Need, Region, Scope};

/// Every distribution of the account, with tags where they decide.
pub(super) async fn read(errand: &Errand<'_>) -> Haul {
    let home = errand.home();
    let client = errand.session.cloudfront(&home);
    let (found, gap) = pages::all(CALL, |marker| {
        let sent = client.list_distributions().max_items(100).set_marker(marker).send().boxed();
        async {
            let list = errand.ask(CALL, &home, sent).await?.distribution_list.ok_or_else(|| lacks(CALL, "DistributionList"))?;
            let next = list.is_truncated.then_some(list.next_marker).flatten();
            if list.is_truncated && next.is_none() {
                return Err(lacks(CALL, "NextMarker"));
            }
            Ok(Page::new(list.items, next))
        }
    })
    .await;
    let mut haul = Haul::default();
    for (distribution, gap) in join_all(found.iter().map(|one| distribution(errand, &client, &home, one))).await {
        haul.gaps.extend(gap);
        if errand.wanted.means(&[Need::Distributions], &distribution.meta) == Meant::Maybe {
            haul.perhaps(Kind::Distribution, Scope::Whole, &distribution.meta);
        }
        haul.add(distribution);
    }
    haul.listed(Kind::Distribution, Scope::Whole, gap);
    haul
}

async fn distribution(
    errand: &Errand<'_>,
    client: &aws_sdk_cloudfront::Client,
    home: &Region,
    one: &DistributionSummary,
) -> (Distribution, Option<Gap>) {
    let mut meta = errand.meta(CALL, &Region::global(), clean(one.id()), Some(one.arn()));
    let mut noted = None;
    if errand.wanted.by_tag(&[Need::Distributions]) && errand.wanted.could_mean(&[Need::Distributions], &meta) {
        let answer = errand.ask(LIST_CLOUDFRONT_TAGS, home, client.list_tags_for_resource().resource(one.arn()).send().boxed()).await;
        meta.tags = match answer {
            Ok(answer) => {
                let items = answer.tags().map(|tags| tags.items()).unwrap_or_default();
                tags(LIST_CLOUDFRONT_TAGS, items.iter().map(|tag| (Some(tag.key()), tag.value())))
            }
            Err(gap) => {
                noted = Some(gap.clone());
                gap.into()
            }
        };
    }
    // The field is an empty text without an ACL, and the bare id of a classic ACL with one (CloudFront API reference).
    let web_acl = Some(one.web_acl_id()).filter(|id| !id.is_empty()).map(|id| Arn::from(clean(id)));
    let distribution = Distribution {
        meta,
        enabled: seen(CALL, one.enabled()),
        aliases: seen(CALL, texts(one.aliases().map(|aliases| aliases.items()).unwrap_or_default().iter().map(String::as_str))),
        web_acl: seen(CALL, web_acl),
    };
    (distribution, noted)
}
