//! Finds and parses Terraform code: the files of a folder, files of values, and what `terraform init` leaves behind. Nothing is evaluated
//! and nothing is fetched here.
//!
//! No file that Terraform accepts is lost whole, and what is lost is told: a broken block is a [`SyntaxGap`] with its head, and the
//! others are used.

mod convert;
mod error;
mod files;
mod json;
mod json_body;
mod manifest;
mod mend;
mod merge;
mod native;
mod scan;
mod template;
mod text;
mod values;

#[cfg(test)]
mod tests;

use std::path::Path;

pub use self::error::Error;
pub use self::manifest::{Installed, Manifest, manifest, workspace};
pub use self::values::{Given, auto_values, given, parse_given, read_values, read_values_as};

use self::convert::Places;
use self::files::{CodeFile, Syntax};
use self::merge::Merger;
use self::native::Parsed;
use self::text::Text;
use super::syntax::{Expr, Files, Folder, SyntaxGap};

/// The blocks that a file may hold.
const TOP_LEVEL: &[&str] = &[
    "action",
    "check",
    "data",
    "ephemeral",
    "import",
    "locals",
    "module",
    "moved",
    "output",
    "provider",
    "removed",
    "resource",
    "terraform",
    "variable",
];

/// Reads a folder of code; `shown` is how the user would name it, so that places read `infra/db.tf:12`.
///
/// # Errors
/// When the folder cannot be listed or holds no code. What is wrong with single files is among the gaps.
pub fn folder(files: &mut Files, dir: &Path, shown: &str) -> Result<Folder, Error> {
    let mut folder = Folder { path: dir.to_path_buf(), ..Folder::default() };
    let mut overrides = Vec::new();
    for file in files::code(&files::names(dir)?) {
        if files::is_folder(&dir.join(&file.name)) {
            continue;
        }
        folder.files += 1;
        let mut parsed = code_file(files, dir, &file, shown);
        folder.gaps.append(&mut parsed.gaps);
        if let Some(stray) = parsed.body.attributes.first() {
            let message = format!("could not read {} (an argument outside of any block): the rest is used", files.line(stray.at));
            folder.gaps.push(SyntaxGap { at: stray.at, message, lost: None });
        }
        let target = if file.is_override { &mut overrides } else { &mut folder.blocks };
        target.append(&mut parsed.body.blocks);
    }
    if folder.files == 0 {
        return Err(Error::NoCode { path: dir.to_path_buf() });
    }
    if !overrides.is_empty() {
        let mut merger = Merger::new(std::mem::take(&mut folder.blocks));
        let mut gaps = Vec::new();
        for block in overrides {
            merger.merge(block, &mut gaps);
        }
        let placed = |gap: SyntaxGap| SyntaxGap { message: format!("{}: {}", files.line(gap.at), gap.message), ..gap };
        folder.gaps.extend(gaps.into_iter().map(placed));
        folder.blocks = merger.finish();
    }
    Ok(folder)
}

fn code_file(files: &mut Files, dir: &Path, file: &CodeFile, shown: &str) -> Parsed {
    let name = join(shown, &file.name);
    let number = files.add(name.as_str());
    match files::read(&dir.join(&file.name)) {
        Ok(bytes) => parse(&Text::new(number, bytes), &name, file.syntax),
        Err(error) => lost_file(Text::new(number, Vec::new()).start(), format!("could not read {name}: {error}")),
    }
}

fn parse(text: &Text, name: &str, syntax: Syntax) -> Parsed {
    match syntax {
        Syntax::Native => native::parse(text, name),
        Syntax::Json => match json::parse(&text.text) {
            Ok(root) => json_body::blocks(text, &root, name),
            Err((at, message)) => {
                let at = text.pos(at);
                lost_file(at, format!("could not read {name}:{} ({message}): none of the file is used", at.line))
            }
        },
    }
}

fn lost_file(at: super::syntax::Pos, message: String) -> Parsed {
    Parsed { gaps: vec![SyntaxGap { at, message, lost: None }], ..Parsed::default() }
}

/// Parses a template file, as `templatefile` wants it; `name` is how the user would name it.
///
/// # Errors
/// A sentence with the line.
pub fn template(files: &mut Files, source: &str, name: &str) -> Result<Expr, String> {
    let text = Text::new(files.add(name), source.as_bytes().to_vec());
    native::parse_template(&text.text, Places::From(&text, 0))
        .map_err(|refusal| format!("{name}:{}: {}", text.pos(refusal.at).line, refusal.message))
}

/// Parses one expression that stands alone; `name` is where it comes from.
///
/// # Errors
/// A sentence with the line.
pub fn expression(files: &mut Files, source: &str, name: &str) -> Result<Expr, String> {
    let text = Text::new(files.add(name), source.as_bytes().to_vec());
    native::parse_expr(&text.text, Places::From(&text, 0))
        .map_err(|refusal| format!("{name}:{}: {}", text.pos(refusal.at).line, refusal.message))
}

/// The name of a file as the user would give it.
fn join(shown: &str, name: &str) -> String {
    match shown.trim_end_matches('/') {
        "" if shown.is_empty() => name.to_owned(),
        "." => name.to_owned(),
        folder => format!("{folder}/{name}"),
    }
}
