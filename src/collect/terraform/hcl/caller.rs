//! Whom a provider configuration speaks as: the account.

use super::instance::Provider;
use super::value::{Val, ValKind};
use crate::estate::Arn;

/// `assume_role.role_arn`, or the one account that is allowed.
pub(super) fn account(provider: &Provider) -> Option<String> {
    let text = |val: &Val| match &val.kind {
        ValKind::String(text) if !val.sensitive => Some(text.to_string()),
        ValKind::Number(number) => Some(format!("{:0>12}", number.to_string())),
        _ => None,
    };
    let role = || Some(Arn::from(text(provider.role_arn.as_ref()?)?).account()?.as_str().to_owned());
    let allowed = || match &provider.allowed_account_ids.as_ref()?.kind {
        ValKind::List(ids) | ValKind::Set(ids) => match ids.as_slice() {
            [only] => text(only),
            _ => None,
        },
        _ => None,
    };
    role().or_else(allowed)
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::*;

    #[test]
    fn a_provider_tells_the_account_as_far_as_it_is_configured() {
        let role = Provider { role_arn: Some("arn:aws:iam::123456789012:role/audit".into()), ..Provider::default() };
        assert_eq!(account(&role).as_deref(), Some("123456789012"));
        let allowed = |ids: &[&str]| Provider {
            allowed_account_ids: Some(ValKind::List(Rc::new(ids.iter().map(|id| Val::from(*id)).collect())).into()),
            ..Provider::default()
        };
        assert_eq!(account(&allowed(&["210987654321"])).as_deref(), Some("210987654321"));
        assert_eq!(account(&allowed(&["210987654321", "123456789012"])), None, "it may be either");
        assert_eq!(account(&Provider::default()), None);
        let hidden = Provider { role_arn: Some(Val::from("arn:aws:iam::123456789012:role/x").marked(true)), ..Provider::default() };
        assert_eq!(account(&hidden), None);
    }
}
