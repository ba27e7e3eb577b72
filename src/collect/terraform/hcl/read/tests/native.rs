//! Native syntax: positions, heredocs, strip markers, and what the parser refuses though Terraform does not.

use super::*;

#[test]
fn attributes_and_blocks_know_their_places() {
    let text =
        "resource \"aws_db_instance\" \"é\" {\n  // é\n  multi_az = var.ha ? true : false\n  timeouts {\n    create = \"1h\"\n  }\n}\n";
    let (folder, files) = read_folder(&[("db.tf", text)]);
    let block = &folder.blocks[0];
    assert_eq!(files.line(block.at), "infra/db.tf:1");
    let attribute = block.body.attribute("multi_az").expect("it is there");
    assert_eq!((attribute.at.line, attribute.at.column), (3, 3));
    assert_eq!((attribute.value.at.line, attribute.value.at.column), (3, 14));
    let inner = block.body.blocks("timeouts").next().expect("it is there");
    assert_eq!((inner.at.line, inner.body.attributes[0].value.at.column), (4, 14));
}

#[test]
fn heredocs_are_dedented_by_the_rules_of_hcl() {
    assert_eq!(literal(&value("<<EOT\n  a\nEOT")), "  a\n");
    assert_eq!(literal(&value("<<-EOT\n    a\n      b\n  EOT")), "a\n  b\n");
    // A blank line neither counts nor changes.
    assert_eq!(literal(&value("<<-EOT\n    a\n  \n    b\n  EOT")), "a\n  \nb\n");
    assert_eq!(sketch(&value("<<-EOT\n    a\n    ${var.x}\n    b\n  EOT")), "a\n${}\nb\n");
    assert_eq!(sketch(&value("<<-EOT\n    a\n${var.x}\n    b\n  EOT")), "    a\n${}\n    b\n");
    assert_eq!(sketch(&value("<<-EOT\n    %{ if var.x }\n    a\n    %{ endif }\n    EOT")), "<\na\n|>\n");
    assert_eq!(literal(&value("<<EOT\n$${a} %%{b} $c\nEOT")), "${a} %{b} $c\n");
    assert_eq!(literal(&value("<<EOT\nEOT")), "");
}

#[test]
fn strip_markers_reach_one_line_far() {
    assert_eq!(sketch(&value("\"a ${~ var.x ~} b\"")), "a${}b");
    assert_eq!(sketch(&value("\"${var.x ~} \"")), "${}");
    let kind = value("\"${var.x ~} \"");
    assert!(matches!(&kind, ExprKind::Template(parts) if parts.len() == 2), "{kind:?}");
    let kind = value("\"${var.x}\"");
    assert!(matches!(&kind, ExprKind::Template(parts) if parts.len() == 1), "{kind:?}");
    assert_eq!(sketch(&value("<<EOT\n%{ for x in var.l ~}\n  ${x}\n%{ endfor ~}\n  z\nEOT")), "<  ${}\n>  z\n");
    assert_eq!(sketch(&value("<<EOT\na\n%{~ if var.x }b%{ else }c%{ endif ~}\nd\nEOT")), "a<b|c>d\n");
}
