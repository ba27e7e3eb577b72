//! Secrets never pass this door.
