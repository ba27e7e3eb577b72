//! How a file looks: its opening, its length, its attributes, and which folders there are.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::house::{File, all_rust, sources};
use crate::tokens::tokens;

/// Lines that a file of `src/` may have; tests that outgrow it move to a sibling `tests.rs`, which does not count.
const LONGEST: usize = 500;
/// Lines that `src/main.rs` may have.
const LONGEST_MAIN: usize = 60;

/// Files that may be longer, each with its reason.
const MAY_BE_LONG: &[(&str, &str)] = &[];

/// The rooms of `src/`, and its files.
const ROOMS: &[&str] = &["cli", "collect", "drift", "drill", "estate", "lib.rs", "main.rs", "plan", "recovery", "report", "rules"];

/// Folders at the root of the repository, besides `.git` and what `.gitignore` names.
const FOLDERS: &[&str] =
    &[".cargo", ".ci", ".github", "benches", "docs", "fixtures", "fuzz", "policies", "reports", "src", "tests", "xtask"];

fn is_tests(path: &str) -> bool {
    path.ends_with("/tests.rs") || path.contains("/tests/")
}

fn length_breaches(files: &[File]) -> Vec<String> {
    let too_long = files.iter().filter_map(|file| {
        let lines = file.text.lines().count();
        let longest = if file.path == "src/main.rs" { LONGEST_MAIN } else { LONGEST };
        let excused = is_tests(&file.path) || MAY_BE_LONG.iter().any(|(path, _)| *path == file.path);
        (lines > longest && !excused).then(|| format!("{}: {lines} lines, {longest} at most", file.path))
    });
    too_long.collect()
}

fn opening_breaches(files: &[File]) -> Vec<String> {
    let mute = files.iter().filter(|file| !file.text.trim_start_matches('\u{feff}').starts_with("//! "));
    mute.map(|file| format!("{}: does not open with `//!` and what it is for", file.path)).collect()
}

fn allow_breaches(files: &[File]) -> Vec<String> {
    let mut breaches = Vec::new();
    for file in files {
        let tokens = tokens(&file.text);
        let word = |at: usize| tokens.get(at).map_or("", |token| token.text.as_str());
        for (at, token) in tokens.iter().enumerate() {
            let inner = at + usize::from(word(at + 1) == "!");
            if token.text == "#" && word(inner + 1) == "[" && word(inner + 2) == "allow" {
                breaches.push(format!("{}:{}: say `expect` with a reason instead of `allow`", file.path, token.line));
            }
        }
    }
    breaches
}

fn stray(found: &BTreeSet<String>, known: &[&str]) -> Vec<String> {
    found.iter().filter(|name| !known.contains(&name.as_str())).map(|name| format!("{name}: the design knows no such place")).collect()
}

fn names_in(folder: &Path, only_folders: bool) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).expect("readable folder").map(|entry| entry.expect("readable entry"));
    let wanted = entries.filter(|entry| !only_folders || entry.path().is_dir());
    wanted.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}

fn assert_none(law: &str, breaches: &[String]) {
    if !breaches.is_empty() {
        panic!("{law}:\n  {}", breaches.join("\n  "));
    }
}

#[test]
fn no_file_is_too_long() {
    assert_none("split these", &length_breaches(&sources()));
}

#[test]
fn excuses_for_long_files_are_needed_and_reasoned() {
    let sources = sources();
    for (path, reason) in MAY_BE_LONG {
        assert!(!reason.is_empty(), "{path} is excused without a reason");
        let long = sources.iter().any(|file| file.path == *path && file.text.lines().count() > LONGEST);
        assert!(long, "{path} needs no excuse: remove it");
    }
}

#[test]
fn every_file_says_what_it_is_for() {
    assert_none("these files are mute", &opening_breaches(&all_rust()));
}

#[test]
fn nothing_is_allowed_without_a_reason() {
    assert_none("lints are silenced without a reason", &allow_breaches(&all_rust()));
}

#[test]
fn only_the_rooms_of_the_design_exist() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    assert_none("in src", &stray(&names_in(&root.join("src"), false), ROOMS));
    let mut folders = names_in(root, true);
    folders.remove(".git");
    for ignored in fs::read_to_string(root.join(".gitignore")).expect(".gitignore").lines() {
        folders.remove(ignored.trim_matches('/'));
    }
    assert_none("at the root", &stray(&folders, FOLDERS));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_file_is_caught() {
        let long = "//! x\n".repeat(LONGEST + 1);
        assert_eq!(length_breaches(&[File::new("src/rules/a.rs", &long)]).len(), 1);
        assert_eq!(length_breaches(&[File::new("src/rules/a/tests.rs", &long)]).len(), 0);
        assert_eq!(length_breaches(&[File::new("src/main.rs", &"x\n".repeat(LONGEST_MAIN + 1))]).len(), 1);
        assert_eq!(length_breaches(&[File::new("src/rules/a.rs", &"//! x\n".repeat(LONGEST))]).len(), 0);
    }

    #[test]
    fn a_mute_file_is_caught() {
        for mute in ["", "use std::fmt;\n//! late", "// not a doc comment", "//!"] {
            assert_eq!(opening_breaches(&[File::new("src/a.rs", mute)]).len(), 1, "{mute:?}");
        }
        assert_eq!(opening_breaches(&[File::new("src/a.rs", "//! What it is for.\n")]).len(), 0);
    }

    #[test]
    fn a_bare_allow_is_caught() {
        for text in ["#[allow(dead_code)] fn f() {}", "#![allow(missing_docs)]", "#[ allow ( unused ) ]"] {
            assert_eq!(allow_breaches(&[File::new("src/a.rs", text)]).len(), 1, "{text}");
        }
        for text in ["#[expect(dead_code, reason = \"x\")]", "// #[allow(x)]", "const S: &str = \"#[allow(x)]\";"] {
            assert_eq!(allow_breaches(&[File::new("src/a.rs", text)]).len(), 0, "{text}");
        }
    }

    #[test]
    fn a_stray_folder_is_caught() {
        let found = BTreeSet::from(["src".to_owned(), "scratch".to_owned()]);
        assert_eq!(stray(&found, FOLDERS).len(), 1);
    }
}
