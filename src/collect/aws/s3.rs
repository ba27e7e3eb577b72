//! S3 buckets, each in its own region, and the settings of those that are selected.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_s3::Client;
use aws_sdk_s3::types::Bucket as Listed;
use futures::future::{FutureExt as _, join, join_all, join5};
use futures::stream::{self, StreamExt as _};

use super::clean;
use super::errand::{Errand, Haul, Meant, lacks, seen, tags};
use super::error::{Refusal, refusal};
use super::pages::{self, Page};
use super::s3_rules;
use super::session::{Session, Settings};
use crate::collect::needs::{
    Call, GET_BUCKET_ENCRYPTION, GET_BUCKET_LIFECYCLE, GET_BUCKET_LOCATION, GET_BUCKET_REPLICATION, GET_BUCKET_TAGGING,
    GET_BUCKET_VERSIONING, GET_OBJECT, GET_OBJECT_LOCK, GET_PUBLIC_ACCESS_BLOCK, GET_RESOURCES, HEAD_BUCKET, LIST_BUCKETS,
};
use crate::estate::bucket::{Bucket, DestinationBucket, Versioning};
use crate::estate::{Cause, Fact, Gap, Kind, Meta, Need, Region, Scope};

const NEEDS: &[Need] = &[
    Need::Buckets,
    Need::BucketEncryption,
    Need::BucketLifecycle,
    Need::BucketObjectLock,
    Need::BucketPublicAccess,
    Need::BucketReplication,
    Need::BucketVersioning,
];

/// From here on, the pages of one listing of tags are fewer than the buckets.
const MANY_BUCKETS: usize = 25;

type Tags = Fact<BTreeMap<String, String>>;

/// The partition that a region belongs to (AWS general reference, "Amazon Resource Names").
pub(super) fn partition(region: &Region) -> &'static str {
    let named = [("cn-", "aws-cn"), ("us-gov-", "aws-us-gov"), ("us-isob-", "aws-iso-b"), ("us-iso-", "aws-iso"), ("eusc-", "aws-eusc")];
    named.iter().find(|(prefix, _)| region.as_str().starts_with(prefix)).map_or("aws", |(_, partition)| partition)
}

/// The region where a partition keeps what has no region.
pub(super) fn partition_home(region: &Region) -> Region {
    match partition(region) {
        "aws" => Region::from("us-east-1"),
        _ => region.clone(),
    }
}

/// Every bucket of the account, and the demanded settings of those that are selected.
pub(super) async fn read(errand: &Errand<'_>) -> Haul {
    let home = errand.home();
    let client = errand.session.s3(&home);
    let (listed, gap) = pages::all(LIST_BUCKETS, |token| {
        // Naming a page size is what makes S3 say the region of each bucket (S3 API reference, ListBuckets).
        let sent = client.list_buckets().max_buckets(10_000).set_continuation_token(token).send().boxed();
        async { errand.ask(LIST_BUCKETS, &home, sent).await.map(|page| Page::new(page.buckets, page.continuation_token)) }
    })
    .await;
    let mut haul = Haul::default();
    let metas = some_at_a_time(listed.into_iter().map(|bucket| locate(errand, bucket))).await;
    let clients = clients(errand, &metas);
    let bulk = bulk_tags(errand, &metas).await;
    errand.progress.phase("buckets");
    let parts = some_at_a_time(metas.into_iter().map(|meta| bucket(errand, &clients, &bulk, meta))).await;
    let mut buckets = Vec::new();
    for (bucket, gaps) in parts {
        haul.gaps.extend(gaps);
        if errand.wanted.means(NEEDS, &bucket.meta) == Meant::Maybe {
            haul.perhaps(Kind::Bucket, Scope::Whole, &bucket.meta);
        }
        buckets.push(bucket);
    }
    haul.gaps.extend(fill_destinations(errand, &mut buckets).await);
    for bucket in buckets {
        haul.add(bucket);
    }
    haul.listed(Kind::Bucket, Scope::Whole, gap);
    haul
}

/// Runs so many at once that every turn of S3 is taken, and no more: a call that waits for its turn holds memory already, and
/// there may be thousands of buckets. In the order in which they end.
async fn some_at_a_time<T>(work: impl Iterator<Item = impl Future<Output = T>>) -> Vec<T> {
    stream::iter(work).buffer_unordered(Settings::S3_CONCURRENCY).collect().await
}

