//! Files beside the code. Nothing above the root folder is read, whatever links and paths say, and nothing large.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use globset::GlobBuilder;

use super::args::{Answer, Call, Stop, room_for, room_for_items, set_of, strings};
use super::strings::rendered;
use crate::collect::terraform::hcl::convert;
use crate::collect::terraform::hcl::value::{Val, ValKind, Why};

/// The largest file that is read, in bytes.
const LARGEST: u64 = 1_000_000;
/// The most entries that `fileset` looks at.
const MOST_LOOKED_AT: usize = 50_000;
/// How deep `fileset` descends.
const DEEPEST: usize = 50;

fn not_ours(path: &str, why: &str) -> Stop {
    let path: String = path.chars().take(200).collect();
    Why::Function(format!("the file {path}, {why}").into()).into()
}

/// Where a path leads, links followed; `None` when nothing is there.
fn locate(call: &Call<'_>, path: &str) -> Result<Option<PathBuf>, Stop> {
    if path.starts_with('~') {
        return Err(not_ours(path, "which is in the home folder of whoever runs Terraform"));
    }
    let root = call.host.root_folder.canonicalize().map_err(|_| not_ours(path, "whose root folder cannot be read"))?;
    // Paths count from the folder that Terraform runs in. That is the root folder, or it is below it and only known to be a folder of
    // the code: `path.module` has been put before most paths that are not.
    let candidates = [call.host.root_folder.join(path), call.host.module_folder.join(path)];
    for candidate in candidates {
        if let Ok(found) = candidate.canonicalize() {
            if !is_ours(call, &root, &found) {
                return Err(not_ours(path, "which is outside of the folder that is read"));
            }
            return Ok(Some(found));
        }
    }
    let plain = clean(&root.join(path));
    if is_ours(call, &root, &plain) { Ok(None) } else { Err(not_ours(path, "which is outside of the folder that is read")) }
}

/// Whether a file is below the root folder or belongs to the module that asks: `../../modules/db` is often beside the root.
fn is_ours(call: &Call<'_>, root: &Path, found: &Path) -> bool {
    found.starts_with(root) || call.host.module_folder.canonicalize().is_ok_and(|module| found.starts_with(module))
}

/// The path without `.` and `..`, by its text.
fn clean(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(out.components().next_back(), Some(Component::Normal(_))) => {
                out.pop();
            }
            Component::ParentDir if out.has_root() => {}
            other => out.push(other),
        }
    }
    if out.as_os_str().is_empty() { PathBuf::from(".") } else { out }
}

/// The content of a file.
pub(super) fn read(call: &Call<'_>, path: &str) -> Result<Vec<u8>, Stop> {
    let Some(found) = locate(call, path)? else {
        return Err(format!("no file exists at `{}`", path.chars().take(200).collect::<String>()).into());
    };
    // A pipe or device could block or never end.
    let meta = found.metadata().map_err(|error| not_ours(path, &format!("which cannot be read: {}", error.kind())))?;
    if meta.is_dir() {
        return Err("this is a folder, not a file".into());
    }
    if !meta.is_file() || meta.len() > LARGEST {
        return Err(not_ours(path, "which is too large or no ordinary file"));
    }
    let mut bytes = Vec::new();
    let read = File::open(&found).and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes));
    read.map_err(|error| not_ours(path, &format!("which cannot be read: {}", error.kind())))?;
    if bytes.len() as u64 > LARGEST {
        return Err(not_ours(path, "which is too large"));
    }
    Ok(bytes)
}

fn read_text(call: &Call<'_>, path: &str) -> Result<String, Stop> {
    String::from_utf8(read(call, path)?).map_err(|_| "the contents of the file are not valid UTF-8".into())
}

pub(super) fn file(call: &Call<'_>) -> Answer {
    Ok(read_text(call, &call.text(0)?)?.into())
}

pub(super) fn filebase64(call: &Call<'_>) -> Answer {
    Ok(STANDARD.encode(read(call, &call.text(0)?)?).into())
}

