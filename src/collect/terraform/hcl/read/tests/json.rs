//! JSON syntax: the same tree, with places.

use super::*;
use crate::collect::terraform::hcl::syntax::Step;

const JSON: &str = r#"{
  "//": "a comment",
  "resource": {
    "aws_db_instance": {
      "db": [{
        "//": "why",
        "name": "x-${var.name}",
        "timeouts": {"create": "1h"},
        "depends_on": ["aws_kms_key.k"],
        "lifecycle": {"ignore_changes": ["tags"]},
        "dynamic": {"rule": {"for_each": "${var.l}", "content": {"a": "é ${rule.value}"}}}
      }, {"name": "second"}]
    }
  },
  "variable": {"v": {"type": "list(string)", "default": "${plain}"}},
  "locals": [{"a": 1.5}, {"b": true}],
  "module": {"m": {"source": "./m", "providers": {"aws": "aws.dr"}}},
  "terraform": {"backend": {"s3": {"bucket": "b"}}, "required_providers": {"aws": {"source": "hashicorp/aws"}}},
  "nonsense": {}
}"#;

#[test]
fn json_becomes_the_tree_of_native_syntax() {
    let (folder, files) = read_folder(&[("main.tf.json", JSON)]);
    let expected =
        ["resource.aws_db_instance.db", "resource.aws_db_instance.db", "variable.v", "locals", "locals", "module.m", "terraform"];
    assert_eq!(heads(&folder), expected);
    let body = &folder.blocks[0].body;
    assert_eq!(files.line(folder.blocks[0].at), "infra/main.tf.json:5");
    let name = body.attribute("name").expect("it is there");
    assert_eq!((name.at.line, name.at.column, name.value.at.column), (7, 9, 17));
    let ExprKind::Template(parts) = &name.value.kind else { panic!("not a template") };
    assert!(matches!(&parts[1], Part::Interpolation(it) if it.at.line == 7 && it.at.column == 22), "{parts:?}");
    assert!(matches!(body.attribute("timeouts").expect("it is there").value.kind, ExprKind::Object(_)));
    let ExprKind::Tuple(items) = &body.attribute("depends_on").expect("it is there").value.kind else { panic!("not a list") };
    assert!(matches!(&items[0].kind, ExprKind::Traversal(_, steps) if matches!(steps.as_slice(), [Step::Attribute(_)])));
    let blocks: Vec<(&str, usize)> = body.blocks.iter().map(|block| (&*block.keyword, block.labels.len())).collect();
    assert_eq!(blocks, [("lifecycle", 0), ("dynamic", 1)]);
    assert_eq!(&*body.blocks[1].body.blocks[0].keyword, "content");
}

#[test]
fn variables_are_literal_and_types_are_expressions() {
    let (folder, _) = read_folder(&[("main.tf.json", JSON)]);
    let body = &folder.blocks[2].body;
    assert_eq!(literal(&body.attribute("default").expect("it is there").value.kind), "${plain}");
    assert!(matches!(body.attribute("type").expect("it is there").value.kind, ExprKind::Call { .. }));
    assert_eq!(folder.blocks[6].body.blocks.len(), 2);
    assert_eq!(folder.gaps.len(), 1);
    assert!(folder.gaps[0].message.contains(":19 (not a kind of block"), "{:?}", folder.gaps);
}

#[test]
fn broken_json_says_where() {
    for (text, line) in
        [("{\n \"a\": }", 2), ("", 1), ("{\"a\": 1", 1), ("{} x", 1), ("{\"a\": 01}", 1), ("{\"a\": \"\\x\"}", 1), ("[1,]", 1)]
    {
        let (folder, _) = read_folder(&[("a.tf.json", text)]);
        assert_eq!((folder.gaps.len(), folder.blocks.len()), (1, 0), "{text}");
        assert_eq!(folder.gaps[0].at.line, line, "{text}");
    }
    let broken = "{\"resource\": {\"a\": {\"b\": {\"x\": \"${\"}, \"c\": {\"x\": 1, \"x\": 2}, \"d\": {}, \"e\": 1}}, \"locals\": null}";
    let (folder, _) = read_folder(&[("a.tf.json", broken)]);
    assert_eq!(heads(&folder), ["resource.a.d"]);
    assert_eq!(folder.gaps.len(), 3);
    assert!(folder.gaps.iter().all(|gap| gap.lost.is_some()), "{:?}", folder.gaps);
}

#[test]
fn escapes_are_resolved() {
    let (folder, _) = read_folder(&[("a.tf.json", r#"{"locals": {"a": "\u00e9\ud83d\ude00\n\"\\\/\ud800"}}"#)]);
    let value = &folder.blocks[0].body.attributes[0].value;
    assert_eq!(literal(&value.kind), "é😀\n\"\\/\u{fffd}");
}