fn clients(errand: &Errand<'_>, metas: &[Meta]) -> BTreeMap<Region, Client> {
    let regions: BTreeSet<&Region> = metas.iter().filter_map(|meta| meta.region.ok()).collect();
    regions.into_iter().map(|region| (region.clone(), errand.session.s3(region))).collect()
}

/// The header of a bucket, with its region where that can decide anything.
async fn locate(errand: &Errand<'_>, bucket: Listed) -> Meta {
    let home = errand.home();
    let name = bucket.name().map(clean).unwrap_or_default();
    let arn = format!("arn:{}:s3:::{name}", partition(&home));
    let mut meta = errand.meta(LIST_BUCKETS, &home, name.clone(), Some(&arn));
    meta.region = match bucket.bucket_region() {
        Some(region) => seen(LIST_BUCKETS, Region::from(clean(region))),
        None => Fact::not_read(),
    };
    if meta.region.ok().is_none() && errand.wanted.could_mean(NEEDS, &meta) {
        meta.region = region_of(errand, &name).await;
    }
    meta
}

/// Asks for the location of a bucket, and where that is denied, for the header that even a refusal carries.
async fn region_of(errand: &Errand<'_>, bucket: &str) -> Fact<Region> {
    let home = partition_home(&errand.home());
    let client = errand.session.s3(&home);
    let sent = client.get_bucket_location().bucket(bucket).send().boxed();
    match errand.try_ask(GET_BUCKET_LOCATION, &home, sent).await {
        Ok(answer) => {
            // No constraint means us-east-1, and `EU` is the oldest name of eu-west-1 (S3 API reference, GetBucketLocation).
            let region = match answer.location_constraint().map(|constraint| constraint.as_str()) {
                None | Some("") => home,
                Some("EU") => Region::from("eu-west-1"),
                Some(region) => Region::from(clean(region)),
            };
            seen(GET_BUCKET_LOCATION, region)
        }
        Err(refusal) => match refusal.bucket_region {
            Some(region) => seen(GET_BUCKET_LOCATION, region),
            None => head(errand, &client, &home, bucket).await.unwrap_or_else(|_| refusal.gap.into()),
        },
    }
}

async fn head(errand: &Errand<'_>, client: &Client, home: &Region, bucket: &str) -> Result<Fact<Region>, Refusal> {
    match errand.try_ask(HEAD_BUCKET, home, client.head_bucket().bucket(bucket).send().boxed()).await {
        Ok(answer) => match answer.bucket_region() {
            Some(region) => Ok(seen(HEAD_BUCKET, Region::from(clean(region)))),
            None => Ok(lacks(HEAD_BUCKET, "x-amz-bucket-region header").into()),
        },
        Err(Refusal { bucket_region: Some(region), .. }) => Ok(seen(HEAD_BUCKET, region)),
        Err(refusal) => Err(refusal),
    }
}

/// Tags of many buckets at once, region by region. A region that is refused, or where nothing is found, is left out: its
/// buckets are asked one by one.
async fn bulk_tags(errand: &Errand<'_>, metas: &[Meta]) -> BTreeMap<Region, BTreeMap<String, Tags>> {
    let mut per_region: BTreeMap<&Region, usize> = BTreeMap::new();
    if errand.wanted.by_tag(NEEDS) {
        for region in metas.iter().filter(|meta| errand.wanted.could_mean(NEEDS, meta)).filter_map(|meta| meta.region.ok()) {
            *per_region.entry(region).or_default() += 1;
        }
    }
    let many = per_region.into_iter().filter(|(_, buckets)| *buckets > MANY_BUCKETS);
    let asked = many.map(|(region, _)| async move {
        let client = errand.session.tagging(region);
        let (found, gap) = pages::all(GET_RESOURCES, |token| {
            let sent =
                client.get_resources().resource_type_filters("s3").resources_per_page(100).set_pagination_token(token).send().boxed();
            async {
                let page = errand.ask(GET_RESOURCES, region, sent).await?;
                let list = page.resource_tag_mapping_list.ok_or_else(|| lacks(GET_RESOURCES, "ResourceTagMappingList"))?;
                Ok(Page::new(Some(list), page.pagination_token))
            }
        })
        .await;
        let named = found.iter().filter_map(|one| {
            let name = one.resource_arn()?.split_once(":s3:::")?.1;
            Some((clean(name), tags(GET_RESOURCES, one.tags().iter().map(|tag| (Some(tag.key()), Some(tag.value()))))))
        });
        let named: BTreeMap<String, Tags> = named.collect();
        (gap.is_none() && !named.is_empty()).then(|| (region.clone(), named))
    });
    join_all(asked).await.into_iter().flatten().collect()
}

