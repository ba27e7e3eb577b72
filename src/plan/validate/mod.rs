//! From what is written to what is promised: names are looked up, defaults filled in, mistakes that only show in context
//! reported, all at once.

mod datasets;
mod domains;
mod governance;

use std::collections::BTreeMap;
use std::str::FromStr;

use super::claim::rule_ids;
use super::error::{Problem, nearest};
use super::later::later_rule_ids;
use super::read::shared;
use super::schema::{
    At, DriftIgnorePart, GateWord, Head, Many, PlanFile, RegionName, RegionsPart, SelectPart, SiteWord, SourcesPart, WaiverPart, Words,
};
use super::{
    AwsSource, Claim, Document, DriftIgnore, Gate, KubernetesSource, OtherSource, Plan, Promise, Regions, Section, Select, SelectIn,
    Sources, Span, TerraformSource, Waiver,
};
use crate::estate::Region;

/// A mistake, and whether it is that something is missing.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) problem: Problem,
    pub(super) absence: bool,
}

/// Turns a plan file into a plan.
///
/// # Errors
/// Every mistake that shows in context.
pub(super) fn plan(file: &PlanFile, path: &str, sha256: String) -> Result<Plan, Vec<Found>> {
    let regions = regions(&file.regions);
    let mut build = Builder { regions, outer: Select::default(), promises: Vec::new(), found: Vec::new() };
    if let Some(select) = &file.select {
        build.outer = build.select(select, &Select::default());
    }
    governance::objectives(&mut build, file);
    datasets::datasets(&mut build, &file.datasets);
    domains::services(&mut build, &file.services);
    domains::clusters(&mut build, &file.clusters);
    domains::edge(&mut build, &file.edge);
    domains::network(&mut build, &file.network);
    domains::secrets(&mut build, &file.secrets);
    domains::code(&mut build, &file.infrastructure_as_code);
    domains::state(&mut build, file);
    domains::alerts(&mut build, &file.alerts);
    governance::drills(&mut build, file);
    governance::governance(&mut build, file);
    governance::planned(&mut build, file);
    let waivers = file.waivers.iter().filter_map(|waiver| build.waiver(waiver)).collect();
    let drift_ignores = file.drift.ignore.iter().filter_map(|ignore| build.drift_ignore(ignore)).collect();
    let document = document(file);
    if !build.found.is_empty() {
        return Err(build.found);
    }
    // The maps of the schema are sorted by name: back to the order of the file.
    build.promises.sort_by_key(|promise| promise.at);
    let name = file.plan.to_string();
    Ok(Plan {
        title: file.title.as_ref().map_or_else(|| name.clone(), ToString::to_string),
        name,
        path: shared(path),
        sha256,
        document,
        regions: build.regions,
        sources: sources(&file.sources),
        promises: build.promises,
        waivers,
        drift_ignores,
    })
}

fn document(file: &PlanFile) -> Document {
    let part = file.document.as_ref();
    Document {
        path: part.and_then(|part| part.path.as_ref()).map(|path| shared(&path.0)),
        updated: part.and_then(|part| part.updated.as_ref()).map(|updated| updated.says.0.date.0),
    }
}

fn regions(part: &RegionsPart) -> Regions {
    let names = |many: &Many<RegionName>| {
        many.0.iter().fold(Vec::new(), |mut all: Vec<Region>, name| {
            if !all.contains(&name.0) {
                all.push(name.0.clone());
            }
            all
        })
    };
    Regions { primary: names(&part.primary), recovery: names(&part.recovery) }
}

