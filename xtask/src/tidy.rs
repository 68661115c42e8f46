//! The rules of this repository that no compiler and no lint knows.
//!
//! One module per rule. A rule is a pure function from what was read to its
//! findings; everything is read here, and all findings are printed, not the
//! first.

mod arrows;
mod changelog;
mod code_map;
mod diagnostics;
mod graph;
mod heads;
mod length;
mod planted;
mod purity;
mod registries;
mod words;

use std::fmt;
use std::path::Path;

use anyhow::{Result, bail};

use crate::repository::{Repository, SourceFile};
use graph::Graph;

/// One place that breaks a rule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Finding {
    path: String,
    line: usize,
    what: String,
    mend: String,
}

impl Finding {
    fn new(path: &str, line: usize, what: impl Into<String>, mend: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            line,
            what: what.into(),
            mend: mend.into(),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            path,
            line,
            what,
            mend,
        } = self;
        write!(formatter, "{path}:{line}: {what}\n    mend: {mend}")
    }
}

/// Checks every rule; an error after all findings were printed.
pub(crate) fn run(repository: &Repository) -> Result<()> {
    let sources = repository.sources()?;
    let graph = Graph::from_metadata(&repository.metadata()?)?;
    let mut findings = check(&sources, &graph);
    findings.sort();
    findings.dedup();
    for finding in &findings {
        println!("{finding}");
    }
    if !findings.is_empty() {
        bail!("tidy found {} places to mend", findings.len());
    }
    println!(
        "tidy: {} files and {} packages of ours are in order",
        sources.len(),
        graph.ours().count()
    );
    Ok(())
}

fn check(sources: &[SourceFile], graph: &Graph) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(arrows::check(graph, sources));
    findings.extend(purity::check_graph(graph, sources));
    findings.extend(purity::check_sources(sources));
    findings.extend(code_map::check(sources));
    findings.extend(heads::check(sources));
    findings.extend(length::check(sources));
    findings.extend(words::check(sources));
    findings.extend(registries::check(sources));
    findings.extend(diagnostics::check(sources));
    findings.extend(changelog::check(sources));
    findings.extend(planted::check(sources));
    findings
}

/// The file with exactly this path.
fn file<'a>(sources: &'a [SourceFile], path: &str) -> Option<&'a SourceFile> {
    sources.iter().find(|source| source.path == path)
}

/// The lines of a file with their numbers, which start at 1.
fn numbered_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .map(|(index, line)| (index + 1, line))
}

/// Whether the path ends with a dot and this extension.
fn has_extension(path: &str, extension: &str) -> bool {
    Path::new(path)
        .extension()
        .is_some_and(|found| found == extension)
}

/// The names of the directories in `crates/` that hold a package.
fn crate_directories(sources: &[SourceFile]) -> impl Iterator<Item = &str> {
    sources.iter().filter_map(|source| {
        let directory = source
            .path
            .strip_prefix("crates/")?
            .strip_suffix("/Cargo.toml")?;
        (!directory.contains('/')).then_some(directory)
    })
}

/// Small inputs for the tests of the rules.
#[cfg(test)]
mod testing {
    use super::SourceFile;

    pub(super) fn source(path: &str, text: &str) -> SourceFile {
        SourceFile {
            path: path.to_owned(),
            text: text.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_shows_its_place_and_its_mend() {
        let finding = Finding::new("a.rs", 3, "too loud", "whisper");
        assert_eq!(finding.to_string(), "a.rs:3: too loud\n    mend: whisper");
    }
}
