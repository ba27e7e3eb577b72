use super::*;

#[test]
fn count_and_for_each_make_instances_in_order() {
    let out = main_tf(
        "resource \"aws_x\" \"c\" {\n count = \"2\"\n i = count.index\n}\n\
         resource \"aws_x\" \"m\" {\n for_each = { b = 1, a = 2 }\n v = \"${each.key}${each.value}\"\n}\n\
         resource \"aws_x\" \"s\" {\n for_each = toset([\"y\", \"x\", \"y\"])\n v = each.value\n}\n\
         resource \"aws_x\" \"none\" { count = 0 }\nresource \"aws_x\" \"one\" {}",
    )
    .clean();
    let addresses = ["aws_x.c[0]", "aws_x.c[1]", "aws_x.m[\"a\"]", "aws_x.m[\"b\"]", "aws_x.one", "aws_x.s[\"x\"]", "aws_x.s[\"y\"]"];
    assert_eq!(out.addresses(), addresses);
    assert_eq!(out.get("aws_x.c[1]", "i"), "1");
    assert_eq!(out.get("aws_x.m[\"a\"]", "v"), "'a2'");
    assert_eq!(out.get("aws_x.s[\"y\"]", "v"), "'y'");
}

#[test]
fn ten_instances_are_in_order_of_number() {
    let out = main_tf("resource \"aws_x\" \"c\" { count = 11 }");
    assert_eq!(out.addresses()[10], "aws_x.c[10]");
    assert_eq!(out.addresses()[2], "aws_x.c[2]");
}

#[test]
fn what_is_not_known_is_one_placeholder() {
    let out = main_tf(
        "variable \"n\" {}\nvariable \"secret\" {\n default = { a = 1 }\n sensitive = true\n}\n\
         resource \"aws_x\" \"c\" {\n count = var.n\n i = count.index\n k = 1\n}\n\
         resource \"aws_x\" \"f\" {\n for_each = var.n\n i = each.key\n v = each.value.x\n}\n\
         resource \"aws_x\" \"s\" {\n for_each = var.secret\n i = each.key\n}\n\
         resource \"aws_x\" \"r\" {\n v = aws_x.c[0].k\n w = aws_x.c[*].k\n}",
    )
    .clean();
    assert_eq!(out.addresses(), ["aws_x.c", "aws_x.f", "aws_x.r", "aws_x.s"]);
    assert_eq!(out.instance("aws_x.c").uncertain, Some(Why::Variable("n".into())));
    assert_eq!(out.get("aws_x.c", "i"), "<var.n>");
    assert_eq!(out.get("aws_x.c", "k"), "1");
    assert_eq!(out.get("aws_x.f", "v"), "<var.n>");
    assert!(matches!(out.instance("aws_x.s").uncertain, Some(Why::Failed(_))));
    assert_eq!(out.get("aws_x.r", "v"), "<var.n>");
    assert_eq!(out.get("aws_x.r", "w"), "<var.n>");
    assert_eq!(out.instance("aws_x.r").uncertain, None);
}

#[test]
fn an_uncertain_module_makes_what_is_in_it_uncertain() {
    let out = case(&[
        ("main.tf", "variable \"n\" {}\nmodule \"a\" {\n source = \"./a\"\n count = var.n\n}"),
        ("a/main.tf", "resource \"aws_x\" \"r\" { count = 2 }\nresource \"aws_x\" \"s\" { v = 1 }"),
    ])
    .expand()
    .clean();
    assert_eq!(out.addresses(), ["module.a.aws_x.r[0]", "module.a.aws_x.r[1]", "module.a.aws_x.s"]);
    assert!(out.expansion.instances.iter().all(|instance| instance.uncertain == Some(Why::Variable("n".into()))));
}

#[test]
fn a_state_settles_what_code_leaves_open() {
    let state = State::default()
        .with("aws_x.c[0]", "id", "i-0")
        .with("aws_x.c[1]", "id", "i-1")
        .with("aws_x.f[\"eu\"]", "id", "i-eu")
        .with("module.a[\"m\"].aws_x.r", "id", "i-m");
    let out = case(&[
        (
            "main.tf",
            "variable \"n\" {}\nresource \"aws_x\" \"c\" {\n count = var.n\n i = count.index\n}\n\
             resource \"aws_x\" \"f\" {\n for_each = var.n\n i = each.key\n v = each.value\n}\n\
             resource \"aws_x\" \"r\" {\n ids = aws_x.c[*].id\n f = aws_x.f[\"eu\"].id\n}\n\
             module \"a\" {\n source = \"./a\"\n for_each = var.n\n}",
        ),
        ("a/main.tf", "resource \"aws_x\" \"r\" { v = 1 }"),
    ])
    .recorded(state)
    .expand()
    .clean();
    assert_eq!(out.addresses(), ["aws_x.c[0]", "aws_x.c[1]", "aws_x.f[\"eu\"]", "aws_x.r", "module.a[\"m\"].aws_x.r"]);
    assert!(out.expansion.instances.iter().all(|instance| instance.uncertain.is_none()));
    assert_eq!(out.get("aws_x.c[1]", "i"), "1");
    assert_eq!(out.get("aws_x.f[\"eu\"]", "i"), "'eu'");
    assert_eq!(out.get("aws_x.f[\"eu\"]", "v"), "<var.n>");
    assert_eq!(out.get("aws_x.r", "ids"), "['i-0', 'i-1']");
    assert_eq!(out.get("aws_x.r", "f"), "'i-eu'");
}

#[test]
fn what_terraform_refuses_is_a_gap_and_a_placeholder() {
    for (arguments, message) in [
        ("count = null", "count must be"),
        ("count = -1", "count must be"),
        ("count = 1.5", "count must be"),
        ("count = [1]", "count must be"),
        ("for_each = null", "for_each must be"),
        ("for_each = [\"a\"]", "for_each must be"),
        ("for_each = toset([1])", "for_each must be a set of strings"),
        ("for_each = {}\n count = 1", "both count and for_each"),
        ("count = nothing.here", "not declared"),
    ] {
        let out = main_tf(&format!("resource \"aws_x\" \"r\" {{\n {arguments}\n k = 1\n}}"));
        assert_eq!(out.addresses(), ["aws_x.r"], "{arguments}");
        assert!(
            matches!(&out.instance("aws_x.r").uncertain, Some(Why::Failed(text)) if text.contains(message)),
            "{arguments}: {:?}",
            out.gaps()
        );
        assert_eq!(out.gaps().len(), 1, "{arguments}: {:?}", out.gaps());
        assert_eq!(out.get("aws_x.r", "k"), "1");
    }
}

#[test]
fn for_each_over_another_resource_follows_its_keys() {
    let out = main_tf(
        "resource \"aws_x\" \"a\" {\n for_each = toset([\"p\", \"q\"])\n n = upper(each.key)\n}\n\
         resource \"aws_x\" \"b\" {\n for_each = aws_x.a\n n = each.value.n\n id = each.value.id\n}",
    )
    .clean();
    assert_eq!(out.get("aws_x.b[\"q\"]", "n"), "'Q'");
    assert_eq!(out.get("aws_x.b[\"q\"]", "id"), "<aws_x.a[\"q\"].id>");
}
