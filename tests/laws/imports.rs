//! Who may import whom, and in which rooms the windows are.

use std::collections::BTreeSet;

use crate::house::{File, room, sources};
use crate::tokens::{Token, tokens, without_tests};

/// The import law: what each room may name besides itself. The page of the house (`src/lib.rs`) says the same in prose.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("cli", &["collect", "drift", "drill", "estate", "plan", "recovery", "report", "rules"]),
    ("collect", &["estate", "plan"]),
    ("drift", &["estate", "plan"]),
    ("drill", &["collect", "estate", "plan", "recovery"]),
    ("estate", &[]),
    ("main", &["cli"]),
    ("plan", &["estate"]),
    ("recovery", &["estate", "plan"]),
    ("report", &["estate", "plan"]),
    ("rules", &["estate", "plan"]),
];

/// `#[macro_export]` puts these at the root of the crate, though they are a room's own.
const ROOT_MACROS: &[(&str, &str)] = &[("rules", "judge_each")];

/// The rooms with windows.
const WINDOWS: &[&str] = &["collect", "drill"];

/// Crates that reach outside: exact names, or prefixes that end with `*`.
const OUTSIDE: &[&str] =
    &["aws_*", "hcl*", "hyper*", "k8s_openapi", "kube*", "postgres*", "redis*", "reqwest", "rustls*", "sqlx*", "tokio*", "ureq"];

/// Every breach of the import law in these files.
pub(crate) fn import_breaches(files: &[File]) -> Vec<String> {
    each_path(files, |file, paths| {
        let own = room(&file.path);
        let may = MAY_IMPORT.iter().find(|(room, _)| *room == own).map(|(_, may)| *may);
        let breaches = paths.crate_heads.iter().filter_map(move |head| {
            let allowed = own == "lib"
                || head.text == own
                || may.is_some_and(|may| may.contains(&head.text.as_str()))
                || ROOT_MACROS.contains(&(own, head.text.as_str()));
            (!allowed).then(|| format!("{}:{}: {own} may not import `{}`", file.path, head.line, head.text))
        });
        breaches.collect()
    })
}

/// Every use of a crate that reaches outside, in a room that has no windows.
pub(crate) fn window_breaches(files: &[File]) -> Vec<String> {
    each_path(files, |file, paths| {
        let own = room(&file.path);
        let outside = paths.extern_heads.iter().filter(|head| !WINDOWS.contains(&own) && is_outside(&head.text));
        outside.map(|head| format!("{}:{}: `{}` belongs in {}", file.path, head.line, head.text, WINDOWS.join(" and "))).collect()
    })
}

fn is_outside(name: &str) -> bool {
    OUTSIDE.iter().any(|pattern| pattern.strip_suffix('*').map_or(name == *pattern, |prefix| name.starts_with(prefix)))
}

/// Runs a law over the paths of every file that is not test code.
fn each_path(files: &[File], law: impl Fn(&File, Paths) -> Vec<String>) -> Vec<String> {
    let parsed: Vec<_> = files.iter().map(|file| (file, without_tests(tokens(&file.text)))).collect();
    let test_files: BTreeSet<String> =
        parsed.iter().flat_map(|(file, (_, modules))| modules.iter().flat_map(|module| module_files(&file.path, module))).collect();
    let is_test =
        |path: &str| test_files.iter().any(|test| path == test || path.starts_with(&format!("{}/", test.trim_end_matches(".rs"))));
    parsed
        .into_iter()
        .filter(|(file, _)| !is_test(&file.path))
        .flat_map(|(file, (tokens, _))| law(file, paths(&file.path, &tokens)))
        .collect()
}

/// Where the text of `mod name;` in the file at `path` may be.
fn module_files(path: &str, name: &str) -> [String; 2] {
    let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
    let base = match file {
        "mod.rs" | "lib.rs" | "main.rs" => folder.to_owned(),
        other => format!("{folder}/{}", other.trim_end_matches(".rs")),
    };
    [format!("{base}/{name}.rs"), format!("{base}/{name}/mod.rs")]
}

