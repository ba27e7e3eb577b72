//! Rules of the domain `waf`.

mod managed_groups;
pub mod waf_address;
pub mod waf_association;
pub mod waf_rules;
