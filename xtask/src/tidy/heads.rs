//! Every Rust file says in its first line what it is for.

use super::{Finding, SourceFile, has_extension};

pub(crate) fn check(sources: &[SourceFile]) -> Vec<Finding> {
    sources
        .iter()
        .filter(|source| has_extension(&source.path, "rs") && !source.text.starts_with("//! "))
        .map(|source| {
            Finding::new(
                &source.path,
                1,
                "the file does not say what it is for",
                "start it with a `//!` head: its purpose, and what is deliberately not here",
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::source;
    use super::*;

    #[test]
    fn a_file_without_a_head_is_found() {
        let with = source("a.rs", "//! Counts.\n");
        let without = source("b.rs", "use std::fmt;\n");
        let empty = source("c.rs", "");
        let other = source("d.md", "text");
        let paths: Vec<String> = check(&[with, without, empty, other])
            .into_iter()
            .map(|finding| finding.path)
            .collect();
        assert_eq!(paths, ["b.rs", "c.rs"]);
    }
}
