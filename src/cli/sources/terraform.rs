//! Terraform: the states, and the code that may look into them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::super::{Error, clock, with_causes};
use super::{Wanted, beside, fetch};
use crate::collect::Reading;
use crate::collect::redact::Redactor;
use crate::collect::terraform::hcl::declare::{self, Root};
use crate::collect::terraform::hcl::expand::{self, Inputs};
use crate::collect::terraform::hcl::instance::Expansion;
use crate::collect::terraform::hcl::syntax::Files;
use crate::collect::terraform::map;
use crate::collect::terraform::state::lookup::{Index, Lookup};
use crate::collect::terraform::state::{self, Loaded, Location};
use crate::collect::terraform::store;
use crate::estate::{Cause, Gap, View, ViewEstate};
use crate::report::escape::sanitize;

/// What Terraform gave.
pub(super) struct Terraform {
    /// Code first, then states.
    pub(super) readings: Vec<Reading>,
    /// Knows the secrets of all of them.
    pub(super) redactor: Redactor,
    /// What Terraform itself found changed outside of it: before and after.
    pub(super) refreshed: Option<(ViewEstate, ViewEstate)>,
}

/// A root module, and the states that are its own.
struct Source {
    /// The folder with the code.
    code: Option<PathBuf>,
    /// Its states; those that were found in its folder may be missing.
    states: Vec<Location>,
    found: bool,
}

/// An expanded root module.
struct Expanded {
    folder: PathBuf,
    shown: String,
    files: Files,
    expansion: Expansion,
    recorded: Rc<Lookup>,
    notes: Vec<String>,
}

/// Reads states and code: those of the command line, else those of the plan.
pub(super) fn read(wanted: &Wanted<'_>) -> Result<Terraform, Error> {
    let sources = sources(wanted)?;
    let with_code = sources.iter().any(|source| source.code.is_some());
    let mut loaded: Vec<Loaded> = Vec::new();
    let mut roots = Vec::new();
    for source in &sources {
        let from = loaded.len();
        let notes = load(wanted, source, with_code, &mut loaded);
        let own: BTreeSet<String> = loaded[from..].iter().map(|state| state.name().to_owned()).collect();
        roots.extend(source.code.as_deref().map(|code| (code, own, notes)));
    }
    let states = if with_code { Index::newest(&loaded) } else { Vec::new() };
    // Where states are given beside the code, nothing says whose they are: each may record what the code declares.
    let paired = wanted.args.state.is_empty();
    let (mut expanded, mut readings) = (Vec::new(), Vec::new());
    for (code, names, notes) in roots {
        let own = states.iter().filter(|index| !paired || names.contains(index.name())).cloned().collect();
        let lookup = Rc::new(Lookup::new(code, own, states.clone()));
        match expand_root(wanted, code, lookup, notes)? {
            Ok(root) if root.expansion.counts.files == 0 && !names.is_empty() => {}
            Ok(root) if root.expansion.counts.files == 0 => {
                let detail = format!("{}: no Terraform code and no state is in this folder", root.shown);
                readings.push(declare::unreadable(&root.shown, Cause::NotRead, detail));
            }
            Ok(root) => expanded.push(root),
            Err(reading) => readings.push(reading),
        }
    }
    drop(states);
    let assembled = state::assemble(loaded);
    let planned = assembled.readings.iter().filter(|reading| reading.estate.view == View::Declared);
    let planned = planned.flat_map(|reading| reading.estate.iter()).filter_map(|resource| resource.meta().address.clone()).collect();
    let declared = declared(&expanded, &assembled.redactor, &planned);
    readings.extend(declared.readings);
    readings.extend(assembled.readings);
    Ok(Terraform { readings, redactor: declared.redactor, refreshed: assembled.refreshed })
}

fn declared(expanded: &[Expanded], known: &Redactor, planned: &BTreeSet<String>) -> declare::Declared {
    let roots: Vec<Root<'_>> = expanded
        .iter()
        .map(|root| Root { shown: &root.shown, files: &root.files, expansion: &root.expansion, recorded: &*root.recorded })
        .collect();
    let mut declared = declare::declared(&roots, known, planned);
    for (reading, root) in declared.readings.iter_mut().zip(expanded) {
        reading.source.notes.extend(root.notes.iter().cloned());
        reading.estate.stores.extend(store::of_folder(&root.folder));
    }
    declared
}

