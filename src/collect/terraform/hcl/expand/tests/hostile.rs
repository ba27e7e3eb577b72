use std::fmt::Write as _;

use super::*;

#[test]
fn a_cycle_is_one_gap_that_names_its_path() {
    let out = main_tf(
        "locals {\n a = local.b\n b = \"${local.c}\"\n c = local.a\n d = 1\n}\nresource \"aws_x\" \"r\" {\n v = local.a\n t = try(local.b, 1)\n d = local.d\n}",
    );
    assert_eq!(out.gaps().len(), 1, "{:?}", out.gaps());
    assert!(out.gaps()[0].contains("local.a needs itself: local.a → local.b → local.c → local.a"), "{:?}", out.gaps());
    assert!(out.get("aws_x.r", "v").starts_with("<failed "));
    assert!(out.get("aws_x.r", "t").starts_with("<failed "));
    assert_eq!(out.get("aws_x.r", "d"), "1");
}

#[test]
fn cycles_through_resources_modules_and_counts_end() {
    for text in [
        "resource \"aws_x\" \"r\" { v = aws_x.s.v }\nresource \"aws_x\" \"s\" { v = aws_x.r.v }",
        "resource \"aws_x\" \"r\" { count = length(aws_x.r) }",
        "resource \"aws_x\" \"r\" { v = aws_x.r.v }",
        "variable \"v\" { default = var.v }\nresource \"aws_x\" \"r\" { v = var.v }",
        "module \"m\" {\n source = \"./m\"\n in = module.m.out\n}\nresource \"aws_x\" \"r\" { v = module.m.out }",
        "module \"m\" {\n source = \"./m\"\n in = 1\n count = module.m[0].out\n}\nresource \"aws_x\" \"r\" {}",
        "provider \"aws\" { region = aws_x.r.v }\nresource \"aws_x\" \"r\" { v = data.aws_region.x.name }\ndata \"aws_region\" \"x\" {}",
    ] {
        let out = case(&[("main.tf", text), ("m/main.tf", "variable \"in\" {}\noutput \"out\" { value = var.in }")]).expand();
        assert!(out.gaps().iter().any(|gap| gap.contains("needs itself")), "{text}: {:?}", out.gaps());
    }
}

#[test]
fn a_chain_of_ten_thousand_locals_does_not_overflow_the_stack() {
    let mut text = String::from("locals {\n l0 = 0\n");
    for index in 1..=10_000 {
        let _ = writeln!(text, " l{index} = local.l{} + 1", index - 1);
    }
    text.push_str("}\nresource \"aws_x\" \"r\" { v = local.l10000 }");
    assert_eq!(main_tf(&text).clean().get("aws_x.r", "v"), "10000");
}

#[test]
fn a_chain_without_end_is_a_gap() {
    let mut text = String::from("locals {\n l0 = 0\n");
    for index in 1..=25_000 {
        let _ = writeln!(text, " l{index} = local.l{}", index - 1);
    }
    text.push_str("}\nresource \"aws_x\" \"r\" {\n v = local.l25000\n w = local.l10\n}");
    let out = main_tf(&text);
    assert!(out.get("aws_x.r", "v").contains("chain of more than"), "{}", out.get("aws_x.r", "v"));
    assert_eq!(out.get("aws_x.r", "w"), "0");
    assert_eq!(out.gaps().len(), 1);
}

#[test]
fn a_module_that_calls_itself_is_a_gap() {
    let out = case(&[
        ("main.tf", "module \"m\" { source = \"./m\" }\nresource \"aws_x\" \"r\" { v = module.m.v }"),
        ("m/main.tf", "module \"again\" { source = \"../m\" }\nmodule \"up\" { source = \"..\" }\noutput \"v\" { value = 1 }"),
    ])
    .expand();
    assert_eq!(out.gaps().iter().filter(|gap| gap.contains("calls itself")).count(), 2, "{:?}", out.gaps());
    assert_eq!(out.get("aws_x.r", "v"), "1");
}

#[test]
fn modules_are_not_followed_deeper_than_fifty() {
    let mut files = vec![("main.tf".to_owned(), "module \"m\" { source = \"./m0\" }".to_owned())];
    for depth in 0..60 {
        files.push((
            format!("m{depth}/main.tf"),
            format!("module \"m\" {{ source = \"../m{}\" }}\nresource \"aws_x\" \"r\" {{}}", depth + 1),
        ));
    }
    files.push(("m60/main.tf".to_owned(), String::new()));
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let out = case(&files).expand();
    assert_eq!(out.addresses().len(), 50);
    assert_eq!(out.gaps().len(), 1, "{:?}", out.gaps());
    assert!(out.gaps()[0].contains("more than 50 deep"));
}

#[test]
fn module_calls_that_double_at_each_level_are_bounded() {
    let mut files = vec![];
    for depth in 0..20 {
        let text = format!("module \"a\" {{ source = \"../m{0}\" }}\nmodule \"b\" {{ source = \"../m{0}\" }}", depth + 1);
        files.push((format!("m{depth}/main.tf"), text));
    }
    files.push(("m20/main.tf".to_owned(), "resource \"aws_x\" \"r\" {}".to_owned()));
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let out = case(&files).below("m0").expand();
    assert!(out.gaps().iter().any(|gap| gap.contains("module calls; the others are not followed")));
}

#[test]
fn a_billion_instances_are_a_gap() {
    let out = main_tf("resource \"aws_x\" \"r\" {\n count = 1000000000\n k = 1\n}\nresource \"aws_x\" \"s\" { v = aws_x.r[5].k }");
    assert_eq!(out.addresses(), ["aws_x.r", "aws_x.s"]);
    assert!(out.instance("aws_x.r").uncertain.is_some());
    assert_eq!(out.gaps().len(), 1);
    assert!(out.get("aws_x.s", "v").contains("1000000000 instances are more than"));
}

#[test]
fn instances_that_multiply_through_modules_are_bounded() {
    let out = case(&[
        ("main.tf", "module \"a\" {\n source = \"./a\"\n count = 9000\n}"),
        ("a/main.tf", "module \"b\" {\n source = \"../b\"\n count = 9000\n}"),
        ("b/main.tf", "resource \"aws_x\" \"r\" { count = 9000 }"),
    ])
    .expand();
    assert!(out.expansion.instances.len() <= 100_000);
    assert!(out.gaps().iter().any(|gap| gap.contains("more than 100000 instances")), "{:?}", out.gaps());
}

#[test]
fn dynamic_blocks_that_multiply_are_bounded() {
    let level = |name: &str, inner: &str| format!("dynamic \"{name}\" {{\n for_each = range(1000)\n content {{\n {inner}\n }}\n}}\n");
    let out = main_tf(&format!("resource \"aws_x\" \"r\" {{\n{}}}", level("a", &level("b", &level("c", "")))));
    assert!(out.gaps().iter().any(|gap| gap.contains("more blocks than")), "{:?}", out.gaps().len());
}

#[test]
fn twenty_thousand_blocks_are_not_quadratic() {
    let mut text = String::new();
    for index in 0..20_000 {
        let _ = writeln!(text, "resource \"aws_x\" \"r{index}\" {{ v = aws_x.r{}.id }}", (index + 1) % 20_000);
    }
    let out = main_tf(&text).clean();
    assert_eq!(out.expansion.instances.len(), 20_000);
    assert_eq!(out.get("aws_x.r19999", "v"), "<aws_x.r0.id>");
}
