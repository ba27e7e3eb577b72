//! What is to be read, by whom, and what came of it.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::DateTime;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use futures::future::BoxFuture;
use jiff::Timestamp;

use super::error::{Refusal, refusal};
use super::session::Session;
use super::{clean, permission};
use crate::collect::Demand;
use crate::collect::needs::{Call, closure};
use crate::collect::progress::Progress;
use crate::estate::{AccountId, Arn, Cause, Fact, Gap, Kind, Listing, Locus, Meta, Need, Region, Resource, Scope};
use crate::plan::{Regions, Select, SelectIn};

/// Whether a resource is among those that are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Meant {
    /// No.
    No,
    /// It may be: its tags were not seen.
    Maybe,
    /// Yes.
    Yes,
}

/// What is demanded of whom.
pub(super) struct Wanted<'a> {
    regions: &'a Regions,
    asked: BTreeMap<Need, BTreeSet<Region>>,
    selects: BTreeMap<Need, Vec<LiveSelect>>,
}

/// A select, taken apart into what a listing shows at once and what takes tags.
///
/// Terraform addresses are an alias that live resources do not carry: a select by address means everything that its other
/// criteria do not rule out, and the join of the views picks from it.
#[derive(PartialEq)]
struct LiveSelect {
    by_name: Select,
    by_tag: Select,
}

impl LiveSelect {
    fn new(select: &Select) -> Self {
        Self {
            by_name: Select { tags: BTreeMap::new(), addresses: Vec::new(), ..select.clone() },
            by_tag: Select { names: Vec::new(), arns: Vec::new(), addresses: Vec::new(), ..select.clone() },
        }
    }

    fn could_mean(&self, meta: &Meta, regions: &Regions) -> bool {
        self.by_name.matches_region(meta.region.ok(), regions) && (self.by_name.is_empty() || self.by_name.matches(meta, regions))
    }

    fn means(&self, meta: &Meta, regions: &Regions) -> Meant {
        if self.could_mean(meta, regions) { self.means_by_tag(meta, regions) } else { Meant::No }
    }

    fn means_by_tag(&self, meta: &Meta, regions: &Regions) -> Meant {
        match (&meta.tags, self.by_tag.is_empty()) {
            (_, true) => Meant::Yes,
            (Fact::Gap(_), false) => Meant::Maybe,
            (Fact::Known { .. }, false) if self.by_tag.matches(meta, regions) => Meant::Yes,
            (Fact::Known { .. }, false) => Meant::No,
        }
    }
}

impl<'a> Wanted<'a> {
    pub(super) fn new(demands: &[Demand], regions: &'a Regions) -> Self {
        let mut selects: BTreeMap<Need, Vec<LiveSelect>> = BTreeMap::new();
        for demand in demands.iter().filter(|demand| !demand.select.is_empty()) {
            let select = LiveSelect::new(&demand.select);
            let known = selects.entry(demand.need).or_default();
            if !known.contains(&select) {
                known.push(select);
            }
        }
        let mut asked: BTreeMap<Need, BTreeSet<Region>> = BTreeMap::new();
        for demand in demands {
            for need in closure(&BTreeSet::from([demand.need])) {
                asked.entry(need).or_default().extend(regions_of(demand, regions));
            }
        }
        Self { regions, asked, selects }
    }

    /// Everything asked for, with what that takes.
    pub(super) fn asked(&self) -> impl Iterator<Item = Need> {
        self.asked.keys().copied()
    }

    /// Whether a piece of evidence is asked for at all.
    pub(super) fn asks(&self, need: Need) -> bool {
        self.asked.contains_key(&need)
    }

    /// Whether any of these is asked for in a region.
    pub(super) fn asks_in(&self, region: &Region, needs: &[Need]) -> bool {
        needs.iter().any(|need| self.asked.get(need).is_some_and(|regions| regions.contains(region)))
    }

    /// Whether a resource is meant by any demand for one of these.
    pub(super) fn means(&self, needs: &[Need], meta: &Meta) -> Meant {
        let selects = self.of(needs);
        selects.map(|select| select.means(meta, self.regions)).max().unwrap_or(Meant::No)
    }

