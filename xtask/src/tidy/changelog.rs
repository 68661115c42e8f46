//! `CHANGELOG.md` has a place for the next change.

use super::{Finding, SourceFile, file};

const CHANGELOG: &str = "CHANGELOG.md";

pub(crate) fn check(sources: &[SourceFile]) -> Option<Finding> {
    let has_section = file(sources, CHANGELOG).is_some_and(|changelog| {
        changelog
            .text
            .lines()
            .any(|line| line.starts_with('#') && line.contains("Unreleased"))
    });
    (!has_section).then(|| {
        Finding::new(
            CHANGELOG,
            1,
            "there is no section `Unreleased`",
            "add the heading `## Unreleased` above the newest release",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::source;
    use super::*;

    #[test]
    fn the_section_must_be_a_heading() {
        assert_eq!(
            check(&[source(CHANGELOG, "# Changes\n\n## Unreleased\n")]),
            None
        );
        assert!(check(&[source(CHANGELOG, "Unreleased work\n")]).is_some());
        assert!(check(&[]).is_some());
    }
}
