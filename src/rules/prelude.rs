//! What a rule file needs: the [`Rule`] it fills in, the [`Scene`] it looks at, and the words of a [`Ruling`].

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::estate::REDACTED;
pub use crate::estate::database::Database;
pub use crate::estate::{Cause, Estate, Fact, Gap, Kind, Locus, Meta, Need, Noun, Resource, View, ViewEstate};
pub use crate::judge_each;
pub use crate::plan::claim::{self, ClaimType};
pub use crate::plan::{Claim, Period, Plan, Promise, Severity};
use crate::plan::{Select, SelectIn};

/// One kind of promise: plain data plus one function.
#[derive(Debug)]
pub struct Rule {
    /// Reads well after "waive …"; the file and the tests share it.
    pub id: &'static str,
    /// One line for `lastro rules`.
    pub summary: &'static str,
    /// How bad a breach is, unless the plan says otherwise.
    pub severity: Severity,
    /// The evidence it cannot judge without; the first is the one its verdict rests on.
    pub needs: &'static [Need],
    /// Controls as `framework:id`, with the version in the framework's name: `nist-800-53r5:CP-9`.
    pub controls: &'static [&'static str],
    /// How to mend a breach.
    pub remediation: Remediation,
    /// What the verdict rests on: settings, or things that were seen to happen.
    pub evidence: Evidence,
    /// Whether every selected subject must keep the promise, or one is enough.
    pub quantifier: Quantifier,
    /// Markdown with the sections "What it checks", "Why it matters", "What counts as evidence", "Limits", in this order.
    pub doc: &'static str,
    /// The judgement.
    pub judge: Judge,
}

/// How to mend a breach. `{name}`, `{region}`, `{account}`, `{address}`, `{arn}` and the values of [`Claim::values`] are
/// filled in with the subject's own.
#[derive(Clone, Copy, Debug)]
pub struct Remediation {
    /// One or two sentences.
    pub text: &'static str,
    /// The Terraform that keeps the promise.
    pub terraform: Option<&'static str>,
    /// The AWS CLI call that keeps the promise.
    pub cli: Option<&'static str>,
}

/// What a verdict rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// Settings, which every view can show.
    Configured,
    /// Time-stamped artefacts, which only the live view can show.
    Observed,
    /// The plan itself.
    Stated,
}

/// How many of the selected subjects must keep the promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantifier {
    /// Each one; a finding each.
    Every,
    /// One is enough; the best one is the finding.
    Any,
}

/// The judgement of a rule.
#[derive(Clone, Copy)]
pub enum Judge {
    /// Judges one resource in one view; made by [`judge_each!`].
    Each {
        /// The kinds that can be subjects.
        kinds: &'static [Kind],
        /// Whether a resource of these kinds is a subject of its own in this view.
        admits: fn(&Resource, &ViewEstate) -> bool,
        /// Whether the promise speaks of an admitted resource.
        selects: fn(&Resource, &Scene<'_>) -> bool,
        /// The judgement.
        run: fn(&Resource, &Scene<'_>) -> Ruling,
    },
    /// Judges the plan itself, or several views together; one finding.
    Whole(fn(&Whole<'_>) -> Ruling),
}

impl std::fmt::Debug for Judge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Each { .. } => "Each",
            Self::Whole(_) => "Whole",
        })
    }
}

/// Wraps `fn judge(promise: &P, subject: S, scene: &Scene) -> Ruling` for a claim type and a subject type.
#[macro_export]
macro_rules! judge_each {
    ($claim:ty, $subject:ty, $judge:path) => {
        $crate::rules::prelude::Judge::Each {
            kinds: <$subject as $crate::rules::prelude::Subject<'_>>::KINDS,
            admits: |resource, view| <$subject as $crate::rules::prelude::Subject<'_>>::of(resource, view).is_some(),
            selects: |resource, scene| <$subject as $crate::rules::prelude::Subject<'_>>::selected(resource, scene),
            run: |resource, scene| {
                let promise = $crate::rules::prelude::expect_claim::<$claim>(&scene.promise.claim)?;
                let Some(subject) = <$subject as $crate::rules::prelude::Subject<'_>>::of(resource, scene.view) else {
                    return Err($crate::rules::prelude::not_a_subject());
                };
                $judge(promise, subject, scene)
            },
        }
    };
}

/// The typed claim of a promise.
///
/// # Errors
/// A gap when the plan gave the rule another claim; a test over the registry shows that it never does.
pub fn expect_claim<C: ClaimType>(claim: &Claim) -> Result<&C, Gap> {
    C::of(claim).ok_or_else(|| Gap::new(Cause::Failed, format!("rule {} cannot judge \"{claim}\"", C::RULE)))
}

/// The engine asked a rule about a resource that it does not admit.
pub fn not_a_subject() -> Gap {
    Gap::new(Cause::Failed, "not a subject of this rule")
}