pub(super) fn fileexists(call: &Call<'_>) -> Answer {
    let path = call.text(0)?;
    match locate(call, &path)? {
        None => Ok(false.into()),
        Some(found) if found.is_file() => Ok(true.into()),
        Some(_) => Err("this is a folder or device, not a file".into()),
    }
}

pub(super) fn templatefile(call: &Call<'_>) -> Answer {
    let path = call.text(0)?;
    let variables = call.get(1);
    let variables = match &variables.kind {
        ValKind::Resource(_) => convert::to_map(&variables)?,
        _ => variables,
    };
    let variables = super::args::entries(&variables)?;
    let template = read_text(call, &path)?;
    (call.host.render)(&template, &variables, call.at).map_err(Stop::Failed).and_then(rendered)
}

pub(super) fn fileset(call: &Call<'_>) -> Answer {
    let (folder, pattern) = (call.text(0)?, call.text(1)?);
    let Some(base) = locate(call, &folder)? else {
        return set_of(Vec::new());
    };
    let pattern = clean(Path::new(&*pattern));
    let glob = GlobBuilder::new(&pattern.to_string_lossy()).literal_separator(true).backslash_escape(true).build();
    let glob = glob.map_err(|_| Stop::from("the pattern of the file set is invalid"))?.compile_matcher();
    let root = call.host.root_folder.canonicalize().map_err(|_| not_ours(&folder, "whose root folder cannot be read"))?;
    let mut found = BTreeSet::new();
    let mut left = MOST_LOOKED_AT;
    let mut open = vec![(base.clone(), PathBuf::new(), 0)];
    while let Some((folder, below, depth)) = open.pop() {
        let entries = std::fs::read_dir(&folder).map_err(|error| not_ours(&below.to_string_lossy(), &error.kind().to_string()))?;
        for entry in entries.flatten() {
            left = left.checked_sub(1).ok_or("the folder of the file set holds too many files")?;
            let below = below.join(entry.file_name());
            let Ok(target) = entry.path().canonicalize() else { continue };
            if target.is_dir() {
                // Links to folders could lead in circles.
                if depth < DEEPEST && !entry.path().is_symlink() {
                    open.push((entry.path(), below, depth + 1));
                }
            } else if target.is_file() && glob.is_match(&below) {
                if !is_ours(call, &root, &target) {
                    return Err(not_ours(&below.to_string_lossy(), "which is outside of the folder that is read"));
                }
                found.insert(below.to_string_lossy().replace('\\', "/"));
                room_for_items(found.len())?;
            }
        }
    }
    match strings(found.into_iter().map(Arc::from)).kind {
        ValKind::List(items) => set_of(items.to_vec()),
        other => Ok(other.into()),
    }
}

pub(super) fn abspath(call: &Call<'_>) -> Answer {
    let path = call.text(0)?;
    let root = call.host.root_folder.canonicalize().map_err(|_| not_ours(&path, "whose root folder cannot be read"))?;
    Ok(Val::from(&*clean(&root.join(&*path)).to_string_lossy()))
}

pub(super) fn basename(call: &Call<'_>) -> Answer {
    let path = call.text(0)?;
    let trimmed = path.trim_end_matches('/');
    Ok(match (path.is_empty(), trimmed.is_empty()) {
        (true, _) => ".".into(),
        (_, true) => "/".into(),
        _ => trimmed.rsplit('/').next().unwrap_or(trimmed).into(),
    })
}

pub(super) fn dirname(call: &Call<'_>) -> Answer {
    let path = call.text(0)?;
    let folder = path.rfind('/').map_or("", |at| path.get(..=at).unwrap_or_default());
    Ok(Val::from(&*clean(Path::new(folder)).to_string_lossy()))
}

pub(super) fn pathexpand(call: &Call<'_>) -> Answer {
    let path = call.text(0)?;
    room_for(path.len())?;
    if path.starts_with('~') {
        return Err(Why::Function("pathexpand".into()).into());
    }
    Ok(ValKind::String(path).into())
}
