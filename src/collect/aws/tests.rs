//! The reader against a server that answers as AWS does, and as AWS never should.

mod server;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use tokio::net::TcpListener;

use self::server::{Answer, Asked, ok, serve};
use super::{Settings, get_object, read};
use crate::collect::progress::Silent;
use crate::collect::{Demand, Reading};
use crate::estate::bucket::{Bucket, Versioning};
use crate::estate::cluster::EksCluster;
use crate::estate::database::{DbCluster, DbInstance};
use crate::estate::edge::{LoadBalancer, WebAcl};
use crate::estate::{Cause, Fact, Gap, Kind, Need};
use crate::plan::{Regions, Select, SelectIn};

const HTML: &str = "<!DOCTYPE html><html><body>Not Found</body></html>";

/// The answers of a small account: one bucket that is selected by its tag.
fn usual(asked: &Asked) -> Answer {
    if asked.is("GetCallerIdentity") {
        return ok(
            "<GetCallerIdentityResponse><GetCallerIdentityResult><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>",
        );
    }
    if asked.is("x-id=ListBuckets") {
        return ok(buckets(&["orders"]));
    }
    if asked.is("?tagging") {
        return ok("<Tagging><TagSet><Tag><Key>System</Key><Value>shop</Value></Tag></TagSet></Tagging>");
    }
    if asked.is("?versioning") {
        return ok("<VersioningConfiguration/>");
    }
    if asked.is("?lifecycle") {
        return Answer::Http(404, "<Error><Code>NoSuchLifecycleConfiguration</Code></Error>".to_owned());
    }
    Answer::Http(400, "<Error><Code>Unscripted</Code></Error>".to_owned())
}

fn buckets(names: &[&str]) -> String {
    let each: String =
        names.iter().map(|name| format!("<Bucket><Name>{name}</Name><BucketRegion>us-east-1</BucketRegion></Bucket>")).collect();
    format!("<ListAllMyBucketsResult><Buckets>{each}</Buckets></ListAllMyBucketsResult>")
}

fn demand(need: Need) -> Demand {
    let tags = BTreeMap::from([("System".to_owned(), "shop".to_owned())]);
    Demand { need, select: Select { tags, regions: SelectIn::Primary, ..Select::default() }, also_in: Vec::new() }
}

fn settings(endpoint: &str) -> Settings {
    Settings {
        endpoint_url: Some(endpoint.to_owned()),
        credentials: Some(SharedCredentialsProvider::new(Credentials::new("AKIATEST", "canary-secret", None, None, "test"))),
        max_attempts: 3,
        first_backoff: Duration::from_millis(5),
        max_backoff: Duration::from_millis(20),
        ..Settings::default()
    }
}

async fn read_with(settings: &Settings, needs: &[Need]) -> Reading {
    let regions = Regions { primary: vec!["us-east-1".into()], recovery: Vec::new() };
    let demands: Vec<Demand> = needs.iter().map(|need| demand(*need)).collect();
    let now = "2026-11-20T12:00:00Z".parse().expect("RFC 3339");
    read(settings, &demands, &regions, now, &Silent).await
}

async fn reading(needs: &[Need], script: impl Fn(&Asked, usize) -> Option<Answer> + Send + Sync + 'static) -> Reading {
    let endpoint = serve(script).await;
    read_with(&settings(&endpoint), needs).await
}

fn the_bucket(reading: &Reading) -> &Bucket {
    reading.estate.all::<Bucket>().next().expect("the bucket is listed")
}

fn gap_of<T: std::fmt::Debug>(fact: &Fact<T>) -> (Cause, String) {
    match fact {
        Fact::Gap(gap) => (gap.cause, gap.action.as_ref().map(ToString::to_string).unwrap_or_default()),
        Fact::Known { value, .. } => panic!("a gap expected, not {value:?}"),
    }
}

#[tokio::test]
async fn an_empty_but_whole_configuration_means_never() {
    let reading = reading(&[Need::BucketVersioning, Need::BucketLifecycle], |_, _| None).await;
    assert_eq!(the_bucket(&reading).versioning.ok(), Some(&Versioning::Never));
    assert_eq!(the_bucket(&reading).lifecycle.ok().map(Vec::len), Some(0));
    assert_eq!(reading.source.gaps, []);
}

