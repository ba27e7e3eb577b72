//! Known values: the answers are those of `terraform console`, but for three. A division by zero is an error here and infinite there; names
//! that exist nowhere are refused there before `try` is asked; resources stand in for what the console has none of.

use super::table;

#[test]
fn arithmetic_is_exact() {
    table(&[
        ("10/5", "2"),
        ("10/4", "2.5"),
        ("-5 % 3", "-2"),
        ("5.5 % 2", "1.5"),
        ("5 % 0", "5"),
        ("0.1 + 0.2", "0.3"),
        ("0.1 * 3", "0.3"),
        ("0.7 + 0.1", "0.8"),
        ("9223372036854775807 + 1", "9223372036854775808"),
        ("\"1\" + 2", "3"),
        ("\"5\" % \"3\"", "2"),
        ("-\"5\"", "-5"),
        ("\"5\" > 3", "true"),
        ("\"1\" < \"2\"", "true"),
        ("\"a\" + 2", "error: a number is required"),
        ("\"a\" < \"b\"", "error: a number is required"),
        ("true + 1", "error: a number is required"),
        ("null + 1", "error: null"),
        ("1 < null", "error: null"),
        ("1 / 0", "error: finite"),
    ]);
}

#[test]
fn numbers_print_as_terraform_prints_them() {
    table(&[
        ("\"a${1e21}\"", "\"a1000000000000000000000\""),
        ("\"a${1e30}\"", "\"a1000000000000000000000000000000\""),
        ("\"a${2.50}\"", "\"a2.5\""),
        ("\"a${1e-7}\"", "\"a0.0000001\""),
        ("\"${true}x${1.0}\"", "\"truex1\""),
    ]);
}

#[test]
fn logic_converts_and_equality_does_not() {
    table(&[
        ("!\"true\"", "false"),
        ("\"true\" && true", "true"),
        ("null && true", "error: null"),
        ("false && null", "error: null"),
        ("\"x\" || true", "error: a bool is required"),
        ("false && [][0]", "error: outside"),
        ("\"1\" == 1", "false"),
        ("1 == 1.0", "true"),
        ("true == \"true\"", "false"),
        ("true == 1", "false"),
        ("null == null", "true"),
        ("null == 1", "false"),
        ("[null] == [null]", "true"),
        ("[1] != [2]", "true"),
    ]);
}

#[test]
fn branches_get_a_common_type() {
    table(&[
        ("true ? 1 : \"a\"", "\"1\""),
        ("true ? \"x\" : true", "\"x\""),
        ("true ? [1] : [\"a\"]", "[\"1\"]"),
        ("true ? {a=1} : {b=2}", "{a=1}"),
        ("true ? {a=1} : {a=\"x\"}", "{a=\"1\"}"),
        ("true ? {a=1, b=\"x\"} : {}", "{a=\"1\",b=\"x\"}"),
        ("true ? [\"a\"] : var.set", "set[\"a\"]"),
        ("true ? null : 1", "null"),
        ("true ? 1 : [][0]", "1"),
        ("\"true\" ? 1 : 2", "1"),
        ("true ? 1 : true", "error: one branch"),
        ("true ? 1 : []", "error: one branch"),
        ("null ? 1 : 2", "error: the condition null is null"),
        ("1 ? 1 : 2", "error: a bool is required"),
        ("\"x\" ? 1 : 2", "error: a bool is required"),
    ]);
}

#[test]
fn splats_take_what_is_there() {
    table(&[
        ("null[*]", "[]"),
        ("5[*]", "[5]"),
        ("\"x\".*", "[\"x\"]"),
        ("[][*]", "[]"),
        ("[null][*]", "[null]"),
        ("{a=1}[*].a", "[1]"),
        ("[{a=1},{a=2}].*.a[0]", "1"),
        ("[{a=[1,2]},{a=[3]}][*].a[0]", "[1,3]"),
        ("[{a=[{b=1},{b=2}]}][*].a[*].b", "[[1,2]]"),
        ("var.set[*]", "[\"a\",\"b\"]"),
        ("res.one[*].bucket", "[\"logs\"]"),
        ("res.one.*.bucket", "[\"logs\"]"),
    ]);
}

