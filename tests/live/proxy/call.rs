//! Which operation of which AWS service a request is.

use super::http::Message;

/// A request to AWS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Call {
    /// As the signature names it: `s3`, `rds`, `elasticloadbalancing`, …
    pub(crate) service: String,
    /// As the SDK names it: `GetBucketVersioning`.
    pub(crate) operation: String,
    /// As the signature names it.
    pub(crate) region: String,
    /// The path with its query.
    pub(crate) target: String,
    /// The body as text.
    pub(crate) body: String,
    /// Which call of this operation in this region it is, from 1; retries count.
    pub(crate) nth: u32,
}

impl Call {
    /// Reads a request; `nth` is left at 0.
    pub(crate) fn of(request: &Message) -> Self {
        let (service, region) = scope(request.header("authorization").unwrap_or_default());
        let mut start = request.start.split(' ');
        let method = start.next().unwrap_or_default();
        let target = start.next().unwrap_or_default().to_owned();
        let body = request.text();
        let operation = operation(&service, method, &target, request.header("x-amz-target"), &body);
        Self { service, operation, region, target, body, nth: 0 }
    }

    /// The permission that the operation takes.
    pub(crate) fn action(&self) -> String {
        if self.service == "s3" {
            return s3_action(&self.operation);
        }
        let prefix = if self.service == "tagging" { "tag" } else { &self.service };
        format!("{prefix}:{}", self.operation)
    }
}

/// Service and region from the credential scope of a signature.
fn scope(authorization: &str) -> (String, String) {
    let scope = authorization.split("Credential=").nth(1).and_then(|rest| rest.split(',').next()).unwrap_or_default();
    let mut parts = scope.split('/').skip(2);
    let mut next = || parts.next().unwrap_or("unsigned").to_owned();
    let region = next();
    (next(), region)
}

fn operation(service: &str, method: &str, target: &str, amz_target: Option<&str>, body: &str) -> String {
    if let Some(name) = amz_target.and_then(|name| name.rsplit('.').next()) {
        return name.to_owned();
    }
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    let named = match service {
        "s3" => s3_operation(method, &segments, query),
        "eks" => eks_operation(method, &segments),
        "route53" => route53_operation(method, &segments),
        "cloudfront" => cloudfront_operation(method, &segments),
        _ => form_value(body, "Action").or_else(|| form_value(query, "Action")),
    };
    named.unwrap_or_else(|| format!("{method} {path}"))
}

fn form_value(form: &str, key: &str) -> Option<String> {
    form.split('&').filter_map(|pair| pair.split_once('=')).find(|(name, _)| *name == key).map(|(_, value)| value.to_owned())
}

/// Sub-resources of a bucket, and what the SDK calls them after `Get` and `Put`.
const S3_SETTINGS: [(&str, &str); 14] = [
    ("acl", "BucketAcl"),
    ("encryption", "BucketEncryption"),
    ("lifecycle", "BucketLifecycleConfiguration"),
    ("location", "BucketLocation"),
    ("logging", "BucketLogging"),
    ("notification", "BucketNotificationConfiguration"),
    ("object-lock", "ObjectLockConfiguration"),
    ("ownershipControls", "BucketOwnershipControls"),
    ("policy", "BucketPolicy"),
    ("policyStatus", "BucketPolicyStatus"),
    ("publicAccessBlock", "PublicAccessBlock"),
    ("replication", "BucketReplication"),
    ("tagging", "BucketTagging"),
    ("versioning", "BucketVersioning"),
];

fn s3_operation(method: &str, segments: &[&str], query: &str) -> Option<String> {
    let keys: Vec<&str> = query.split('&').filter_map(|pair| pair.split('=').next()).collect();
    let verb = match method {
        "GET" => "Get",
        "PUT" => "Put",
        "DELETE" => "Delete",
        "HEAD" => "Head",
        _ => return None,
    };
    let name = match segments {
        [] => "ListBuckets".to_owned(),
        [_bucket] => {
            let setting = S3_SETTINGS.iter().find(|(key, _)| keys.contains(key));
            match (setting, method) {
                (Some((_, name)), _) => format!("{verb}{name}"),
                (None, "GET") if keys.contains(&"versions") => "ListObjectVersions".to_owned(),
                (None, "GET") if keys.contains(&"list-type") => "ListObjectsV2".to_owned(),
                (None, "GET") => "ListObjects".to_owned(),
                (None, "PUT") => "CreateBucket".to_owned(),
                (None, _) => format!("{verb}Bucket"),
            }
        }
        _ => format!("{verb}Object"),
    };
    Some(name)
}

/// S3's permissions are named apart from its operations.
fn s3_action(operation: &str) -> String {
    let name = match operation {
        "ListBuckets" => "ListAllMyBuckets",
        "GetBucketEncryption" => "GetEncryptionConfiguration",
        "GetBucketLifecycleConfiguration" => "GetLifecycleConfiguration",
        "GetBucketReplication" => "GetReplicationConfiguration",
        "GetObjectLockConfiguration" => "GetBucketObjectLockConfiguration",
        "GetPublicAccessBlock" => "GetBucketPublicAccessBlock",
        "HeadBucket" | "ListObjects" | "ListObjectsV2" => "ListBucket",
        "HeadObject" => "GetObject",
        other => other,
    };
    format!("s3:{name}")
}