/// One bucket: its tags where they decide, its settings where it is selected.
async fn bucket(
    errand: &Errand<'_>,
    clients: &BTreeMap<Region, Client>,
    bulk: &BTreeMap<Region, BTreeMap<String, Tags>>,
    mut meta: Meta,
) -> (Bucket, Vec<Gap>) {
    let mut gaps = Vec::new();
    let unread = Gap::new(Cause::NotRead, "not read: nothing in the plan asks for it");
    if !errand.wanted.could_mean(NEEDS, &meta) {
        return (Bucket::unread(meta, &unread), gaps);
    }
    let (Fact::Known { value: region, .. }, Some(name)) = (meta.region.clone(), meta.name.ok().cloned()) else {
        let gap = meta.region.known().err().unwrap_or(unread);
        gaps.push(gap.clone());
        meta.tags = gap.clone().into();
        return (Bucket::unread(meta, &gap), gaps);
    };
    let Some(client) = clients.get(&region) else { return (Bucket::unread(meta, &unread), gaps) };
    let asker = Asker { errand, client, region: &region, bucket: &name };
    if errand.wanted.by_tag(NEEDS) {
        meta.tags = match bulk.get(&region) {
            // The listing holds every bucket that has tags, or had.
            Some(tagged) => tagged.get(&name).cloned().unwrap_or_else(|| tags(GET_RESOURCES, [])),
            None => noting(&mut gaps, asker.tags().await),
        };
    }
    let mut bucket = Bucket::unread(meta, &unread);
    asker.settings(&mut bucket, &mut gaps).await;
    (bucket, gaps)
}

/// A fact, its gap noted.
fn noting<T>(gaps: &mut Vec<Gap>, answer: Result<Fact<T>, Gap>) -> Fact<T> {
    answer.unwrap_or_else(|gap| {
        gaps.push(gap.clone());
        gap.into()
    })
}

/// Asks about one bucket in its own region.
struct Asker<'a> {
    errand: &'a Errand<'a>,
    client: &'a Client,
    region: &'a Region,
    bucket: &'a str,
}

