//! Each bug planted for the simulator can still be planted, and
//! `docs/guarantees.md` names it.

use super::{Finding, SourceFile, file, has_extension};

const PATCHES: &str = "crates/sim/planted/";
const PAGE: &str = "docs/guarantees.md";

pub(crate) fn check(sources: &[SourceFile]) -> Vec<Finding> {
    let page = file(sources, PAGE).map_or("", |page| page.text.as_str());
    let patches = sources
        .iter()
        .filter(|source| source.path.starts_with(PATCHES) && has_extension(&source.path, "patch"));
    patches
        .flat_map(|patch| {
            let named = page.contains(&patch.path);
            let unnamed = (!named).then(|| {
                Finding::new(
                    &patch.path,
                    1,
                    format!("{PAGE} does not name this bug"),
                    "run `cargo xtask sim --planted`",
                )
            });
            misfits(patch, sources).into_iter().chain(unnamed)
        })
        .collect()
}

/// The hunks whose lines are not in their file any more.
fn misfits(patch: &SourceFile, sources: &[SourceFile]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut target = None;
    let mut hunk: Option<(usize, String)> = None;
    let lines = super::numbered_lines(&patch.text).map(|(number, line)| (number, Some(line)));
    for (number, line) in lines.chain([(0, None)]) {
        let begins = line.is_none_or(|line| line.starts_with("@@") || line.starts_with("diff "));
        if begins && let Some((at, before)) = hunk.take() {
            let path = target.unwrap_or_default();
            let fits = file(sources, path).is_some_and(|source| source.text.contains(&before));
            if !fits {
                let what = format!("what it changes is not in {path} any more");
                findings.push(Finding::new(&patch.path, at, what, "plant the bug anew"));
            }
        }
        let Some(line) = line else { continue };
        if let Some(path) = line.strip_prefix("--- a/") {
            target = Some(path);
        } else if line.starts_with("@@") {
            hunk = Some((number, String::new()));
        } else if let Some((_, before)) = &mut hunk
            && let Some(kept) = line.strip_prefix([' ', '-'])
        {
            before.push_str(kept);
            before.push('\n');
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::super::testing::source;
    use super::*;

    const PATCH: &str = "It forgets.\n\ndiff --git a/a.rs b/a.rs\n--- a/a.rs\n+++ b/a.rs\n\
                         @@ -1,3 +1,2 @@\n one\n-two\n three\n";

    fn found(code: &str, page: &str) -> usize {
        let sources = [
            source("crates/sim/planted/forgets.patch", PATCH),
            source("a.rs", code),
            source(PAGE, page),
        ];
        check(&sources).len()
    }

    #[test]
    fn a_bug_that_cannot_be_planted_is_found() {
        let page = "see crates/sim/planted/forgets.patch";
        assert_eq!(found("zero\none\ntwo\nthree\nfour\n", page), 0);
        assert_eq!(found("one\n2\nthree\n", page), 1);
    }

    #[test]
    fn a_bug_that_the_page_does_not_name_is_found() {
        assert_eq!(found("one\ntwo\nthree\n", ""), 1);
    }
}
