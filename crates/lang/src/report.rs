//! Where findings are collected while a definition is read and checked.

use std::cell::Cell;
use std::ops::Range;

use baton_model::{Diagnostic, Label, Severity};

use crate::codes::{self, Code};
use crate::definition::ArtifactReference;
use crate::place::Texts;
use crate::suggest;

/// How many findings are kept.
const FINDINGS_MAX: usize = 1_000;

/// How many names are compared with unknown ones before suggestions end: a
/// large text in which nothing fits would cost minutes otherwise.
const COMPARISONS_MAX: usize = 300_000;

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

    pub(crate) fn is_error(&self) -> bool {
        self.code.severity == Severity::Error
    }

    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    fn into_placeless(self) -> Diagnostic {
        Diagnostic {
            code: self.code.id,
            severity: self.code.severity,
            category: self.code.category,
            message: self.message,
            help: self.help,
            path: self.path,
            file: None,
            span: None,
            labels: Vec::new(),
        }
    }
}

/// All findings of one text.
pub(crate) struct Report<'t> {
    pub(crate) texts: Texts<'t>,
    findings: Vec<Finding>,
    references: Vec<(String, String, Range<usize>)>,
    matters: fn(&Finding) -> bool,
    comparisons_left: Cell<usize>,
}

impl Report<'_> {
    /// A report about what was never a text; findings that do not matter are
    /// dropped.
    pub(crate) fn without_text(matters: fn(&Finding) -> bool) -> Self {
        Self {
            matters,
            ..Self::new("")
        }
    }
}

impl<'t> Report<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        Self {
            texts: Texts::new(text),
            findings: Vec::new(),
            references: Vec::new(),
            matters: |_| true,
            comparisons_left: Cell::new(COMPARISONS_MAX),
        }
    }

    /// Help that names what is most like an unknown name, while there is time.
    pub(crate) fn suggest<'w>(
        &self,
        name: &str,
        known: impl Iterator<Item = &'w str>,
    ) -> Option<String> {
        let left = self.comparisons_left.get();
        if left == 0 {
            return None;
        }
        let known: Vec<_> = known.collect();
        self.comparisons_left.set(left.saturating_sub(known.len()));
        suggest::help_for(name, known.into_iter())
    }

    /// Notes that an artifact is named at a place.
    pub(crate) fn note_reference(&mut self, reference: &str, path: &str, bytes: &Range<usize>) {
        let noted = (reference.to_owned(), path.to_owned(), bytes.clone());
        self.references.push(noted);
    }

    /// The artifacts that were noted, with their places.
    pub(crate) fn take_references(&mut self) -> Vec<ArtifactReference> {
        let mut noted = std::mem::take(&mut self.references);
        noted.sort_by_key(|(_, _, bytes)| bytes.start);
        let placed = noted.into_iter().map(|(reference, path, bytes)| {
            let (file, span) = self.texts.span(&bytes);
            ArtifactReference {
                reference,
                is_agent: path.ends_with(".roles.primary.artifact"),
                path,
                file: file.map(str::to_owned),
                span: Some(span),
            }
        });
        placed.collect()
    }

    /// Keeps a finding. A text with more than [`FINDINGS_MAX`] of them is no
    /// slip, and the rest would only cost time and memory.
    pub(crate) fn add(&mut self, finding: Finding) {
        if !(self.matters)(&finding) {
            return;
        }
        match self.findings.len() {
            FINDINGS_MAX => self.findings.push(Finding::new(
                &codes::TOO_MANY_FINDINGS,
                "",
                &finding.bytes,
                format!("there are more than {FINDINGS_MAX} findings; the rest is left out"),
            )),
            0..FINDINGS_MAX => self.findings.push(finding),
            _ => {}
        }
    }

    /// The findings in the order of the text, with their places in it.
    pub(crate) fn into_sorted(mut self) -> Vec<Diagnostic> {
        sort(&mut self.findings);
        let texts = &self.texts;
        let placed = |finding: Finding| {
            let labels = finding.labels.iter().map(|(bytes, message)| {
                let (file, span) = texts.span(bytes);
                Label {
                    file: file.map(str::to_owned),
                    span,
                    message: message.clone(),
                }
            });
            let labels = labels.collect();
            let (file, span) = texts.span(&finding.bytes);
            Diagnostic {
                file: file.map(str::to_owned),
                span: Some(span),
                labels,
                ..finding.into_placeless()
            }
        };
        self.findings.into_iter().map(placed).collect()
    }

    /// The findings in the same order, where no text is at hand to point at.
    pub(crate) fn into_placeless(mut self) -> Vec<Diagnostic> {
        sort(&mut self.findings);
        let placeless = self.findings.into_iter().map(Finding::into_placeless);
        placeless.collect()
    }
}

fn sort(findings: &mut [Finding]) {
    findings.sort_by(|left, right| {
        let place = |finding: &Finding| (finding.bytes.start, finding.bytes.end, finding.code.id);
        place(left).cmp(&place(right))
    });
}
