//! Tests of the way from instances to the declared view.

mod policy;
