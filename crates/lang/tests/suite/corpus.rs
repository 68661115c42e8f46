//! Files that somebody wrote who had not seen the checker: 200 with mistakes,
//! 50 without. What is to be found stands in the files themselves:
//! `# expect: error schema` at the end of a line, or in the first line
//! `# expect-at 7: …` and `# expect-any 3,5: …`.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use baton_lang::check;
use baton_model::Diagnostic;

use super::{cases, tests_directory};

/// Something to be found on one of several lines.
#[derive(Debug)]
struct Expected {
    lines: BTreeSet<u32>,
    /// Such as `error schema`.
    what: String,
}

fn expectations(text: &str) -> Vec<Expected> {
    let mut expected = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let Some((_, marks)) = line.split_once("# expect") else {
            continue;
        };
        let (place, what) = marks.split_once(':').unwrap();
        let lines: BTreeSet<u32> = match place.trim_start_matches(['-', ' ']).split_once(' ') {
            Some(("at" | "any", lines)) => lines
                .split(',')
                .map(|line| line.trim().parse().unwrap())
                .collect(),
            _ => BTreeSet::from([number]),
        };
        for what in what.split(';') {
            expected.push(Expected {
                lines: lines.clone(),
                what: what.trim().to_owned(),
            });
        }
    }
    expected
}

fn line_of(found: &Diagnostic) -> u32 {
    found.span.map_or(0, |span| span.start.line)
}

fn what(found: &Diagnostic) -> String {
    format!("{} {}", found.severity, found.category)
}

/// What was expected and not found, and what was found and not expected.
fn differences(path: &Path) -> Vec<String> {
    let text = fs::read_to_string(path).unwrap();
    let mut found = check(&text).diagnostics;
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    let mut differences = Vec::new();
    for expected in expectations(&text) {
        let place = found.iter().position(|found| {
            expected.lines.contains(&line_of(found)) && what(found) == expected.what
        });
        match place {
            Some(place) => drop(found.remove(place)),
            None => differences.push(format!(
                "{name}: not found: {} at {:?}",
                expected.what, expected.lines
            )),
        }
    }
    differences.extend(found.iter().map(|found| {
        let (line, what) = (line_of(found), what(found));
        format!(
            "{name}: not expected: {what} at {line}: {} {}",
            found.code, found.message
        )
    }));
    differences
}

#[test]
fn every_mistake_is_found_and_nothing_else() {
    let corpus = tests_directory().join("corpus");
    let mut all = Vec::new();
    for folder in ["broken", "good"] {
        for path in cases(&corpus.join(folder)) {
            all.extend(differences(&path));
        }
    }
    assert!(
        all.is_empty(),
        "{} differences\n{}",
        all.len(),
        all.join("\n")
    );
}
