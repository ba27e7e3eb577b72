//! Lines 103 and 110: the web ACL and its Terraform address.

use aws_sdk_wafv2::types::{AllowAction, DefaultAction, Rule, Scope};
use serde_json::{Value, json};

use super::{faults, harmless};
use crate::aws::{Clients, sent};
use crate::estate::World;
use crate::estate::parts::{self, COMMON};
use crate::proxy::Effect;

fn lock_token(world: &World) -> String {
    let acl = world.aws.waf.get_web_acl().name("flowise").scope(Scope::Regional).id(&world.names.acl_id);
    sent!(acl).lock_token.expect("a lock token")
}

fn set_rules(world: &World, rules: Vec<Rule>) {
    let change = world.aws.waf.update_web_acl().name("flowise").scope(Scope::Regional).id(&world.names.acl_id);
    let allow = DefaultAction::builder().allow(AllowAction::builder().build()).build();
    let change = change.lock_token(lock_token(world)).default_action(allow).visibility_config(parts::visibility("flowise"));
    sent!(change.set_rules(Some(rules)));
}

fn detach(world: &World) {
    sent!(world.aws.waf.disassociate_web_acl().resource_arn(&world.names.balancer_arn));
}

fn delete(world: &World) {
    detach(world);
    let token = lock_token(world);
    sent!(world.aws.waf.delete_web_acl().name("flowise").scope(Scope::Regional).id(&world.names.acl_id).lock_token(token));
}

/// The emulator takes an update without rules for one that leaves them as they are; only an answer can lose them.
fn take_rules_away(world: &World) {
    for operation in ["GetWebACL", "GetWebACLForResource"] {
        world.proxy.inject_into(operation, Effect::rewrite(without_rules));
    }
}

fn without_rules(body: &str) -> String {
    let mut answer: Value = serde_json::from_str(body).expect("an answer in JSON");
    if answer["WebACL"].is_object() {
        answer["WebACL"]["Rules"] = json!([]);
    }
    answer.to_string()
}

fn of_another_vendor(world: &World) {
    for operation in ["GetWebACL", "GetWebACLForResource"] {
        world.proxy.inject_into(operation, Effect::rewrite(|body| body.replace("\"AWS\"", "\"Acme\"")));
    }
}

#[test]
fn a_group_can_be_another_vendors() {
    let Some(world) = World::sound(concat!(module_path!(), "::a_group_can_be_another_vendors")) else { return };
    of_another_vendor(&world);
    let seen = Clients::new(&world.proxy.url, &world.account);
    let acl = sent!(seen.waf.get_web_acl().name("flowise").scope(Scope::Regional).id(&world.names.acl_id)).web_acl.expect("an ACL");
    let vendors = acl.rules().iter().filter_map(|rule| rule.statement()?.managed_rule_group_statement());
    assert_eq!(vendors.map(|group| group.vendor_name()).collect::<Vec<_>>(), ["Acme"]);
}

#[test]
fn an_acl_can_lose_its_rules() {
    let Some(world) = World::sound(concat!(module_path!(), "::an_acl_can_lose_its_rules")) else { return };
    take_rules_away(&world);
    let seen = Clients::new(&world.proxy.url, &world.account);
    let acl = sent!(seen.waf.get_web_acl().name("flowise").scope(Scope::Regional).id(&world.names.acl_id)).web_acl.expect("an ACL");
    assert_eq!((acl.name(), acl.rules()), ("flowise", [].as_slice()));
}

fn recorded(world: &mut World) -> &mut Value {
    let resources = world.state["resources"].as_array_mut().expect("a list");
    resources.iter_mut().find(|resource| resource["type"] == "aws_wafv2_web_acl").expect("the web ACL is recorded")
}

faults! {
    group_only_counts: [103] => Broken, |world| { set_rules(world, vec![parts::managed_rule(COMMON, true), parts::rate_rule()]); }
    group_left_out: [103] => Broken, |world| { set_rules(world, vec![parts::rate_rule()]); }
    another_group_instead: [103] => Broken, |world| {
        set_rules(world, vec![parts::managed_rule("AWSManagedRulesSQLiRuleSet", false), parts::rate_rule()]);
    }
    no_rules_at_all: [103] => Broken, |world| { take_rules_away(world); }
    group_of_another_vendor: [103] => Broken, |world| {
        of_another_vendor(world);
    }
    detached: [103] => Broken, |world| { detach(world); }
    attached_to_anothers_balancer: [103] => Broken, |world| {
        detach(world);
        let other = sent!(world.aws.elb.describe_load_balancers().names("other"));
        parts::associate(&world.aws, &world.names.acl_arn, other.load_balancers()[0].load_balancer_arn().expect("an ARN"));
    }
    balancer_behind_anothers_acl: [103] => Broken, |world| {
        detach(world);
        let (_, arn) = parts::make_acl(&world.aws, "loose", vec![parts::rate_rule()], "other");
        parts::associate(&world.aws, &arn, &world.names.balancer_arn);
    }
    deleted: [103, 110] => Broken, |world| { delete(world); }
    replaced_by_hand: [110] => Broken, |world| {
        delete(world);
        let rules = vec![parts::managed_rule(COMMON, false), parts::rate_rule()];
        let (_, arn) = parts::make_acl(&world.aws, "flowise", rules, parts::TAG.1);
        parts::associate(&world.aws, &arn, &world.names.balancer_arn);
    }
    address_not_recorded: [110] => Broken, |world| {
        world.state["resources"].as_array_mut().expect("a list").retain(|resource| resource["type"] != "aws_wafv2_web_acl");
    }
    address_of_another_name: [110] => Broken, |world| { recorded(world)["name"] = "edge".into(); }
    address_inside_a_module: [110] => Broken, |world| { recorded(world)["module"] = "module.edge".into(); }
    address_only_read: [110] => Broken, |world| { recorded(world)["mode"] = "data".into(); }
    address_without_instances: [110] => Broken, |world| { recorded(world)["instances"] = json!([]); }
    address_tainted: [110] => NotKept, |world| { recorded(world)["instances"][0]["status"] = "tainted".into(); }
    address_with_an_unknown_arn: [110] => NotKept, |world| {
        let attributes = &mut recorded(world)["instances"][0]["attributes"];
        attributes["arn"] = Value::Null;
        attributes["id"] = Value::Null;
        attributes["name"] = Value::Null;
    }
}

harmless! {
    one_more_group: |world| {
        let mut more = parts::managed_rule("AWSManagedRulesSQLiRuleSet", true);
        (more.name, more.priority) = ("sqli".to_owned(), 3);
        set_rules(world, vec![parts::managed_rule(COMMON, false), parts::rate_rule(), more]);
    }
    a_second_acl_that_protects_nothing: |world| {
        parts::make_acl(&world.aws, "second", vec![parts::managed_rule(COMMON, false)], parts::TAG.1);
    }
}
