//! One diagnostic code has one page in `docs/diagnostics/` and one folder of
//! golden files in `crates/lang/tests/golden/`.

use std::collections::BTreeSet;

use super::{Finding, SourceFile};

const PAGES: &str = "docs/diagnostics/";
const GOLDEN: &str = "crates/lang/tests/golden/";

/// What every diagnostic code of the language starts with.
const PREFIX: &str = "SWDL-";

pub(crate) fn check(sources: &[SourceFile]) -> Vec<Finding> {
    let pages = codes(sources, |path| {
        path.strip_prefix(PAGES)?.strip_suffix(".md")
    });
    let golden = codes(sources, |path| {
        path.strip_prefix(GOLDEN)?
            .split_once('/')
            .map(|(folder, _)| folder)
    });
    let without_golden = pages.difference(&golden).map(|code| {
        Finding::new(
            &format!("{PAGES}{code}.md"),
            1,
            format!("no golden file shows {code}"),
            format!("add {GOLDEN}{code}/ with a workflow that makes the mistake"),
        )
    });
    let without_page = golden.difference(&pages).map(|code| {
        Finding::new(
            &format!("{GOLDEN}{code}/"),
            1,
            format!("no page explains {code}"),
            format!("write {PAGES}{code}.md: the mistake, why it is one, how to mend it"),
        )
    });
    without_golden.chain(without_page).collect()
}

fn codes<'a>(
    sources: &'a [SourceFile],
    code_of: impl Fn(&'a str) -> Option<&'a str>,
) -> BTreeSet<&'a str> {
    sources
        .iter()
        .filter_map(|source| code_of(&source.path))
        .filter(|code| code.starts_with(PREFIX))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::source;
    use super::*;

    #[test]
    fn a_code_with_page_and_golden_file_is_in_order() {
        let page = source("docs/diagnostics/SWDL-E0101.md", "");
        let golden = source("crates/lang/tests/golden/SWDL-E0101/a.yaml", "");
        let other = source("crates/lang/tests/golden/valid/a.yaml", "");
        assert_eq!(check(&[page, golden, other]), []);
    }

    #[test]
    fn either_half_alone_is_found() {
        let page = source("docs/diagnostics/SWDL-E0101.md", "");
        let golden = source("crates/lang/tests/golden/SWDL-E0102/a.yaml", "");
        let whats: Vec<String> = check(&[page, golden])
            .into_iter()
            .map(|finding| finding.what)
            .collect();
        assert_eq!(
            whats,
            [
                "no golden file shows SWDL-E0101",
                "no page explains SWDL-E0102"
            ]
        );
    }
}