#[tokio::test]
async fn a_configuration_named_after_its_operation_is_read_and_another_one_is_not() {
    for (body, expected) in [
        ("<GetBucketVersioningResponse><Status>Suspended</Status></GetBucketVersioningResponse>", Some(Versioning::Suspended)),
        ("<GetBucketVersioningResponse/>", Some(Versioning::Never)),
        ("<Error><Status>Enabled</Status></Error>", None),
    ] {
        let reading = reading(&[Need::BucketVersioning], move |asked, _| asked.is("?versioning").then(|| ok(body))).await;
        assert_eq!(the_bucket(&reading).versioning.ok().copied(), expected, "{body}");
        assert_eq!(reading.calls["s3.GetBucketVersioning"], 1, "a whole answer is not asked for again");
    }
}

#[tokio::test]
async fn only_what_is_needed_is_asked() {
    let reading = reading(&[Need::BucketVersioning], |_, _| None).await;
    let calls: Vec<(&str, u64)> = reading.calls.iter().map(|(call, count)| (call.as_str(), *count)).collect();
    assert_eq!(calls, [("s3.GetBucketTagging", 1), ("s3.GetBucketVersioning", 1), ("s3.ListBuckets", 1), ("sts.GetCallerIdentity", 1)]);
}

#[tokio::test]
async fn a_bucket_with_other_tags_is_listed_and_left_alone() {
    let other = "<Tagging><TagSet><Tag><Key>System</Key><Value>other</Value></Tag></TagSet></Tagging>";
    let reading = reading(&[Need::BucketVersioning], move |asked, _| asked.is("?tagging").then(|| ok(other))).await;
    assert_eq!(gap_of(&the_bucket(&reading).versioning).0, Cause::NotRead);
    assert!(!reading.calls.contains_key("s3.GetBucketVersioning"));
}

#[tokio::test]
async fn answers_that_are_not_answers_never_mean_not_configured() {
    for (what, status, body, cause) in [
        ("empty", 200, "", Cause::Failed),
        ("HTML", 200, HTML, Cause::Failed),
        ("HTML", 404, HTML, Cause::Failed),
        ("no code", 404, "", Cause::Failed),
        ("another code", 404, "<Error><Code>NoSuchBucket</Code></Error>", Cause::Failed),
        ("the code with another status", 400, "<Error><Code>NoSuchLifecycleConfiguration</Code></Error>", Cause::Failed),
        ("HTML", 403, HTML, Cause::Denied),
        ("denied", 403, "<Error><Code>AccessDenied</Code></Error>", Cause::Denied),
        ("cut off", 200, "<LifecycleConfiguration><Rule><Status>Enabled</Status></Rule>", Cause::Failed),
    ] {
        let reading = reading(&[Need::BucketVersioning, Need::BucketLifecycle], move |asked, _| {
            (asked.is("?versioning") || asked.is("?lifecycle")).then(|| Answer::Http(status, body.to_owned()))
        })
        .await;
        let bucket = the_bucket(&reading);
        assert_eq!(gap_of(&bucket.lifecycle), (cause, "s3:GetLifecycleConfiguration".to_owned()), "{what} {status}");
        assert_eq!(gap_of(&bucket.versioning), (cause, "s3:GetBucketVersioning".to_owned()), "{what} {status}");
    }
}

#[tokio::test]
async fn a_body_that_breaks_off_is_a_gap_however_it_ends() {
    let half = "<VersioningConfiguration>";
    for close in [false, true] {
        let reading = reading(&[Need::BucketVersioning], move |asked, _| {
            asked.is("?versioning").then(|| if close { Answer::UntilClose(half.to_owned()) } else { Answer::CutOff(half.to_owned()) })
        })
        .await;
        assert_eq!(gap_of(&the_bucket(&reading).versioning).0, Cause::Failed, "until close: {close}");
        assert_eq!(reading.calls["s3.GetBucketVersioning"], 3, "doubtful answers are asked for again");
    }
}

#[tokio::test]
async fn an_empty_json_body_is_no_empty_list() {
    let reading =
        reading(&[Need::EksClusters, Need::WebAcls], |asked, _| (asked.is("GET /clusters") || asked.is("ListWebACLs")).then(|| ok("")))
            .await;
    for kind in [Kind::EksCluster, Kind::WebAcl] {
        let gap = reading.estate.listing_gap(kind).expect("a gap");
        assert_eq!(gap.cause, Cause::Failed, "{kind}");
        assert!(gap.detail.contains("empty"), "{gap}");
    }
}