    /// Whether a resource could be meant, were its tags known.
    pub(super) fn could_mean(&self, needs: &[Need], meta: &Meta) -> bool {
        self.of(needs).any(|select| select.could_mean(meta, self.regions))
    }

    /// Whether tags decide anything here.
    pub(super) fn by_tag(&self, needs: &[Need]) -> bool {
        self.of(needs).any(|select| !select.by_tag.is_empty())
    }

    /// Whether records of a zone may be meant: by the zone's tags, and by names unless `could` rules every pattern out.
    pub(super) fn means_records_of(&self, zone: &Meta, could: impl Fn(&str) -> bool) -> Meant {
        let selects = self.of(&[Need::RecordSets]).filter(|select| {
            let names = &select.by_name.names;
            names.is_empty() || names.iter().any(|pattern| could(pattern))
        });
        selects.map(|select| select.means_by_tag(zone, self.regions)).max().unwrap_or(Meant::No)
    }

    fn of(&self, needs: &[Need]) -> impl Iterator<Item = &LiveSelect> {
        needs.iter().filter_map(|need| self.selects.get(need)).flatten()
    }
}

/// The regions that a demand looks in. One that selects nothing in particular (a Terraform address, say) looks in all of them.
fn regions_of(demand: &Demand, regions: &Regions) -> Vec<Region> {
    let looked_in: Vec<&Region> = match &demand.select.regions {
        _ if demand.select.is_empty() => regions.all().collect(),
        SelectIn::Primary => regions.primary.iter().collect(),
        SelectIn::Recovery => regions.recovery.iter().collect(),
        SelectIn::Anywhere => regions.all().collect(),
        SelectIn::These(these) => these.iter().collect(),
    };
    looked_in.into_iter().chain(&demand.also_in).cloned().collect()
}

/// A call on its way, on the heap: those of the SDK are too large to be nested on a stack.
pub(super) type Sent<'a, T, E> = BoxFuture<'a, Result<T, SdkError<E, HttpResponse>>>;

/// One reading under way.
pub(super) struct Errand<'a> {
    pub(super) session: &'a Session,
    pub(super) account: Fact<AccountId>,
    pub(super) wanted: &'a Wanted<'a>,
    pub(super) regions: &'a [Region],
    pub(super) progress: &'a dyn Progress,
}

impl Errand<'_> {
    /// Sends one call when the service's limit lets it, and says what went wrong.
    pub(super) async fn try_ask<T, E>(&self, call: &Call, region: &Region, sent: Sent<'_, T, E>) -> Result<T, Refusal>
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        let gate = self.session.gate(call.service);
        let _turn = match gate {
            Some(gate) => Some(gate.turn().await),
            None => None,
        };
        self.progress.call_started(call.service);
        let answer = sent.await;
        self.progress.call_done(call.service);
        if let (Ok(_), Some(gate)) = (&answer, gate) {
            gate.ease();
        }
        answer.map_err(|error| refusal(call, region, &error))
    }

    /// The same, when only the gap matters.
    pub(super) async fn ask<T, E>(&self, call: &Call, region: &Region, sent: Sent<'_, T, E>) -> Result<T, Gap>
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        self.try_ask(call, region, sent).await.map_err(Gap::from)
    }

    /// The first region of the plan: where global services are asked.
    pub(super) fn home(&self) -> Region {
        self.regions.first().cloned().unwrap_or_else(Region::global)
    }

    /// A header of a resource that a listing named, without tags.
    pub(super) fn meta(&self, call: &Call, region: &Region, name: String, arn: Option<&str>) -> Meta {
        let arn: Fact<Arn> = told(call, arn.map(|arn| Arn::from(clean(arn))), "ARN");
        let account = arn.ok().and_then(Arn::account).map_or_else(|| self.account.clone(), |account| seen(call, account));
        Meta {
            name: seen(call, name),
            arn,
            region: seen(call, region.clone()),
            account,
            tags: Fact::not_read(),
            address: None,
            tainted: false,
            handles: Vec::new(),
            ignored: None,
        }
    }
}

