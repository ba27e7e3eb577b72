//! Semantics against what `terraform console` answers.
