//! What follows from code alone of attributes that code does not set: the id of a bucket is its name, and a policy document
//! is what its statements say.

use std::rc::Rc;

use super::identity::same;
use super::policy::policy_document;
use crate::collect::terraform::address::Address;
use crate::collect::terraform::hcl::expand::Computed;
use crate::collect::terraform::hcl::instance::Evaluated;
use crate::collect::terraform::hcl::value::Val;

/// For [`crate::collect::terraform::hcl::expand::Inputs::computed`].
pub fn computed() -> Rc<Computed> {
    Rc::new(attribute)
}

fn attribute(address: &Address, name: &str, body: &dyn Fn() -> Evaluated) -> Option<Val> {
    let resource_type = address.resource_type.as_str();
    if address.data {
        let minified = match (resource_type, name) {
            ("aws_iam_policy_document", "json") => false,
            ("aws_iam_policy_document", "minified_json") => true,
            _ => return None,
        };
        return Some(policy_document(&body(), minified).unwrap_or_else(Val::unknown));
    }
    let other = same(resource_type, name);
    if other == name {
        return None;
    }
    let (_, val) = body().attributes.remove(other)?;
    Some(val).filter(|val| !val.is_null())
}