/// What came of it.
#[derive(Default)]
pub(super) struct Haul {
    pub(super) resources: Vec<Resource>,
    pub(super) listings: Vec<Listing>,
    pub(super) gaps: BTreeSet<Gap>,
    pub(super) notes: BTreeSet<String>,
}

impl Haul {
    pub(super) fn add(&mut self, resource: impl Into<Resource>) {
        self.resources.push(resource.into());
    }

    pub(super) fn listed(&mut self, kind: Kind, scope: Scope, gap: Option<Gap>) {
        self.listings.push(Listing { kind, scope, gap });
    }

    /// Notes why a resource may be meant although nobody can tell: whoever judges its kind has not seen everything.
    pub(super) fn perhaps(&mut self, kind: Kind, scope: Scope, meta: &Meta) {
        if let Fact::Gap(gap) = &meta.tags {
            self.listed(kind, scope, Some(gap.clone()));
        }
    }

    /// A fact that came out as it is, its gap noted for the source.
    pub(super) fn noting<T>(&mut self, answer: Result<Fact<T>, Gap>) -> Fact<T> {
        answer.unwrap_or_else(|gap| {
            self.gaps.insert(gap.clone());
            gap.into()
        })
    }

    pub(super) fn merge(&mut self, other: Haul) {
        self.resources.extend(other.resources);
        self.listings.extend(other.listings);
        self.gaps.extend(other.gaps);
        self.notes.extend(other.notes);
    }
}

/// A value that a call answered with.
pub(super) fn seen<T>(call: &Call, value: T) -> Fact<T> {
    Fact::known_at(value, Locus::Api(permission(call)))
}

/// A value that a call should have answered with.
pub(super) fn told<T>(call: &Call, value: Option<T>, field: &str) -> Fact<T> {
    match value {
        Some(value) => seen(call, value),
        None => lacks(call, field).into(),
    }
}

/// The answer does not hold what AWS always sends.
pub(super) fn lacks(call: &Call, field: &str) -> Gap {
    Gap::new(Cause::Failed, format!("the answer of {} has no {field}: an endpoint that is not AWS, or a newer API", call.name()))
        .for_action(permission(call))
}

/// A text that a call should have answered with.
pub(super) fn text(call: &Call, value: Option<&str>, field: &str) -> Fact<String> {
    told(call, value.map(clean), field)
}

/// A count that a call should have answered with.
pub(super) fn count(call: &Call, value: Option<i32>, field: &str) -> Fact<u32> {
    told(call, value.and_then(|value| u32::try_from(value).ok()), field)
}

/// A time that a call should have answered with.
pub(super) fn time(call: &Call, value: Option<&DateTime>, field: &str) -> Fact<Timestamp> {
    told(call, value.and_then(timestamp), field)
}

/// A point in time, to the nanosecond. What lies before 1970 is how some endpoints write that there is none
/// (`0001-01-01T00:00:00Z`), not a time at which anything of AWS happened.
pub(super) fn timestamp(time: &DateTime) -> Option<Timestamp> {
    if time.secs() <= 0 {
        return None;
    }
    Timestamp::new(time.secs(), i32::try_from(time.subsec_nanos()).ok()?).ok()
}

/// Tags without those that AWS itself sets.
pub(super) fn tags<'a>(call: &Call, pairs: impl IntoIterator<Item = (Option<&'a str>, Option<&'a str>)>) -> Fact<BTreeMap<String, String>> {
    let own = pairs.into_iter().filter_map(|(key, value)| Some((key?, value.unwrap_or_default())));
    seen(call, own.filter(|(key, _)| !key.starts_with("aws:")).map(|(key, value)| (clean(key), clean(value))).collect())
}

/// A set of texts.
pub(super) fn texts<'a>(items: impl IntoIterator<Item = &'a str>) -> BTreeSet<String> {
    items.into_iter().map(clean).collect()
}
