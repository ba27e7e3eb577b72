//! Reports as files: `--report FORMAT=PATH`, several at once, each written whole or not at all.

use std::ffi::OsStr;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Component, Path, PathBuf};
use std::str::FromStr;

use super::model::Report;
use super::{Format, FormatError, Style, escape};

/// One `--report FORMAT=PATH`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportTarget {
    /// The format.
    pub format: Format,
    /// The file.
    pub path: PathBuf,
}

/// A `--report` that cannot be meant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    /// No `=`, or nothing after it.
    #[error("\"{}\" is not FORMAT=PATH, as in --report junit=reports/dr.xml", escape::sanitize(.0))]
    Shape(String),
    /// Not a format.
    #[error(transparent)]
    Format(#[from] FormatError),
    /// `-` is for `--format`.
    #[error("--report writes files: for {0} on standard output use --format {0}")]
    StandardOutput(Format),
    /// The second report would replace the first.
    #[error("two reports go to {}: give each a file of its own", shown(.0))]
    Twice(PathBuf),
}

impl FromStr for ReportTarget {
    type Err = TargetError;

    fn from_str(text: &str) -> Result<Self, TargetError> {
        let shape = || TargetError::Shape(text.to_owned());
        let (format, path) = text.split_once('=').ok_or_else(shape)?;
        let format: Format = format.parse()?;
        match path {
            "" => Err(shape()),
            "-" => Err(TargetError::StandardOutput(format)),
            path => Ok(Self { format, path: PathBuf::from(path) }),
        }
    }
}

/// Refuses two reports to one file.
///
/// # Errors
/// [`TargetError::Twice`] with the second path.
pub fn check_targets(targets: &[ReportTarget]) -> Result<(), TargetError> {
    let bare = |target: &ReportTarget| target.path.components().filter(|part| *part != Component::CurDir).collect::<PathBuf>();
    for (at, target) in targets.iter().enumerate() {
        if targets[..at].iter().any(|earlier| bare(earlier) == bare(target)) {
            return Err(TargetError::Twice(target.path.clone()));
        }
    }
    Ok(())
}

/// Writes every target, also when one of them fails, and returns what failed in the order of the targets.
pub fn write_targets(report: &Report, targets: &[ReportTarget], style: &Style) -> Vec<WriteError> {
    targets.iter().filter_map(|target| write_target(report, target, style).err()).collect()
}

fn write_target(report: &Report, target: &ReportTarget, style: &Style) -> Result<(), WriteError> {
    let mut bytes = Vec::new();
    super::write(target.format, report, style, &mut bytes).map_err(|source| WriteError::Failed { path: target.path.clone(), source })?;
    write_atomically(&target.path, &bytes)
}

/// A file that could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// Its folder is not there.
    #[error("failed to write {}: the folder {} does not exist; create it first", shown(path), shown(folder))]
    NoFolder {
        /// The file.
        path: PathBuf,
        /// The folder.
        folder: PathBuf,
    },
    /// It is a folder.
    #[error("failed to write {}: it is a folder; name a file in it", shown(.0))]
    IsFolder(PathBuf),
    /// Anything else.
    #[error("failed to write {}", shown(path))]
    Failed {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

/// Writes a file so that whoever looks sees the old content or the new, never a part: into a file beside it, then renamed.
///
/// A link is followed. What is not a regular file (`/dev/null`, a pipe) is written in place, because a rename would replace it.
///
/// # Errors
/// When the folder is missing, the path is a folder, or the system refuses; then nothing is left behind.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> Result<(), WriteError> {
    let failed = |source| WriteError::Failed { path: path.to_owned(), source };
    let target = match fs::canonicalize(path) {
        Ok(target) => target,
        Err(error) if error.kind() == io::ErrorKind::NotFound => path.to_owned(),
        Err(error) => return Err(failed(error)),
    };
    match fs::metadata(&target) {
        Ok(there) if there.is_dir() => return Err(WriteError::IsFolder(path.to_owned())),
        Ok(there) if !there.is_file() => return fs::write(&target, bytes).map_err(failed),
        Ok(_) | Err(_) => {}
    }
    let folder = match target.parent() {
        Some(folder) if folder != Path::new("") => folder,
        Some(_) | None => Path::new("."),
    };
    if target.file_name().is_none() || ends_like_a_folder(path) {
        return Err(WriteError::IsFolder(path.to_owned()));
    }
    if !folder.is_dir() {
        return Err(WriteError::NoFolder { path: path.to_owned(), folder: folder.to_owned() });
    }
    replace(&target, folder, bytes).map_err(failed)
}

