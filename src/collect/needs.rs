//! What evidence exists, how it is read, and the permission that takes.
