//! The partitions of AWS and what the provider derives from the name of a region alone, without asking anybody.

/// A partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Partition {
    /// `aws`
    pub(super) id: &'static str,
    /// `amazonaws.com`
    pub(super) dns_suffix: &'static str,
    /// `com.amazonaws`
    pub(super) reverse_dns_prefix: &'static str,
}

const AWS: Partition = Partition { id: "aws", dns_suffix: "amazonaws.com", reverse_dns_prefix: "com.amazonaws" };

/// By how the names of their regions begin (docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html); the
/// suffixes are those that `data.aws_partition` of provider 5.100.0 gives.
const OTHERS: &[(&str, Partition)] = &[
    ("cn-", Partition { id: "aws-cn", dns_suffix: "amazonaws.com.cn", reverse_dns_prefix: "cn.com.amazonaws" }),
    ("eu-isoe-", Partition { id: "aws-iso-e", dns_suffix: "cloud.adc-e.uk", reverse_dns_prefix: "uk.adc-e.cloud" }),
    ("eusc-", Partition { id: "aws-eusc", dns_suffix: "amazonaws.eu", reverse_dns_prefix: "eu.amazonaws" }),
    ("us-gov-", Partition { id: "aws-us-gov", dns_suffix: "amazonaws.com", reverse_dns_prefix: "com.amazonaws" }),
    ("us-iso-", Partition { id: "aws-iso", dns_suffix: "c2s.ic.gov", reverse_dns_prefix: "gov.ic.c2s" }),
    ("us-isob-", Partition { id: "aws-iso-b", dns_suffix: "sc2s.sgov.gov", reverse_dns_prefix: "gov.sgov.sc2s" }),
    ("us-isof-", Partition { id: "aws-iso-f", dns_suffix: "csp.hci.ic.gov", reverse_dns_prefix: "gov.ic.hci.csp" }),
];

/// The partition of a region.
pub(super) fn of(region: &str) -> Partition {
    OTHERS.iter().find(|(start, _)| region.starts_with(start)).map_or(AWS, |(_, partition)| *partition)
}
