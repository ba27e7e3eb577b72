//! Any bytes as a Terraform state or `show -json` document: an answer or an error, never a panic or a hang.

#![no_main]

use lastro::collect::terraform::state::{assemble, load_bytes};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = assemble(vec![load_bytes("fuzz.tfstate", bytes.to_vec())]);
});
