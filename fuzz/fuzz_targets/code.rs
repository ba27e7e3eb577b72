//! Any bytes as a file of Terraform code: read, expanded and mapped within bounds, never a panic or a hang.

#![no_main]

use std::path::PathBuf;
use std::rc::Rc;
use std::sync::LazyLock;

use lastro::collect::redact::Redactor;
use lastro::collect::terraform::asked::Asked;
use lastro::collect::terraform::hcl::declare::{self, Root};
use lastro::collect::terraform::hcl::expand::{Inputs, NothingRecorded, expand};
use lastro::collect::terraform::hcl::syntax::Files;
use lastro::collect::terraform::map;

/// One folder for all runs, in memory where the system offers that.
static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
    let base = PathBuf::from("/dev/shm");
    let base = if base.is_dir() { base } else { std::env::temp_dir() };
    tempfile::Builder::new().prefix("lastro-fuzz").tempdir_in(base).expect("a folder").keep()
});

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    // The first byte chooses the syntax, so that one corpus serves both.
    let Some((first, text)) = bytes.split_first() else { return };
    let (name, other) = if *first == b'{' { ("main.tf.json", "main.tf") } else { ("main.tf", "main.tf.json") };
    let _ = std::fs::remove_file(FOLDER.join(other));
    std::fs::write(FOLDER.join(name), if *first == b'{' { bytes } else { text }).expect("a file");
    let mut files = Files::default();
    let inputs = Inputs {
        folder: &FOLDER,
        shown: "infra",
        given: Vec::new(),
        environment: None,
        workspace: None,
        wanted: &|resource_type| map::kind_of(resource_type).is_some(),
        recorded: Rc::new(NothingRecorded),
        computed: declare::computed(),
    };
    if let Ok(expansion) = expand(&mut files, &inputs) {
        let root = Root { shown: "infra", files: &files, expansion: &expansion, recorded: &NothingRecorded, asked: &Asked::default() };
        let _ = declare::declared(&[root], &Redactor::default(), &Default::default());
    }
});