/// Something a rule judges: a noun, or a group of nouns seen as one.
pub trait Subject<'a>: Sized {
    /// The kinds it is made from.
    const KINDS: &'static [Kind];

    /// The subject that a resource stands for; `None` when another resource stands for it.
    fn of(resource: &'a Resource, view: &'a ViewEstate) -> Option<Self>;

    /// Whether the promise speaks of it: by its own header, unless what it belongs to is selected in its place.
    fn selected(resource: &Resource, scene: &Scene<'_>) -> bool {
        scene.selects(resource.meta())
    }
}

impl<'a, N: Noun> Subject<'a> for &'a N {
    const KINDS: &'static [Kind] = &[N::KIND];

    fn of(resource: &'a Resource, _view: &'a ViewEstate) -> Option<Self> {
        N::of(resource)
    }
}

/// A standalone instance, or a cluster; members are judged through their cluster where it was listed.
impl<'a> Subject<'a> for Database<'a> {
    const KINDS: &'static [Kind] = &[Kind::DbCluster, Kind::DbInstance];

    fn of(resource: &'a Resource, view: &'a ViewEstate) -> Option<Self> {
        use crate::estate::database::{DbCluster, DbInstance};
        if let Some(cluster) = DbCluster::of(resource) {
            return Some(Self::Cluster(cluster));
        }
        let instance = DbInstance::of(resource)?;
        let cluster = instance.cluster.ok().and_then(Option::as_deref);
        let listed = cluster.and_then(|name| view.named::<DbCluster>(name, instance.meta.region.ok()));
        listed.is_none().then_some(Self::Instance(instance))
    }

    /// A cluster is meant by its own header or by that of a member: teams often tag the instances only.
    fn selected(resource: &Resource, scene: &Scene<'_>) -> bool {
        use crate::estate::database::DbCluster;
        let by_member = |cluster: &DbCluster, name: &str| {
            let region = cluster.meta.region.ok();
            scene.view.members_of(name).any(|member| member.meta.region.ok() == region && scene.selects(&member.meta))
        };
        scene.selects(resource.meta())
            || DbCluster::of(resource).is_some_and(|cluster| cluster.meta.name.ok().is_some_and(|name| by_member(cluster, name)))
    }
}

/// What a rule may look at while it judges one resource in one view.
#[derive(Clone, Copy, Debug)]
pub struct Scene<'a> {
    /// The view that is judged.
    pub view: &'a ViewEstate,
    /// The plan.
    pub plan: &'a Plan,
    /// The promise.
    pub promise: &'a Promise,
    /// The audit time.
    pub now: Timestamp,
}

impl<'a> Scene<'a> {
    /// Whether the promise speaks of a resource, by its own header.
    pub fn selects(&self, meta: &Meta) -> bool {
        self.open_region(meta).is_none() && self.promise.select.matches(meta, &self.plan.regions)
    }

    /// Why nobody can say in which region code puts a resource, where the promise speaks of regions: a provider alias or a variable that
    /// is not known may mean any. A provider without a region takes that of the environment, which is taken for the one that is meant.
    fn open_region(&self, meta: &Meta) -> Option<Gap> {
        match &meta.region {
            Fact::Gap(gap) if gap.cause != Cause::NotStated => {
                let asked = self.view.view == View::Declared && self.promise.select.regions != SelectIn::Anywhere;
                asked.then(|| gap.clone())
            }
            Fact::Gap(_) | Fact::Known { .. } => None,
        }
    }

    /// The resources of another kind that the promise selects in this view.
    pub fn selected<N: Noun + 'a>(&self) -> impl Iterator<Item = &'a N> {
        let scene = *self;
        self.view.all::<N>().filter(move |noun| scene.selects(noun.meta()))
    }

    /// Every resource of another kind that the promise selects in this view.
    ///
    /// # Errors
    /// The gap that hides more of them: a listing that did not come to its end, or tags, a name or an ARN that were not seen.
    pub fn selected_whole<N: Noun + 'a>(&self) -> Result<Vec<&'a N>, Gap> {
        self.view.listed_whole(N::KIND)?;
        let hidden = self.view.all::<N>().filter(|noun| !self.selects(noun.meta())).find_map(|noun| self.undecided(noun.meta()));
        hidden.map_or_else(|| Ok(self.selected::<N>().collect()), Err)
    }

