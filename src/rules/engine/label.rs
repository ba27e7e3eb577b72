//! What to call subjects that nobody could name. For people only: identity, waivers and fingerprints use the name.

use crate::estate::Kind;

/// Subjects nobody could name, by their kinds: `DB clusters and DB instances`.
pub(super) fn kinds_label(kinds: &[Kind]) -> String {
    let names: Vec<_> = kinds.iter().map(|kind| format!("{kind}s")).collect();
    match names.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_listed_as_people_do() {
        assert_eq!(kinds_label(&[Kind::Bucket]), "S3 buckets");
        assert_eq!(kinds_label(&[Kind::Subnet, Kind::EksCluster, Kind::NodeGroup]), "subnets, EKS clusters and EKS node groups");
    }
}
