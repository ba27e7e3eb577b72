//! Rules of the domain `network`.

pub mod network_acl;
mod reach;
pub mod security_group_exposure;
