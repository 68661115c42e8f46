//! SWDL text to checked definition to plan.
//!
//! [`check`] reads a text and reports every mistake in it, with place and
//! help; [`compile`] makes a [`Plan`] of a definition without mistakes;
//! [`describe`] shows a plan to people and clients; [`compile_edits`] reads
//! changes to the stages of a run that is under way.
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

mod check;
mod codes;
mod command;
mod compile;
pub mod definition;
mod duration;
mod edits;
mod fields;
mod node;
mod parameter;
mod place;
mod plan_report;
mod plan_text;
mod read;
mod report;
mod suggest;
mod yaml;

use baton_model::{Diagnostic, Severity};

pub use codes::{CODES, Code, explain};
pub use compile::compile;
pub use definition::Definition;
pub use duration::{WrittenDuration, hours_and_minutes};
pub use edits::compile_edits;
pub use parameter::ParameterInput;
pub use plan_report::{
    BatchReport, GateReport, HandoffReport, Issue, PlanReport, StageReport, ValidationReport,
    describe,
};

use report::{Finding, Report};

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
    // Some editors begin a file with a byte order mark; it says nothing.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut report = Report::new(text);
    let definition = match yaml::parse(text) {
        Ok(root) => read::read(&root, &mut report).and_then(|read| {
            check::check(&read.definition, &mut report);
            read.is_usable.then_some(read.definition)
        }),
        Err(error) => {
            report_unreadable(error, &mut report);
            None
        }
    };
    Checked {
        definition,
        diagnostics: report.into_sorted(),
    }
}

fn report_unreadable(error: yaml::YamlError, report: &mut Report<'_>) {
    let code = if error.is_limit {
        &codes::YAML_LIMIT
    } else {
        &codes::YAML_SYNTAX
    };
    let bytes = error.offset..error.offset;
    report.add(Finding::new(code, "", &bytes, error.message));
}
