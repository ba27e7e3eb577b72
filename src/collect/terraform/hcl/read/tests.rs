//! The reader as a whole: folders in, blocks and gaps out.

mod corpus;
mod fallback;
mod folders;
mod hostile;
mod json;
mod native;

use std::fs;
use std::path::Path;

use super::*;
use crate::collect::terraform::hcl::syntax::{Block, ExprKind, Part};

/// A folder with these files, read as `infra`.
pub(super) fn read_folder(written: &[(&str, &str)]) -> (Folder, Files) {
    let dir = write(written);
    let mut files = Files::default();
    let folder = folder(&mut files, dir.path(), "infra").expect("it is a folder with code");
    (folder, files)
}

pub(super) fn write(written: &[(&str, &str)]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a folder");
    for (name, text) in written {
        let path = dir.path().join(name);
        fs::create_dir_all(path.parent().unwrap_or(Path::new("."))).expect("a folder");
        fs::write(path, text).expect("a file");
    }
    dir
}

pub(super) fn heads(folder: &Folder) -> Vec<String> {
    let head =
        |block: &Block| std::iter::once(&*block.keyword).chain(block.labels.iter().map(|label| &**label)).collect::<Vec<_>>().join(".");
    folder.blocks.iter().map(head).collect()
}

/// The only expression `x` of `locals { x = … }`.
pub(super) fn value(written: &str) -> ExprKind {
    let (folder, _) = read_folder(&[("main.tf", &format!("locals {{\n  x = {written}\n}}\n"))]);
    assert_eq!(folder.gaps, [], "{written}");
    folder.blocks[0].body.attribute("x").expect("x").value.kind.clone()
}

/// The text of a template without anything to compute.
pub(super) fn literal(kind: &ExprKind) -> &str {
    match kind {
        ExprKind::String(text) => text,
        other => panic!("not a literal: {other:?}"),
    }
}

/// A template in short: text as it is, `${}` for values, `<if|else>` and `<for>`.
pub(super) fn sketch(kind: &ExprKind) -> String {
    fn parts(list: &[Part]) -> String {
        list.iter()
            .map(|part| match part {
                Part::Literal(text) => text.to_string(),
                Part::Interpolation(_) => "${}".to_owned(),
                Part::If { then, otherwise, .. } => format!("<{}|{}>", parts(then), parts(otherwise)),
                Part::For { body, .. } => format!("<{}>", parts(body)),
            })
            .collect()
    }
    match kind {
        ExprKind::String(text) => text.to_string(),
        ExprKind::Template(list) => parts(list),
        other => panic!("not a template: {other:?}"),
    }
}
