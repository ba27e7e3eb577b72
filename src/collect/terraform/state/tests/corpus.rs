//! Real states and plans, where a corpus is at hand.

use std::path::Path;

use super::*;

/// What real files must give: the message of one that cannot be read, or nothing.
const REFUSED: &[(&str, &str)] = &[
    ("backend-pointer.dot-terraform.tfstate", "s3://example-tfstate/prod/terraform.tfstate"),
    ("opentofu-encrypted.tfstate", "pbkdf2.main, serial 7"),
    ("truncated.tfstate", "not valid JSON at byte 104"),
];

fn files(folder: &Path, found: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|end| end == "json" || end == "tfstate") {
            found.push(path);
        }
    }
    found.sort();
}

/// Real states and plans of others, which are not part of this repository, load or give the message that they should.
#[test]
fn real_states() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    let mut found = Vec::new();
    files(&corpus, &mut found);
    if found.is_empty() {
        eprintln!("ran without the corpus ../shared/data");
        return;
    }
    for path in found {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        let loaded = Loader::default().file(&path);
        match REFUSED.iter().find(|(file, _)| *file == name) {
            Some((_, message)) => assert!(loaded.gap().is_some_and(|gap| gap.detail.contains(message)), "{name}: {:?}", loaded.gap()),
            None => assert_eq!(loaded.gap(), None, "{name}"),
        }
        let assembled = assemble(vec![loaded]);
        assert!(!shown(&assembled).contains("not-a-real-secret"), "{name}");
        let resources: u64 = assembled.readings.iter().map(|reading| reading.source.resources).sum();
        if name.starts_with("huzaifa678") || name.starts_with("hashicorp") || name.starts_with("infracost__tf0.12") {
            assert!(resources > 0, "{name} holds resources that are read");
        }
        if !REFUSED.iter().any(|(file, _)| *file == name) {
            let gaps: Vec<_> = assembled.readings.iter().flat_map(|reading| &reading.source.gaps).collect();
            assert!(gaps.is_empty(), "{name}: {gaps:?}");
        }
    }
}
