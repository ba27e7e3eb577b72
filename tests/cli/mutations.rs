//! Random damage to a plan, a state and evidence: whatever comes of it, an answer and no panic.
//!
//! These call the library, which is what the program calls, so that thousands of cases fit into seconds; a few go the whole way.

use std::fs;

use lastro::collect::evidence;
use lastro::collect::terraform::state::{assemble, load_bytes};
use lastro::plan::Plan;
use proptest::prelude::*;

use crate::program::{Desk, root, run, text};

fn read(path: &str) -> Vec<u8> {
    fs::read(root().join(path)).expect("a file of the example")
}

/// Damage to a text: a piece cut out, bytes changed, a piece repeated, a token put in.
#[derive(Clone, Debug)]
enum Damage {
    Cut(prop::sample::Index, usize),
    Byte(prop::sample::Index, u8),
    Repeat(prop::sample::Index, usize),
    Insert(prop::sample::Index, &'static str),
    End(prop::sample::Index),
}

const TOKENS: [&str; 24] = [
    "null",
    "-1",
    "1e999",
    "\"\"",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\n",
    "\t",
    "&a ",
    "*a",
    "!!str ",
    "|",
    ">",
    "- ",
    "? ",
    "<<: ",
    "\u{feff}",
    "\u{202e}",
    "99999999999999999999d",
    "é",
];

fn damage() -> impl Strategy<Value = Vec<Damage>> {
    let at = any::<prop::sample::Index>;
    let one = prop_oneof![
        (at(), 1..200_usize).prop_map(|(at, length)| Damage::Cut(at, length)),
        (at(), any::<u8>()).prop_map(|(at, byte)| Damage::Byte(at, byte)),
        (at(), 1..200_usize).prop_map(|(at, length)| Damage::Repeat(at, length)),
        (at(), prop::sample::select(TOKENS.to_vec())).prop_map(|(at, token)| Damage::Insert(at, token)),
        at().prop_map(Damage::End),
    ];
    prop::collection::vec(one, 1..4)
}

fn damaged(bytes: &[u8], damages: &[Damage]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for damage in damages {
        if bytes.is_empty() {
            break;
        }
        let end = |at: usize, length: usize| (at + length).min(bytes.len());
        match damage {
            Damage::Cut(at, length) => {
                let at = at.index(bytes.len());
                bytes.drain(at..end(at, *length));
            }
            Damage::Byte(at, byte) => {
                let at = at.index(bytes.len());
                bytes[at] = *byte;
            }
            Damage::Repeat(at, length) => {
                let at = at.index(bytes.len());
                let piece = bytes[at..end(at, *length)].to_vec();
                bytes.splice(at..at, piece);
            }
            Damage::Insert(at, token) => {
                let at = at.index(bytes.len());
                bytes.splice(at..at, token.bytes());
            }
            Damage::End(at) => bytes.truncate(at.index(bytes.len())),
        }
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    #[test]
    fn a_damaged_plan_is_read_or_refused(damages in damage()) {
        match Plan::parse("plan.yaml", &damaged(&read("policies/example.yaml"), &damages)) {
            Ok(plan) => prop_assert!(!plan.name.is_empty()),
            Err(error) => prop_assert!(error.render(false).starts_with("error: ")),
        }
    }

    #[test]
    fn a_damaged_state_is_read_or_a_gap(damages in damage()) {
        let bytes = damaged(&read("fixtures/estates/example/terraform.tfstate"), &damages);
        let assembled = assemble(vec![load_bytes("x.tfstate", bytes)]);
        prop_assert!(!assembled.readings.is_empty());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(100) })]

    #[test]
    fn damaged_evidence_is_read_or_refused(damages in damage()) {
        if let Err(error) = evidence::read(&damaged(&read("fixtures/estates/example/evidence.json"), &damages)) {
            prop_assert!(error.to_string().contains("lastro"), "{error}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(24) })]

    #[test]
    fn the_whole_way_with_damaged_sources_ends_with_a_report(state in damage(), evidence in damage()) {
        let desk = Desk::new();
        let state = desk.file("x.tfstate", damaged(&read("fixtures/estates/example/terraform.tfstate"), &state));
        let evidence = desk.file("e.json", damaged(&read("fixtures/estates/example/evidence.json"), &evidence));
        let done = desk.audit_example(&["--state", text(&state), "--evidence", text(&evidence)]);
        prop_assert!([1, 2].contains(&done.code), "exit {}: {}", done.code, done.stderr);
        prop_assert_eq!(done.report().plan.name, "harbour");
    }

    #[test]
    fn the_whole_way_with_a_damaged_plan_ends_in_words(plan in damage()) {
        let desk = Desk::new();
        let plan = desk.file("plan.yaml", damaged(&read("policies/example.yaml"), &plan));
        let done = run(desk.lastro().args(["audit", text(&plan), "--no-live"]));
        prop_assert!(done.code == 3 || !done.stdout.is_empty());
        prop_assert!(done.code != 3 || done.stderr.starts_with("error: "), "{}", done.stderr);
    }
}