#[tokio::test]
async fn throttled_and_failing_calls_are_repeated() {
    let reading = reading(&[Need::BucketVersioning], |asked, number| match (asked.is("?versioning"), number) {
        (true, 0) => Some(Answer::Http(429, String::new())),
        (true, 1) => Some(ok("")),
        (true, _) => Some(ok("<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>")),
        _ => None,
    })
    .await;
    assert_eq!(the_bucket(&reading).versioning.ok(), Some(&Versioning::Enabled));
    assert_eq!(reading.calls["s3.GetBucketVersioning"], 3);
}

#[tokio::test]
async fn throttled_to_the_end_is_a_gap_of_its_own() {
    let slow = "<Error><Code>SlowDown</Code></Error>";
    let reading =
        reading(&[Need::BucketVersioning], move |asked, _| asked.is("?versioning").then(|| Answer::Http(503, slow.to_owned()))).await;
    assert_eq!(gap_of(&the_bucket(&reading).versioning), (Cause::Throttled, "s3:GetBucketVersioning".to_owned()));
}

#[tokio::test]
async fn a_stalled_answer_runs_into_the_timeout() {
    for in_body in [false, true] {
        let endpoint = serve(move |asked, _| {
            asked.is("?versioning").then(|| if in_body { Answer::StallInBody("<Ver".to_owned()) } else { Answer::Stall })
        })
        .await;
        let short = Duration::from_millis(200);
        let settings = Settings { read_timeout: short, attempt_timeout: short, max_attempts: 2, ..settings(&endpoint) };
        let started = Instant::now();
        let reading = read_with(&settings, &[Need::BucketVersioning]).await;
        assert_eq!(gap_of(&the_bucket(&reading).versioning).0, Cause::TimedOut, "in body: {in_body}");
        assert!(started.elapsed() < Duration::from_secs(10));
    }
}

fn instances(names: &[&str], marker: &str) -> Answer {
    let each: String = names
        .iter()
        .map(|name| format!("<DBInstance><DBInstanceIdentifier>{name}</DBInstanceIdentifier><BackupRetentionPeriod>7</BackupRetentionPeriod></DBInstance>"))
        .collect();
    ok(format!(
        "<DescribeDBInstancesResponse><DescribeDBInstancesResult><DBInstances>{each}</DBInstances><Marker>{marker}</Marker></DescribeDBInstancesResult></DescribeDBInstancesResponse>"
    ))
}

fn names(reading: &Reading) -> Vec<&str> {
    reading.estate.all::<DbInstance>().map(|db| db.meta.display_name()).collect()
}

#[tokio::test]
async fn every_page_is_read() {
    let reading = reading(&[Need::DbInstances], |asked, _| {
        asked
            .is("DescribeDBInstances")
            .then(|| if asked.body.contains("Marker=two") { instances(&["b"], "") } else { instances(&["a"], "two") })
    })
    .await;
    assert_eq!(names(&reading), ["a", "b"]);
    assert_eq!(reading.estate.listing_gap(Kind::DbInstance), None);
}

#[tokio::test]
async fn a_page_token_that_repeats_ends_the_listing_as_incomplete_and_doubles_nothing() {
    let reading = reading(&[Need::DbInstances], |asked, _| asked.is("DescribeDBInstances").then(|| instances(&["a"], "again"))).await;
    assert_eq!(names(&reading), ["a"]);
    let gap = reading.estate.listing_gap(Kind::DbInstance).expect("a gap");
    assert_eq!((gap.cause, gap.action.map(|action| action.to_string())), (Cause::Incomplete, Some("rds:DescribeDBInstances".to_owned())));
}

#[tokio::test]
async fn a_page_that_fails_keeps_the_pages_before_it() {
    let reading = reading(&[Need::DbInstances], |asked, _| {
        asked.is("DescribeDBInstances").then(|| {
            if asked.body.contains("Marker=two") {
                Answer::Http(403, "<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>".to_owned())
            } else {
                instances(&["a"], "two")
            }
        })
    })
    .await;
    assert_eq!(names(&reading), ["a"]);
    assert_eq!(reading.estate.listing_gap(Kind::DbInstance).map(|gap| gap.cause), Some(Cause::Denied));
}