/// The heads of the paths in a file.
#[derive(Debug, Default)]
pub(crate) struct Paths {
    /// What follows `crate::`, or as many `super::` as lead there; for the binary, `lastro::`.
    crate_heads: Vec<Token>,
    /// Every other first segment of a path.
    extern_heads: Vec<Token>,
}

fn paths(path: &str, tokens: &[Token]) -> Paths {
    let mut paths = Paths::default();
    let mut scopes = Scopes::default();
    let mut at = 0;
    while at < tokens.len() {
        scopes.pass(tokens, at);
        let begins = !continues_path(tokens, at) && !scopes.in_group();
        let depth = module_depth(path) + scopes.inline_modules();
        if begins && is_sep(tokens, at + 1) {
            if tokens[at].text == "crate" || tokens[at].text == "lastro" {
                heads(tokens, at + 3, &mut paths.crate_heads);
            } else if let Some(after) = climbs_to_root(tokens, at, depth) {
                heads(tokens, after, &mut paths.crate_heads);
            } else {
                paths.extern_heads.push(tokens[at].clone());
            }
        } else if begins && at > 0 && tokens[at - 1].text == "use" {
            paths.extern_heads.push(tokens[at].clone());
        }
        at += 1;
    }
    paths
}

/// How many modules lie between the crate and the file at `path`.
fn module_depth(path: &str) -> usize {
    let inside = path.strip_prefix("src/").unwrap_or(path);
    let file_is_module = !matches!(inside.rsplit('/').next(), Some("mod.rs" | "lib.rs" | "main.rs"));
    inside.matches('/').count() + usize::from(file_is_module)
}

fn is_sep(tokens: &[Token], at: usize) -> bool {
    let colon = |at: usize| tokens.get(at).is_some_and(|token| token.text == ":");
    colon(at) && colon(at.wrapping_add(1))
}

/// Past the `super::super::…` that begins here, when it climbs to the root of the crate.
fn climbs_to_root(tokens: &[Token], mut at: usize, depth: usize) -> Option<usize> {
    if at >= 3 && tokens[at - 3].text == "super" {
        return None; // counted from its first `super`
    }
    let mut climbed = 0;
    while tokens.get(at).is_some_and(|token| token.text == "super") && is_sep(tokens, at + 1) {
        (climbed, at) = (climbed + 1, at + 3);
    }
    (climbed > 0 && climbed >= depth).then_some(at)
}

/// The names at the head of what stands here: a name, or a group in braces.
fn heads(tokens: &[Token], at: usize, found: &mut Vec<Token>) {
    let Some(first) = tokens.get(at) else { return };
    if first.text != "{" {
        found.push(first.clone());
        return;
    }
    let (mut depth, mut at, mut at_head) = (1, at + 1, true);
    while depth > 0 && at < tokens.len() {
        match tokens[at].text.as_str() {
            "{" => depth += 1,
            "}" => depth -= 1,
            "," if depth == 1 => at_head = true,
            _ if depth == 1 && at_head => {
                found.push(tokens[at].clone());
                at_head = false;
            }
            _ => {}
        }
        at += 1;
    }
}

/// Whether the word that stands here has a path before it: `a::here`, `<T>::here`, but not `::here`.
fn continues_path(tokens: &[Token], at: usize) -> bool {
    let ends_segment = |token: &Token| token.text == ">" || token.text.starts_with(|c: char| c.is_alphabetic() || c == '_');
    at >= 3 && is_sep(tokens, at - 2) && ends_segment(&tokens[at - 3]) && tokens[at - 3].text != "use"
}

/// What the open braces belong to.
#[derive(Debug, Default)]
struct Scopes {
    open: Vec<Brace>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Brace {
    InlineModule,
    /// `path::{…}`: what is inside continues a path.
    Group,
    Other,
}

impl Scopes {
    fn pass(&mut self, tokens: &[Token], at: usize) {
        match tokens[at].text.as_str() {
            "{" if at >= 2 && tokens[at - 2].text == "mod" => self.open.push(Brace::InlineModule),
            "{" if at >= 2 && is_sep(tokens, at - 2) => self.open.push(Brace::Group),
            "{" => self.open.push(Brace::Other),
            "}" => drop(self.open.pop()),
            _ => {}
        }
    }

