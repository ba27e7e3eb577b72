//! From a file to a plan.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::error::{Error, Problem};
use super::schema::PlanFile;
use super::{Plan, reader, tree, validate};

/// No plan is larger; a larger file is not a plan.
const LARGEST: u64 = 4 * 1024 * 1024;

impl Plan {
    /// Reads a plan file.
    ///
    /// # Errors
    /// Every mistake that was found, each with its place and what to do about it.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let name = path.display().to_string();
        let fail = |message: &str, help: &str, source| Error::unread(&name, Problem::of_file(message).help(help), source);
        let unread = |source: std::io::Error| {
            let help = match source.kind() {
                std::io::ErrorKind::NotFound => "check the path; plans usually lie in policies/".to_owned(),
                std::io::ErrorKind::PermissionDenied => "the file may not be read by this user".to_owned(),
                _ => "check that the path names a readable file".to_owned(),
            };
            fail(&format!("failed to read the plan: {source}"), &help, Some(source))
        };
        let meta = std::fs::metadata(path).map_err(unread)?;
        if meta.is_dir() {
            return Err(fail("this is a folder", "name the plan file in it: one plan is one file", None));
        }
        let mut bytes = Vec::new();
        File::open(path).and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes)).map_err(unread)?;
        Self::parse(&name, &bytes)
    }

    /// Reads a plan from memory; `name` is the file as the user named it.
    ///
    /// # Errors
    /// Every mistake that was found, each with its place and what to do about it.
    pub fn parse(name: &str, bytes: &[u8]) -> Result<Self, Error> {
        let text = text_of(name, bytes)?;
        let (mut root, mut problems) = tree::compose(text).map_err(|problem| Error::new(name, text, vec![problem]))?;
        if !matches!(root.kind, tree::NodeKind::Map(_)) {
            let problem = Problem::at(root.span, 1, "this is not a plan: a plan is a mapping that starts with `plan: NAME`");
            return Err(Error::new(name, text, vec![problem.help("give the YAML file, not the document it was taken from")]));
        }
        let (file, mistakes) = reader::read::<PlanFile>(&mut root);
        problems.extend(mistakes);
        let Some(file) = file else { return Err(Error::new(name, text, problems)) };
        let whole = problems.is_empty();
        match validate::plan(&file, name, sha256(bytes)) {
            Ok(plan) if whole => Ok(plan),
            Ok(_) => Err(Error::new(name, text, problems)),
            Err(more) => {
                // After a mistake was taken out, what is missing need not be missing in the file.
                problems.extend(more.into_iter().filter(|found| whole || !found.absence).map(|found| found.problem));
                Err(Error::new(name, text, problems))
            }
        }
    }
}

/// The text without its byte order mark, when the bytes can be a plan at all.
fn text_of<'b>(name: &str, bytes: &'b [u8]) -> Result<&'b str, Error> {
    let refuse = |message: &str, help: &str| Err(Error::unread(name, Problem::of_file(message).help(help), None));
    if bytes.len() as u64 > LARGEST {
        return refuse("the file is larger than 4 MiB", "this is not a plan; evidence and state are given with --evidence and --state");
    }
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return refuse("the file is UTF-16", "save it as UTF-8");
    }
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.strip_prefix('\u{feff}').unwrap_or(text),
        Err(error) => {
            let line = bytes[..error.valid_up_to()].iter().filter(|&&byte| byte == b'\n').count() + 1;
            return refuse(
                &format!("the file is not UTF-8: byte {} (line {line}) is no part of a character", error.valid_up_to() + 1),
                "save it as UTF-8",
            );
        }
    };
    let start = text.trim_start();
    if text.contains('\0') {
        return refuse("the file is not text", "give the plan's YAML file");
    }
    if start.starts_with('<') {
        return refuse("this is HTML or XML, not a plan", "download the file itself (\"Raw\"), not the page that shows it");
    }
    Ok(text)
}

/// Lower-case hex, for `Plan::sha256`.
fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The path as plans keep it.
pub(super) fn shared(text: &str) -> Arc<str> {
    Arc::from(text)
}
