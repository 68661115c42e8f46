//! `ARCHITECTURE.md` tells of every package, so that a reader finds each.

use super::{Finding, SourceFile, crate_directories, file};

const CODE_MAP: &str = "ARCHITECTURE.md";

pub(crate) fn check(sources: &[SourceFile]) -> Vec<Finding> {
    let Some(map) = file(sources, CODE_MAP) else {
        return vec![Finding::new(
            CODE_MAP,
            1,
            "the code map is missing",
            "write it: one paragraph per package in crates/",
        )];
    };
    crate_directories(sources)
        .filter(|name| !mentions(&map.text, name))
        .map(|name| {
            Finding::new(
                CODE_MAP,
                1,
                format!("`crates/{name}` is not mentioned"),
                "add a paragraph that says what it is for and what it refuses to do",
            )
        })
        .collect()
}

/// Whether `crates/<name>` stands there as a whole: `store` is not `store-sql`.
fn mentions(text: &str, name: &str) -> bool {
    let wanted = format!("crates/{name}");
    text.match_indices(&wanted).any(|(start, _)| {
        let next = text[start + wanted.len()..].chars().next();
        next.is_none_or(|c| !(c.is_ascii_alphanumeric() || c == '-' || c == '_'))
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::source;
    use super::*;

    fn repository(map: &str) -> Vec<SourceFile> {
        vec![
            source("crates/store/Cargo.toml", ""),
            source("crates/store-sql/Cargo.toml", ""),
            source(CODE_MAP, map),
        ]
    }

    #[test]
    fn a_map_that_names_every_package_is_in_order() {
        assert_eq!(
            check(&repository("`crates/store`, `crates/store-sql/`")),
            []
        );
    }

    #[test]
    fn a_longer_name_does_not_stand_for_a_shorter_one() {
        let findings = check(&repository("`crates/store-sql`"));
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].what, "`crates/store` is not mentioned");
    }

    #[test]
    fn a_missing_map_is_found() {
        assert_eq!(check(&[]).len(), 1);
    }
}
