//! What the language says about texts, compared with what it said before.
//!
//! `golden/<CODE>/*.yaml` holds at least one case for every code; beside each
//! stands what is reported. `BATON_BLESS=1` writes what is reported now.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "tests read files and their environment, and stop where they cannot go on"
)]

#[path = "suite/compiling.rs"]
mod compiling;
#[path = "suite/corpus.rs"]
mod corpus;
#[path = "suite/documents.rs"]
mod documents;
#[path = "suite/edits.rs"]
mod edits;
#[path = "../../../fuzz/src/lib.rs"]
pub mod fuzz;
#[path = "suite/guide.rs"]
mod guide;
#[path = "suite/hostile.rs"]
mod hostile;
#[path = "suite/laws.rs"]
mod laws;
#[path = "suite/overrides.rs"]
mod overrides;
#[path = "suite/plans.rs"]
mod plans;
#[path = "suite/reading.rs"]
mod reading;
#[path = "suite/schemas.rs"]
mod schemas;
#[path = "suite/several.rs"]
mod several;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use baton_lang::definition::ArtifactReference;
use baton_lang::{
    CODES, Checked, Overrides, OverridesForm, ParameterInput, check_with, compile, compile_edits,
    explain, unresolved,
};
use baton_model::{Diagnostic, Plan, Position, Severity, StageId, Value};

/// The workflows that come with the program.
fn examples_directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples")
}

fn tests_directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")
}

/// Compares a text with a file, or writes the file when asked to.
#[track_caller]
fn expect_file(path: &Path, actual: &str) {
    if std::env::var("BATON_BLESS").is_ok() {
        fs::write(path, actual).unwrap();
    }
    let expected = fs::read_to_string(path)
        .unwrap_or_else(|error| panic!("{}: {error}; BATON_BLESS=1 writes it", path.display()));
    assert_eq!(actual, expected, "{}", path.display());
}

/// One line per finding: code, place, severity, message and help, then labels.
fn render(diagnostics: &[Diagnostic]) -> String {
    let mut text = String::new();
    let at = |position: Position| format!("{}:{}", position.line, position.column);
    for found in diagnostics {
        let place = found.span.map_or("-".to_owned(), |span| {
            format!("{}-{}", at(span.start), at(span.end))
        });
        let place = in_file(found.file.as_deref(), &place);
        let path = if found.path.is_empty() {
            "."
        } else {
            &found.path
        };
        let (code, severity, message) = (found.code, found.severity, &found.message);
        write!(text, "{code} {place} {severity} {path}: {message}").unwrap();
        if let Some(help) = &found.help {
            write!(text, " | {help}").unwrap();
        }
        text.push('\n');
        for label in &found.labels {
            let place = in_file(label.file.as_deref(), &at(label.span.start));
            writeln!(text, "  {place} {}", label.message).unwrap();
        }
    }
    text
}

/// A place in another text than the definition's own.
fn in_file(file: Option<&str>, place: &str) -> String {
    file.map_or_else(|| place.to_owned(), |file| format!("{file}:{place}"))
}

/// Findings of a case: those of the text, or, where it has a first line
/// `# parameters: a=1 b=2`, those of compiling it with these, or, where it
/// begins with lines `# edit: {…}`, those of these edits. What `CASE.over.yaml`
/// says is laid over it. After a first line `# repeat: N`, the last line stands
/// there so many times, with its number in the place of `@`. After a first line
/// `# not found: SEVERITY REFERENCE`, that artifact was looked for in vain.
fn findings(path: &Path) -> Vec<Diagnostic> {
    let text = &repeated(fs::read_to_string(path).unwrap());
    let over = fs::read_to_string(path.with_extension("over.yaml"));
    let over = over.iter().map(|text| Overrides {
        name: "over",
        text,
        form: OverridesForm::File,
    });
    let Checked {
        definition,
        diagnostics,
    } = check_with(text, &over.collect::<Vec<_>>());
    let edits = edits_of(text);
    if !edits.is_empty() {
        let plan = compile(&definition.unwrap(), text, &[]).unwrap();
        return compile_edits(&plan, &ids(&plan), &edits).unwrap_err();
    }
    let first_line = text.lines().next().unwrap_or_default();
    if let Some(lost) = first_line.strip_prefix("# not found: ") {
        let (severity, reference) = lost.split_once(' ').unwrap();
        let severity = match severity {
            "error" => Severity::Error,
            _ => Severity::Warning,
        };
        let places = ["baton.toml".to_owned(), ".claude/agents".to_owned()];
        let named = ArtifactReference {
            reference: reference.to_owned(),
            path: "stages[0].roles.primary.artifact".to_owned(),
            file: None,
            span: None,
            is_agent: true,
        };
        return vec![unresolved(&named, &places, severity)];
    }
    let Some(given) = first_line.strip_prefix("# parameters:") else {
        return diagnostics;
    };
    let given: Vec<_> = given
        .split_whitespace()
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (name.to_owned(), ParameterInput::Text(value.to_owned())))
        .collect();
    compile(&definition.unwrap(), text, &given).unwrap_err()
}

