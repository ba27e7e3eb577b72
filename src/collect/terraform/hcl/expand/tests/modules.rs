use super::*;

#[test]
fn inputs_go_in_and_outputs_come_out() {
    let out = case(&[
        ("main.tf", "module \"a\" {\n source = \"./a\"\n n = 2\n}\nresource \"aws_x\" \"r\" { v = module.a.double }"),
        ("a/main.tf", "variable \"n\" { type = string }\noutput \"double\" { value = local.d }\nlocals { d = var.n * 2 }\nresource \"aws_x\" \"r\" { n = var.n }"),
    ])
    .expand()
    .clean();
    assert_eq!(out.get("aws_x.r", "v"), "4");
    assert_eq!(out.get("module.a.aws_x.r", "n"), "'2'");
    assert_eq!(out.origin("module.a.aws_x.r", "n"), "main.tf:3");
    assert_eq!(out.addresses(), ["aws_x.r", "module.a.aws_x.r"]);
    let declared: Vec<_> = out.expansion.declared.keys().map(|name| &**name).collect();
    assert_eq!(declared, ["aws_x.r", "module.a.aws_x.r"]);
}

#[test]
fn modules_are_repeated_and_indexed() {
    let out = case(&[
        (
            "main.tf",
            "module \"a\" {\n source = \"./a\"\n for_each = { eu = 1, us = 2 }\n n = each.value\n}\n\
             module \"b\" {\n source = \"./a\"\n count = 2\n n = count.index\n}\n\
             resource \"aws_x\" \"r\" {\n one = module.a[\"eu\"].n\n all = [for k, m in module.a : m.n]\n b = module.b[1].n\n splat = module.b[*].n\n}",
        ),
        ("a/main.tf", "variable \"n\" {}\noutput \"n\" { value = aws_x.r.n }\nresource \"aws_x\" \"r\" { n = var.n + 10 }"),
    ])
    .expand()
    .clean();
    assert_eq!(out.get("aws_x.r", "one"), "11");
    assert_eq!(out.get("aws_x.r", "all"), "[11, 12]");
    assert_eq!(out.get("aws_x.r", "b"), "11");
    assert_eq!(out.get("aws_x.r", "splat"), "[10, 11]");
    assert_eq!(out.get("module.a[\"us\"].aws_x.r", "n"), "12");
    assert_eq!(out.expansion.counts.modules, 5);
    assert_eq!(out.expansion.counts.files, 2, "a folder that two calls share is read once");
}

#[test]
fn sibling_modules_see_each_other_whatever_the_order() {
    let out = case(&[
        ("main.tf", "module \"a\" {\n source = \"./m\"\n in = module.z.out\n}\nmodule \"z\" {\n source = \"./m\"\n in = 3\n}"),
        ("m/main.tf", "variable \"in\" {}\noutput \"out\" { value = var.in + 1 }\nresource \"aws_x\" \"r\" {\n count = var.in\n}"),
    ])
    .expand()
    .clean();
    assert_eq!(out.addresses().len(), 7, "{:?}", out.addresses());
}

#[test]
fn an_installed_module_is_found_in_the_list() {
    let list = r#"{"Modules":[{"Key":"","Source":"","Dir":"."},{"Key":"vpc","Source":"registry.terraform.io/x/vpc/aws","Version":"1.0.0","Dir":".terraform/modules/vpc"},{"Key":"vpc.sub","Source":"./sub","Dir":".terraform/modules/vpc/sub"}]}"#;
    let out = case(&[
        ("main.tf", "module \"vpc\" {\n source = \"x/vpc/aws\"\n version = \"1.0.0\"\n}\nresource \"aws_x\" \"r\" { v = module.vpc.id }"),
        (".terraform/modules/modules.json", list),
        (".terraform/modules/vpc/main.tf", "module \"sub\" { source = \"./sub\" }\noutput \"id\" { value = module.sub.id }"),
        (".terraform/modules/vpc/sub/main.tf", "output \"id\" { value = path.module }"),
    ])
    .expand()
    .clean();
    assert_eq!(out.get("aws_x.r", "v"), "'.terraform/modules/vpc/sub'");
}

#[test]
fn a_vendored_module_is_found_without_the_list() {
    let out = case(&[
        ("main.tf", "module \"iam\" { source = \"x/iam/aws//modules/role\" }\nresource \"aws_x\" \"r\" { v = module.iam.id }"),
        (".terraform/modules/iam/modules/role/main.tf", "output \"id\" { value = 7 }"),
    ])
    .expand()
    .clean();
    assert_eq!(out.get("aws_x.r", "v"), "7");
}

#[test]
fn a_module_that_is_not_here_is_one_gap_and_its_outputs_are_unknown() {
    let out = main_tf(
        "module \"vpc\" {\n source = \"terraform-aws-modules/vpc/aws\"\n count = 3\n}\n\
         resource \"aws_x\" \"r\" {\n a = module.vpc[0].id\n b = module.vpc[1].arn\n c = 1\n}",
    );
    assert_eq!(out.gaps().len(), 1, "{:?}", out.gaps());
    assert!(out.gaps()[0].starts_with("main.tf:1 <module module.vpc: "), "{:?}", out.gaps());
    assert!(out.gaps()[0].contains("run `terraform init`"));
    assert!(out.get("aws_x.r", "a").starts_with("<module"));
    assert_eq!(out.get("aws_x.r", "c"), "1");
}

