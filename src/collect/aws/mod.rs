//! Live AWS: one file per service, each turning SDK answers into nouns.
