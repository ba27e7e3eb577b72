//! Terraform: states and plans, read without Terraform, without providers and without credentials.
//!
//! A state and evaluated code become the same [`value::Value`] tree; one mapper per resource type in [`map`] turns
//! that tree into nouns, so that a Terraform attribute is named once. Nothing here judges, and nothing here fetches: bytes
//! that live in S3 are handed in by the caller.

pub mod address;
pub(crate) mod flatmap;
pub mod hcl;
pub mod map;
pub mod state;
pub mod store;
pub mod value;
