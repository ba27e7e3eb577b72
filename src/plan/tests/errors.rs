//! What people get wrong, and what they are told.

use proptest::prelude::*;

use crate::plan::Plan;

const HEAD: &str = "plan: x\nregions: { primary: us-east-1 }\n";

fn render(text: impl AsRef<[u8]>) -> String {
    match Plan::parse("plan.yaml", text.as_ref()) {
        Ok(plan) => panic!("parsed: {plan:?}"),
        Err(error) => error.render(false),
    }
}

/// Mistakes of a plan whose first two lines are right.
fn after_head(text: &str) -> String {
    render(format!("{HEAD}{text}"))
}

macro_rules! tells {
    ($($name:ident: $text:expr;)+) => {
        $(#[test]
        fn $name() {
            insta::assert_snapshot!($text);
        })+
    };
}

tells! {
    an_unknown_key_names_the_nearest: after_head("datasets:\n  db:\n    kind: postgres\n    select: { name: x }\n    copies:\n      - { automated_backups: { kep: 7d }, lien: 19 }\n");
    an_unknown_key_at_the_top: after_head("datset: {}\n");
    an_unknown_mechanism: after_head("datasets: { db: { kind: postgres, copies: [{ snapshoot: true, line: 3 }] } }\n");
    an_unknown_word: after_head("objectives: { scenario: regional-loss, rto: 1h }\n");
    two_mechanisms_in_one_entry: after_head("datasets: { db: { kind: objects, copies: [{ versions: true, lifecycle: true }] } }\n");
    no_mechanism: after_head("datasets: { db: { kind: objects, copies: [{ line: 3 }] } }\n");
    a_bad_duration: after_head("select: { name: x }\ndatasets: { db: { kind: postgres, copies: [{ automated_backups: { keep: 7 dias } }] } }\n");
    a_duplicate_key: render("plan: x\nplan: y\nregions: { primary: us-east-1, primary: us-west-2 }\n");
    wrong_types: after_head("title: [a]\nowners: no one\ndatasets: []\nobjectives: { rto: { target: 1h, critical: [] } }\ndrills: { drill: a, line: many }\n");
    missing_keys: render("title: T\nregions: {}\ndrills: { every: 1d }\n");
    a_key_without_a_value: after_head("title:\nwaivers:\nalerts:\n");
    a_tab: render("plan: x\nregions:\n\tprimary: us-east-1\n");
    a_false_promise: after_head("datasets: { db: { kind: objects, copies: [{ versions: false }] } }\n");
    a_boolean_of_another_language: after_head("select: { name: x }\ndatasets: { db: { kind: objects, copies: [{ replication: { delete_markers: yes } }] } }\n");
    a_region_typo: render("plan: x\nregions: { primary: us-esat-1, recovery: uswest2 }\n");
    an_account_without_quotes: after_head("sources: { aws: { account: 12345678901 } }\n");
    a_role_that_is_no_arn: after_head("sources: { aws: { assume_role: lastro } }\n");
    dates: after_head("document: { updated: 03/10/2025 }\ndrills: { drill: a, last: 2025-13-01 }\n");
    an_expiry_that_is_no_date: after_head("waivers: [{ rule: s3-versioning, subject: a, owner: b, reason: c, expires: soon }]\n");
    a_waiver_of_an_unknown_rule: after_head("waivers: [{ rule: s3-versionning, subject: a, owner: b, reason: c, expires: 2027-01-01 }]\n");
    a_waiver_without_an_owner: after_head("waivers: [{ rule: s3-versioning, subject: a, owner: '', reason: c, expires: 2027-01-01 }]\n");
    nothing_is_selected: after_head("datasets: { db: { kind: objects, copies: [{ versions: true, line: 4 }] } }\n");
    no_recovery_region: after_head("select: { name: x, region: recovery }\ndatasets: { db: { kind: objects, copies: [{ replication: true }] } }\n");
    ports: after_head("select: { name: x }\nnetwork: { security_groups: { closed_to_world: [databse, 9000-8000, 70000] } }\n");
    a_storage_class: after_head("select: { name: x }\ndatasets: { db: { kind: objects, copies: [{ archive: { class: glaciar, after: 30d } }, { archive: {} }] } }\n");
    a_dataset_that_is_not_there: after_head("objectives: [{ dataset: databse, rpo: 1h }, { scenario: zone }]\ndatasets: { database: { kind: postgres } }\n");
    promises_of_nothing: after_head("edge: { waf: { line: 1 } }\nservices: { a: { line: 2 } }\ndatasets: { d: { kind: files, copies: { dump: {} } } }\n");
    line_zero: after_head("alerts: { alert: A, line: 0 }\n");
    an_owner_twice: after_head("owners: { backups: A }\ngovernance: { owners: { backups: B } }\n");
    deletion_protection_of_a_bucket: after_head("datasets: { d: { kind: objects, protection: { deletion_protection: true } } }\n");
    not_yaml: render("plan: x\nregions: { primary: us-east-1\n");
    a_list: render("- plan\n- regions\n");
    the_document_instead_of_the_plan: render("Backup and Disaster Recovery\n\nEste documento descreve o plano.\n");
    html: render("\n<!DOCTYPE html>\n<html></html>\n");
    empty: render("");
    only_comments: render("# nothing\n---\n");
    two_documents: render("plan: x\n---\nplan: y\n");
    invalid_utf8: render(b"plan: x\ntitle: Recupera\xe7\xe3o\n");
    utf16: render(b"\xff\xfep\0l\0a\0n\0");
    binary: render(b"\x1f\0\0\0plan");
    a_tag: render("plan: !!str x\n");
    a_merge_key: after_head("datasets: { <<: { a: { kind: files } } }\n");
    an_alias_to_nothing: after_head("title: *nothing\n");
    a_key_that_is_a_list: after_head("[a, b]: c\n");
    control_characters: after_head("\"\\u001b[31m\u{202e}red\": 1\n");
    a_long_line: after_head(&format!("title: {}\nalerts: {{ alert: {}, ever: 1d }}\n", "x".repeat(400), "y".repeat(400)));
}

