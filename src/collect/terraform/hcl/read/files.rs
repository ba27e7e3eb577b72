//! Which files of a folder are code, in which order, and their bytes. Files are hostile: pipes are not opened, links that lead nowhere
//! and files that are too large are told, not followed.

use std::collections::BTreeSet;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::error::Error;

/// The largest file that is read, bytes.
pub(super) const LARGEST: u64 = 5 * 1024 * 1024;

/// The syntax of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Syntax {
    Native,
    Json,
}

/// A file that is code.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct CodeFile {
    /// Its name, without the folder.
    pub(super) name: String,
    pub(super) syntax: Syntax,
    /// Whether it is merged over the others.
    pub(super) is_override: bool,
}

/// The endings of code, OpenTofu's own beside Terraform's.
const ENDINGS: &[(&str, Option<&str>, Syntax)] = &[
    (".tf.json", Some(".tofu.json"), Syntax::Json),
    (".tofu.json", None, Syntax::Json),
    (".tf", Some(".tofu"), Syntax::Native),
    (".tofu", None, Syntax::Native),
];

/// The names of what is in a folder, in order. Names that are not text are nobody's code.
pub(super) fn names(dir: &Path) -> Result<Vec<String>, Error> {
    let about = fs::metadata(dir).map_err(|source| Error::io(dir, source))?;
    if !about.is_dir() {
        return Err(Error::NotFolder { path: dir.to_path_buf() });
    }
    let entries = fs::read_dir(dir).map_err(|source| Error::io(dir, source))?;
    let mut names = Vec::new();
    for entry in entries {
        let name = entry.map_err(|source| Error::io(dir, source))?.file_name();
        names.extend(name.into_string().ok().filter(|name| !is_ignored(name)));
    }
    names.sort_unstable();
    Ok(names)
}

/// Hidden files and the backups of editors.
fn is_ignored(name: &str) -> bool {
    name.starts_with('.') || name.ends_with('~') || (name.starts_with('#') && name.ends_with('#'))
}

/// The files of code among these names: the others in order, then overrides in order.
pub(super) fn code(names: &[String]) -> Vec<CodeFile> {
    let all: BTreeSet<&str> = names.iter().map(String::as_str).collect();
    let mut files: Vec<CodeFile> = names.iter().filter_map(|name| code_file(name, &all)).collect();
    // Stable: the names stay in order.
    files.sort_by_key(|file| file.is_override);
    files
}

fn code_file(name: &str, all: &BTreeSet<&str>) -> Option<CodeFile> {
    let (base, rival, syntax) = ENDINGS.iter().find_map(|(ending, rival, syntax)| Some((name.strip_suffix(ending)?, rival, *syntax)))?;
    if base.is_empty() || rival.is_some_and(|rival| all.contains(format!("{base}{rival}").as_str())) {
        return None;
    }
    let is_override = base == "override" || base.ends_with("_override");
    Some(CodeFile { name: name.to_owned(), syntax, is_override })
}

/// Whether a name is a folder: `modules.tf/` is not code.
pub(super) fn is_folder(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|about| about.is_dir())
}

/// The bytes of a file.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, Error> {
    let about = fs::metadata(path).map_err(|source| Error::io(path, source))?;
    // Opening a pipe would wait for a writer.
    if !about.is_file() {
        return Err(Error::NotFile { path: path.to_path_buf() });
    }
    let too_large = || Error::TooLarge { path: PathBuf::from(path), limit: LARGEST };
    if about.len() > LARGEST {
        return Err(too_large());
    }
    let file = fs::File::open(path).map_err(|source| Error::io(path, source))?;
    let mut bytes = Vec::new();
    file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(|source| Error::io(path, source))?;
    if bytes.len() as u64 > LARGEST { Err(too_large()) } else { Ok(bytes) }
}
