//! Which files count, overrides, values, and what `terraform init` leaves behind.

use super::*;
use crate::collect::terraform::hcl::value::Number;

fn number(folder: &Folder, block: usize, name: &str) -> Option<i128> {
    match folder.blocks[block].body.attribute(name)?.value.kind {
        ExprKind::Number(Number::Int(number)) => Some(number),
        _ => None,
    }
}

#[test]
fn files_come_in_terraforms_order() {
    let (folder, _) = read_folder(&[
        ("b.tf", "variable \"b\" {}"),
        ("a.tf.json", "{\"variable\": {\"a\": {}}}"),
        ("c.tf", "variable \"terraform\" {}"),
        ("c.tofu", "variable \"tofu\" {}"),
        (".hidden.tf", "variable \"hidden\" {}"),
        ("d.tf~", "variable \"backup\" {}"),
        ("#e.tf#", "variable \"backup\" {}"),
        ("f.tf.swp", "variable \"backup\" {}"),
        ("g.tf/main.tf", "variable \"folder\" {}"),
    ]);
    assert_eq!(heads(&folder), ["variable.a", "variable.b", "variable.tofu"]);
    assert_eq!((folder.files, folder.gaps.len()), (3, 0));
}

#[test]
fn overrides_replace_by_terraforms_rules() {
    let base = "resource \"t\" \"n\" {\n a = 1\n b = 1\n rule {\n  x = 1\n }\n rule {\n  x = 2\n }\n keep {}\n lifecycle {\n  p = 1\n  q = 1\n }\n}\nlocals {\n l = 1\n m = 1\n}\nterraform {\n required_version = \"1\"\n required_providers {\n  aws = 1\n  null = 1\n }\n backend \"s3\" {}\n}\nprovider \"aws\" {\n alias = \"dr\"\n region = 1\n}\n";
    let over = "resource \"t\" \"n\" {\n b = 2\n dynamic \"rule\" {\n  for_each = []\n }\n lifecycle {\n  q = 2\n }\n}\nlocals {\n m = 2\n}\nterraform {\n required_providers {\n  null = 2\n }\n backend \"local\" {}\n}\nprovider \"aws\" {\n alias = \"dr\"\n region = 2\n}\nprovider \"aws\" {\n region = 3\n}\nresource \"t\" \"missing\" {}\nmoved {}\n";
    let (folder, _) = read_folder(&[("main.tf", base), ("z_override.tf", over)]);
    assert_eq!((number(&folder, 0, "a"), number(&folder, 0, "b")), (Some(1), Some(2)));
    let blocks: Vec<&str> = folder.blocks[0].body.blocks.iter().map(|block| &*block.keyword).collect();
    assert_eq!(blocks, ["keep", "dynamic", "lifecycle"]);
    let lifecycle = folder.blocks[0].body.blocks("lifecycle").next().expect("it is there");
    assert_eq!(lifecycle.body.attributes.len(), 2);
    assert_eq!((number(&folder, 1, "l"), number(&folder, 1, "m")), (Some(1), Some(2)));
    assert_eq!(number(&folder, 3, "region"), Some(2));
    assert_eq!(heads(&folder), ["resource.t.n", "locals", "terraform", "provider.aws", "terraform", "provider.aws"]);
    let inner = |block: usize| {
        folder.blocks[block]
            .body
            .blocks
            .iter()
            .map(|block| (&*block.keyword, block.labels.len(), block.body.attributes.len()))
            .collect::<Vec<_>>()
    };
    assert_eq!(inner(2), [("required_providers", 0, 1)]);
    assert_eq!(inner(4), [("required_providers", 0, 1), ("backend", 1, 0)]);
    assert_eq!(folder.gaps.len(), 2);
    assert!(folder.gaps[0].message.starts_with("infra/z_override.tf:26: "), "{:?}", folder.gaps);
}

#[test]
fn a_folder_without_code_says_what_to_do() {
    let dir = write(&[("notes.txt", "")]);
    let mut files = Files::default();
    let error = |result: Result<Folder, Error>| result.expect_err("it is not code").to_string();
    assert!(error(folder(&mut files, dir.path(), "x")).contains("no *.tf"));
    assert!(error(folder(&mut files, &dir.path().join("none"), "x")).contains("no such file"));
    assert!(error(folder(&mut files, &dir.path().join("notes.txt"), "x")).contains("not a folder"));
}

#[test]
fn values_are_loaded_in_the_order_in_which_later_ones_win() {
    let dir = write(&[
        ("z.auto.tfvars", "d = 4\n"),
        ("a.auto.tfvars.json", "{\"//\": \"why\", \"c\": \"${not a template}\"}"),
        ("terraform.tfvars.json", "{\"b\": [1, null]}"),
        ("terraform.tfvars", "a = {\n  x = 1\n}\n"),
        ("other.tfvars", "e = 5\n"),
    ]);
    let mut files = Files::default();
    let values = auto_values(&mut files, dir.path(), "infra").expect("they are fine");
    assert_eq!(values.iter().map(|value| &*value.name).collect::<String>(), "abcd");
    assert_eq!(literal(&values[2].value.kind), "${not a template}");
    assert_eq!(files.line(values[3].at), "infra/z.auto.tfvars:1");
    assert_eq!(read_values(&mut files, &dir.path().join("other.tfvars")).expect("it is fine").len(), 1);
    let dir = write(&[("a.tfvars", "a = 1\nb = = 2\n"), ("b.tfvars", "b {}\n"), ("c.tfvars.json", "[]")]);
    for name in ["a.tfvars", "b.tfvars", "c.tfvars.json", "none.tfvars"] {
        assert!(read_values(&mut files, &dir.path().join(name)).is_err(), "{name}");
    }
}

#[test]
fn given_values_come_as_text_and_as_an_expression() {
    let mut files = Files::default();
    let given = parse_given(&mut files, "zones=[\"a=b\", 1]").expect("it is fine");
    assert_eq!((&*given.name, &*given.raw), ("zones", "[\"a=b\", 1]"));
    assert!(matches!(given.expr.expect("a list").kind, ExprKind::Tuple(items) if items.len() == 2));
    let given = parse_given(&mut files, "arn=arn:aws:iam::1").expect("it is fine");
    assert!(given.expr.is_err());
    assert!(parse_given(&mut files, "secret").is_err() && parse_given(&mut files, "=x").is_err());
}

#[test]
fn what_init_leaves_behind_is_found() {
    let dir = write(&[
        (
            ".terraform/modules/modules.json",
            "{\"Modules\":[{\"Key\":\"\",\"Source\":\"\",\"Dir\":\".\"},{\"Key\":\"a.b\",\"Source\":\"s\",\"Version\":\"1.2.3\",\"Dir\":\".terraform/modules/a.b\"}]}",
        ),
        (".terraform/environment", "staging\n"),
    ]);
    let found = manifest(dir.path()).expect("it is fine");
    let module = found.get("a.b").expect("it is installed");
    assert_eq!((module.version.as_deref(), module.dir.clone()), (Some("1.2.3"), dir.path().join(".terraform/modules/a.b")));
    assert_eq!(workspace(dir.path()).as_deref(), Some("staging"));
    let bare = write(&[]);
    assert!(manifest(bare.path()).expect("it is not there").is_empty() && workspace(bare.path()).is_none());
    let broken = write(&[(".terraform/modules/modules.json", "{")]);
    assert!(manifest(broken.path()).is_err());
}
