//! The frozen report and its writers. Writers are deaf: they never judge, fetch or decide an exit code.

pub mod model;
