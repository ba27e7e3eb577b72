//! Where a result is: the line of code, the lines of the plan and the document, and what has no file at all.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::text::{message, plain};
use crate::report::drift::Entry;
use crate::report::model::{CodePlace, Finding};

/// Where a finding is shown: at its line of code, or else at the promise in the plan. One location, with everything that is no
/// file (ARN, address) as logical locations.
pub(super) fn locations(finding: &Finding) -> Vec<Value> {
    let mut location = match code(finding) {
        Some(place) => physical(&place.path, place.line, Some(place.column)),
        None => promise(finding),
    };
    let logical = logical(finding);
    if !logical.is_empty() {
        location["logicalLocations"] = json!(logical);
    }
    vec![location]
}

/// What else belongs to it: where the value is written, the promise, and the line of the document.
pub(super) fn related(finding: &Finding) -> Vec<Value> {
    let mut related = Vec::new();
    let mut add = |mut location: Value, text: &str| {
        location["id"] = json!(related.len());
        location["message"] = json!({ "text": message(text) });
        related.push(location);
    };
    let code = code(finding);
    // The remediation knows where the value is written, when that is another line.
    let written = finding.remediation.at.as_ref().and_then(|at| Some((at.path.as_deref()?, at.line?)));
    if let Some((path, line)) = written.filter(|(path, line)| code.is_some_and(|code| (code.path.as_str(), code.line) != (*path, *line))) {
        add(physical(path, line, None), "the value is written here");
    }
    if code.is_some() {
        add(promise(finding), "the promise in the plan");
    }
    if let (Some(path), Some(line)) = (&finding.document.path, finding.document.line) {
        add(physical(&beside(&finding.promise.path, path), line, None), "the promise in the document");
    }
    related
}

/// Where a difference is shown: at its line of code, or else at the head of the plan.
pub(super) fn drift(entry: &Entry<'_>, plan: &str) -> Value {
    let mut location = match &entry.code {
        Some((path, line)) => physical(path, *line, None),
        None => physical(plan, 1, None),
    };
    location["logicalLocations"] = json!([{ "fullyQualifiedName": plain(entry.subject), "kind": "resource" }]);
    location
}

fn code(finding: &Finding) -> Option<&CodePlace> {
    finding.views.get("declared")?.code.as_ref()
}

fn promise(finding: &Finding) -> Value {
    let promise = &finding.promise;
    physical(&promise.path, promise.line, Some(promise.column))
}

/// A path that the plan names, which is relative to the plan's folder: `policies/plan.yaml` and `../dr.md` are `dr.md`.
fn beside(plan: &str, path: &str) -> String {
    if path.starts_with('/') || path.contains("://") || has_drive(path) {
        return path.to_owned();
    }
    let folder = plan.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(path.split('/')).filter(|part| !part.is_empty() && *part != ".") {
        match (part, parts.last()) {
            ("..", Some(last)) if *last != ".." => drop(parts.pop()),
            _ => parts.push(part),
        }
    }
    let root = if plan.starts_with('/') { "/" } else { "" };
    format!("{root}{}", parts.join("/"))
}

/// The address and the ARN or name, and where the views that are no code saw it.
fn logical(finding: &Finding) -> Vec<Value> {
    let subject = &finding.subject;
    let mut names = vec![json!({ "name": plain(subject.shown()), "fullyQualifiedName": plain(&subject.id), "kind": "resource" })];
    if let Some(address) = &subject.address {
        names.push(json!({ "fullyQualifiedName": plain(address), "kind": "terraform" }));
    }
    for (view, seen) in finding.views.iter().filter(|(_, seen)| seen.code.is_none()) {
        if let Some(at) = &seen.at {
            names.push(json!({ "fullyQualifiedName": plain(at), "kind": plain(view) }));
        }
    }
    names
}

/// §3.29. Lines and columns start at 1; a zero would make the file invalid.
fn physical(path: &str, line: u32, column: Option<u32>) -> Value {
    let mut artifact = json!({ "uri": uri(path) });
    if is_relative(path) {
        artifact["uriBaseId"] = json!("%SRCROOT%");
    }
    let mut region = json!({ "startLine": line.max(1) });
    if let Some(column) = column {
        region["startColumn"] = json!(column.max(1));
    }
    json!({ "physicalLocation": { "artifactLocation": artifact, "region": region } })
}

/// Under the folder where lastro was run, as far as the path itself tells.
fn is_relative(path: &str) -> bool {
    !path.starts_with('/') && !path.split('/').any(|part| part == "..") && !has_drive(path)
}

fn has_drive(path: &str) -> bool {
    let bytes = path.as_bytes();
    cfg!(windows) && bytes.len() > 1 && bytes[0].is_ascii_alphabetic() && bytes[1] == b':'
}

/// A path as a URI reference: `./infra/db.tf` is `infra/db.tf`, and `/infra/db.tf` is `file:///infra/db.tf`.
fn uri(path: &str) -> String {
    let path = if cfg!(windows) { path.replace('\\', "/") } else { path.to_owned() };
    let parts: Vec<String> = path.split('/').filter(|part| !part.is_empty() && *part != ".").map(encoded).collect();
    let joined = parts.join("/");
    if path.starts_with('/') || has_drive(&path) { format!("file:///{joined}") } else { joined }
}

/// One segment of a path: what RFC 3986 calls unreserved stays, every other byte is percent-encoded. A colon too: in the
/// first segment it would end a scheme.
pub(super) fn encoded(segment: &str) -> String {
    let mut out = String::with_capacity(segment.len());
    for byte in segment.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_uri_references() {
        assert_eq!(uri("./infra//db.tf"), "infra/db.tf");
        assert_eq!(uri("/srv/infra/db.tf"), "file:///srv/infra/db.tf");
        assert_eq!(uri("a b/ü#?%.tf"), "a%20b/%C3%BC%23%3F%25.tf");
        assert_eq!(uri("javascript:alert(1)"), "javascript%3Aalert%281%29");
        assert_eq!(uri("../shared/db.tf"), "../shared/db.tf");
    }

    #[test]
    fn the_document_is_beside_the_plan() {
        assert_eq!(beside("policies/plan.yaml", "../docs/dr.md"), "docs/dr.md");
        assert_eq!(beside("plan.yaml", "./dr.md"), "dr.md");
        assert_eq!(beside("plan.yaml", "../dr.md"), "../dr.md");
        assert_eq!(beside("/srv/a/plan.yaml", "dr.md"), "/srv/a/dr.md");
        assert_eq!(beside("policies/plan.yaml", "/srv/dr.md"), "/srv/dr.md");
    }

    #[test]
    fn only_what_is_under_the_folder_is_relative_to_it() {
        let base = |path: &str| physical(path, 1, None)["physicalLocation"]["artifactLocation"].get("uriBaseId").is_some();
        assert!(base("infra/db.tf") && base("./db.tf") && base("..db.tf"));
        assert!(!base("/infra/db.tf") && !base("../db.tf") && !base("a/../../db.tf"));
    }

    #[test]
    fn a_line_that_nobody_knows_is_the_first() {
        assert_eq!(physical("a", 0, Some(0))["physicalLocation"]["region"], json!({ "startLine": 1, "startColumn": 1 }));
    }
}
