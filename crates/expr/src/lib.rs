//! The expression language: text to tree to value.
