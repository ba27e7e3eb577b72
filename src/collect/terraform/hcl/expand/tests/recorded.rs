use super::*;

#[test]
fn a_state_says_what_code_does_not() {
    let state = State::default().with("aws_x.a", "arn", "arn:a").with("aws_x.a", "name", "old").with("data.aws_ami.d", "id", "ami-1");
    let out = case(&[(
        "main.tf",
        "resource \"aws_x\" \"a\" {\n name = \"new\"\n zone = null\n}\ndata \"aws_ami\" \"d\" {}\n\
         resource \"aws_x\" \"b\" {\n arn = aws_x.a.arn\n name = aws_x.a.name\n ami = data.aws_ami.d.id\n more = aws_x.a.more\n}",
    )])
    .recorded(state)
    .expand()
    .clean();
    assert_eq!(out.get("aws_x.b", "arn"), "'arn:a'");
    assert_eq!(out.origin("aws_x.b", "arn"), "prod.tfstate aws_x.a");
    assert_eq!(out.get("aws_x.b", "name"), "'new'");
    assert_eq!(out.get("aws_x.b", "ami"), "'ami-1'");
    assert_eq!(out.get("aws_x.b", "more"), "<aws_x.a.more>");
}

#[test]
fn a_state_that_knows_only_the_former_address_is_asked_for_that() {
    let state = State::default()
        .with("aws_x.old", "id", "1")
        .with("aws_x.each[\"k\"]", "id", "2")
        .with("aws_x.counted[0]", "id", "3")
        .with("module.was.aws_x.r", "id", "4")
        .with("aws_x.first", "id", "5");
    let out = case(&[
        (
            "main.tf",
            "moved {\n from = aws_x.old\n to = aws_x.new\n}\nmoved {\n from = aws_x.each\n to = aws_x.every\n}\n\
             moved {\n from = aws_x.counted[0]\n to = aws_x.named[\"a\"]\n}\nmoved {\n from = module.was\n to = module.is\n}\n\
             moved {\n from = aws_x.first\n to = aws_x.second\n}\nmoved {\n from = aws_x.second\n to = module.is.aws_x.third\n}\n\
             variable \"open\" {}\n\
             resource \"aws_x\" \"new\" {}\nresource \"aws_x\" \"every\" { for_each = var.open }\nresource \"aws_x\" \"named\" { for_each = toset([\"a\"]) }\n\
             module \"is\" { source = \"./m\" }\n\
             resource \"aws_x\" \"z\" {\n a = aws_x.new.id\n b = aws_x.every[\"k\"].id\n c = aws_x.named[\"a\"].id\n d = module.is.id\n e = module.is.third\n}",
        ),
        ("m/main.tf", "resource \"aws_x\" \"r\" {}\noutput \"id\" { value = aws_x.r.id }\nresource \"aws_x\" \"third\" {}\noutput \"third\" { value = aws_x.third.id }"),
    ])
    .recorded(state)
    .expand()
    .clean();
    assert_eq!(say_body(&out.instance("aws_x.z").body), "a='1' b='2' c='3' d='4' e='5'");
    let moved: Vec<String> = out.expansion.moved.iter().map(|(from, to)| format!("{from} → {to}")).collect();
    assert!(moved.contains(&"module.was.aws_x.r → module.is.aws_x.r".to_owned()), "{moved:?}");
    assert!(moved.contains(&"aws_x.counted[0] → aws_x.named[\"a\"]".to_owned()), "{moved:?}");
    assert!(moved.contains(&"aws_x.each[\"k\"] → aws_x.every[\"k\"]".to_owned()), "{moved:?}");
    assert!(moved.contains(&"aws_x.first → module.is.aws_x.third".to_owned()), "{moved:?}");
}

#[test]
fn moves_in_circles_end() {
    let state = State::default();
    let text = "moved {\n from = aws_x.a\n to = aws_x.b\n}\nmoved {\n from = aws_x.b\n to = aws_x.a\n}\nresource \"aws_x\" \"a\" {}\nresource \"aws_x\" \"c\" { v = aws_x.a.id }";
    let out = case(&[("main.tf", text)]).recorded(state).expand().clean();
    assert_eq!(out.get("aws_x.c", "v"), "<aws_x.a.id>");
}

const REMOTE: &str = "data \"terraform_remote_state\" \"net\" {\n backend = \"s3\"\n config = {\n  bucket = \"acme\"\n }\n defaults = {\n  spare = 9\n }\n}\n\
    resource \"aws_x\" \"a\" {\n a = data.terraform_remote_state.net.outputs.vpc\n b = data.terraform_remote_state.net.outputs[\"vpc\"]\n \
    c = data.terraform_remote_state.net.outputs.spare\n}";

#[test]
fn outputs_of_another_state_are_taken_from_it() {
    let out = case(&[("main.tf", REMOTE)]).recorded(State::default().output("vpc", "vpc-1")).expand().clean();
    assert_eq!(out.get("aws_x.a", "a"), "'vpc-1'");
    assert_eq!(out.get("aws_x.a", "b"), "'vpc-1'");
    assert_eq!(out.get("aws_x.a", "c"), "<data.terraform_remote_state.net.outputs.spare>");
    let whole = State { whole: true, ..State::default().output("vpc", "vpc-1") };
    assert_eq!(case(&[("main.tf", REMOTE)]).recorded(whole).expand().clean().get("aws_x.a", "c"), "9");
    let out = main_tf(REMOTE).clean();
    assert_eq!(out.get("aws_x.a", "a"), "<data.terraform_remote_state.net.outputs.vpc>");
}

#[test]
fn what_can_be_computed_is_computed_before_the_state_is_asked() {
    let mut case = case(&[(
        "main.tf",
        "data \"aws_doc\" \"d\" {\n statement {\n  sid = local.s\n }\n}\nlocals { s = \"S\" }\n\
         resource \"aws_x\" \"a\" {\n json = data.aws_doc.d.json\n other = data.aws_doc.d.other\n}",
    )])
    .recorded(State::default().with("data.aws_doc.d", "json", "old").with("data.aws_doc.d", "other", "recorded"));
    case.computed = Rc::new(|address, name, body| (address.data && name == "json").then(|| Val::from(say_body(&body()))));
    let out = case.expand().clean();
    assert_eq!(out.get("aws_x.a", "json"), "'statement(sid='S')'");
    assert_eq!(out.get("aws_x.a", "other"), "'recorded'");
    case.computed = Rc::new(|_, name, _| (name == "json").then(|| Val::unknown(Why::Function("later".into()))));
    assert_eq!(case.expand().get("aws_x.a", "json"), "'old'");
}
