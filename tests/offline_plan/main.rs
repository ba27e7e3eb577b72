//! The offline plan against the real one: what lastro evaluates from code is what Terraform plans.
//!
//! `fixtures/terraform/trees/*` hold code and, in `plan.json`, what real Terraform planned for it (`record.py` says how). Both become nouns,
//! and nouns of one address are compared attribute by attribute: what the plan knows, the code side knows too, with the same value; what the
//! plan does not know, the code side does not claim, unless the exception is named here.
//!
//! `LASTRO_TREES=dir,dir` compares other folders that have a `plan.json`, the whole of `terraform show -json` or a recorded one.

mod compare;
mod golden;

use std::path::{Path, PathBuf};

use compare::Comparison;

fn trees() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/terraform/trees");
    let entries = std::fs::read_dir(root).expect("the trees").map(|entry| entry.expect("an entry").path());
    let mut trees: Vec<PathBuf> = entries.filter(|path| path.join("README.md").exists()).collect();
    trees.sort();
    trees
}

/// Compares one tree and prints what was compared and what was excused.
fn judge(tree: &Path) -> Comparison {
    let golden = golden::read(tree);
    let declared = golden::declared(tree);
    let comparison = compare::compare(&golden, &declared);
    println!("{}: {comparison}", tree.display());
    comparison
}

#[track_caller]
fn assert_equal(trees: &[PathBuf]) {
    let wrong: Vec<String> = trees
        .iter()
        .flat_map(|tree| {
            let name = tree.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            judge(tree).wrong.into_iter().map(move |line| format!("{name}: {line}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_tree_has_a_plan_that_can_be_read() {
    let trees = trees();
    assert!(trees.len() >= 7, "{trees:?}");
    for tree in trees {
        let golden = golden::read(&tree);
        assert!(golden.resources.len() >= 8, "{}: {} resources", tree.display(), golden.resources.len());
        assert!(!golden.regions.is_empty(), "{}", tree.display());
    }
}

#[test]
fn what_terraform_plans_is_what_the_code_declares() {
    assert_equal(&trees());
}

#[test]
fn other_trees_that_are_named_declare_what_terraform_plans() {
    match std::env::var_os("LASTRO_TREES") {
        Some(named) => {
            let named = named.to_string_lossy().into_owned();
            assert_equal(&named.split(',').filter(|path| !path.is_empty()).map(PathBuf::from).collect::<Vec<_>>());
        }
        None => println!("skipped: LASTRO_TREES names no folders"),
    }
}
