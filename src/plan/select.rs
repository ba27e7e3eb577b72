//! Which resources a promise speaks of.

use std::collections::BTreeMap;

use globset::GlobBuilder;

use crate::estate::{Arn, Meta, Region};

/// Where the system runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Regions {
    /// Where it runs while all is well; the first one is what `primary` means.
    pub primary: Vec<Region>,
    /// Where it comes back after a disaster.
    pub recovery: Vec<Region>,
}

impl Regions {
    /// Every region that evidence is read from, primary first.
    pub fn all(&self) -> impl Iterator<Item = &Region> {
        self.primary.iter().chain(&self.recovery)
    }
}

/// Selects resources. Every kind of criterion that is given must match; within one, any of its patterns.
///
/// A select without criteria matches nothing: a promise must say what it is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Select {
    /// Tags that must all be there with these values.
    pub tags: BTreeMap<String, String>,
    /// Name patterns (`*` and `?`).
    pub names: Vec<String>,
    /// ARN patterns.
    pub arns: Vec<String>,
    /// Terraform address patterns; matched against the alias that state or code gives.
    pub addresses: Vec<String>,
    /// In which regions.
    pub regions: SelectIn,
}

/// In which of the plan's regions a select looks. Global resources match always.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum SelectIn {
    /// The primary regions.
    #[default]
    Primary,
    /// The recovery regions.
    Recovery,
    /// Anywhere.
    Anywhere,
    /// These.
    These(Vec<Region>),
}

impl SelectIn {
    /// The regions by name; none for [`SelectIn::Anywhere`], which names none.
    pub fn of<'a>(&'a self, regions: &'a Regions) -> &'a [Region] {
        match self {
            Self::Primary => &regions.primary,
            Self::Recovery => &regions.recovery,
            Self::Anywhere => &[],
            Self::These(these) => these,
        }
    }
}

impl Select {
    /// Whether nothing is asked for.
    pub fn is_empty(&self) -> bool {
        self.tags.is_empty() && self.names.is_empty() && self.arns.is_empty() && self.addresses.is_empty()
    }

    /// Whether a resource is meant. What was not seen of it does not match.
    pub fn matches(&self, meta: &Meta, regions: &Regions) -> bool {
        !self.is_empty()
            && self.matches_region(meta.region.ok(), regions)
            && self.matches_tags(meta)
            && (self.names.is_empty() || meta.name.ok().is_some_and(|name| any_matches(&self.names, name)))
            && (self.arns.is_empty() || meta.arn.ok().map(Arn::as_str).is_some_and(|arn| any_matches(&self.arns, arn)))
            && (self.addresses.is_empty() || meta.address.as_deref().is_some_and(|address| any_matches_address(&self.addresses, address)))
    }

    /// Whether a region is looked at; an unseen one is, since nothing speaks against it.
    pub fn matches_region(&self, region: Option<&Region>, regions: &Regions) -> bool {
        let Some(region) = region else { return true };
        if *region == Region::global() {
            return true;
        }
        match &self.regions {
            SelectIn::Primary => regions.primary.contains(region),
            SelectIn::Recovery => regions.recovery.contains(region),
            SelectIn::Anywhere => true,
            SelectIn::These(these) => these.contains(region),
        }
    }

    fn matches_tags(&self, meta: &Meta) -> bool {
        self.tags.is_empty()
            || meta.tags.ok().is_some_and(|seen| {
                self.tags.iter().all(|(key, value)| seen.get(key).is_some_and(|v| any_matches(std::slice::from_ref(value), v)))
            })
    }
}

/// Whether any pattern (`*`, `?`, everything else literal) matches a text.
pub fn any_matches(patterns: &[String], text: &str) -> bool {
    patterns.iter().any(|pattern| {
        // Compiling a pattern costs more than everything else about a resource; most are plain words.
        if !pattern.contains(['*', '?']) {
            return pattern == text;
        }
        let literal: String = pattern.chars().flat_map(|c| if "[]{}!\\".contains(c) { vec!['\\', c] } else { vec![c] }).collect();
        GlobBuilder::new(&literal)
            .literal_separator(false)
            .backslash_escape(true)
            .build()
            .is_ok_and(|glob| glob.compile_matcher().is_match(text))
    })
}

/// Addresses match exactly, by pattern, or as the whole of a resource with `count` or `for_each`.
fn any_matches_address(patterns: &[String], address: &str) -> bool {
    any_matches(patterns, address)
        || patterns.iter().any(|pattern| address.strip_prefix(pattern.as_str()).is_some_and(|rest| rest.starts_with('[')))
}

impl std::fmt::Display for Select {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut parts: Vec<String> = self.tags.iter().map(|(key, value)| format!("tag {key}={value}")).collect();
        for (what, patterns) in [("name", &self.names), ("arn", &self.arns), ("address", &self.addresses)] {
            if !patterns.is_empty() {
                parts.push(format!("{what} {}", patterns.join(" or ")));
            }
        }
        f.write_str(&parts.join(", "))?;
        match &self.regions {
            SelectIn::Primary => f.write_str(" in the primary region"),
            SelectIn::Recovery => f.write_str(" in the recovery region"),
            SelectIn::Anywhere => f.write_str(" anywhere"),
            SelectIn::These(these) => write!(f, " in {}", these.iter().map(Region::as_str).collect::<Vec<_>>().join(" or ")),
        }
    }
}
