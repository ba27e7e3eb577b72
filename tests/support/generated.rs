//! Files that are made by code and committed: compared here, written anew by `cargo xtask bless`.

use std::fs;
use std::path::Path;

/// Fails when the committed file at `path`, relative to the root of the repository, is not `content`; writes it instead when
/// `LASTRO_BLESS` is set, as `cargo xtask bless` does.
pub(crate) fn assert_generated(path: &str, content: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if std::env::var_os("LASTRO_BLESS").is_some() {
        write(&file, content);
        return;
    }
    if let Err(stale) = check(path, &file, content) {
        panic!("{stale}");
    }
}

fn check(path: &str, file: &Path, content: &str) -> Result<(), String> {
    let committed = match fs::read_to_string(file) {
        Ok(committed) => committed,
        Err(e) => return Err(format!("{path} is generated and cannot be read ({e}): run `cargo xtask bless`")),
    };
    if committed == content {
        return Ok(());
    }
    let line = committed.lines().zip(content.lines()).take_while(|(a, b)| a == b).count() + 1;
    let at = |text: &str| text.lines().nth(line - 1).unwrap_or("(end of file)").to_owned();
    Err(format!(
        "{path} is generated and stale from line {line} on: run `cargo xtask bless`\n  committed: {}\n  generated: {}",
        at(&committed),
        at(content)
    ))
}

/// Leaves an unchanged file alone, so that its time stamp stays.
fn write(file: &Path, content: &str) {
    if fs::read_to_string(file).is_ok_and(|committed| committed == content) {
        return;
    }
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder).expect("the folder of a generated file can be made");
    }
    fs::write(file, content).expect("a generated file can be written");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stale_file_is_named_with_its_line_and_the_command() {
        let folder = tempfile::tempdir().expect("temp dir");
        let file = folder.path().join("deep/page.md");
        write(&file, "one\ntwo\n");
        assert_eq!(check("page.md", &file, "one\ntwo\n"), Ok(()));
        let stale = check("page.md", &file, "one\nthree\n").expect_err("differs");
        assert!(stale.contains("line 2") && stale.contains("cargo xtask bless"), "{stale}");
        assert!(check("page.md", &file, "one\ntwo\nthree\n").is_err(), "a longer text differs too");
    }

    #[test]
    fn a_missing_file_is_stale() {
        let missing = check("x.md", Path::new("/nonexistent/x.md"), "").expect_err("missing");
        assert!(missing.contains("cargo xtask bless"), "{missing}");
    }
}