/// Evaluates a root module. What cannot be read at all is a reading without resources.
fn expand_root(wanted: &Wanted<'_>, code: &Path, recorded: Rc<Lookup>, notes: Vec<String>) -> Result<Result<Expanded, Reading>, Error> {
    let variables = &wanted.args.variables;
    let shown = code.display().to_string();
    let mut files = Files::default();
    let inputs = Inputs {
        folder: code,
        shown: &shown,
        given: variables.given.clone(),
        environment: variables.environment.then(clock::Environment::terraform),
        workspace: variables.workspace.clone(),
        wanted: &|resource_type| map::kind_of(resource_type).is_some(),
        recorded: recorded.clone(),
        computed: declare::computed(),
    };
    let expansion = expand::expand(&mut files, &inputs);
    match expansion {
        Ok(expansion) => Ok(Ok(Expanded { folder: code.to_owned(), shown, files, expansion, recorded, notes })),
        Err(error) if code.is_dir() => Err(Error::Usage(format!("error: {}", sanitize(&with_causes(&error))))),
        Err(error) => Ok(Err(declare::unreadable(&shown, Cause::NotRead, with_causes(&error)))),
    }
}

/// Loads the states of a source. What a folder of code holds besides code need not be a state: why not is a note.
fn load(wanted: &Wanted<'_>, source: &Source, keep: bool, loaded: &mut Vec<Loaded>) -> Vec<String> {
    let mut notes = Vec::new();
    for location in &source.states {
        match location {
            Location::Stdin if keep => loaded.push(state::load_keeping_reader("standard input", std::io::stdin().lock())),
            Location::Stdin => loaded.push(state::load_reader("standard input", std::io::stdin().lock())),
            Location::S3 { bucket, key } => loaded.push(fetch(wanted, location, bucket, key, keep)),
            Location::Path(_) | Location::Glob(_) => match if keep { state::load_keeping(location) } else { state::load(location) } {
                Ok(states) if source.found => {
                    notes.extend(states.iter().filter_map(|state| Some(state.gap()?.detail.to_string())));
                    loaded.extend(states.into_iter().filter(|state| state.gap().is_none()));
                }
                Ok(states) => loaded.extend(states),
                Err(_) if source.found => {}
                Err(error) => loaded.push(Loaded::unreachable(&location.to_string(), Gap::new(Cause::NotRead, error.to_string()))),
            },
        }
    }
    notes
}

fn sources(wanted: &Wanted<'_>) -> Result<Vec<Source>, Error> {
    let Wanted { args, plan, .. } = wanted;
    let parse = |text: &str, base: &Path| {
        Location::parse(text, base).map_err(|error| Error::Usage(format!("error: {}", sanitize(&error.to_string()))))
    };
    if !args.state.is_empty() || !args.terraform.is_empty() {
        let states = args.state.iter().map(|text| parse(text, Path::new(""))).collect::<Result<Vec<_>, _>>()?;
        let found = args.state.is_empty();
        let folders = args.terraform.iter().map(|folder| Source {
            code: Some(folder.clone()),
            states: if found { vec![Location::Path(folder.clone())] } else { Vec::new() },
            found,
        });
        return Ok(folders.chain([Source { code: None, states, found: false }]).collect());
    }
    let is_path = |text: &str| text != "-" && !text.contains("://");
    let of_plan = plan.sources.terraform.iter().map(|source| {
        let state = source.state.as_deref().map(|text| {
            if is_path(text) { parse(&beside(plan, text).to_string_lossy(), Path::new("")) } else { parse(text, Path::new("")) }
        });
        let code = source.code.as_deref().map(|code| beside(plan, code));
        Ok(Source { code, states: state.transpose()?.into_iter().collect(), found: false })
    });
    of_plan.collect()
}