    fn inline_modules(&self) -> usize {
        self.open.iter().filter(|brace| **brace == Brace::InlineModule).count()
    }

    fn in_group(&self) -> bool {
        self.open.contains(&Brace::Group)
    }
}

fn assert_none(law: &str, breaches: &[String]) {
    if !breaches.is_empty() {
        panic!("{law}:\n  {}", breaches.join("\n  "));
    }
}

#[test]
fn rooms_import_only_whom_they_may() {
    assert_none("the import law is broken", &import_breaches(&sources()));
}

#[test]
fn windows_are_in_collect_and_drill_only() {
    assert_none("a room without windows reaches outside", &window_breaches(&sources()));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn breaches(path: &str, text: &str) -> usize {
        import_breaches(&[File::new(path, text)]).len()
    }

    fn windows(path: &str, text: &str) -> usize {
        window_breaches(&[File::new(path, text)]).len()
    }

    #[test]
    fn a_forbidden_import_is_caught_in_every_spelling() {
        for text in [
            "use crate::collect::aws;",
            "use crate::{estate::Fact, collect};",
            "pub(crate) use crate::{estate::{Fact, Gap}, collect::{aws, needs}};",
            "fn f() { crate::collect::read(); }",
            "use super::super::super::collect::aws;",
            "use super::super::super::{estate, collect};",
            "mod inner { use super::super::super::super::collect; }",
            "use crate::unheard_of;",
        ] {
            assert_eq!(breaches("src/rules/s3/versioning.rs", text), 1, "{text}");
        }
        assert_eq!(breaches("src/estate/bucket.rs", "use crate::plan::Plan;"), 1);
        assert_eq!(breaches("src/report/table.rs", "use crate::rules::RULES;"), 1);
        assert_eq!(breaches("src/main.rs", "use lastro::rules;"), 1);
        assert_eq!(breaches("src/newroom/mod.rs", "use crate::estate::Fact;"), 1, "a room that the law does not know");
    }

    #[test]
    fn what_the_law_allows_passes() {
        for text in [
            "use crate::estate::{Fact, Gap}; use crate::plan::Plan; use crate::rules::prelude::*;",
            "crate::judge_each!(x);",
            "use super::super::prelude::*; use super::helper;",
            "// use crate::collect::aws;\nconst S: &str = \"crate::collect::x\";",
            "#[cfg(test)] mod tests { use crate::collect::aws; }",
        ] {
            assert_eq!(breaches("src/rules/s3/versioning.rs", text), 0, "{text}");
        }
        assert_eq!(breaches("src/main.rs", "fn main() -> ExitCode { lastro::cli::main() }"), 0);
    }

    #[test]
    fn a_window_in_the_wrong_room_is_caught() {
        for text in [
            "use aws_sdk_s3::Client;",
            "use {tokio::time, std::fmt};",
            "fn f() { tokio::spawn(x); }",
            "use kube;",
            "type C = ::aws_config::SdkConfig;",
        ] {
            assert_eq!(windows("src/rules/mod.rs", text), 1, "{text}");
            assert_eq!(windows("src/collect/aws/s3.rs", text), 0, "{text}");
            assert_eq!(windows("src/drill/mod.rs", text), 0, "{text}");
        }
        assert_eq!(windows("src/cli/audit.rs", "tokio::runtime::Runtime::new()"), 1, "the runtime is collect's too");
        assert_eq!(windows("src/rules/mod.rs", "use crate::estate::hcl_like; x::tokio::y(); #[cfg(test)] use tokio::test;"), 0);
        assert_eq!(
            windows("src/cli/mod.rs", "use crate::collect::{postgres::Source, redis, aws_like::{kube::A}};"),
            0,
            "modules of our own"
        );
    }

    #[test]
    fn files_of_test_modules_are_exempt() {
        let files = [
            File::new("src/rules/mod.rs", "#[cfg(test)]\npub(crate) mod testing;"),
            File::new("src/rules/testing.rs", "use crate::collect; use tokio::time;"),
            File::new("src/rules/other.rs", "use crate::collect; use tokio::time;"),
        ];
        assert_eq!(import_breaches(&files).len(), 1);
        assert_eq!(window_breaches(&files).len(), 1);
    }
}