#[tokio::test]
async fn one_cluster_that_is_denied_does_not_hide_the_others() {
    let reading = reading(&[Need::EksClusters], |asked, _| {
        if asked.is("GET /clusters/open") {
            return Some(ok("{\"cluster\":{\"name\":\"open\",\"arn\":\"arn:aws:eks:us-east-1:1:cluster/open\",\"tags\":{\"System\":\"shop\"},\"resourcesVpcConfig\":{\"subnetIds\":[\"subnet-1\"]}}}"));
        }
        if asked.is("GET /clusters/shut") {
            return Some(Answer::Http(403, "{\"message\":\"no\"}".to_owned()));
        }
        asked.is("GET /clusters?").then(|| ok("{\"clusters\":[\"open\",\"shut\"],\"nextToken\":null}"))
    })
    .await;
    let clusters: Vec<(&str, bool)> =
        reading.estate.all::<EksCluster>().map(|cluster| (cluster.meta.display_name(), cluster.subnets.ok().is_some())).collect();
    assert_eq!(clusters, [("open", true), ("shut", false)]);
    let gap = reading.estate.listing_gap(Kind::EksCluster).expect("the one that is shut may be meant");
    assert_eq!((gap.cause, gap.action.map(|action| action.to_string())), (Cause::Denied, Some("eks:DescribeCluster".to_owned())));
}

#[tokio::test]
async fn tags_that_are_denied_leave_a_gap_in_the_listing() {
    let reading = reading(&[Need::BucketVersioning], |asked, _| {
        asked.is("?tagging").then(|| Answer::Http(403, "<Error><Code>AccessDenied</Code></Error>".to_owned()))
    })
    .await;
    let gap = reading.estate.listing_gap(Kind::Bucket).expect("a gap");
    assert_eq!(gap.action.map(|action| action.to_string()), Some("s3:GetBucketTagging".to_owned()));
    assert!(!reading.calls.contains_key("s3.GetBucketVersioning"));
}

fn many() -> Vec<String> {
    (0..30).map(|number| format!("bucket-{number:02}")).collect()
}

fn many_buckets(asked: &Asked) -> Option<Answer> {
    let names = many();
    asked.is("x-id=ListBuckets").then(|| ok(buckets(&names.iter().map(String::as_str).collect::<Vec<_>>())))
}

#[tokio::test]
async fn tags_of_many_buckets_come_in_one_listing() {
    let tagged = "{\"ResourceTagMappingList\":[{\"ResourceARN\":\"arn:aws:s3:::bucket-07\",\"Tags\":[{\"Key\":\"System\",\"Value\":\"shop\"}]}],\"PaginationToken\":\"\"}";
    let reading =
        reading(&[Need::BucketVersioning], move |asked, _| many_buckets(asked).or_else(|| asked.is("GetResources").then(|| ok(tagged))))
            .await;
    assert_eq!((reading.calls.get("tag.GetResources"), reading.calls.get("s3.GetBucketTagging")), (Some(&1), None));
    assert_eq!(reading.calls["s3.GetBucketVersioning"], 1);
    assert_eq!(reading.estate.listing_gap(Kind::Bucket), None);
}

#[tokio::test]
async fn where_that_listing_is_refused_or_finds_nothing_each_bucket_is_asked() {
    for (status, body) in [(403, ""), (400, "{\"__type\":\"UnknownOperationException\"}"), (200, "{\"ResourceTagMappingList\":[]}")] {
        let reading = reading(&[Need::BucketVersioning], move |asked, _| {
            many_buckets(asked).or_else(|| asked.is("GetResources").then(|| Answer::Http(status, body.to_owned())))
        })
        .await;
        assert_eq!(reading.calls["s3.GetBucketTagging"], 30, "{status} {body}");
        assert_eq!(reading.estate.listing_gap(Kind::Bucket), None, "an optional call leaves no gap");
    }
}