#[test]
fn a_module_folder_that_is_not_there_is_a_gap() {
    let out = main_tf("module \"a\" { source = \"./nowhere\" }\nresource \"aws_x\" \"r\" { v = 1 }");
    assert_eq!(out.gaps().len(), 1);
    assert_eq!(out.get("aws_x.r", "v"), "1");
}

#[test]
fn an_input_that_is_missing_is_a_gap_and_an_output_that_is_missing_an_error() {
    let out = case(&[
        ("main.tf", "module \"a\" { source = \"./a\" }\nresource \"aws_x\" \"r\" {\n v = module.a.nope\n t = try(module.a.nope, 5)\n}"),
        ("a/main.tf", "variable \"must\" {}\nresource \"aws_x\" \"r\" { v = var.must }"),
    ])
    .expand();
    assert!(out.get("module.a.aws_x.r", "v").starts_with("<failed main.tf:1: module.a.var.must"), "{}", out.get("module.a.aws_x.r", "v"));
    assert!(out.get("aws_x.r", "v").contains("output nope is not declared"), "{}", out.get("aws_x.r", "v"));
    assert_eq!(out.get("aws_x.r", "t"), "5");
}

#[test]
fn providers_are_followed_through_the_modules() {
    let module = "resource \"aws_x\" \"main\" {}\nresource \"aws_x\" \"dr\" { provider = aws.dr }\n\
                  terraform {\n required_providers {\n  aws = {\n   source = \"hashicorp/aws\"\n   configuration_aliases = [aws.dr]\n  }\n }\n}";
    let out = case(&[
        (
            "main.tf",
            "variable \"west\" { default = \"us-west-2\" }\n\
             provider \"aws\" {\n region = \"us-east-1\"\n allowed_account_ids = [\"1\"]\n default_tags {\n  tags = { a = \"b\" }\n }\n}\n\
             provider \"aws\" {\n alias = \"west\"\n region = var.west\n assume_role {\n  role_arn = \"arn:r\"\n }\n}\n\
             module \"m\" {\n source = \"./m\"\n providers = {\n  aws.dr = aws.west\n }\n}\n\
             module \"swapped\" {\n source = \"./n\"\n providers = { aws = aws.west }\n}\n\
             resource \"aws_x\" \"r\" { provider = aws.west }\nresource \"aws_x\" \"s\" { region = \"eu-west-1\" }\n\
             data \"aws_region\" \"here\" {}\nresource \"aws_x\" \"t\" { region = data.aws_region.here.name }",
        ),
        ("m/main.tf", module),
        ("n/main.tf", "module \"inner\" { source = \"../o\" }"),
        ("o/main.tf", "resource \"aws_x\" \"r\" {}\nprovider \"aws\" {\n alias = \"own\"\n region = \"sa-east-1\"\n}\nresource \"aws_x\" \"own\" { provider = aws.own }"),
    ])
    .expand()
    .clean();
    let of = |address: &str| {
        let provider = &out.instance(address).provider;
        let text = |value: &Option<Val>| value.as_ref().map_or_else(|| "-".to_owned(), say);
        format!("{} {} {}", provider.alias.as_deref().unwrap_or("default"), text(&provider.region), text(&provider.role_arn))
    };
    assert_eq!(of("aws_x.r"), "west 'us-west-2' 'arn:r'");
    assert_eq!(of("aws_x.s"), "default 'us-east-1' -");
    assert_eq!(of("module.m.aws_x.main"), "default 'us-east-1' -");
    assert_eq!(of("module.m.aws_x.dr"), "west 'us-west-2' 'arn:r'");
    assert_eq!(of("module.swapped.module.inner.aws_x.r"), "west 'us-west-2' 'arn:r'");
    assert_eq!(of("module.swapped.module.inner.aws_x.own"), "own 'sa-east-1' -");
    assert_eq!(out.get("aws_x.t", "region"), "'us-east-1'");
    let provider = &out.instance("aws_x.s").provider;
    assert_eq!(provider.default_tags.as_ref().map(say).unwrap(), "{a='b'}");
    assert_eq!(provider.allowed_account_ids.as_ref().map(say).unwrap(), "['1']");
    assert_eq!(out.files.line(provider.at), "main.tf:2");
}

#[test]
fn files_of_a_module_beside_the_root_are_read_and_others_are_not() {
    let out = case(&[
        ("env/main.tf", "module \"a\" { source = \"../modules/a\" }\nresource \"aws_x\" \"r\" { v = file(\"../secret\") }"),
        (
            "modules/a/main.tf",
            "resource \"aws_x\" \"r\" {\n v = file(\"${path.module}/text\")\n t = templatefile(\"${path.module}/t.tpl\", { n = 1 })\n}",
        ),
        ("modules/a/text", "inside"),
        ("modules/a/t.tpl", "n is ${n}"),
        ("secret", "outside"),
    ])
    .below("env")
    .expand()
    .clean();
    assert_eq!(out.get("module.a.aws_x.r", "v"), "'inside'");
    assert_eq!(out.get("module.a.aws_x.r", "t"), "'n is 1'");
    assert!(out.get("aws_x.r", "v").starts_with("<function the file"), "{}", out.get("aws_x.r", "v"));
}
