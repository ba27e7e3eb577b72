use super::*;

const ECHO: &str = "resource \"aws_x\" \"r\" { v = var.v }\n";

fn echo(declaration: &str) -> String {
    format!("variable \"v\" {{\n{declaration}\n}}\n{ECHO}")
}

#[test]
fn each_source_of_values_beats_the_ones_before_it() {
    let main = echo("default = \"default\"");
    let layers: [(&str, &str); 5] = [
        ("terraform.tfvars", "v = \"tfvars\""),
        ("terraform.tfvars.json", "{\"v\": \"tfvars.json\"}"),
        ("a.auto.tfvars", "v = \"a.auto\""),
        ("b.auto.tfvars.json", "{\"v\": \"b.auto\"}"),
        ("given.tfvars", "v = \"given\""),
    ];
    let with = |count: usize| {
        let mut files = vec![("main.tf", main.as_str())];
        files.extend(&layers[..count]);
        case(&files)
    };
    assert_eq!(with(0).expand().clean().get("aws_x.r", "v"), "'default'");
    assert_eq!(with(0).env("TF_VAR_v", "env").expand().clean().get("aws_x.r", "v"), "'env'");
    assert_eq!(with(1).env("TF_VAR_v", "env").expand().clean().get("aws_x.r", "v"), "'tfvars'");
    assert_eq!(with(2).expand().get("aws_x.r", "v"), "'tfvars.json'");
    assert_eq!(with(3).expand().get("aws_x.r", "v"), "'a.auto'");
    assert_eq!(with(4).expand().get("aws_x.r", "v"), "'b.auto'");
    assert_eq!(with(5).var_file("given.tfvars").expand().get("aws_x.r", "v"), "'given'");
    assert_eq!(with(5).var_file("given.tfvars").var("v", "var").expand().get("aws_x.r", "v"), "'var'");
    assert_eq!(with(5).var("v", "var").var_file("given.tfvars").expand().get("aws_x.r", "v"), "'given'");
}

#[test]
fn a_value_remembers_where_it_was_written() {
    let main = echo("default = \"default\"");
    let out = case(&[("main.tf", &main)]).expand();
    assert_eq!(out.origin("aws_x.r", "v"), "main.tf:2");
    let out = case(&[("main.tf", &main), ("terraform.tfvars", "\n\nv = \"x\"")]).expand();
    assert_eq!(out.origin("aws_x.r", "v"), "terraform.tfvars:3");
    assert_eq!(case(&[("main.tf", &main)]).var("v", "x").expand().origin("aws_x.r", "v"), "-var v");
    assert_eq!(case(&[("main.tf", &main)]).env("TF_VAR_v", "x").expand().origin("aws_x.r", "v"), "TF_VAR_v");
}

#[test]
fn parts_of_objects_and_locals_have_their_own_lines() {
    let out = main_tf(
        "variable \"db\" {\n  default = {\n    size = 1\n    keep = 7\n  }\n}\nlocals {\n  zones = 3\n}\n\
         resource \"aws_x\" \"r\" {\n  keep = var.db.keep\n  zones = local.zones\n}",
    )
    .clean();
    assert_eq!(out.origin("aws_x.r", "keep"), "main.tf:4");
    assert_eq!(out.origin("aws_x.r", "zones"), "main.tf:8");
}

#[test]
fn text_is_an_expression_only_where_the_type_is_not_primitive() {
    let given = |of: &str, text: &str| case(&[("main.tf", &echo(of))]).var("v", text).expand().clean().get("aws_x.r", "v");
    assert_eq!(given("", "[1]"), "'[1]'");
    assert_eq!(given("type = string", "7"), "'7'");
    assert_eq!(given("type = number", "7"), "7");
    assert_eq!(given("type = bool", "true"), "true");
    assert_eq!(given("type = list(number)", "[1, \"2\"]"), "[1, 2]");
    assert_eq!(given("type = map(string)", "{ a = 1 }"), "{a='1'}");
    assert_eq!(given("type = any", "[true]"), "[true]");
    let broken = case(&[("main.tf", &echo("type = list(string)"))]).var("v", "[1").expand();
    assert!(broken.get("aws_x.r", "v").starts_with("<failed main.tf:1"), "{}", broken.get("aws_x.r", "v"));
    assert_eq!(broken.gaps().len(), 1);
}

#[test]
fn defaults_of_optional_attributes_apply_at_every_depth() {
    let of =
        "type = object({ keep = optional(number, 7), inner = optional(object({ zone = optional(string, \"a\") }), {}), must = string })";
    let out = case(&[("main.tf", &echo(of)), ("terraform.tfvars", "v = { must = 1 }")]).expand().clean();
    assert_eq!(out.get("aws_x.r", "v"), "{inner={zone='a'}, keep=7, must='1'}");
}

#[test]
fn null_takes_the_default_only_where_null_is_not_allowed() {
    let with =
        |extra: &str| case(&[("main.tf", &echo(&format!("default = 1\n{extra}"))), ("terraform.tfvars", "v = null")]).expand().clean();
    assert_eq!(with("").get("aws_x.r", "v"), "null");
    assert_eq!(with("nullable = false").get("aws_x.r", "v"), "1");
}

#[test]
fn sensitive_variables_mark_what_is_made_of_them() {
    let out = main_tf("variable \"v\" {\n default = \"x\"\n sensitive = true\n}\nresource \"aws_x\" \"r\" { v = \"-${var.v}-\" }").clean();
    assert_eq!(out.get("aws_x.r", "v"), "!'-x-'");
}

#[test]
fn without_a_value_a_variable_is_unknown_and_no_gap() {
    let out = main_tf(&echo("type = string")).clean();
    assert_eq!(out.get("aws_x.r", "v"), "<var.v>");
}

#[test]
fn a_value_of_the_wrong_type_is_a_gap_at_its_line() {
    let out = case(&[("main.tf", &echo("type = number")), ("terraform.tfvars", "\nv = \"many\"")]).expand();
    assert!(out.get("aws_x.r", "v").starts_with("<failed terraform.tfvars:2: var.v: "), "{}", out.get("aws_x.r", "v"));
    assert_eq!(out.gaps().len(), 1, "{:?}", out.gaps());
    assert!(out.gaps()[0].starts_with("terraform.tfvars:2 "));
}

#[test]
fn names_that_nobody_declares_are_ignored_in_files_and_refused_on_the_command_line() {
    let main = echo("default = 1");
    case(&[("main.tf", &main), ("terraform.tfvars", "other = 1")]).env("TF_VAR_more", "1").expand().clean();
    let error = case(&[("main.tf", &main)]).var("vv", "1").try_expand().unwrap_err().to_string();
    assert!(error.contains("-var vv") && error.contains("did you mean v?"), "{error}");
}

#[test]
fn a_missing_file_of_values_is_an_error() {
    assert!(case(&[("main.tf", ECHO)]).var_file("no.tfvars").try_expand().is_err());
}

#[test]
fn the_workspace_is_given_or_selected_or_default() {
    let files = [("main.tf", "resource \"aws_x\" \"r\" { w = terraform.workspace }"), (".terraform/environment", "staging\n")];
    assert_eq!(case(&files[..1]).expand().get("aws_x.r", "w"), "'default'");
    assert_eq!(case(&files).expand().get("aws_x.r", "w"), "'staging'");
    let mut given = case(&files);
    given.workspace = Some("prod".to_owned());
    assert_eq!(given.expand().get("aws_x.r", "w"), "'prod'");
}
