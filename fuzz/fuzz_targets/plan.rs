//! Any bytes as a plan: a plan or errors with their places, never a panic or a hang.

#![no_main]

use lastro::plan::Plan;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = Plan::parse("fuzz.yaml", bytes);
});
