//! Where findings are collected while a definition is read and checked.

use std::ops::Range;

use baton_model::{Diagnostic, Label};

use crate::codes::{self, Code};
use crate::place::LineIndex;

/// How many findings are kept.
const FINDINGS_MAX: usize = 1_000;

/// A finding whose places are still byte ranges.
pub(crate) struct Finding {
    code: &'static Code,
    path: String,
    bytes: Range<usize>,
    message: String,
    help: Option<String>,
    labels: Vec<(Range<usize>, String)>,
}

impl Finding {
    pub(crate) fn new(
        code: &'static Code,
        path: impl Into<String>,
        bytes: &Range<usize>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            code,
            path: path.into(),
            bytes: bytes.clone(),
            message: message.into(),
            help: None,
            labels: Vec::new(),
        }
    }

    pub(crate) fn help(mut self, help: impl Into<Option<String>>) -> Self {
        self.help = help.into();
        self
    }

    pub(crate) fn label(mut self, bytes: &Range<usize>, message: impl Into<String>) -> Self {
        self.labels.push((bytes.clone(), message.into()));
        self
    }
}

/// All findings of one text.
pub(crate) struct Report<'t> {
    pub(crate) index: LineIndex<'t>,
    diagnostics: Vec<Diagnostic>,
}

impl<'t> Report<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        Self {
            index: LineIndex::new(text),
            diagnostics: Vec::new(),
        }
    }

    /// Keeps a finding. A text with more than [`FINDINGS_MAX`] of them is no
    /// slip, and the rest would only cost time and memory.
    pub(crate) fn add(&mut self, finding: Finding) {
        match self.diagnostics.len() {
            FINDINGS_MAX => self.keep(Finding::new(
                &codes::YAML_LIMIT,
                "",
                &finding.bytes,
                format!("there are more than {FINDINGS_MAX} findings; the rest is left out"),
            )),
            0..FINDINGS_MAX => self.keep(finding),
            _ => {}
        }
    }

    fn keep(&mut self, finding: Finding) {
        let labels = finding
            .labels
            .into_iter()
            .map(|(bytes, message)| Label {
                span: self.index.span(&bytes),
                message,
            })
            .collect();
        self.diagnostics.push(Diagnostic {
            code: finding.code.id,
            severity: finding.code.severity,
            category: finding.code.category,
            message: finding.message,
            help: finding.help,
            path: finding.path,
            span: Some(self.index.span(&finding.bytes)),
            labels,
        });
    }

    /// The findings in the order of the text.
    pub(crate) fn into_sorted(mut self) -> Vec<Diagnostic> {
        self.diagnostics
            .sort_by(|left, right| (left.span, left.code).cmp(&(right.span, right.code)));
        self.diagnostics
    }
}
