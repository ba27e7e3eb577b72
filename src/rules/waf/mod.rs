//! Rules of the domain `waf`.