#[tokio::test]
async fn refused_credentials_stop_everything_and_say_what_to_do() {
    for (code, advice) in [
        ("ExpiredToken", "expired"),
        ("InvalidClientTokenId", "access key"),
        ("SignatureDoesNotMatch", "clock"),
        ("RequestTimeTooSkewed", "clock"),
    ] {
        let reading = reading(&[Need::BucketVersioning, Need::DbInstances], move |_, _| {
            Some(Answer::Http(403, format!("<ErrorResponse><Error><Code>{code}</Code></Error></ErrorResponse>")))
        })
        .await;
        assert!(reading.calls.keys().all(|call| call == "sts.GetCallerIdentity"), "{code}: {:?}", reading.calls);
        for kind in [Kind::Bucket, Kind::DbInstance] {
            let gap = reading.estate.listing_gap(kind).expect("a gap");
            assert_eq!(gap.cause, Cause::Unauthenticated, "{code}");
            assert!(gap.detail.contains(advice), "{gap}");
        }
        assert!(reading.source.notes.iter().any(|note| note.contains(advice)), "{:?}", reading.source.notes);
        assert!(!format!("{reading:?}").contains("canary-secret"));
    }
}

#[tokio::test]
async fn an_account_that_is_not_told_is_a_gap_of_the_source_and_costs_nothing_else() {
    let denied = || Answer::Http(403, "<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>".to_owned());
    let reading = reading(&[Need::BucketVersioning], move |asked, _| asked.is("GetCallerIdentity").then(denied)).await;
    let gaps: Vec<_> = reading.source.gaps.iter().map(|gap| (gap.cause, gap.action.as_ref().map(ToString::to_string))).collect();
    assert_eq!(gaps, [(Cause::Denied, Some("sts:GetCallerIdentity".to_owned()))]);
    assert_eq!(the_bucket(&reading).versioning.ok(), Some(&Versioning::Never));
}

#[tokio::test]
async fn global_databases_are_asked_for_only_where_a_promise_needs_them() {
    const CLUSTERS: &str = "<DescribeDBClustersResponse><DescribeDBClustersResult><DBClusters><DBCluster><Engine>aurora-mysql</Engine>\
        <DBClusterIdentifier>ledger</DBClusterIdentifier></DBCluster></DBClusters></DescribeDBClustersResult></DescribeDBClustersResponse>";
    const GLOBALS: &str = "<DescribeGlobalClustersResponse><DescribeGlobalClustersResult><GlobalClusters/></DescribeGlobalClustersResult>\
        </DescribeGlobalClustersResponse>";
    let script = |asked: &Asked, _: usize| {
        let answers = [("DescribeDBClusters", CLUSTERS), ("DescribeGlobalClusters", GLOBALS)];
        answers.into_iter().find(|(action, _)| asked.is(action)).map(|(_, answer)| ok(answer))
    };
    let source = |reading: &Reading| reading.estate.all::<DbCluster>().next().expect("the cluster is listed").replica_of.clone();
    let without = reading(&[Need::DbClusters], script).await;
    assert_eq!(gap_of(&source(&without)).0, Cause::NotRead);
    assert!(!without.calls.contains_key("rds.DescribeGlobalClusters"), "{:?}", without.calls);
    let with = reading(&[Need::DbGlobalClusters], script).await;
    assert_eq!(source(&with).ok(), Some(&None));
    assert_eq!(with.calls["rds.DescribeGlobalClusters"], 1);
}

#[tokio::test]
async fn credentials_of_another_account_are_refused() {
    let endpoint = serve(|_, _| None).await;
    let settings = Settings { expected_account: Some("999999999999".into()), ..settings(&endpoint) };
    let reading = read_with(&settings, &[Need::Buckets]).await;
    let gap = reading.estate.listing_gap(Kind::Bucket).expect("a gap");
    assert!(gap.detail.contains("123456789012") && gap.detail.contains("999999999999"), "{gap}");
    assert_eq!(reading.estate.len(), 0);
}

#[tokio::test]
async fn an_endpoint_that_cannot_be_reached_is_a_gap_in_every_listing() {
    let closed = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let endpoint = format!("http://{}", closed.local_addr().expect("bound"));
    drop(closed);
    let reading = read_with(&settings(&endpoint), &[Need::Buckets, Need::Subnets]).await;
    for kind in [Kind::Bucket, Kind::Subnet] {
        let gap = reading.estate.listing_gap(kind).expect("a gap");
        assert!(gap.detail.contains("cannot be reached"), "{gap}");
    }
}

