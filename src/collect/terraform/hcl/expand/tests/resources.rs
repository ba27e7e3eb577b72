use super::*;

#[test]
fn attributes_in_code_are_seen_by_others_and_computed_ones_are_not() {
    let out = main_tf(
        "resource \"aws_x\" \"a\" {\n name = \"n\"\n unset = null\n rule {\n  days = 7\n }\n rule {\n  days = 8\n }\n}\n\
         resource \"aws_x\" \"b\" {\n name = aws_x.a.name\n arn = aws_x.a.arn\n unset = aws_x.a.unset\n days = aws_x.a.rule[1].days\n splat = aws_x.a.rule[*].days\n}\n\
         data \"aws_ami\" \"d\" { owner = \"me\" }\nresource \"aws_x\" \"c\" {\n owner = data.aws_ami.d.owner\n ami = data.aws_ami.d.id\n}",
    )
    .clean();
    assert_eq!(out.get("aws_x.b", "name"), "'n'");
    assert_eq!(out.get("aws_x.b", "arn"), "<aws_x.a.arn>");
    assert_eq!(out.get("aws_x.b", "unset"), "<aws_x.a.unset>");
    assert_eq!(out.get("aws_x.a", "unset"), "null");
    assert_eq!(out.get("aws_x.b", "days"), "8");
    assert_eq!(out.get("aws_x.b", "splat"), "[7, 8]");
    assert_eq!(out.get("aws_x.c", "owner"), "'me'");
    assert_eq!(out.get("aws_x.c", "ami"), "<data.aws_ami.d.id>");
    let declared: Vec<_> = out.expansion.declared.keys().map(|name| &**name).collect();
    assert_eq!(declared, ["aws_x.a", "aws_x.b", "aws_x.c", "data.aws_ami.d"]);
}

#[test]
fn meta_arguments_are_no_attributes() {
    let out = main_tf("resource \"aws_x\" \"a\" {\n count = 1\n depends_on = []\n k = 1\n lifecycle {\n  prevent_destroy = true\n }\n}");
    let body = &out.instance("aws_x.a[0]").body;
    assert_eq!(say_body(body), "k=1");
}

#[test]
fn only_wanted_types_are_returned_but_others_are_evaluated() {
    let out = main_tf("resource \"null_x\" \"n\" { v = 1 + 1 }\nresource \"aws_x\" \"a\" { v = null_x.n.v }").clean();
    assert_eq!(out.addresses(), ["aws_x.a"]);
    assert_eq!(out.get("aws_x.a", "v"), "2");
}

#[test]
fn the_order_of_files_and_blocks_does_not_matter() {
    let out = case(&[
        ("a.tf", "resource \"aws_x\" \"a\" { v = local.one }\nlocals { one = local.two + 1 }"),
        ("b.tf", "locals { two = var.three * 2 }"),
        ("c.tf", "variable \"three\" { default = 3 }"),
    ])
    .expand()
    .clean();
    assert_eq!(out.get("aws_x.a", "v"), "7");
}

#[test]
fn each_failure_is_one_gap_and_costs_one_attribute() {
    let out = main_tf(
        "locals { bad = 1 + \"x\" }\n\
         resource \"aws_x\" \"a\" {\n count = 3\n bad = local.bad\n also = \"${local.bad}\"\n own = nope.nothing.x\n good = 1\n}",
    );
    assert_eq!(out.gaps().len(), 2, "{:?}", out.gaps());
    assert!(out.gaps()[0].starts_with("main.tf:1 "), "{:?}", out.gaps());
    assert!(out.gaps()[1].starts_with("main.tf:6 "), "{:?}", out.gaps());
    assert!(out.get("aws_x.a[2]", "bad").starts_with("<failed main.tf:1: "), "{}", out.get("aws_x.a[2]", "bad"));
    assert!(out.get("aws_x.a[2]", "also").starts_with("<failed main.tf:1: "));
    assert_eq!(out.get("aws_x.a[2]", "good"), "1");
}

#[test]
fn what_nobody_declares_is_an_error_that_try_catches() {
    let out = main_tf(
        "resource \"aws_x\" \"a\" {\n a = try(var.x, 1)\n b = try(local.x, 2)\n c = try(module.x.y, 3)\n d = try(aws_y.z.id, 4)\n e = try(each.key, 5)\n f = can(data.aws_y.z.id)\n}",
    )
    .clean();
    assert_eq!(say_body(&out.instance("aws_x.a").body), "a=1 b=2 c=3 d=4 e=5 f=false");
}

