//! Tests of the way from code to the declared view.

mod policy;
mod views;