impl Asker<'_> {
    /// Every demanded setting at once.
    async fn settings(&self, bucket: &mut Bucket, gaps: &mut Vec<Gap>) {
        let wants = |need| self.errand.wanted.means(&[need], &bucket.meta) == Meant::Yes;
        let (versioning, lifecycle, replication, encryption, (access, lock)) = join5(
            when(wants(Need::BucketVersioning), self.versioning()),
            when(wants(Need::BucketLifecycle), self.lifecycle()),
            when(wants(Need::BucketReplication), self.replication()),
            when(wants(Need::BucketEncryption), self.encryption()),
            join(when(wants(Need::BucketPublicAccess), self.public_access()), when(wants(Need::BucketObjectLock), self.object_lock())),
        )
        .await;
        fill(&mut bucket.versioning, versioning, gaps);
        fill(&mut bucket.lifecycle, lifecycle, gaps);
        fill(&mut bucket.replication, replication, gaps);
        fill(&mut bucket.encryption, encryption, gaps);
        fill(&mut bucket.public_access_block, access, gaps);
        fill(&mut bucket.object_lock, lock, gaps);
    }

    async fn tags(&self) -> Result<Tags, Gap> {
        const CALL: &Call = GET_BUCKET_TAGGING;
        let sent = self.client.get_bucket_tagging().bucket(self.bucket).send().boxed();
        match self.errand.try_ask(CALL, self.region, sent).await {
            Ok(answer) => Ok(tags(CALL, answer.tag_set().iter().map(|tag| (Some(tag.key()), Some(tag.value()))))),
            Err(refusal) if refusal.is_absence("NoSuchTagSet") => Ok(tags(CALL, [])),
            Err(refusal) => Err(refusal.gap),
        }
    }

    async fn versioning(&self) -> Result<Fact<Versioning>, Gap> {
        let sent = self.client.get_bucket_versioning().bucket(self.bucket).send().boxed();
        let status = match self.errand.try_ask(GET_BUCKET_VERSIONING, self.region, sent).await {
            Ok(answer) => answer.status().map(|status| status.as_str().to_owned()),
            Err(refusal) => s3_rules::versioning_status(&refusal)?,
        };
        // An empty configuration is how S3 says that versioning was never enabled (S3 API reference, GetBucketVersioning).
        match status.as_deref() {
            None => Ok(seen(GET_BUCKET_VERSIONING, Versioning::Never)),
            Some("Enabled") => Ok(seen(GET_BUCKET_VERSIONING, Versioning::Enabled)),
            Some("Suspended") => Ok(seen(GET_BUCKET_VERSIONING, Versioning::Suspended)),
            Some(_) => Err(lacks(GET_BUCKET_VERSIONING, "known status")),
        }
    }

    async fn lifecycle(&self) -> Result<Fact<Vec<crate::estate::bucket::LifecycleRule>>, Gap> {
        const CALL: &Call = GET_BUCKET_LIFECYCLE;
        let sent = self.client.get_bucket_lifecycle_configuration().bucket(self.bucket).send().boxed();
        match self.errand.try_ask(CALL, self.region, sent).await {
            Ok(answer) => answer.rules().iter().map(s3_rules::lifecycle).collect::<Result<_, _>>().map(|rules| seen(CALL, rules)),
            Err(refusal) if refusal.is_absence("NoSuchLifecycleConfiguration") => Ok(seen(CALL, Vec::new())),
            Err(refusal) => Err(refusal.gap),
        }
    }

    async fn replication(&self) -> Result<Fact<Vec<crate::estate::bucket::ReplicationRule>>, Gap> {
        const CALL: &Call = GET_BUCKET_REPLICATION;
        let sent = self.client.get_bucket_replication().bucket(self.bucket).send().boxed();
        match self.errand.try_ask(CALL, self.region, sent).await {
            Ok(answer) => {
                let rules = answer.replication_configuration().ok_or_else(|| lacks(CALL, "ReplicationConfiguration"))?.rules();
                rules.iter().map(s3_rules::replication).collect::<Result<_, _>>().map(|rules| seen(CALL, rules))
            }
            Err(refusal) if refusal.is_absence("ReplicationConfigurationNotFoundError") => Ok(seen(CALL, Vec::new())),
            Err(refusal) => Err(refusal.gap),
        }
    }

    async fn encryption(&self) -> Result<Fact<Option<crate::estate::bucket::Encryption>>, Gap> {
        const CALL: &Call = GET_BUCKET_ENCRYPTION;
        let sent = self.client.get_bucket_encryption().bucket(self.bucket).send().boxed();
        match self.errand.try_ask(CALL, self.region, sent).await {
            Ok(answer) => {
                let rules = answer.server_side_encryption_configuration().ok_or_else(|| lacks(CALL, "configuration"))?.rules();
                Ok(seen(CALL, rules.iter().find_map(s3_rules::encryption)))
            }
            Err(refusal) if refusal.is_absence("ServerSideEncryptionConfigurationNotFoundError") => Ok(seen(CALL, None)),
            Err(refusal) => Err(refusal.gap),
        }
    }

    async fn public_access(&self) -> Result<Fact<crate::estate::bucket::PublicAccessBlock>, Gap> {
        const CALL: &Call = GET_PUBLIC_ACCESS_BLOCK;
        let sent = self.client.get_public_access_block().bucket(self.bucket).send().boxed();
        match self.errand.try_ask(CALL, self.region, sent).await {
            Ok(answer) => {
                let block = answer.public_access_block_configuration().ok_or_else(|| lacks(CALL, "PublicAccessBlockConfiguration"))?;
                Ok(seen(CALL, s3_rules::public_access(block)))
            }
            Err(refusal) if refusal.is_absence("NoSuchPublicAccessBlockConfiguration") => Ok(seen(CALL, Default::default())),
            Err(refusal) => Err(refusal.gap),
        }
    }

    async fn object_lock(&self) -> Result<Fact<Option<crate::estate::bucket::ObjectLock>>, Gap> {
        const CALL: &Call = GET_OBJECT_LOCK;
        let sent = self.client.get_object_lock_configuration().bucket(self.bucket).send().boxed();
        match self.errand.try_ask(CALL, self.region, sent).await {
            Ok(answer) => {
                let lock = answer.object_lock_configuration().ok_or_else(|| lacks(CALL, "ObjectLockConfiguration"))?;
                s3_rules::object_lock(lock).map(|lock| seen(CALL, lock))
            }
            Err(refusal) if refusal.is_absence("ObjectLockConfigurationNotFoundError") => Ok(seen(CALL, None)),
            Err(refusal) => Err(refusal.gap),
        }
    }
}

/// Runs a call where it is wanted.
async fn when<T>(wanted: bool, call: impl Future<Output = Result<Fact<T>, Gap>>) -> Option<Result<Fact<T>, Gap>> {
    if wanted { Some(call.await) } else { None }
}

