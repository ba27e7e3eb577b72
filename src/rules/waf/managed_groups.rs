//! The rules inside managed rule groups: dated data, from the page that AWS keeps of them. No judgement.
//!
//! `wafv2:DescribeManagedRuleGroup` would tell them too, at the price of one more permission.

/// The rules of one managed group.
pub(super) struct ManagedGroup {
    /// The vendor as the API spells it.
    pub(super) vendor: &'static str,
    /// The group's name.
    pub(super) name: &'static str,
    /// Its rules, in AWS's order.
    pub(super) rules: &'static [&'static str],
    /// Where the names stand.
    #[expect(dead_code, reason = "the provenance of the data, for its next reader")]
    pub(super) source: &'static str,
    /// When they were last compared with it.
    #[expect(dead_code, reason = "the provenance of the data, for its next reader")]
    pub(super) verified_on: &'static str,
}

/// The groups whose rules are known.
pub(super) static MANAGED_GROUPS: &[ManagedGroup] = &[ManagedGroup {
    vendor: "AWS",
    name: "AWSManagedRulesCommonRuleSet",
    rules: &[
        "NoUserAgent_HEADER",
        "UserAgent_BadBots_HEADER",
        "SizeRestrictions_QUERYSTRING",
        "SizeRestrictions_Cookie_HEADER",
        "SizeRestrictions_BODY",
        "SizeRestrictions_URIPATH",
        "EC2MetaDataSSRF_BODY",
        "EC2MetaDataSSRF_COOKIE",
        "EC2MetaDataSSRF_URIPATH",
        "EC2MetaDataSSRF_QUERYARGUMENTS",
        "GenericLFI_QUERYARGUMENTS",
        "GenericLFI_URIPATH",
        "GenericLFI_BODY",
        "RestrictedExtensions_URIPATH",
        "RestrictedExtensions_QUERYARGUMENTS",
        "GenericRFI_QUERYARGUMENTS",
        "GenericRFI_BODY",
        "GenericRFI_URIPATH",
        "CrossSiteScripting_COOKIE",
        "CrossSiteScripting_QUERYARGUMENTS",
        "CrossSiteScripting_BODY",
        "CrossSiteScripting_URIPATH",
    ],
    source: "https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html",
    verified_on: "2026-11-20",
}];

/// The rules of a group, where they are known.
pub(super) fn rules_of(vendor: &str, name: &str) -> Option<&'static [&'static str]> {
    MANAGED_GROUPS.iter().find(|group| group.vendor == vendor && group.name == name).map(|group| group.rules)
}