#[tokio::test]
async fn a_state_in_a_bucket_is_read_whole_or_not_at_all() {
    let endpoint = serve(|asked, _| {
        let missing = || Answer::Http(404, "<Error><Code>NoSuchKey</Code></Error>".to_owned());
        [("/b/state", ok("{}")), ("/b/half", Answer::CutOff("{".to_owned())), ("/b/none", missing())]
            .into_iter()
            .find_map(|(key, answer)| asked.line.contains(key).then_some(answer))
    })
    .await;
    let settings = settings(&endpoint);
    assert_eq!(get_object(&settings, "b", "state").await, Ok(b"{}".to_vec()));
    let gap = |answer: Result<Vec<u8>, Gap>| answer.expect_err("no object").to_string();
    assert!(gap(get_object(&settings, "b", "half").await).contains("broke off"));
    let missing = gap(get_object(&settings, "b", "none").await);
    assert!(missing.contains("s3://b/none is not there") && missing.contains("s3:GetObject"), "{missing}");
}

#[tokio::test]
async fn no_region_is_a_gap_too() {
    let settings = settings("http://127.0.0.1:1");
    let now = "2026-11-20T12:00:00Z".parse().expect("RFC 3339");
    let reading = read(&settings, &[demand(Need::Subnets)], &Regions::default(), now, &Silent).await;
    assert_eq!(reading.estate.listing_gap(Kind::Subnet).map(|gap: Gap| gap.cause), Some(Cause::NotRead));
}

#[tokio::test]
async fn a_load_balancer_learns_its_web_acl() {
    let balancer = "<DescribeLoadBalancersResponse><DescribeLoadBalancersResult><LoadBalancers><member><LoadBalancerArn>arn:aws:elasticloadbalancing:us-east-1:1:loadbalancer/app/web/1</LoadBalancerArn><LoadBalancerName>web</LoadBalancerName><Type>application</Type></member></LoadBalancers></DescribeLoadBalancersResult></DescribeLoadBalancersResponse>";
    let tags = "<DescribeTagsResponse><DescribeTagsResult><TagDescriptions><member><ResourceArn>arn:aws:elasticloadbalancing:us-east-1:1:loadbalancer/app/web/1</ResourceArn><Tags><member><Key>System</Key><Value>shop</Value></member></Tags></member></TagDescriptions></DescribeTagsResult></DescribeTagsResponse>";
    for (acl, expected) in [("{}", None), ("{\"WebACL\":{\"ARN\":\"arn:acl\"}}", Some("arn:acl"))] {
        let reading = reading(&[Need::LoadBalancerWebAcls], move |asked, _| {
            [("DescribeLoadBalancers", balancer), ("DescribeTags", tags), ("GetWebACLForResource", acl)]
                .iter()
                .find(|(call, _)| asked.is(call))
                .map(|(_, body)| ok(*body))
        })
        .await;
        let seen = reading.estate.all::<LoadBalancer>().next().expect("listed").web_acl.ok().cloned().expect("known");
        assert_eq!(seen.as_ref().map(|arn| arn.as_str()), expected);
        assert_eq!(reading.estate.all::<WebAcl>().count(), 0, "web ACLs themselves were not asked for");
    }
}
#[tokio::test]
async fn under_heavy_throttling_nothing_is_wrong_and_the_reading_ends() {
    let number = std::sync::atomic::AtomicUsize::new(0);
    let endpoint = serve(move |asked, _| {
        let spared = ["GetCallerIdentity", "x-id=ListBuckets", "GetResources"].iter().any(|call| asked.is(call));
        let throttled = !spared && number.fetch_add(1, std::sync::atomic::Ordering::Relaxed).is_multiple_of(3);
        let slow = || Answer::Http(503, "<Error><Code>SlowDown</Code></Error>".to_owned());
        many_buckets(asked).or_else(|| throttled.then(slow))
    })
    .await;
    let reading = read_with(&settings(&endpoint), &[Need::BucketVersioning, Need::BucketLifecycle]).await;
    assert_eq!(reading.estate.all::<Bucket>().count(), 30);
    for bucket in reading.estate.all::<Bucket>().filter(|bucket| bucket.meta.tags.ok().is_some()) {
        assert!(bucket.versioning.ok().is_none_or(|versioning| *versioning == Versioning::Never));
        assert!(bucket.lifecycle.ok().is_none_or(Vec::is_empty));
    }
    assert!(reading.source.gaps.iter().all(|gap| gap.cause == Cause::Throttled), "{:?}", reading.source.gaps);
    assert!(reading.calls["s3.GetBucketTagging"] > 30, "throttled calls are repeated");
}
