//! Marks of unfinished work do not enter the repository.
//!
//! They are spelled in halves here, because this file is checked as well.

use super::{Finding, SourceFile, has_extension, numbered_lines};

/// Code that stands for code to come, or for a look while debugging.
const MACROS: [&str; 4] = [
    concat!("todo", "!("),
    concat!("unimplemented", "!("),
    concat!("dbg", "!("),
    concat!("#[", "ignore"),
];

/// Notes to oneself.
const MARKS: [&str; 2] = [concat!("TO", "DO"), concat!("FIX", "ME")];

/// The example that counts such marks in other repositories has to name them.
const EXEMPT: &str = "examples/repo-checkup";

pub(crate) fn check(sources: &[SourceFile]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in sources
        .iter()
        .filter(|source| !source.path.starts_with(EXEMPT))
    {
        let is_prose = has_extension(&source.path, "md");
        for (number, line) in numbered_lines(&source.text) {
            let found = if is_prose {
                mark_in_prose(line)
            } else {
                word_in_code(line)
            };
            if let Some(word) = found {
                findings.push(Finding::new(
                    &source.path,
                    number,
                    format!("`{word}` marks unfinished work"),
                    "finish it, or leave it out and open an issue",
                ));
            }
        }
    }
    findings
}

fn word_in_code(line: &str) -> Option<&'static str> {
    let is_macro = |word: &&&str| line.contains(**word);
    let is_mark = |word: &&&str| stands_alone(line, word).is_some();
    let found = MACROS
        .iter()
        .find(is_macro)
        .or_else(|| MARKS.iter().find(is_mark));
    found.copied()
}

/// Prose may speak about the marks; used as one, it is followed by a colon or
/// a bracket.
fn mark_in_prose(line: &str) -> Option<&'static str> {
    let is_used =
        |word: &&&str| stands_alone(line, word).is_some_and(|rest| rest.starts_with([':', '(']));
    MARKS.iter().find(is_used).copied()
}

/// What follows the word, if it stands in the line as a whole word.
fn stands_alone<'a>(line: &'a str, word: &str) -> Option<&'a str> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).find_map(|(start, _)| {
        let before = line[..start].chars().next_back();
        let rest = &line[start + word.len()..];
        let after = rest.chars().next();
        let alone = !before.is_some_and(is_part) && !after.is_some_and(is_part);
        alone.then_some(rest)
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::source;
    use super::*;

    fn words_in(path: &str, text: &str) -> Vec<usize> {
        check(&[source(path, text)])
            .iter()
            .map(|finding| finding.line)
            .collect()
    }

    #[test]
    fn every_banned_word_is_found_in_code() {
        for word in MACROS.iter().chain(&MARKS) {
            assert_eq!(
                words_in("a.rs", &format!("fine\nx {word} y")),
                [2],
                "{word}"
            );
        }
    }

    #[test]
    fn a_mark_inside_a_longer_word_is_none() {
        assert_eq!(
            words_in("a.rs", &format!("{}LIST MAS{}", MARKS[0], MARKS[0])),
            [0; 0]
        );
    }

    #[test]
    fn prose_may_name_a_mark_but_not_use_it() {
        let mark = MARKS[0];
        let text = format!("It counts {mark} and others.\n{mark}: write this\n{mark}(me)");
        assert_eq!(words_in("docs/a.md", &text), [2, 3]);
    }

    #[test]
    fn the_example_that_looks_for_marks_is_exempt() {
        assert_eq!(words_in("examples/repo-checkup/marks.sh", MARKS[1]), [0; 0]);
        assert_eq!(words_in("examples/full.yaml", MARKS[1]), [1]);
    }
}
