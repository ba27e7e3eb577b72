//! Rules of the domain `eks`.
