//! Terraform code, evaluated offline: without Terraform, without provider binaries, without credentials.
//!
//! The steps, each a folder or a file of its own:
//!
//! 1. `read` finds and parses the files of a folder into [`syntax`]; one broken block loses that block, not the file.
//! 2. `eval` computes expressions over [`value`]s that may be unknown, with the functions of `functions`; names are looked up
//!    through [`scope`].
//! 3. `expand` turns folders, variables and module calls into resource [`instance`]s.
//! 4. `declare` fills in provider defaults and recorded values and hands the instances to the mapper that states use.

pub mod convert;
pub mod declare;
pub mod eval;
pub mod expand;
pub mod functions;
pub mod instance;
pub mod read;
pub mod scope;
pub mod syntax;
pub mod types;
pub mod value;
