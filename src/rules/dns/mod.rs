//! Rules of the domain `dns`.
