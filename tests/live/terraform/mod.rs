//! Code, state and live together: a tree that Terraform really applies to the emulator, changed by hand and in code afterwards.
//!
//! Without Terraform and its provider on the machine the same tests run on a recording of such an apply, and say so.

mod bed;
mod by_hand;
mod in_code;
mod planned;
mod toolchain;
mod zero;
