use super::*;
use crate::collect::terraform::hcl::instance::IgnoreChanges;

#[test]
fn lifecycle_is_read_as_it_is_written() {
    let out = main_tf(
        "resource \"aws_x\" \"a\" {\n lifecycle {\n  prevent_destroy = true\n  create_before_destroy = true\n  ignore_changes = [desired_size, tags[\"a b\"], rule[0].days]\n }\n}\n\
         resource \"aws_x\" \"b\" {\n lifecycle {\n  ignore_changes = all\n }\n}\nresource \"aws_x\" \"c\" {\n lifecycle {\n  ignore_changes = []\n }\n}",
    )
    .clean();
    let lifecycle = &out.instance("aws_x.a").lifecycle;
    assert!(lifecycle.prevent_destroy && lifecycle.create_before_destroy);
    let names = ["desired_size", "tags[\"a b\"]", "rule[0].days"].map(Arc::from).to_vec();
    assert_eq!(lifecycle.ignore_changes, IgnoreChanges::Some(names));
    assert_eq!(out.instance("aws_x.b").lifecycle.ignore_changes, IgnoreChanges::All);
    assert_eq!(out.instance("aws_x.c").lifecycle.ignore_changes, IgnoreChanges::None);
}

#[test]
fn the_backend_of_the_root_is_read_and_no_other() {
    let out = case(&[
        ("main.tf", "terraform {\n backend \"s3\" {\n  bucket = \"state\"\n  encrypt = true\n  assume_role {\n   role_arn = \"r\"\n  }\n }\n}\nmodule \"a\" { source = \"./a\" }"),
        ("a/main.tf", "terraform {\n backend \"local\" {}\n}"),
    ])
    .expand()
    .clean();
    let backend = out.expansion.backend.as_ref().unwrap();
    assert_eq!(&*backend.kind, "s3");
    assert_eq!(out.files.line(backend.at), "main.tf:2");
    assert_eq!(say(&backend.settings["bucket"].1), "'state'");
    assert_eq!(out.files.line(backend.settings["encrypt"].0), "main.tf:4");
    assert_eq!(say(&backend.settings["assume_role"].1), "{role_arn='r'}");
    let cloud = main_tf("terraform {\n cloud {\n  organization = \"acme\"\n  workspaces {\n   name = \"prod\"\n  }\n }\n}");
    let backend = cloud.expansion.backend.as_ref().unwrap();
    assert_eq!((&*backend.kind, say(&backend.settings["workspaces"].1).as_str()), ("cloud", "{name='prod'}"));
    assert!(main_tf("").expansion.backend.is_none());
}

#[test]
fn removed_without_destroying_is_told() {
    let out = case(&[
        (
            "main.tf",
            "removed {\n from = aws_x.kept\n lifecycle {\n  destroy = false\n }\n}\nremoved {\n from = aws_x.gone\n lifecycle {\n  destroy = true\n }\n}\n\
             removed {\n from = module.m\n lifecycle {\n  destroy = false\n }\n}\nmodule \"a\" { source = \"./a\" }",
        ),
        ("a/main.tf", "removed {\n from = aws_x.inner\n lifecycle {\n  destroy = false\n }\n}"),
    ])
    .expand()
    .clean();
    let removed: Vec<String> = out.expansion.removed.iter().map(ToString::to_string).collect();
    assert_eq!(removed, ["aws_x.kept", "module.a.aws_x.inner"]);
    assert_eq!(out.expansion.removed_modules, [vec![ModuleStep { name: "m".to_owned(), key: None }]]);
}

#[test]
fn import_and_check_blocks_are_ignored() {
    let out = main_tf("import {\n to = aws_x.a\n id = nope.x\n}\ncheck \"c\" {\n assert {\n  condition = nope.x\n  error_message = \"\"\n }\n}\nresource \"aws_x\" \"a\" {}").clean();
    assert_eq!(out.addresses(), ["aws_x.a"]);
}

#[test]
fn what_is_declared_twice_is_a_gap_and_the_first_counts() {
    let out = main_tf("resource \"aws_x\" \"a\" { v = 1 }\nresource \"aws_x\" \"a\" { v = 2 }\nlocals { l = 1 }\nlocals { l = 2 }");
    assert_eq!(out.get("aws_x.a", "v"), "1");
    assert_eq!(out.gaps().len(), 2, "{:?}", out.gaps());
}