fn repeated(text: String) -> String {
    let Some((first, rest)) = text.split_once('\n') else {
        return text;
    };
    let Some(n_times) = first.strip_prefix("# repeat: ") else {
        return text;
    };
    let (before, last) = rest.trim_end().rsplit_once('\n').unwrap();
    let numbers = 0..n_times.parse::<u32>().unwrap();
    let lines = numbers.map(|number| last.replace('@', &number.to_string()) + "\n");
    format!("{first}\n{before}\n{}", lines.collect::<String>())
}

fn edits_of(text: &str) -> Vec<Value> {
    let edits = text.lines().map_while(|line| line.strip_prefix("# edit: "));
    edits
        .map(|json| serde_json::from_str(json).unwrap())
        .collect()
}

/// All stages of a plan.
fn ids(plan: &Plan) -> Vec<StageId> {
    plan.stages.iter().map(|stage| stage.id.clone()).collect()
}

fn cases(directory: &Path) -> Vec<PathBuf> {
    let entries =
        fs::read_dir(directory).unwrap_or_else(|error| panic!("{}: {error}", directory.display()));
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

#[test]
fn every_code_has_a_case_that_reports_it() {
    for code in CODES {
        let directory = tests_directory().join("golden").join(code.id);
        let mut is_reported = false;
        for path in cases(&directory) {
            let name = path.to_string_lossy();
            if !name.ends_with(".yaml") || name.ends_with(".over.yaml") {
                continue;
            }
            let found = findings(&path);
            expect_file(&path.with_extension("txt"), &render(&found));
            is_reported |= found.iter().any(|found| {
                (found.code, found.severity, found.category)
                    == (code.id, code.severity, code.category)
            });
        }
        assert!(is_reported, "no case of {} reports it", code.id);
    }
}

#[test]
fn no_golden_file_is_an_orphan() {
    for directory in cases(&tests_directory().join("golden")) {
        let name = directory
            .file_name()
            .unwrap()
            .to_string_lossy()
            .into_owned();
        assert!(CODES.iter().any(|code| code.id == name), "{name}");
        for path in cases(&directory) {
            assert!(path.with_extension("yaml").exists(), "{}", path.display());
        }
    }
}

#[test]
fn every_code_has_a_page_that_begins_with_its_title() {
    let mut previous = "";
    for code in CODES {
        let page = explain(&code.id.to_lowercase()).unwrap();
        let heading = format!("# {}: {}\n", code.id, code.title);
        assert!(
            page.starts_with(&heading),
            "{page}\nshould begin with {heading}"
        );
        assert_eq!(
            page.matches("```yaml").count(),
            2,
            "{} shows wrong and right",
            code.id
        );
        let number = code.id.trim_start_matches(|c: char| !c.is_ascii_digit());
        assert!(previous < number, "{} stands in order", code.id);
        previous = number;
    }
    assert!(explain("SWDL-E9999").is_none());
}

#[test]
fn pages_exist_for_known_codes_only() {
    let pages = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/diagnostics");
    for page in cases(&pages) {
        let name = page.file_stem().unwrap().to_string_lossy().into_owned();
        assert!(explain(&name).is_some(), "{name} explains no code");
    }
}
