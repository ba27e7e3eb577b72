//! Recorded live evidence: written by `lastro collect`, replayed by `lastro audit --evidence`.