fn fill<T>(fact: &mut Fact<T>, answer: Option<Result<Fact<T>, Gap>>, gaps: &mut Vec<Gap>) {
    if let Some(answer) = answer {
        *fact = noting(gaps, answer);
    }
}

/// Region and versioning of every bucket that a replication rule copies to, each asked once.
async fn fill_destinations(errand: &Errand<'_>, buckets: &mut [Bucket]) -> Vec<Gap> {
    let mut known: BTreeMap<String, DestinationBucket> = BTreeMap::new();
    let mut ours: BTreeMap<String, DestinationBucket> = BTreeMap::new();
    for bucket in buckets.iter() {
        if let Some(name) = bucket.meta.name.ok() {
            let destination = DestinationBucket { region: bucket.meta.region.clone(), versioning: bucket.versioning.clone() };
            ours.insert(name.clone(), destination);
        }
    }
    let rules = buckets.iter().filter_map(|bucket| bucket.replication.ok()).flatten();
    let names: BTreeSet<String> = rules.filter_map(|rule| s3_rules::bucket_of(&rule.destination)).collect();
    let mut gaps = Vec::new();
    for (name, destination) in join_all(names.into_iter().map(|name| destination(errand, ours.get(&name).cloned(), name))).await {
        gaps.extend(destination.region.known().err());
        gaps.extend(destination.versioning.known().err());
        known.insert(name, destination);
    }
    for bucket in buckets.iter_mut() {
        if let Fact::Known { value: rules, .. } = &mut bucket.replication {
            for rule in rules {
                if let Some(found) = s3_rules::bucket_of(&rule.destination).and_then(|name| known.get(&name)) {
                    rule.destination_bucket = seen(GET_BUCKET_REPLICATION, found.clone());
                }
            }
        }
    }
    gaps
}

async fn destination(errand: &Errand<'_>, ours: Option<DestinationBucket>, name: String) -> (String, DestinationBucket) {
    let not_asked = |gap: &Gap| gap.cause == Cause::NotRead;
    let mut found = ours.unwrap_or_else(|| DestinationBucket { region: Fact::not_read(), versioning: Fact::not_read() });
    if matches!(&found.region, Fact::Gap(gap) if not_asked(gap)) {
        let home = partition_home(&errand.home());
        let client = errand.session.s3(&home);
        found.region = head(errand, &client, &home, &name).await.unwrap_or_else(|refusal| refusal.gap.into());
    }
    if matches!(&found.versioning, Fact::Gap(gap) if not_asked(gap)) {
        found.versioning = match found.region.known() {
            Ok(region) => {
                let client = errand.session.s3(region);
                let asker = Asker { errand, client: &client, region, bucket: &name };
                asker.versioning().await.unwrap_or_else(Fact::Gap)
            }
            Err(gap) => gap.into(),
        };
    }
    (name, found)
}

/// One object, asked in the region that S3 points to when it is not the first one.
pub(super) async fn get_object(session: &Session, home: &Region, bucket: &str, key: &str) -> Result<Vec<u8>, Gap> {
    let mut region = home.clone();
    for _ in 0..2 {
        match session.s3(&region).get_object().bucket(bucket).key(key).send().boxed().await {
            Ok(answer) => {
                let whole = answer
                    .body
                    .collect()
                    .await
                    .map_err(|_| object_gap(Cause::Failed, bucket, key, "broke off while it was read: run again"))?;
                return Ok(whole.to_vec());
            }
            Err(error) => {
                let refusal = refusal(GET_OBJECT, &region, &error);
                match refusal.bucket_region.clone() {
                    Some(other) if other != region => region = other,
                    _ => return Err(object_refused(bucket, key, refusal)),
                }
            }
        }
    }
    Err(object_gap(Cause::Failed, bucket, key, "cannot be read: S3 names one region after another for its bucket"))
}

fn object_refused(bucket: &str, key: &str, refusal: Refusal) -> Gap {
    match refusal.code.as_deref() {
        Some("NoSuchKey") => object_gap(Cause::Failed, bucket, key, "is not there: check the key"),
        Some("NoSuchBucket") => object_gap(Cause::Failed, bucket, key, "is not there: check the bucket's name"),
        _ => refusal.gap,
    }
}

fn object_gap(cause: Cause, bucket: &str, key: &str, what: &str) -> Gap {
    Gap::new(cause, format!("s3://{bucket}/{key} {what}")).for_action(super::permission(GET_OBJECT))
}