#[test]
fn indices_convert_and_fail_like_terraform() {
    table(&[
        ("[1,2][\"0\"]", "1"),
        ("[1,2].0", "1"),
        ("{\"1\"=1}[1]", "1"),
        ("{\"true\"=1}[true]", "1"),
        ("res.many[\"x\"].bucket", "\"logs\""),
        ("res.one[\"bucket\"]", "\"logs\""),
        ("[1,2][\"x\"]", "error: a number is required"),
        ("[1,2][true]", "error: a number is required"),
        ("[1,2][2]", "error: outside"),
        ("[1,2][-1]", "error: outside"),
        ("[1,2][0.5]", "error: fraction"),
        ("{a=1}[\"b\"]", "error: not in the map"),
        ("{a=1}[null]", "error: null"),
        ("{a=1}.b", "error: attribute named \"b\""),
        ("var.set[0]", "error: set"),
        ("null.a", "error: null"),
        ("null[0]", "error: null"),
    ]);
}

#[test]
fn for_walks_in_order() {
    table(&[
        ("[for k, v in var.set : \"${k}${v}\"]", "[\"aa\",\"bb\"]"),
        ("[for k, v in {b=1,a=2} : \"${k}${v}\"]", "[\"a2\",\"b1\"]"),
        ("[for i, v in [5,6] : i]", "[0,1]"),
        ("{for x in [\"a\",\"a\",\"b\"] : x => x...}", "{a=[\"a\",\"a\"],b=[\"b\"]}"),
        ("{for x in [1,2] : x => x}", "{1=1,2=2}"),
        ("[for x in [1,2,3] : x if x > 1]", "[2,3]"),
        ("[for x in [1] : x if \"true\"]", "[1]"),
        ("{for k, r in res.many : k => r.bucket}", "{x=\"logs\",y=\"logs\"}"),
        ("[for x in [1,2] : [for x in [x] : x * 2]]", "[[2],[4]]"),
        ("{for x in [\"a\",\"a\"] : x => 1}", "error: two elements"),
        ("{for x in [null] : x => 1}", "error: null"),
        ("[for x in null : x]", "error: null"),
        ("[for x in \"a\" : x]", "error: a string"),
        ("[for x in [1] : x if null]", "error: null"),
        ("[for x in [1] : x if 1]", "error: a bool is required"),
    ]);
}

#[test]
fn object_keys_are_names_or_expressions() {
    table(&[
        ("{null=1}", "{null=1}"),
        ("{true=1, 1=2}", "{1=2,true=1}"),
        ("{1.5=2}", "{1.5=2}"),
        ("{(\"a${1}\")=2}", "{a1=2}"),
        ("{\"${\"x\"}\"=2}", "{x=2}"),
        ("{(null)=1}", "error: null"),
        ("{([])=1}", "error: a string is required"),
    ]);
}

#[test]
fn templates_keep_the_type_of_a_lone_interpolation() {
    table(&[
        ("\"${[]}\"", "[]"),
        ("\"${null}\"", "null"),
        ("\"%{ if \"true\" }x%{ else }y%{ endif }\"", "\"x\""),
        ("\"%{ for k, v in {a=1} }${k}=${v};%{ endfor }\"", "\"a=1;\""),
        ("\"a${null}\"", "error: null"),
        ("\"a${[]}\"", "error: a string is required"),
        ("\"%{ if null }x%{ endif }\"", "error: null"),
    ]);
}

#[test]
fn try_and_can_are_lazy() {
    table(&[
        ("try([][0], 1)", "1"),
        ("try(2, nowhere.at.all)", "2"),
        ("try([][0], {}.a)", "error: no argument of try succeeds"),
        ("try()", "error: needs an argument"),
        ("try([3]...)", "3"),
        ("can([][0])", "false"),
        ("can(1)", "true"),
        ("can(1, 2)", "error: one argument"),
        ("tri(1)", "error: did you mean"),
    ]);
}

#[test]
fn marks_reach_everything_made_of_a_secret() {
    table(&[
        ("var.secret", "secret \"hunter2\""),
        ("\"a${var.secret}\"", "secret \"ahunter2\""),
        ("var.secret == \"x\"", "secret false"),
        ("[var.secret][0]", "secret \"hunter2\""),
        ("[\"a\", var.secret][0]", "\"a\""),
        ("var.secret_list[0]", "secret \"a\""),
        ("[for x in var.secret_list : 1]", "secret [1]"),
        ("var.secret_list[*]", "secret [\"a\"]"),
        ("{(var.secret) = 1}", "secret {hunter2=1}"),
        ("var.secret == \"x\" ? 1 : 2", "secret 2"),
        ("true ? 1 : var.secret", "secret \"1\""),
        ("(true ? [\"b\"] : [var.secret])[0]", "\"b\""),
    ]);
}
