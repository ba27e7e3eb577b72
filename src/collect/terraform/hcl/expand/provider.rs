//! Provider configurations: which one a resource uses, followed through the modules up to where it is written.

use std::rc::Rc;
use std::sync::Arc;

use super::super::instance::{Evaluated, Provider};
use super::super::syntax::{Block, Expr, ExprKind};
use super::super::value::Val;
use super::body;
use super::code::Resource;
use super::module::Module;
use super::settings::written;
use super::view::View;
use super::world::Frame;

impl Module {
    /// The configuration that a resource of this module uses.
    pub(super) fn provider_of(self: &Rc<Self>, resource: &Resource) -> Provider {
        let named = resource.block.body.attribute("provider").and_then(|attribute| reference(&attribute.value));
        named.map_or_else(
            || {
                let of = resource.resource_type.split('_').next().unwrap_or_default();
                self.provider(&of.into())
            },
            |name| self.provider(&name.into()),
        )
    }

    /// The configuration that this module calls `aws` or `aws.dr`.
    fn provider(self: &Rc<Self>, name: &Arc<str>) -> Provider {
        let frame = Frame { prefix: Arc::clone(&self.prefix), kind: "provider ", name: Arc::clone(name) };
        let at = self.configuration(name).map_or_else(Default::default, |block| block.at);
        let found = self.world.once(&self.providers, frame, at, || self.find(name));
        found.unwrap_or_else(|error| Provider { region: Some(self.world.failed(&error)), ..unconfigured(name) })
    }

    fn find(self: &Rc<Self>, name: &Arc<str>) -> Provider {
        if let Some(block) = self.configuration(name) {
            return self.configured(name, block);
        }
        let Some(call) = &self.call else { return unconfigured(name) };
        if let Some(passed) = passed(&call.block, name) {
            return call.parent.provider(&passed.into());
        }
        // Only the default configuration is inherited; an alias must be passed.
        if name.contains('.') { unconfigured(name) } else { call.parent.provider(name) }
    }

    fn configuration(&self, name: &str) -> Option<&Block> {
        let (of, alias) = split(name);
        self.node
            .code
            .providers
            .iter()
            .find(|block| block.labels.first().is_some_and(|label| &**label == of) && alias_of(block).as_deref() == alias)
    }

    fn configured(self: &Rc<Self>, name: &str, block: &Block) -> Provider {
        let view: View = self.view();
        let skip = |name: &str| !matches!(name, "region" | "allowed_account_ids" | "assume_role" | "default_tags");
        let found = body::evaluate(&self.world, &view, &block.body, block.at, &skip);
        let set = |name: &str| found.attributes.get(name).map(|(_, value)| value.clone()).filter(|value| !value.is_null());
        Provider {
            region: set("region"),
            allowed_account_ids: set("allowed_account_ids"),
            role_arn: inside(&found, "assume_role", "role_arn"),
            default_tags: inside(&found, "default_tags", "tags"),
            at: block.at,
            ..unconfigured(name)
        }
    }
}

/// An attribute of a nested block; where a chain of roles is assumed, the last one counts.
fn inside(body: &Evaluated, block: &str, name: &str) -> Option<Val> {
    if let Some((_, why)) = body.uncertain_blocks.get(block) {
        return Some(Val::unknown(why.clone()));
    }
    let (_, value) = body.blocks.get(block)?.last()?.attributes.get(name)?;
    Some(value.clone()).filter(|value| !value.is_null())
}

fn unconfigured(name: &str) -> Provider {
    let (of, alias) = split(name);
    Provider { name: of.into(), alias: alias.map(Into::into), ..Provider::default() }
}

fn split(name: &str) -> (&str, Option<&str>) {
    name.split_once('.').map_or((name, None), |(of, alias)| (of, Some(alias)))
}

fn alias_of(block: &Block) -> Option<Arc<str>> {
    match &block.body.attribute("alias")?.value.kind {
        ExprKind::String(alias) => Some(Arc::clone(alias)),
        _ => None,
    }
}

/// `aws` or `aws.dr`, without the key that OpenTofu allows after it.
fn reference(expr: &Expr) -> Option<String> {
    let text = written(expr)?;
    Some(text.split('[').next().unwrap_or_default().to_owned())
}

/// What a call passes under this name: `providers = { aws.dr = aws.west }`.
fn passed(call: &Block, name: &str) -> Option<String> {
    let ExprKind::Object(entries) = &call.body.attribute("providers")?.value.kind else { return None };
    let (_, value) = entries.iter().rev().find(|(key, _)| reference(key).as_deref() == Some(name))?;
    reference(value)
}
