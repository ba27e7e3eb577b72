//! What the parser refuses: respelt where Terraform accepts it, otherwise lost alone.

use super::*;
use crate::collect::terraform::hcl::syntax::Lost;

#[test]
fn newlines_that_hcl_ignores_are_ignored() {
    let kind = value("{ for k, v in var.a\n : k\n => v == null # why\n ? 1\n : 2\n if v != \"\"\n && k != 1 }");
    let ExprKind::For(it) = kind else { panic!("not a for: {kind:?}") };
    assert!(matches!(it.value_expr.kind, ExprKind::Conditional(_)) && it.condition.is_some());
    assert_eq!((it.value_expr.at.line, it.value_expr.at.column), (4, 5));
    assert!(matches!(value("[for a in b\n ? c\n : d : e]"), ExprKind::For(_)));
    assert_eq!(sketch(&value("\"%{ if var.a &&\n var.b }a%{ endif }\"")), "<a|>");
}

#[test]
fn the_last_of_equal_keys_counts() {
    let kind = value("{\n a = { z = 1 }\n b = 1, (var.q) = 1\n (var.r) = 2\n a = {\n z = 2\n }\n (var.q) = 3\n}");
    let ExprKind::Object(entries) = kind else { panic!("not an object: {kind:?}") };
    let places: Vec<(u32, u32)> = entries.iter().map(|(key, _)| (key.at.line, key.at.column)).collect();
    assert_eq!(places, [(4, 2), (5, 2), (6, 2), (9, 2)]);
}

#[test]
fn a_heredoc_ends_at_its_marker_alone() {
    assert_eq!(literal(&value("<<EOT\nEOT is not the end\n EOT, nor this\n  EOT")), "EOT is not the end\n EOT, nor this\n");
}

#[test]
fn a_broken_block_loses_itself_and_keeps_its_head() {
    let text = "locals {\n  a = 1\n}\nresource \"aws_db_instance\" \"db\" {\n  x = 1 y = 2\n}\nvariable \"v\" {}\n/* } */ output \"o\" {\n  value = \"{\"\n}\n";
    let (folder, _) = read_folder(&[("main.tf", text)]);
    assert_eq!(heads(&folder), ["locals", "variable.v", "output.o"]);
    let [gap] = folder.gaps.as_slice() else { panic!("one gap: {:?}", folder.gaps) };
    assert!(gap.message.starts_with("could not read infra/main.tf:5 ("), "{}", gap.message);
    assert!(gap.message.ends_with("3 of 4 blocks used"), "{}", gap.message);
    assert_eq!(gap.lost, Some(Lost { keyword: "resource".into(), labels: vec!["aws_db_instance".into(), "db".into()] }));
    let output = folder.blocks.last().expect("three blocks");
    assert_eq!((output.at.line, output.at.column), (8, 9));
    assert_eq!(output.body.attributes[0].at.line, 9);
}

#[test]
fn a_bracket_that_does_not_close_takes_one_block_along() {
    let (folder, _) =
        read_folder(&[("main.tf", "resource \"a\" \"b\" {\n x = [1\nresource \"c\" \"d\" {\n y = 2\n}\nlocals {\n z = 3\n}\n")]);
    assert_eq!(heads(&folder), ["resource.c.d", "locals"]);
    assert_eq!(folder.gaps.len(), 1);
    let (folder, _) = read_folder(&[("main.tf", "locals {\n}\n}\nvariable \"v\" {}\n")]);
    assert_eq!(heads(&folder), ["locals", "variable.v"]);
    assert_eq!(folder.gaps.len(), 1);
}

#[test]
fn bytes_that_are_no_text_are_harmless_in_comments_only() {
    let dir = write(&[]);
    fs::write(dir.path().join("a.tf"), b"# caf\xe9\nlocals {\n  a = 1 # \xe9\n}\nvariable \"v\" {\n  default = \"\xe9\"\n}\n")
        .expect("a file");
    let folder = folder(&mut Files::default(), dir.path(), ".").expect("code");
    assert_eq!(heads(&folder), ["locals"]);
    assert!(folder.gaps[0].message.contains("a.tf:6 (not valid UTF-8)"), "{:?}", folder.gaps);
}
