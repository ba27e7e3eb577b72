//! The files of the house and the rooms they are in.

use std::fs;
use std::path::Path;

/// A source file: its path from the root of the repository with `/`, and its text.
#[derive(Clone, Debug)]
pub(crate) struct File {
    pub(crate) path: String,
    pub(crate) text: String,
}

impl File {
    #[cfg(test)]
    pub(crate) fn new(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), text: text.to_owned() }
    }
}

/// The room that a file of `src/` belongs to: the first folder, or the file at the root without its ending.
pub(crate) fn room(path: &str) -> &str {
    let inside = path.strip_prefix("src/").unwrap_or(path);
    let first = inside.split('/').next().unwrap_or(inside);
    first.strip_suffix(".rs").unwrap_or(first)
}

/// Every Rust file under `src/`, sorted by path.
pub(crate) fn sources() -> Vec<File> {
    files_under(&["src"])
}

/// Every Rust file of the repository, sorted by path.
pub(crate) fn all_rust() -> Vec<File> {
    files_under(&["benches", "src", "tests", "xtask"])
}

fn files_under(folders: &[&str]) -> Vec<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    for folder in folders {
        read_into(root, &root.join(folder), &mut found);
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(!found.is_empty(), "no Rust file found under {folders:?}");
    found
}

fn read_into(root: &Path, folder: &Path, found: &mut Vec<File>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.expect("readable folder").path();
        if path.is_dir() {
            if path.file_name().is_some_and(|name| name != "target") {
                read_into(root, &path, found);
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let inside = path.strip_prefix(root).expect("under the root").components();
            let inside: Vec<_> = inside.map(|part| part.as_os_str().to_string_lossy()).collect();
            found.push(File { path: inside.join("/"), text: fs::read_to_string(&path).expect("UTF-8 source") });
        }
    }
}

#[test]
fn the_room_of_a_file_is_its_first_folder() {
    assert_eq!(room("src/rules/s3/versioning.rs"), "rules");
    assert_eq!(room("src/main.rs"), "main");
    assert_eq!(room("src/lib.rs"), "lib");
}
