//! Rules of the domain `governance`: what the plan itself says.

pub mod document_review;
pub mod owner_named;
