//! Real code, where somebody has it: counts files, blocks and gaps.

use std::path::{Path, PathBuf};

use super::*;

/// Run with `LASTRO_HCL_CORPUS` set to folders, separated by `:`; every folder below them that holds code is read.
#[test]
#[ignore = "reads the folders that LASTRO_HCL_CORPUS names"]
#[expect(clippy::disallowed_methods, reason = "the corpus is somewhere on the machine of who runs this")]
fn real_code_is_read_without_losing_files() {
    let Ok(roots) = std::env::var("LASTRO_HCL_CORPUS") else {
        eprintln!("skipped: LASTRO_HCL_CORPUS is not set");
        return;
    };
    let mut pending: Vec<PathBuf> = roots.split(':').map(PathBuf::from).collect();
    let (mut folders, mut count, mut blocks, mut values, mut gaps) = (0, 0, 0, 0, Vec::new());
    while let Some(dir) = pending.pop() {
        let Ok(entries) = fs::read_dir(&dir) else { continue };
        let mut below: Vec<PathBuf> =
            entries.flatten().map(|entry| entry.path()).filter(|path| path.is_dir() && !path.is_symlink()).collect();
        below.sort();
        pending.append(&mut below);
        let mut files = Files::default();
        if let Ok(folder) = folder(&mut files, &dir, &dir.display().to_string()) {
            folders += 1;
            count += folder.files;
            blocks += folder.blocks.len();
            gaps.extend(folder.gaps.into_iter().map(|gap| gap.message));
        }
        for path in value_files(&dir) {
            values += 1;
            gaps.extend(read_values(&mut files, &path).err().map(|error| error.to_string()));
        }
    }
    eprintln!("{folders} folders, {count} files, {values} files of values, {blocks} blocks, {} gaps", gaps.len());
    gaps.iter().for_each(|gap| eprintln!("{gap}"));
    assert!(blocks > 0, "no code in {roots}");
}

fn value_files(dir: &Path) -> Vec<PathBuf> {
    let names = files::names(dir).unwrap_or_default();
    let wanted = |name: &&String| name.ends_with(".tfvars") || name.ends_with(".tfvars.json");
    names.iter().filter(wanted).map(|name| dir.join(name)).filter(|path| path.is_file()).collect()
}
