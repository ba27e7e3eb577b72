//! Blocks inside of resources, as values: what code sets in them, and the rest, which the provider fills in.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use super::super::instance::Evaluated;
use super::super::value::{Attributes, Val, ValKind, Why};

/// One block. An attribute that code does not set is not missing: `vpc_config[0].cluster_security_group_id` is computed.
#[derive(Debug)]
struct Nested {
    /// The resource.
    resource: Arc<str>,
    data: bool,
    /// `vpc_config[0]`
    path: Arc<str>,
    /// The one and the other, which tells blocks apart.
    address: Arc<str>,
    entries: BTreeMap<Arc<str>, Val>,
}

/// Blocks of one name, or of one path in a resource, as a list.
pub(super) fn list(blocks: Vec<Evaluated>, resource: &Arc<str>, path: &str, data: bool) -> Val {
    let blocks = blocks.into_iter().enumerate();
    blocks.map(|(index, body)| value(body, resource, format!("{path}[{index}]").into(), data)).collect::<Vec<_>>().into()
}

fn value(body: Evaluated, resource: &Arc<str>, path: Arc<str>, data: bool) -> Val {
    let mut entries: BTreeMap<Arc<str>, Val> =
        body.attributes.into_iter().filter(|(_, (_, value))| !value.is_null()).map(|(name, (_, value))| (name, value)).collect();
    for (name, blocks) in body.blocks {
        let below = format!("{path}.{name}");
        entries.entry(name).or_insert_with(|| list(blocks, resource, &below, data));
    }
    for (name, (_, why)) in body.uncertain_blocks {
        entries.insert(name, Val::unknown(why));
    }
    let address = format!("{resource}.{path}").into();
    ValKind::Resource(Rc::new(Nested { resource: Arc::clone(resource), data, path, address, entries })).into()
}

impl Attributes for Nested {
    fn address(&self) -> &str {
        &self.address
    }

    fn get(&self, name: &str) -> Val {
        if let Some(value) = self.entries.get(name) {
            return value.clone();
        }
        let (address, attribute) = (Arc::clone(&self.resource), format!("{}.{name}", self.path).into());
        Val::unknown(if self.data { Why::DataSource { address, attribute } } else { Why::Computed { address, attribute } })
    }

    fn all(&self) -> BTreeMap<Arc<str>, Val> {
        self.entries.clone()
    }
}