#[test]
fn mistakes_come_in_the_order_of_the_file_and_count() {
    let error = Plan::parse("p.yaml", b"plan: x\nregions: { primary: nowhere }\nfoo: 1\nbar: 2\n").expect_err("mistakes");
    let lines: Vec<_> = error.problems().iter().filter_map(|problem| problem.span).map(|span| span.line).collect();
    assert_eq!(lines, [2, 3, 4]);
    assert!(error.to_string().starts_with("p.yaml:2:21: `nowhere` is not the name of a region"), "{error}");
    assert!(error.to_string().ends_with("(and 2 more mistakes)"), "{error}");
}

#[test]
fn colours_only_when_asked_for() {
    let error = Plan::parse("p.yaml", b"plan: x\nfoo: 1\n").expect_err("mistakes");
    assert!(!error.render(false).contains('\u{1b}'));
    assert!(error.render(true).contains("\u{1b}[1;31merror\u{1b}[0m"));
}

#[test]
fn a_file_that_is_not_there_a_folder_and_a_huge_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let told = |name: &str| Plan::read(&folder.path().join(name)).expect_err(name).render(false);
    assert!(told("missing.yaml").contains("failed to read the plan: "), "{}", told("missing.yaml"));
    assert!(told("").contains("this is a folder"), "{}", told(""));
    std::fs::write(folder.path().join("huge.yaml"), vec![b'#'; 4 * 1024 * 1024 + 1]).expect("written");
    assert!(told("huge.yaml").contains("larger than 4 MiB"), "{}", told("huge.yaml"));
}

#[test]
fn depth_and_aliases_are_bounded() {
    for deep in ["[".repeat(100_000), "{a: ".repeat(100_000), "- ".repeat(100_000)] {
        let told = render(deep);
        assert!(told.contains("nests deeper") || told.contains("not YAML"), "{told}");
    }
    let bomb: String = (0..25).map(|i| format!("a{}: &a{} [{}]\n", i + 1, i + 1, vec![format!("*a{i}"); 9].join(", "))).collect();
    let told = render(format!("a0: &a0 [x]\n{bomb}"));
    assert!(told.contains("more than 200000 values"), "{told}");
}

#[test]
fn many_keys_take_no_time_to_speak_of() {
    let many: String = (0..60_000).map(|i| format!("k{i}: 1\n")).collect();
    assert_eq!(Plan::parse("p.yaml", many.as_bytes()).expect_err("mistakes").problems().len(), super::super::tree::MOST_PROBLEMS);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = Plan::parse("p.yaml", &bytes).map_err(|error| error.render(true));
    }

    #[test]
    fn any_yaml_like_text_is_read_or_refused(text in "([a-c{}:,&*!|>'\"#%@`~ \\[\\]\\n\\t\\r-]|plan|regions|é){0,120}") {
        let _ = Plan::parse("p.yaml", text.as_bytes()).map_err(|error| error.render(false));
    }

    #[test]
    fn a_plan_with_a_part_taken_out_or_doubled(at in 0usize..4000, length in 0usize..40, doubled: bool) {
        let text: Vec<char> = super::language::PLANS[2].1.chars().collect();
        let (start, end) = (at.min(text.len()), (at + length).min(text.len()));
        let middle: String = if doubled { text[start..end].iter().chain(&text[start..end]).collect() } else { String::new() };
        let text: String = text[..start].iter().copied().chain(middle.chars()).chain(text[end..].iter().copied()).collect();
        let _ = Plan::parse("p.yaml", text.as_bytes()).map_err(|error| error.render(false));
    }
}
