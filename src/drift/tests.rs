//! Whole comparisons over small estates.
