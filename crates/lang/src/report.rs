//! Where findings are collected while a definition is read and checked.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::ops::Range;

use baton_model::{Diagnostic, Label, Severity, ValueType};

use crate::definition::{ArtifactReference, Spanned};
use crate::place::Texts;
use crate::rules::{self, Code};
use crate::suggest;

/// How many findings are kept.
const FINDINGS_MAX: usize = 1_000;

/// How many names are compared with unknown ones before suggestions end: a
/// large text in which nothing fits would cost minutes otherwise.
const COMPARISONS_MAX: usize = 50_000;

/// Where something is found.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    /// In the document, such as `stages[2].condition`.
    pub(crate) path: String,
    /// In the text.
    pub(crate) bytes: Range<usize>,
}

impl Place {
    pub(crate) fn new(path: impl Into<String>, bytes: &Range<usize>) -> Self {
        Self {
            path: path.into(),
            bytes: bytes.clone(),
        }
    }

    /// In what was never a text.
    pub(crate) fn without_text(path: impl Into<String>) -> Self {
        Self::new(path, &(0..0))
    }

    /// In a text that is not read as a document.
    pub(crate) fn without_path(bytes: &Range<usize>) -> Self {
        Self::new("", bytes)
    }
}

/// A finding whose places are still byte ranges.
#[derive(Debug)]
pub(crate) struct Finding {
    code: &'static Code,
    at: Place,
    message: String,
    help: Option<String>,
    labels: Vec<(Range<usize>, String)>,
}

impl Finding {
    pub(crate) fn new(code: &'static Code, at: Place, message: impl Into<String>) -> Self {
        Self {
            code,
            at,
            message: message.into(),
            help: None,
            labels: Vec::new(),
        }
    }

    pub(crate) fn help(self, help: impl Into<String>) -> Self {
        self.help_if(Some(help))
    }

    pub(crate) fn help_if(mut self, help: Option<impl Into<String>>) -> Self {
        self.help = help.map(Into::into);
        self
    }

    pub(crate) fn label(self, bytes: &Range<usize>, message: impl Into<String>) -> Self {
        self.label_if(Some(bytes), message)
    }

    pub(crate) fn label_if(
        mut self,
        bytes: Option<&Range<usize>>,
        message: impl Into<String>,
    ) -> Self {
        let label = bytes.map(|bytes| (bytes.clone(), message.into()));
        self.labels.extend(label);
        self
    }

    /// Points at the declaration of something that the finding is about.
    pub(crate) fn declared(self, declaration: Option<&Spanned<ValueType>>) -> Self {
        let is_new = |declared: &&Spanned<ValueType>| {
            self.labels
                .iter()
                .all(|(bytes, _)| *bytes != declared.bytes)
        };
        match declaration.filter(is_new) {
            Some(Spanned { value, bytes }) => self.label(bytes, format!("declared {value} here")),
            None => self,
        }
    }

    pub(crate) fn is_error(&self) -> bool {
        self.code.severity == Severity::Error
    }

    pub(crate) fn path(&self) -> &str {
        &self.at.path
    }

    /// What it says, where no text is at hand to point at.
    pub(crate) fn into_placeless(self) -> Diagnostic {
        Diagnostic {
            code: self.code.id,
            severity: self.code.severity,
            category: self.code.category,
            message: self.message,
            help: self.help,
            path: self.at.path,
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
    n_found: usize,
    references: Vec<(String, String, Range<usize>)>,
    matters: fn(&Finding) -> bool,
    comparisons_left: Cell<usize>,
    /// What stood in the place of values that were laid over it, by where
    /// those begin and end.
    replaced: BTreeMap<usize, (usize, Range<usize>)>,
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
            n_found: 0,
            references: Vec::new(),
            matters: |_| true,
            comparisons_left: Cell::new(COMPARISONS_MAX),
            replaced: BTreeMap::new(),
        }
    }

    /// Help that names what is most like an unknown name, while there is time.
    pub(crate) fn suggest<'w>(
        &self,
        name: &str,
        known: impl Iterator<Item = &'w str>,
    ) -> Option<String> {
        let left = self.comparisons_left.get();
        if left == 0 || self.is_full() {
            return None;
        }
        let known: Vec<_> = known.collect();
        self.comparisons_left.set(left.saturating_sub(known.len()));
        suggest::help_for(name, known.into_iter())
    }

    /// The name that is most like an unknown one, of about `n_known`, while
    /// there is time.
    pub(crate) fn nearest<'w>(
        &self,
        name: &str,
        known: impl Iterator<Item = &'w str>,
        n_known: usize,
    ) -> Option<&'w str> {
        let left = self.comparisons_left.get();
        if left == 0 || self.is_full() {
            return None;
        }
        self.comparisons_left.set(left.saturating_sub(n_known));
        suggest::nearest(name, known)
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

    /// Notes that one value has taken the place of another.
    pub(crate) fn note_replaced(&mut self, by: &Range<usize>, base: &Range<usize>) {
        self.replaced.insert(by.start, (by.end, base.clone()));
    }

    /// How many findings there were, with those that do not matter.
    pub(crate) fn n_findings(&self) -> usize {
        self.n_found
    }

    /// Whether nothing more is kept, so that nothing more need be worded.
    pub(crate) fn is_full(&self) -> bool {
        self.findings.len() > FINDINGS_MAX
    }

    /// Keeps a finding. A text with more than [`FINDINGS_MAX`] of them is no
    /// slip, and the rest would only cost time and memory.
    pub(crate) fn add(&mut self, finding: Finding) {
        self.n_found += 1;
        if !(self.matters)(&finding) {
            return;
        }
        match self.findings.len() {
            FINDINGS_MAX => {
                let at = Place::without_path(&finding.at.bytes);
                let full = rules::e0109::too_many_findings(at, FINDINGS_MAX);
                self.findings.push(full);
            }
            0..FINDINGS_MAX => {
                let base = self.base_of(&finding.at.bytes);
                let finding = finding.label_if(base.as_ref(), "the overrides replace this");
                self.findings.push(finding);
            }
            _ => {}
        }
    }

    /// What stood where a value was laid that holds these bytes.
    fn base_of(&self, bytes: &Range<usize>) -> Option<Range<usize>> {
        let (_, (end, base)) = self.replaced.range(..=bytes.start).next_back()?;
        (bytes.start < *end).then(|| base.clone())
    }

    /// The same report, where from now on only some findings matter.
    pub(crate) fn only(self, matters: fn(&Finding) -> bool) -> Self {
        Self { matters, ..self }
    }

    /// The findings in the order of the text, with their places in it.
    pub(crate) fn into_sorted(self) -> Vec<Diagnostic> {
        self.into_sorted_before(usize::MAX)
    }

    /// The same where what is found from `end` on stands in no text.
    pub(crate) fn into_sorted_before(mut self, end: usize) -> Vec<Diagnostic> {
        sort(&mut self.findings);
        let texts = &self.texts;
        let placed = |finding: Finding| {
            if finding.at.bytes.start >= end {
                return finding.into_placeless();
            }
            let labels = finding.labels.iter().filter(|(bytes, _)| bytes.start < end);
            let labels = labels.map(|(bytes, message)| {
                let (file, span) = texts.span(bytes);
                Label {
                    file: file.map(str::to_owned),
                    span,
                    message: message.clone(),
                }
            });
            let labels = labels.collect();
            let (file, span) = texts.span(&finding.at.bytes);
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
        let place = |finding: &Finding| {
            (
                finding.at.bytes.start,
                finding.at.bytes.end,
                finding.code.id,
            )
        };
        place(left).cmp(&place(right))
    });
}