fn sources(part: &SourcesPart) -> Sources {
    let text = |words: &Option<Words>| words.as_ref().map(ToString::to_string);
    let other = |kind, uri: String| OtherSource { kind, uri, recovery: false };
    let servers = |kind, many: &Many<super::schema::ServerPart>| -> Vec<OtherSource> {
        let recovery = |site: Option<SiteWord>| site == Some(SiteWord::Recovery);
        many.0.iter().map(|it| OtherSource { kind, uri: format!("${}", it.url_env), recovery: recovery(it.site) }).collect()
    };
    let mut others = servers("postgres", &part.postgres);
    others.extend(servers("redis", &part.redis));
    others.extend(part.prometheus.0.iter().flat_map(|it| [&it.rules, &it.url]).flatten().map(|at| other("prometheus", at.to_string())));
    others.extend(part.repository.iter().map(|at| other("repository", at.to_string())));
    others.extend(part.ledger.iter().map(|at| other("ledger", at.to_string())));
    Sources {
        terraform: part.terraform.0.iter().map(|it| TerraformSource { code: text(&it.code), state: text(&it.state) }).collect(),
        aws: part
            .aws
            .0
            .iter()
            .map(|it| AwsSource {
                account: it.account.as_ref().map(|account| account.0.clone()),
                assume_role: it.assume_role.as_ref().map(|role| role.0.clone()),
                profile: text(&it.profile),
            })
            .collect(),
        evidence: text(&part.evidence),
        kubernetes: part
            .kubernetes
            .0
            .iter()
            .map(|it| KubernetesSource {
                manifests: text(&it.manifests),
                context: text(&it.context),
                recovery: it.site == Some(SiteWord::Recovery),
            })
            .collect(),
        others,
    }
}

/// The group of a plan that promises stand in.
pub(super) struct Group<'a> {
    section: Section,
    name: &'a str,
    select: Select,
}

/// Collects promises and mistakes.
pub(super) struct Builder {
    regions: Regions,
    /// The plan's own select.
    outer: Select,
    promises: Vec<Promise>,
    found: Vec<Found>,
}

