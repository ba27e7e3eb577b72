//! Generated files that need more than one room to be made; those of a single room are compared beside their code.

#![expect(clippy::panic, reason = "a stale file fails the test with the command that mends it")]

#[path = "support/generated.rs"]
mod generated;

use generated::assert_generated;

#[test]
fn a_file_that_is_as_generated_passes_and_is_left_alone() {
    assert_generated("tests/live/requirements.txt", include_str!("live/requirements.txt"));
}
