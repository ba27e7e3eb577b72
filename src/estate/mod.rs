//! Nouns: what exists, as typed structs whose attributes are facts or gaps, in up to three views.
//!
//! No I/O, no async, no judgement. Everything here serialises, so that live evidence can be kept and replayed.

pub mod bucket;
pub mod cluster;
pub mod database;
pub mod dns;
pub mod edge;
mod fact;
mod identity;
mod join;
mod label;
mod memo;
mod need;
pub mod network;
mod noun;
mod store;
mod view;
mod world;

pub use fact::{Action, Cause, Fact, Gap, LEFT_OPEN, Locus, PROVIDER_DEFAULT, REDACTED};
pub use identity::{AccountId, Arn, Meta, Region, identity_handle, is_handle};
pub use join::{Joined, join, unread_region};
pub use need::Need;
pub use noun::{Kind, Noun, Resource};
pub use store::{StateLock, StateStore};
pub use view::{Estate, Listing, Scope, View, ViewEstate};
pub use world::{Alternative, Changed};
