//! What a provider configuration says of whom it speaks as: the account, and the partition of its region.

use super::instance::Provider;
use super::value::{Val, ValKind};
use crate::estate::Arn;

/// The partition of a region (docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html).
pub(super) fn partition(region: &str) -> &'static str {
    match region {
        _ if region.starts_with("cn-") => "aws-cn",
        _ if region.starts_with("us-gov-") => "aws-us-gov",
        _ if region.starts_with("us-iso-") => "aws-iso",
        _ if region.starts_with("us-isob-") => "aws-iso-b",
        _ if region.starts_with("us-isof-") => "aws-iso-f",
        _ if region.starts_with("eu-isoe-") => "aws-iso-e",
        _ if region.starts_with("eusc-") => "aws-eusc",
        _ => "aws",
    }
}

/// The domain of the endpoints of a partition (partitions.json of botocore, "dnsSuffix").
pub(super) fn dns_suffix(partition: &str) -> &'static str {
    match partition {
        "aws-cn" => "amazonaws.com.cn",
        "aws-iso" => "c2s.ic.gov",
        "aws-iso-b" => "sc2s.sgov.gov",
        "aws-iso-e" => "cloud.adc-e.uk",
        "aws-iso-f" => "csp.hci.ic.gov",
        "aws-eusc" => "amazonaws.eu",
        _ => "amazonaws.com",
    }
}

/// What `data "aws_partition"` and `data "aws_caller_identity"` say under a provider configuration, as far as that tells.
pub(super) fn data(resource_type: &str, name: &str, provider: &Provider) -> Option<Val> {
    let of_region = |said: fn(&str) -> String| {
        let region = provider.region.as_ref()?;
        let ValKind::String(text) = &region.kind else { return None };
        Some(Val::from(said(partition(text))).marked(region.sensitive))
    };
    let reversed = |partition: &str| dns_suffix(partition).rsplit('.').collect::<Vec<_>>().join(".");
    match (resource_type, name) {
        ("aws_partition", "partition" | "id") => of_region(str::to_owned),
        ("aws_partition", "dns_suffix") => of_region(|partition| dns_suffix(partition).to_owned()),
        ("aws_partition", "reverse_dns_prefix") => of_region(reversed),
        ("aws_caller_identity", "account_id" | "id") => Some(account(provider)?.into()),
        _ => None,
    }
}

/// `assume_role.role_arn`, or the one account that is allowed.
pub(super) fn account(provider: &Provider) -> Option<String> {
    let text = |val: &Val| match &val.kind {
        ValKind::String(text) if !val.sensitive => Some(text.to_string()),
        ValKind::Number(number) => Some(format!("{:0>12}", number.to_string())),
        _ => None,
    };
    let role = || Some(Arn::from(text(provider.role_arn.as_ref()?)?).account()?.as_str().to_owned());
    let allowed = || match &provider.allowed_account_ids.as_ref()?.kind {
        ValKind::List(ids) | ValKind::Set(ids) => match ids.as_slice() {
            [only] => text(only),
            _ => None,
        },
        _ => None,
    };
    role().or_else(allowed)
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::*;

    #[test]
    fn a_partition_follows_from_the_region() {
        assert_eq!(partition("eu-west-1"), "aws");
        assert_eq!(partition("cn-north-1"), "aws-cn");
        assert_eq!(partition("us-gov-west-1"), "aws-us-gov");
    }

    fn said(resource_type: &str, name: &str, provider: &Provider) -> Option<String> {
        match data(resource_type, name, provider)?.kind {
            ValKind::String(text) => Some(text.to_string()),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_provider_tells_partition_and_account_as_far_as_it_is_configured() {
        let mut provider = Provider { region: Some("cn-north-1".into()), ..Provider::default() };
        assert_eq!(said("aws_partition", "id", &provider).as_deref(), Some("aws-cn"));
        assert_eq!(said("aws_partition", "dns_suffix", &provider).as_deref(), Some("amazonaws.com.cn"));
        assert_eq!(said("aws_partition", "reverse_dns_prefix", &provider).as_deref(), Some("cn.com.amazonaws"));
        assert_eq!(said("aws_caller_identity", "account_id", &provider), None);
        provider.role_arn = Some("arn:aws-cn:iam::123456789012:role/deploy".into());
        assert_eq!(said("aws_caller_identity", "account_id", &provider).as_deref(), Some("123456789012"));
        let ids = vec!["210987654321".into()];
        provider = Provider { allowed_account_ids: Some(ValKind::Set(Rc::new(ids)).into()), ..Provider::default() };
        assert_eq!(said("aws_caller_identity", "id", &provider).as_deref(), Some("210987654321"));
        assert_eq!(said("aws_caller_identity", "arn", &provider), None);
        assert_eq!(said("aws_partition", "partition", &provider), None, "no region is configured");
    }
}