fn replace(target: &Path, folder: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".lastro-").suffix(".tmp");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // What any program asks for; the system takes the umask off.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(target)?;
    Ok(())
}

/// Whether the path names a folder by its spelling: `reports/`.
fn ends_like_a_folder(path: &Path) -> bool {
    path.as_os_str().as_encoded_bytes().last().is_some_and(|last| std::path::is_separator(char::from(*last)))
}

fn shown(path: &Path) -> String {
    let text = AsRef::<OsStr>::as_ref(path).to_string_lossy();
    escape::sanitize(&text).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::specimen::specimen;

    fn parse(text: &str) -> Result<ReportTarget, String> {
        text.parse().map_err(|error: TargetError| error.to_string())
    }

    #[test]
    fn a_target_is_a_format_and_a_path() {
        let target = ReportTarget { format: Format::Junit, path: PathBuf::from("out/a=b.xml") };
        assert_eq!(parse("junit=out/a=b.xml"), Ok(target));
    }

    #[test]
    fn what_is_not_a_target_is_refused_with_the_way_out() {
        assert_eq!(parse("json").unwrap_err(), "\"json\" is not FORMAT=PATH, as in --report junit=reports/dr.xml");
        assert_eq!(parse("json=").unwrap_err(), "\"json=\" is not FORMAT=PATH, as in --report junit=reports/dr.xml");
        assert_eq!(parse("pdf=x").unwrap_err(), "unknown format \"pdf\": the formats are table, json, junit, sarif, markdown");
        assert_eq!(
            parse("html=x").unwrap_err(),
            "the format html comes with a later version: this one writes table, json, junit, sarif, markdown"
        );
        assert_eq!(parse("json=-").unwrap_err(), "--report writes files: for json on standard output use --format json");
    }

    #[test]
    fn two_reports_to_one_file_are_refused() {
        let targets = |paths: &[&str]| paths.iter().map(|path| parse(&format!("json={path}")).unwrap()).collect::<Vec<_>>();
        assert_eq!(check_targets(&targets(&["a", "b/a"])), Ok(()));
        let error = check_targets(&targets(&["a", "b", "./a"])).unwrap_err();
        assert_eq!(error.to_string(), "two reports go to ./a: give each a file of its own");
    }

    #[test]
    fn a_file_is_replaced_whole_and_nothing_else_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.json");
        fs::write(&path, "a much longer old report").unwrap();
        write_atomically(&path, b"new").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn a_file_has_the_permissions_of_any_new_file() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let (ours, plain) = (folder.path().join("ours"), folder.path().join("plain"));
        write_atomically(&ours, b"").unwrap();
        fs::write(&plain, "").unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode(&ours), mode(&plain));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_followed_and_a_device_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("file"), folder.path().join("link"));
        fs::write(&file, "old").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        write_atomically(&link, b"new").unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"new");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());

        let null = folder.path().join("null");
        std::os::unix::fs::symlink("/dev/null", &null).unwrap();
        write_atomically(&null, b"gone").unwrap();
        assert!(!fs::metadata("/dev/null").unwrap().is_file());
    }

    #[test]
    fn a_missing_folder_is_named_and_not_made() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("no/such/report.json");
        let error = write_atomically(&path, b"x").unwrap_err().to_string();
        assert!(error.ends_with("no/such does not exist; create it first"), "{error}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_folder_is_not_a_file() {
        let folder = tempfile::tempdir().unwrap();
        for path in [folder.path().to_owned(), folder.path().join("new/"), PathBuf::from("/")] {
            let error = write_atomically(&path, b"x").unwrap_err().to_string();
            assert!(error.ends_with("it is a folder; name a file in it"), "{error}");
        }
        assert!(matches!(write_atomically(Path::new(""), b"x"), Err(WriteError::IsFolder(_))));
    }

    #[test]
    fn one_failing_target_does_not_lose_the_others() {
        let folder = tempfile::tempdir().unwrap();
        let target = |format, name: &str| ReportTarget { format, path: folder.path().join(name) };
        let targets = [target(Format::Json, "no/such.json"), target(Format::Junit, "a.xml"), target(Format::Table, "a.txt")];
        let errors = write_targets(&specimen(), &targets, &Style::PLAIN);
        assert!(matches!(errors.as_slice(), [WriteError::NoFolder { .. }]), "{errors:?}");
        assert!(fs::read_to_string(folder.path().join("a.xml")).unwrap().starts_with("<?xml"));
        assert!(folder.path().join("a.txt").is_file());
    }
}
