//! From what the user wrote to files: a file, a folder, a glob, standard input, or an S3 address.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use globset::{GlobBuilder, GlobMatcher};

use super::error::Error;

/// Most files that one pattern or folder is searched through.
const MOST: usize = 100_000;

/// Deepest folder that `**` descends into.
const DEPTH: usize = 24;

/// Bytes of a JSON file that tell whether it may be the output of `terraform show -json`.
const HEAD: u64 = 4096;

/// Where a state is said to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// `-`: standard input.
    Stdin,
    /// `s3://bucket/key`.
    S3 {
        /// The bucket.
        bucket: String,
        /// The key.
        key: String,
    },
    /// A file or a folder.
    Path(PathBuf),
    /// A pattern with `*`, `?`, `[…]`, `{…}`, `**`.
    Glob(PathBuf),
}

impl Location {
    /// Understands what the user wrote; relative paths start at `base` (the plan's folder, or empty for the current one).
    ///
    /// # Errors
    /// When it is an incomplete S3 address, or an address that is not read.
    pub fn parse(text: &str, base: &Path) -> Result<Self, Error> {
        if text == "-" {
            return Ok(Self::Stdin);
        }
        if let Some(address) = text.strip_prefix("s3://") {
            return match address.split_once('/') {
                Some((bucket, key)) if !bucket.is_empty() && !key.is_empty() && !key.ends_with('/') => {
                    Ok(Self::S3 { bucket: bucket.to_owned(), key: key.to_owned() })
                }
                _ => Err(Error::BadS3 { text: text.to_owned() }),
            };
        }
        if let Some((scheme, _)) = text.split_once("://") {
            return Err(Error::Scheme { scheme: scheme.to_owned() });
        }
        let path = base.join(text);
        let pattern = text.contains(['*', '?', '[', '{']) && !path.exists();
        Ok(if pattern { Self::Glob(path) } else { Self::Path(path) })
    }

    /// The files that it names, sorted. Standard input and S3 name none.
    pub(super) fn files(&self) -> Result<Vec<PathBuf>, Error> {
        match self {
            Self::Stdin | Self::S3 { .. } => Ok(Vec::new()),
            Self::Glob(pattern) => glob(pattern),
            Self::Path(path) => {
                let kind = fs::metadata(path).map_err(|source| io_error(path, source))?;
                if kind.is_dir() { folder(path) } else { Ok(vec![path.clone()]) }
            }
        }
    }
}

impl std::fmt::Display for Location {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Stdin => f.write_str("-"),
            Self::S3 { bucket, key } => write!(f, "s3://{bucket}/{key}"),
            Self::Path(path) | Self::Glob(path) => write!(f, "{}", path.display()),
        }
    }
}

/// An operating-system error in our words.
pub(super) fn io_error(path: &Path, source: io::Error) -> Error {
    let path = path.to_owned();
    match source.kind() {
        io::ErrorKind::NotFound => Error::Missing { path },
        io::ErrorKind::PermissionDenied => Error::Denied { path },
        io::ErrorKind::IsADirectory | io::ErrorKind::NotADirectory => Error::WrongType { path },
        _ => Error::Io { path, source },
    }
}

/// Opens a regular file, or a pipe that the shell made (`<(…)`); a socket or device could block for ever.
pub(super) fn open(path: &Path) -> Result<File, Error> {
    let kind = fs::metadata(path).map_err(|source| io_error(path, source))?.file_type();
    let shell_pipe = path.starts_with("/dev/fd") || path.starts_with("/proc");
    if !kind.is_file() && !shell_pipe {
        return Err(Error::WrongType { path: path.to_owned() });
    }
    File::open(path).map_err(|source| io_error(path, source))
}

/// `*.tfstate`, the workspaces of the local backend, and `show -json` output.
fn folder(path: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut found = BTreeSet::new();
    for entry in entries(path)? {
        let is_state = entry.extension().is_some_and(|end| end == "tfstate");
        let is_shown = || entry.extension().is_some_and(|end| end == "json") && looks_shown(&entry);
        if entry.is_file() && (is_state || is_shown()) {
            found.insert(entry);
        }
    }
    if let Ok(workspaces) = entries(&path.join("terraform.tfstate.d")) {
        found.extend(workspaces.into_iter().map(|workspace| workspace.join("terraform.tfstate")).filter(|state| state.is_file()));
    }
    if !found.is_empty() {
        return Ok(found.into_iter().collect());
    }
    let pointer = path.join(".terraform").join("terraform.tfstate");
    if pointer.is_file() { Ok(vec![pointer]) } else { Err(Error::NoState { path: path.to_owned() }) }
}

fn entries(path: &Path) -> Result<Vec<PathBuf>, Error> {
    let entries = fs::read_dir(path).map_err(|source| io_error(path, source))?;
    let mut paths: Vec<PathBuf> = entries.take(MOST).filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    Ok(paths)
}

/// Whether a JSON file begins like a state or a plan. UTF-16 is looked through by leaving its zero bytes out.
fn looks_shown(path: &Path) -> bool {
    let mut head = Vec::new();
    let read = File::open(path).and_then(|file| file.take(HEAD).read_to_end(&mut head));
    head.retain(|byte| *byte != 0);
    let text = String::from_utf8_lossy(&head);
    read.is_ok() && (text.contains("\"format_version\"") || (text.contains("\"version\"") && text.contains("\"lineage\"")))
}

fn glob(pattern: &Path) -> Result<Vec<PathBuf>, Error> {
    let text = pattern.to_string_lossy();
    let bad = |_| Error::BadPattern { pattern: text.to_string() };
    let matcher = GlobBuilder::new(&text).literal_separator(true).build().map_err(bad)?.compile_matcher();
    let fixed: PathBuf = pattern.iter().take_while(|part| !part.to_string_lossy().contains(['*', '?', '[', '{'])).collect();
    let root = if fixed.as_os_str().is_empty() { PathBuf::from(".") } else { fixed };
    let depth = if text.contains("**") { DEPTH } else { pattern.iter().count().saturating_sub(root.iter().count()).min(DEPTH) };
    let mut found = BTreeSet::new();
    search(&root, depth, &matcher, &mut found);
    if found.is_empty() { Err(Error::NoMatch { pattern: text.into_owned() }) } else { Ok(found.into_iter().collect()) }
}

/// Symbolic links to folders are not followed: they may lead in circles.
fn search(folder: &Path, depth: usize, matcher: &GlobMatcher, found: &mut BTreeSet<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        if found.len() >= MOST {
            return;
        }
        let path = entry.path();
        let path = path.strip_prefix("./").map(Path::to_owned).unwrap_or(path);
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if is_folder && depth > 1 {
            search(&path, depth - 1, matcher, found);
        } else if !is_folder && matcher.is_match(&path) && path.is_file() {
            found.insert(path);
        }
    }
}