fn eks_operation(method: &str, segments: &[&str]) -> Option<String> {
    let name = match (method, segments) {
        ("GET", ["clusters"]) => "ListClusters",
        ("POST", ["clusters"]) => "CreateCluster",
        ("GET", ["clusters", _]) => "DescribeCluster",
        ("GET", ["clusters", _, "node-groups"]) => "ListNodegroups",
        ("POST", ["clusters", _, "node-groups"]) => "CreateNodegroup",
        ("GET", ["clusters", _, "node-groups", _]) => "DescribeNodegroup",
        ("DELETE", ["clusters", _, "node-groups", _]) => "DeleteNodegroup",
        _ => return None,
    };
    Some(name.to_owned())
}

fn route53_operation(method: &str, segments: &[&str]) -> Option<String> {
    let name = match (method, segments.get(1..)?) {
        ("GET", ["hostedzone"]) => "ListHostedZones",
        ("GET", ["hostedzonesbyname"]) => "ListHostedZonesByName",
        ("GET", ["hostedzone", _]) => "GetHostedZone",
        ("GET", ["hostedzone", _, "rrset"]) => "ListResourceRecordSets",
        ("GET", ["healthcheck"]) => "ListHealthChecks",
        ("GET", ["healthcheck", _]) => "GetHealthCheck",
        ("GET", ["healthcheck", _, "status"]) => "GetHealthCheckStatus",
        ("GET", ["tags", _, _]) => "ListTagsForResource",
        ("POST", ["tags", _]) => "ListTagsForResources",
        _ => return None,
    };
    Some(name.to_owned())
}

fn cloudfront_operation(method: &str, segments: &[&str]) -> Option<String> {
    let name = match (method, segments.get(1..)?) {
        ("GET", ["distribution"]) => "ListDistributions",
        ("GET", ["distribution", _]) => "GetDistribution",
        ("GET", ["distribution", _, "config"]) => "GetDistributionConfig",
        ("GET", ["distributionsByWebACLId", _]) => "ListDistributionsByWebACLId",
        ("GET", ["tagging"]) => "ListTagsForResource",
        _ => return None,
    };
    Some(name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(service: &str, start: &str, target: Option<&str>, body: &str) -> Call {
        let scope = format!("AWS4-HMAC-SHA256 Credential=AKIA/20261120/eu-west-1/{service}/aws4_request, SignedHeaders=host");
        let mut headers = vec![("Authorization".to_owned(), scope)];
        headers.extend(target.map(|target| ("X-Amz-Target".to_owned(), target.to_owned())));
        Call::of(&Message { start: format!("{start} HTTP/1.1"), headers, body: body.into() })
    }

    #[test]
    fn every_protocol_is_recognised() {
        for (service, start, target, body, operation, action) in [
            ("wafv2", "POST /", Some("AWSWAF_20190729.GetWebACL"), "{}", "GetWebACL", "wafv2:GetWebACL"),
            ("rds", "POST /", None, "Action=DescribeDBInstances&Version=2014-10-31", "DescribeDBInstances", "rds:DescribeDBInstances"),
            ("ec2", "POST /", None, "Version=1&Action=DescribeSubnets", "DescribeSubnets", "ec2:DescribeSubnets"),
            ("s3", "GET /?x-id=ListBuckets", None, "", "ListBuckets", "s3:ListAllMyBuckets"),
            ("s3", "GET /b?versioning", None, "", "GetBucketVersioning", "s3:GetBucketVersioning"),
            ("s3", "GET /b/?lifecycle", None, "", "GetBucketLifecycleConfiguration", "s3:GetLifecycleConfiguration"),
            ("s3", "PUT /b?publicAccessBlock", None, "", "PutPublicAccessBlock", "s3:PutPublicAccessBlock"),
            ("s3", "GET /b?list-type=2&prefix=x", None, "", "ListObjectsV2", "s3:ListBucket"),
            ("s3", "GET /b/a/key?x-id=GetObject", None, "", "GetObject", "s3:GetObject"),
            ("s3", "HEAD /b", None, "", "HeadBucket", "s3:ListBucket"),
            ("eks", "GET /clusters/c/node-groups/n", None, "", "DescribeNodegroup", "eks:DescribeNodegroup"),
            ("route53", "GET /2013-04-01/hostedzone/Z1/rrset", None, "", "ListResourceRecordSets", "route53:ListResourceRecordSets"),
            ("cloudfront", "GET /2020-05-31/distribution", None, "", "ListDistributions", "cloudfront:ListDistributions"),
            ("tagging", "POST /", Some("ResourceGroupsTaggingAPI_20170126.GetResources"), "{}", "GetResources", "tag:GetResources"),
        ] {
            let call = call(service, start, target, body);
            assert_eq!((call.operation.as_str(), call.action().as_str()), (operation, action));
            assert_eq!((call.service.as_str(), call.region.as_str()), (service, "eu-west-1"));
        }
    }

    #[test]
    fn the_unknown_keeps_its_path() {
        assert_eq!(call("eks", "GET /clusters/c/addons", None, "").operation, "GET /clusters/c/addons");
        let unsigned = Call::of(&Message { start: "GET / HTTP/1.1".to_owned(), headers: Vec::new(), body: Vec::new() });
        assert_eq!(unsigned.service, "unsigned");
    }
}
