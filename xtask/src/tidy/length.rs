//! A file fits a sitting: 500 lines, tests in files of their own not counted.
//!
//! The list of offenders is a ratchet. It may shrink and never grow: an entry
//! must say the present length exactly, so every improvement is kept.

use super::{Finding, SourceFile, file, has_extension};

const LINES_MAX: usize = 500;

const THE_LIST: &str = "xtask/src/tidy/length.rs";

/// Files that are too long, with their present number of lines.
const OFFENDERS: [(&str, usize); 0] = [];

pub(crate) fn check(sources: &[SourceFile]) -> Vec<Finding> {
    check_against(sources, &OFFENDERS)
}

fn check_against(sources: &[SourceFile], offenders: &[(&str, usize)]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in sources.iter().filter(|source| counts(&source.path)) {
        let n_lines = source.text.lines().count();
        let known = offenders.iter().find(|(path, _)| *path == source.path);
        let lines_max = known.map_or(LINES_MAX, |(_, n_known)| *n_known);
        if n_lines > lines_max {
            findings.push(Finding::new(
                &source.path,
                lines_max + 1,
                format!("{n_lines} lines, {lines_max} are allowed"),
                "there is a second purpose in it: give that a file of its own",
            ));
        }
    }
    for (path, n_known) in offenders {
        findings.extend(stale_entry(sources, path, *n_known));
    }
    findings
}

/// An entry of the list that promises more room than the file needs.
fn stale_entry(sources: &[SourceFile], path: &str, n_known: usize) -> Option<Finding> {
    let n_lines = file(sources, path).map_or(0, |source| source.text.lines().count());
    let what = format!("the list says {n_known} lines for {path}, it has {n_lines}");
    if n_lines <= LINES_MAX {
        Some(Finding::new(THE_LIST, 1, what, "delete the entry"))
    } else if n_lines < n_known {
        Some(Finding::new(THE_LIST, 1, what, "lower the entry to that"))
    } else {
        None
    }
}

fn counts(path: &str) -> bool {
    let is_ours = path.starts_with("crates/") || path.starts_with("xtask/");
    is_ours
        && has_extension(path, "rs")
        && path.contains("/src/")
        && !path.ends_with("/tests.rs")
        && !path.contains("/tests/")
}

#[cfg(test)]
mod tests {
    use super::super::testing::source;
    use super::*;

    fn file_of(n_lines: usize) -> SourceFile {
        source("crates/a/src/long.rs", &"x\n".repeat(n_lines))
    }

    fn whats(findings: &[Finding]) -> Vec<&str> {
        findings
            .iter()
            .map(|finding| finding.what.as_str())
            .collect()
    }

    #[test]
    fn the_limit_itself_is_allowed() {
        assert_eq!(check_against(&[file_of(LINES_MAX)], &[]), []);
    }

    #[test]
    fn a_long_file_is_found_where_it_becomes_too_long() {
        let findings = check_against(&[file_of(501)], &[]);
        assert_eq!(whats(&findings), ["501 lines, 500 are allowed"]);
        assert_eq!(findings[0].line, 501);
    }

    #[test]
    fn a_known_offender_may_stay_but_not_grow() {
        let list = [("crates/a/src/long.rs", 600)];
        assert_eq!(check_against(&[file_of(600)], &list), []);
        let findings = check_against(&[file_of(601)], &list);
        assert_eq!(whats(&findings), ["601 lines, 600 are allowed"]);
    }

    #[test]
    fn an_offender_that_shrank_lowers_its_entry() {
        let list = [("crates/a/src/long.rs", 600)];
        assert_eq!(
            check_against(&[file_of(550)], &list)[0].mend,
            "lower the entry to that"
        );
        assert_eq!(
            check_against(&[file_of(400)], &list)[0].mend,
            "delete the entry"
        );
        assert_eq!(check_against(&[], &list)[0].mend, "delete the entry");
    }

    #[test]
    fn tests_in_files_of_their_own_do_not_count() {
        assert!(!counts("crates/a/src/b/tests.rs"));
        assert!(!counts("crates/a/tests/laws.rs"));
        assert!(counts("crates/a/src/tests_of_faith.rs"));
    }
}