    /// Why nobody can say whether the promise speaks of a resource that it does not select; `None` when what was seen of the
    /// resource rules it out.
    pub fn undecided(&self, meta: &Meta) -> Option<Gap> {
        let select = &self.promise.select;
        let tags = if select.tags.is_empty() { None } else { meta.tags.known().map_or_else(Some, |tags| redacted_tag(tags, select)) };
        let name = if select.names.is_empty() { None } else { meta.name.known().err() };
        let arn = if select.arns.is_empty() { None } else { meta.arn.known().err() };
        let gap = tags.clone().or_else(|| name.clone()).or_else(|| arn.clone()).or_else(|| self.open_region(meta))?;
        let mut seen = select.clone();
        if tags.is_some() {
            seen.tags.clear();
        }
        if name.is_some() {
            seen.names.clear();
        }
        if arn.is_some() {
            seen.arns.clear();
        }
        let in_region = select.matches_region(meta.region.ok(), &self.plan.regions);
        (in_region && (seen.is_empty() || seen.matches(meta, &self.plan.regions))).then_some(gap)
    }
}

/// A tag that the promise selects by and whose value is a secret: nobody can say whether it is the value that is meant.
fn redacted_tag(tags: &BTreeMap<String, String>, select: &Select) -> Option<Gap> {
    let key = select.tags.keys().find(|key| tags.get(*key).is_some_and(|value| value.contains(REDACTED)))?;
    Some(Gap::new(
        Cause::Unreadable,
        format!("the value of tag {key} is marked sensitive and is not shown: select by another tag, or by name"),
    ))
}

/// What a rule may look at when it judges the plan itself or several views together.
#[derive(Clone, Copy, Debug)]
pub struct Whole<'a> {
    /// All views.
    pub estate: &'a Estate,
    /// The plan.
    pub plan: &'a Plan,
    /// The promise.
    pub promise: &'a Promise,
    /// The audit time.
    pub now: Timestamp,
}

/// A judgement, or the gap that made it impossible.
pub type Ruling = Result<Judgement, Gap>;

/// What a rule says of one subject in one view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// The answer.
    pub answer: Answer,
    /// What was found, as it follows the subject's name: "keeps 1 day".
    pub found: String,
    /// Where the fact that decided was seen; else the place of the rule's first need.
    pub at: Option<Locus>,
    /// The one attribute that decided, where there is one.
    pub setting: Option<Setting>,
}

/// An attribute as Terraform names it, and its value as Terraform writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The path inside of the block: `backup_retention_period`, `versioning_configuration.status`.
    pub attribute: &'static str,
    /// The value: `7`, `true`, `"Enabled"`.
    pub value: String,
}

/// The answers a rule can give; `unknown` is a [`Gap`], `waived` is the engine's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The promise holds.
    Kept,
    /// It does not.
    Broken,
    /// It does not apply to this subject.
    NotApplicable,
}

impl Judgement {
    /// The place where the deciding fact was seen.
    #[must_use]
    pub fn seen_in<T>(mut self, fact: &Fact<T>) -> Self {
        self.at = fact.at().cloned();
        self
    }

    /// The one attribute that decided, as Terraform names and writes it, so that a breach can say how the line should read.
    #[must_use]
    pub fn set_by(mut self, attribute: &'static str, value: impl std::fmt::Display) -> Self {
        self.setting = Some(Setting { attribute, value: value.to_string() });
        self
    }
}

/// Kept or broken, with what was found.
pub fn kept_if(holds: bool, found: impl Into<String>) -> Judgement {
    Judgement { answer: if holds { Answer::Kept } else { Answer::Broken }, found: found.into(), at: None, setting: None }
}

/// Broken, with what was found.
pub fn broken(found: impl Into<String>) -> Judgement {
    kept_if(false, found)
}

/// Kept, with what was found.
pub fn kept(found: impl Into<String>) -> Judgement {
    kept_if(true, found)
}

/// The promise does not apply to this subject, and why.
pub fn not_applicable(why: impl Into<String>) -> Judgement {
    Judgement { answer: Answer::NotApplicable, found: why.into(), at: None, setting: None }
}

/// The ruling over several looks at one subject: a certain breach is said whatever else was not seen, and a gap outweighs
/// what was found sound.
///
/// # Errors
/// The first gap, when nothing is certainly broken.
pub fn settle(breaches: Vec<String>, gaps: Vec<Gap>, sound: impl FnOnce() -> String) -> Ruling {
    if !breaches.is_empty() {
        return Ok(broken(breaches.join("; ")));
    }
    gaps.into_iter().next().map_or_else(|| Ok(kept(sound())), Err)
}

/// What Terraform will replace is not evidence for anything else either.
///
/// # Errors
/// A gap that names the tainted object.
pub fn untainted(kind: Kind, meta: &Meta) -> Result<(), Gap> {
    if !meta.tainted {
        return Ok(());
    }
    let name = meta.address.as_deref().unwrap_or_else(|| meta.display_name());
    Err(Gap::new(Cause::Tainted, format!("{kind} {name} is tainted: apply, or `terraform untaint {name}` when it is sound")))
}

/// A count with its noun: `1 day`, `7 days`.
pub fn count(number: impl Into<u64>, noun: &str) -> String {
    let number = number.into();
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}
