//! SWDL text to checked definition to plan.
//!
//! [`check`] reads a text and reports every mistake in it, with place and
//! help; [`compile`] makes a [`Plan`] of a definition without mistakes;
//! [`describe`] shows a plan to people and clients; [`compile_edits`] reads
//! changes to the stages of a run that is under way; [`read_value`] reads
//! whatever else people write by the same rules of YAML.
//!
//! Relies on: `baton-expr` for everything inside `${{ }}`. Pure.
//! Deliberately absent: whether the agents a definition names exist; that is
//! known where they live.
//!
//! [`Plan`]: baton_model::Plan

#![warn(
    missing_docs,
    clippy::wildcard_enum_match_arm,
    clippy::indexing_slicing,
    clippy::panic
)]

mod artifact;
mod check;
mod command;
mod compile;
pub mod complete;
mod defaults;
pub mod definition;
mod duration;
mod edits;
mod fields;
mod home;
mod node;
mod overrides;
mod parameter;
mod place;
mod plan_graph;
mod plan_report;
mod plan_text;
mod read;
mod report;
mod rules;
mod schema;
mod suggest;
mod write;
mod yaml;

use baton_model::{Diagnostic, Severity, Value};

pub use artifact::unresolved;
pub use compile::compile;
pub use definition::Definition;
pub use duration::{WrittenDuration, hours_and_minutes};
pub use edits::{compile_edits, compile_edits_text, stage_document};
pub use overrides::{Overrides, OverridesForm};
pub use parameter::ParameterInput;
pub use plan_graph::GraphForm;
pub use plan_report::{
    BatchReport, GateReport, HandoffReport, Issue, PlanReport, StageReport, ValidationReport,
    describe,
};
pub use rules::{CODES, Code, explain};
pub use schema::{SchemaDraft, SchemaOf, schema};

use report::Report;

/// What came of reading a text.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The definition, when enough of it could be read to name it. Only one
    /// without errors can be compiled.
    pub definition: Option<Definition>,
    /// Every finding, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
}

impl Checked {
    /// Whether the definition cannot run.
    pub fn has_errors(&self) -> bool {
        self.diagnostics
            .iter()
            .any(|diagnostic| diagnostic.severity == Severity::Error)
    }
}

/// Reads a definition and reports every mistake in it.
pub fn check(text: &str) -> Checked {
    check_with(text, &[])
}

/// Reads a definition and what is laid over it, one text after the other, and
/// reports every mistake in all of them and in what they make together.
pub fn check_with(text: &str, overrides: &[Overrides<'_>]) -> Checked {
    // Some editors begin a file with a byte order mark; it says nothing.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut report = Report::new(text);
    let definition = yaml::read(text, 0, &mut report).and_then(|mut root| {
        read::report_keys(&root, &mut report);
        let overridden = overrides::lay(&mut root, overrides, &mut report);
        read_tree(&root, overridden, &mut report)
    });
    Checked {
        definition,
        diagnostics: report.into_sorted(),
    }
}

fn read_tree(
    root: &node::Node,
    overridden: Vec<definition::Overridden>,
    report: &mut Report<'_>,
) -> Option<Definition> {
    let mut read = read::read(root, report)?;
    check::check(&read.definition, report);
    read.definition.overridden = overridden;
    read.definition.references = report.take_references();
    read.is_usable.then_some(read.definition)
}

/// Reads YAML or JSON that is no definition, by the rules of definitions:
/// YAML 1.2, and no key stands twice in a map.
pub fn read_value(text: &str) -> Result<Value, Vec<Diagnostic>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut report = Report::new(text);
    let value = yaml::read(text, 0, &mut report).map(|root| {
        read::report_keys(&root, &mut report);
        root.to_value()
    });
    let diagnostics = report.into_sorted();
    match value {
        Some(value) if diagnostics.is_empty() => Ok(value),
        Some(_) | None => Err(diagnostics),
    }
}
