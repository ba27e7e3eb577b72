//! A plan as a readable list of its promises.

use std::fmt::Write as _;

use super::error::plain;
use super::{Plan, Promise, Section, Select, SelectIn};

/// Every promise by section, with its document line, rule, selection, severity and gate. Ends with a line break.
pub fn show(plan: &Plan) -> String {
    let mut out = String::new();
    // Writing to a String cannot fail.
    let _ = writeln!(out, "{} ({})", plan.title, plan.name);
    if let Some(path) = &plan.document.path {
        let updated = plan.document.updated.map(|date| format!(", updated {date}")).unwrap_or_default();
        let _ = writeln!(out, "document: {path}{updated}");
    }
    let names = |regions: &[crate::estate::Region]| regions.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let recovery = if plan.regions.recovery.is_empty() { String::new() } else { format!("; recovery: {}", names(&plan.regions.recovery)) };
    let _ = writeln!(out, "regions: {}{recovery}", names(&plan.regions.primary));
    for section in Section::ALL {
        let promises: Vec<&Promise> = plan.promises.iter().filter(|promise| promise.section == *section).collect();
        if !promises.is_empty() {
            let _ = writeln!(out, "\n{}", section.as_str());
            promises.iter().for_each(|promise| show_promise(&mut out, promise));
        }
    }
    if !plan.waivers.is_empty() {
        let _ = writeln!(out, "\nwaivers");
        for waiver in &plan.waivers {
            let _ = writeln!(
                out,
                "        {} for {}, until {} ({}: {})",
                waiver.rule, waiver.subject, waiver.expires, waiver.owner, waiver.reason
            );
        }
    }
    if !plan.drift_ignores.is_empty() {
        let _ = writeln!(out, "\naccepted drift");
        for ignore in &plan.drift_ignores {
            let (about, expires) = (ignore.about(), ignore.expires);
            let _ = writeln!(out, "        {} of {about}, until {expires} ({}: {})", ignore.attribute, ignore.owner, ignore.reason);
        }
    }
    let _ = writeln!(out, "\n{} promises, {} waivers", plan.promises.len(), plan.waivers.len());
    out.lines().flat_map(|line| [plain(line), "\n".to_owned()]).collect()
}

fn show_promise(out: &mut String, promise: &Promise) {
    let line = promise.document_line.map_or_else(|| "-".to_owned(), |line| line.to_string());
    let _ = writeln!(out, "  {line:>5} {}", promise.text);
    let later = matches!(promise.claim, super::Claim::Later(_)).then(|| "not judged yet".to_owned());
    let parts = [
        Some(promise.claim.rule().to_owned()),
        later,
        promise.claim.selects().then(|| selection(&promise.select)).flatten(),
        promise.severity.map(|severity| format!("severity {}", severity.as_str())),
        promise.gate.map(|super::Gate::Release| "gate release".to_owned()),
    ];
    let _ = writeln!(out, "        {}", parts.into_iter().flatten().collect::<Vec<_>>().join("; "));
}

fn selection(select: &Select) -> Option<String> {
    let tags = select.tags.iter().map(|(key, value)| format!("tag {key}={value}"));
    let patterns = |what: &'static str, all: &[String]| all.iter().map(move |pattern| format!("{what} {pattern}")).collect::<Vec<_>>();
    let mut parts: Vec<String> = tags.collect();
    parts.extend(patterns("name", &select.names));
    parts.extend(patterns("arn", &select.arns));
    parts.extend(patterns("address", &select.addresses));
    let region = match &select.regions {
        SelectIn::Primary => None,
        SelectIn::Recovery => Some("in the recovery region".to_owned()),
        SelectIn::Anywhere => Some("anywhere".to_owned()),
        SelectIn::These(these) => Some(format!("in {}", these.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "))),
    };
    if parts.is_empty() { None } else { Some(parts.into_iter().chain(region).collect::<Vec<_>>().join(" ")) }
}
