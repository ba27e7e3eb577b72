//! Rules of the domain `network`.
