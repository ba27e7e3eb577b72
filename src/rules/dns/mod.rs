//! Rules of the domain `dns`.

pub mod dns_failover;