#[test]
fn a_block_that_could_not_be_read_leaves_its_names_unknown() {
    let out = case(&[(
        "main.tf",
        "resource \"aws_x\" \"a\" {\n v = aws_x.b.name\n w = var.nope\n}\n\nresource \"aws_x\" \"b\" {\n name = = 1\n}\n",
    )])
    .expand();
    assert!(out.get("aws_x.a", "v").starts_with("<unread "), "{}", out.get("aws_x.a", "v"));
    assert_eq!(out.expansion.counts.unread, 1);
    assert!(out.expansion.declared.contains_key("aws_x.b"), "{:?}", out.expansion.declared);
    assert!(out.gaps().iter().any(|gap| gap.contains("<unread")), "{:?}", out.gaps());
}

#[test]
fn dynamic_blocks_are_expanded() {
    let out = main_tf(
        "variable \"rules\" {\n default = { b = [1, 2], a = [] }\n}\nvariable \"open\" {}\n\
         resource \"aws_x\" \"a\" {\n\
          rule {\n  name = \"fixed\"\n }\n\
          dynamic \"rule\" {\n  for_each = var.rules\n  iterator = it\n  content {\n   name = it.key\n   \
            dynamic \"port\" {\n    for_each = it.value\n    content {\n     n = port.value\n     i = port.key\n     of = it.key\n    }\n   }\n  }\n }\n\
          dynamic \"set\" {\n  for_each = toset([\"z\"])\n  content {\n   k = set.key\n   l = [for set in [5] : set]\n  }\n }\n\
          dynamic \"maybe\" {\n  for_each = var.open\n  content {}\n }\n\
          dynamic \"none\" {\n  for_each = []\n  content {}\n }\n\
         }\nresource \"aws_x\" \"b\" {\n names = aws_x.a.rule[*].name\n maybe = aws_x.a.maybe\n}",
    )
    .clean();
    assert_eq!(
        say_body(&out.instance("aws_x.a").body),
        "rule(name='fixed') rule(name='a') rule(name='b' port(i=0 n=1 of='b') port(i=1 n=2 of='b')) set(k='z' l=[5]) maybe?<var.open>"
    );
    assert_eq!(out.get("aws_x.b", "names"), "['fixed', 'a', 'b']");
    assert_eq!(out.get("aws_x.b", "maybe"), "<var.open>");
}

#[test]
fn a_dynamic_block_that_terraform_refuses_is_a_gap() {
    for (text, message) in [
        ("for_each = null\n content {}", "null"),
        ("for_each = 1\n content {}", "collection"),
        ("for_each = [1]", "content"),
        ("content {}", "for_each"),
    ] {
        let out = main_tf(&format!("resource \"aws_x\" \"a\" {{\n k = 1\n dynamic \"r\" {{\n {text}\n }}\n}}"));
        assert_eq!(out.gaps().len(), 1, "{text}: {:?}", out.gaps());
        assert!(out.gaps()[0].contains(message), "{text}: {:?}", out.gaps());
        assert!(out.instance("aws_x.a").body.uncertain_blocks.contains_key("r"), "{text}");
    }
}

#[test]
fn a_resource_as_a_whole_becomes_what_is_known_of_it() {
    let out = main_tf(
        "resource \"aws_x\" \"a\" { name = \"n\" }\nresource \"aws_x\" \"b\" {\n whole = aws_x.a\n in = [aws_x.a]\n}\n\
         resource \"aws_x\" \"c\" {\n count = 2\n n = count.index\n}\nresource \"aws_x\" \"d\" { ns = [for c in aws_x.c : c.n] }",
    )
    .clean();
    assert_eq!(out.get("aws_x.b", "whole"), "{name='n'}");
    assert_eq!(out.get("aws_x.b", "in"), "[{name='n'}]");
    assert_eq!(out.get("aws_x.d", "ns"), "[0, 1]");
}

#[test]
fn json_is_expanded_alike() {
    let out = case(&[(
        "main.tf.json",
        r#"{"variable": {"n": {"default": 2}}, "resource": {"aws_x": {"a": {"count": "${var.n}", "v": "${count.index}", "lifecycle": {"ignore_changes": ["tags"]}}}}}"#,
    )])
    .expand()
    .clean();
    assert_eq!(out.addresses(), ["aws_x.a[0]", "aws_x.a[1]"]);
    assert_eq!(out.get("aws_x.a[1]", "v"), "1");
}
