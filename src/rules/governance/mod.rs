//! Rules of the domain `governance`.