impl Builder {
    /// A group whose resources are those of the plan, unless it says otherwise.
    fn group<'a>(&mut self, section: Section, name: &'a str, select: Option<&SelectPart>) -> Group<'a> {
        let outer = self.outer.clone();
        let select = select.map_or_else(|| outer.clone(), |part| self.select(part, &outer));
        Group { section, name, select }
    }

    /// Adds a promise.
    fn promise(&mut self, group: &Group<'_>, head: &Head, text: impl Into<String>, claim: impl Into<Claim>) {
        let claim = claim.into();
        let select = match &head.common.select {
            Some(part) => self.select(part, &group.select),
            None => group.select.clone(),
        };
        if select.is_empty() && claim.selects() {
            self.absent(
                head,
                "this promise selects nothing",
                "say which resources it is about: `select: { tags: { System: … } }` here, on its group, or on the plan",
            );
        }
        let document_line = self.line(head);
        self.promises.push(Promise {
            text: text.into(),
            section: group.section,
            group: group.name.to_owned(),
            document_line,
            at: head.span,
            claim,
            select,
            gate: head.common.gate.map(|GateWord::Release| Gate::Release),
            severity: head.common.severity,
        });
    }

    fn line(&mut self, head: &Head) -> Option<u32> {
        let line = head.common.line.as_ref()?;
        if line.value == 0 {
            self.problem(line.span, line.width, "lines of the document count from 1", "give the line that makes the promise");
        }
        Some(line.value)
    }

    /// What a select means inside another one: its criteria replace the outer ones, and so does its region, each where given.
    fn select(&mut self, part: &SelectPart, outer: &Select) -> Select {
        let texts = |many: &Many<Words>| many.0.iter().map(ToString::to_string).collect::<Vec<_>>();
        let own = Select {
            tags: part.tags.clone(),
            names: texts(&part.name),
            arns: part.arn.0.iter().map(|arn| arn.0.clone()).collect(),
            addresses: texts(&part.address),
            regions: outer.regions.clone(),
        };
        let mut select = if own.is_empty() { outer.clone() } else { own };
        if let Some(region) = &part.region {
            select.regions = self.select_in(region);
        }
        select
    }

    fn select_in(&mut self, region: &At<Many<Words>>) -> SelectIn {
        match region.value.0.as_slice() {
            [word] if word.0 == "primary" => SelectIn::Primary,
            [word] if word.0 == "recovery" => {
                self.recovery_is_named(region.span, region.width);
                SelectIn::Recovery
            }
            [word] if word.0 == "anywhere" => SelectIn::Anywhere,
            words => SelectIn::These(self.places(region.span, region.width, words)),
        }
    }

    /// Regions by name, or by what they are to the plan.
    fn places(&mut self, span: Span, width: u32, words: &[Words]) -> Vec<Region> {
        let mut places = Vec::new();
        for word in words {
            match word.0.as_str() {
                "primary" => places.extend(self.regions.primary.iter().cloned()),
                "recovery" => {
                    self.recovery_is_named(span, width);
                    places.extend(self.regions.recovery.iter().cloned());
                }
                name => match RegionName::from_str(name) {
                    Ok(region) => places.push(region.0),
                    Err(message) => self.problem(span, width, message, "known here: primary, recovery, and regions by name"),
                },
            }
        }
        places
    }

    fn recovery_is_named(&mut self, span: Span, width: u32) {
        if self.regions.recovery.is_empty() {
            let problem = Problem::at(span, width, "the plan names no recovery region")
                .help("add `recovery: REGION` under `regions`, or name the region here");
            self.found.push(Found { problem, absence: true });
        }
    }

    /// A mistake.
    fn problem(&mut self, span: Span, width: u32, message: impl Into<String>, help: impl Into<String>) {
        self.found.push(Found { problem: Problem::at(span, width, message).help(help), absence: false });
    }

    /// Something that a promise lacks.
    fn absent(&mut self, head: &Head, message: impl Into<String>, help: impl Into<String>) {
        self.found.push(Found { problem: Problem::at(head.span, head.width, message).help(help), absence: true });
    }

    fn waiver(&mut self, part: &At<WaiverPart>) -> Option<Waiver> {
        let rule = &part.value.rule;
        let known = || rule_ids().iter().chain(later_rule_ids()).copied();
        if !known().any(|id| id == rule.value.0) {
            let near = nearest(&rule.value.0, known()).map_or(String::new(), |near| format!("; did you mean `{near}`?"));
            let message = format!("unknown rule `{}`{near}", super::tree::shorten(&rule.value.0));
            self.problem(rule.span, rule.width, message, "`lastro rules` lists the rules");
            return None;
        }
        Some(Waiver {
            rule: rule.value.to_string(),
            subject: part.value.subject.to_string(),
            owner: part.value.owner.to_string(),
            reason: part.value.reason.to_string(),
            expires: part.value.expires.0,
            at: part.span,
        })
    }

    fn drift_ignore(&mut self, part: &At<DriftIgnorePart>) -> Option<DriftIgnore> {
        let DriftIgnorePart { subject, address, attribute, owner, reason, expires, line } = &part.value;
        if subject.is_none() && address.is_none() {
            let message = "this entry does not say what it is about";
            self.problem(part.span, part.width, message, "add `subject: NAME` or `address: TERRAFORM_ADDRESS`; `*` matches everything");
            return None;
        }
        if *line == Some(0) {
            self.problem(part.span, part.width, "lines of the document count from 1", "give the line that accepts the difference");
        }
        Some(DriftIgnore {
            subject: subject.as_ref().map(ToString::to_string),
            address: address.as_ref().map(ToString::to_string),
            attribute: attribute.to_string(),
            owner: owner.to_string(),
            reason: reason.to_string(),
            expires: expires.0,
            document_line: *line,
            at: part.span,
        })
    }
}

/// Parts of a sentence, joined by commas; those that are not promised are left out.
pub(super) fn sentence(parts: impl IntoIterator<Item = Option<String>>) -> String {
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// Words as people list them: "a, b and c".
pub(super) fn listed(words: &Many<Words>) -> String {
    let words: Vec<&str> = words.0.iter().map(|word| word.0.as_str()).collect();
    match words.as_slice() {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

/// `in X`, where a place is named.
pub(super) fn also_in(words: &Many<Words>) -> Option<String> {
    (!words.0.is_empty()).then(|| format!("with a copy in {}", places_text(words)))
}

/// Places as a sentence calls them.
pub(super) fn places_text(words: &Many<Words>) -> String {
    let words: Vec<Words> = words
        .0
        .iter()
        .map(|word| match word.0.as_str() {
            "recovery" => Words("the recovery region".to_owned()),
            "primary" => Words("the primary region".to_owned()),
            "another-zone" => Words("another zone".to_owned()),
            "another-region" => Words("another region".to_owned()),
            _ => word.clone(),
        })
        .collect();
    listed(&Many(words))
}

/// Labels as people write them: `app=api,tier=web`.
pub(super) fn labels_text(labels: &BTreeMap<String, String>) -> String {
    labels.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(",")
}
