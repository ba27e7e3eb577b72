//! Rules of the domain `rds`.
