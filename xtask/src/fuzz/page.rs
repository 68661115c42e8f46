//! `docs/fuzzing.md`: what was searched, and what was found.

use std::{fs, iter};

use anyhow::{Context, Result};

use super::seeds::Target;
use super::statistics::Statistics;
use crate::marked::{self, END};
use crate::repository::{Repository, SourceFile};

const PAGE: &str = "docs/fuzzing.md";
/// Before the table of searches, and before that of findings.
const SEARCHES: &str = "<!-- searches, written by `cargo xtask fuzz --record` -->";
const FINDINGS: &str = "<!-- findings, written by `cargo xtask fuzz --record` -->";

const SEARCHES_HEAD: &str = "\
| Target | Seconds | Executions | Edges reached | Texts kept |
|---|---:|---:|---:|---:|
";
const FINDINGS_HEAD: &str = "\
| Target | Test |
|---|---|
";

/// How the comment of a test begins whose text a search has found.
const MARK: &str = concat!("Found by `cargo xtask ", "fuzz ");

/// Puts the row of this search into the page, and all findings there are.
pub(super) fn record(repository: &Repository, target: Target, found: &Statistics) -> Result<()> {
    let path = repository.root().join(PAGE);
    let page = fs::read_to_string(&path).with_context(|| format!("cannot read {PAGE}"))?;
    let findings = findings(&repository.sources()?);
    let page = with_search(&page, target, found)
        .and_then(|page| with_table(&page, FINDINGS, FINDINGS_HEAD, &findings))
        .with_context(|| format!("{PAGE} does not say where its tables are"))?;
    fs::write(path, page)?;
    Ok(())
}

/// The page with this row in the place of the one the target had.
fn with_search(page: &str, target: Target, found: &Statistics) -> Option<String> {
    let (_, rest) = page.split_once(SEARCHES)?;
    let (table, _) = rest.split_once(END)?;
    let before = |target: Target| {
        let begin = format!("| {} |", target.name());
        table.lines().find(|row| row.starts_with(&begin))
    };
    let rows: Vec<String> = Target::ALL
        .into_iter()
        .filter_map(|other| {
            if other == target {
                return Some(row(target, found));
            }
            before(other).map(str::to_owned)
        })
        .collect();
    with_table(page, SEARCHES, SEARCHES_HEAD, &rows)
}

fn row(target: Target, found: &Statistics) -> String {
    let Statistics {
        seconds,
        executions,
        edges,
        corpus,
        edges_all: _,
    } = found;
    format!(
        "| {} | {seconds} | {executions} | {edges} | {corpus} |",
        target.name()
    )
}

fn with_table(page: &str, begin: &str, head: &str, rows: &[String]) -> Option<String> {
    let rows = rows.iter().map(|row| format!("{row}\n"));
    let table: String = iter::once(head.to_owned()).chain(rows).collect();
    marked::with_part(page, begin, &table)
}

/// A row for each test that says it was found.
fn findings(sources: &[SourceFile]) -> Vec<String> {
    let mut rows = Vec::new();
    for source in sources {
        for (place, _) in source.text.match_indices(MARK) {
            let after = &source.text[place + MARK.len()..];
            let name = after.split('`').next().unwrap_or_default();
            let Some(target) = Target::find(name) else {
                continue;
            };
            let test = after
                .split_once("fn ")
                .and_then(|(_, name)| name.split('(').next())
                .unwrap_or_default();
            let words = test.replace('_', " ");
            rows.push(format!(
                "| {} | [{words}](../{}) |",
                target.name(),
                source.path
            ));
        }
    }
    rows.sort();
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(searches: &str) -> String {
        format!("# Fuzzing\n{SEARCHES}\n{searches}{END}\ntext\n{FINDINGS}\n{END}\n")
    }

    #[test]
    fn a_search_replaces_the_row_of_its_target_and_no_other() {
        let before = page("| definition | 1 | 2 | 3 | 4 |\n| duration | 1 | 2 | 3 | 4 |\n");
        let found = Statistics {
            seconds: 600,
            executions: 7,
            edges: 8,
            edges_all: 99,
            corpus: 9,
        };
        let after = with_search(&before, Target::Definition, &found).unwrap();
        let rows = "| definition | 600 | 7 | 8 | 9 |\n| duration | 1 | 2 | 3 | 4 |\n";
        assert_eq!(after, page(&format!("{SEARCHES_HEAD}{rows}")));
    }

    #[test]
    fn a_finding_is_named_by_its_test() {
        let text = format!("/// {MARK}edits`: slow.\n#[test]\nfn keys_of_keys_end_soon() {{}}\n");
        let sources = [SourceFile {
            path: "crates/lang/tests/a.rs".to_owned(),
            text,
        }];
        assert_eq!(
            findings(&sources),
            ["| edits | [keys of keys end soon](../crates/lang/tests/a.rs) |"]
        );
    }
}
