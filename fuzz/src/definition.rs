//! Laws of definitions: findings have places, the same text gives the same
//! findings, and a sound definition can be written, read, planned and stored.

use baton_lang::{Checked, Definition, GraphForm, check, compile, describe};
use baton_model::{Diagnostic, Plan, Value};

/// Checks a text twice, and whatever a sound one leads to.
pub fn hold(text: &str) {
    let checked = check(text);
    assert_places(text, &checked.diagnostics);
    let Checked {
        definition,
        diagnostics,
    } = check(text);
    assert_eq!(diagnostics, checked.diagnostics, "findings differ");
    assert_eq!(definition, checked.definition, "definitions differ");
    if checked.has_errors() {
        return;
    }
    if let Some(definition) = definition {
        assert_written_and_read(&definition);
        assert_planned(&definition, text, &diagnostics);
    }
}

/// Places stay inside the text they were found in, and come in its order.
pub fn assert_places(text: &str, found: &[Diagnostic]) {
    let lines: Vec<&str> = text.split('\n').collect();
    let own = found.iter().filter(|found| found.file.is_none());
    let mut before = None;
    for found in own {
        let span = found.span.expect("a finding in a text has a place");
        assert!(span.start <= span.end, "ends before it begins: {found:?}");
        assert!(before <= Some(span.start), "out of order: {found:?}");
        before = Some(span.start);
        for position in [span.start, span.end] {
            let line = usize::try_from(position.line).expect("a line is a number");
            let line = lines.get(line - 1);
            let line = line.unwrap_or_else(|| panic!("outside of the text: {found:?}"));
            let column = usize::try_from(position.column).expect("a column is a number");
            // A byte order mark at the start of a text has no column.
            let columns = line.chars().count() + 1;
            assert!((1..=columns).contains(&column), "beside it: {found:?}");
        }
    }
}

/// The definition that a document stands for, which has no errors.
fn read(document: &str) -> Definition {
    let checked = check(document);
    assert!(
        !checked.has_errors(),
        "{document}\n{:?}",
        checked.diagnostics
    );
    checked.definition.expect("it has no errors")
}

/// What runs of it do, apart from which text it was.
fn plan(definition: &Definition) -> Option<Plan> {
    let mut plan = compile(definition, "", &[]).ok()?;
    plan.workflow.definition_hash.clear();
    plan.workflow.overridden.clear();
    Some(plan)
}

/// Written in JSON and in YAML, it is read again as it was.
fn assert_read_again(document: &Value) -> Definition {
    let yaml = serde_saphyr::to_string(document).expect("a document can be written");
    assert_eq!(read(&yaml).to_document(), *document, "{yaml}");
    let again = read(&document.to_string());
    assert_eq!(again.to_document(), *document);
    again
}

/// A definition survives writing, with and without its defaults, and neither
/// changes what its runs do.
pub fn assert_written_and_read(definition: &Definition) {
    let document = definition.to_document();
    let again = assert_read_again(&document);
    assert_eq!(plan(&again), plan(definition));
    let full = definition.with_defaults().to_document();
    assert_kept(&document, &full, "");
    let again = assert_read_again(&full);
    assert_eq!(again.with_defaults().to_document(), full);
    assert_eq!(plan(&again), plan(definition));
}

/// Everything that is in `part` is in `whole`, unchanged.
fn assert_kept(part: &Value, whole: &Value, path: &str) {
    match (part, whole) {
        (Value::Object(part), Value::Object(whole)) => {
            for (key, value) in part {
                let path = format!("{path}.{key}");
                let kept = whole.get(key).unwrap_or_else(|| panic!("{path} is gone"));
                assert_kept(value, kept, &path);
            }
        }
        (Value::Array(part), Value::Array(whole)) => {
            assert_eq!(part.len(), whole.len(), "{path}");
            for (place, (part, whole)) in part.iter().zip(whole).enumerate() {
                assert_kept(part, whole, &format!("{path}[{place}]"));
            }
        }
        _ => assert_eq!(part, whole, "{path}"),
    }
}

/// A plan can be stored, shown and drawn.
fn assert_planned(definition: &Definition, text: &str, found: &[Diagnostic]) {
    let Ok(plan) = compile(definition, text, &[]) else {
        // Parameters that have to be given are missing.
        return;
    };
    let stored = serde_json::to_string(&plan).expect("a plan can be stored");
    let read: Plan = serde_json::from_str(&stored).expect("a stored plan can be read");
    assert_eq!(read, plan);
    let report = describe(definition, &plan, found);
    assert!(!report.to_text().is_empty());
    assert!(report.to_json().is_object());
    for form in [GraphForm::Mermaid, GraphForm::Dot, GraphForm::Svg] {
        assert!(report.to_graph(form).ends_with('\n'));
    }
}
