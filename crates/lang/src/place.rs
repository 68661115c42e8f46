//! Byte offsets to lines and columns, also inside YAML scalars.

use std::ops::Range;

use baton_model::{Position, Span};

/// Where the lines of a text begin.
pub(crate) struct LineIndex<'t> {
    text: &'t str,
    line_starts: Vec<usize>,
}

impl<'t> LineIndex<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        let after_breaks = text.match_indices('\n').map(|(index, _)| index + 1);
        Self {
            text,
            line_starts: std::iter::once(0).chain(after_breaks).collect(),
        }
    }

    /// Lines and columns of a byte range.
    pub(crate) fn span(&self, bytes: &Range<usize>) -> Span {
        Span {
            start: self.position(bytes.start),
            end: self.position(bytes.end.max(bytes.start)),
        }
    }

    fn position(&self, offset: usize) -> Position {
        let line = self
            .line_starts
            .partition_point(|start| *start <= offset)
            .saturating_sub(1);
        let start = self.line_starts.get(line).copied().unwrap_or(0);
        let before = self.text.get(start..offset).unwrap_or("");
        Position {
            line: to_count(line),
            column: to_count(before.chars().count()),
        }
    }

    /// The byte offset of a line and column, both from 1.
    pub(crate) fn offset(&self, line: u32, column: u32) -> usize {
        let nth = |number: u32| usize::try_from(number.saturating_sub(1)).unwrap_or(usize::MAX);
        let Some(start) = self.line_starts.get(nth(line)) else {
            return self.text.len();
        };
        let rest = self.text.get(*start..).unwrap_or("");
        rest.char_indices()
            .nth(nth(column))
            .map_or(self.text.len(), |(index, _)| start + index)
    }

    /// The place in the document of a part of a scalar's value.
    ///
    /// Exact where the value stands in the document line by line, as in plain,
    /// quoted and literal scalars without escapes; otherwise (folded lines,
    /// escapes, aliases) the whole scalar.
    pub(crate) fn inside_scalar(
        &self,
        scalar: &Range<usize>,
        value: &str,
        part: &Range<usize>,
    ) -> Range<usize> {
        self.exact_part(scalar, value, part).unwrap_or_else(|| {
            let raw = self.text.get(scalar.clone()).unwrap_or("");
            scalar.start..scalar.start + raw.trim_end().len()
        })
    }

    fn exact_part(
        &self,
        scalar: &Range<usize>,
        value: &str,
        part: &Range<usize>,
    ) -> Option<Range<usize>> {
        let raw = self.text.get(scalar.clone())?;
        if let Some(found) = raw.find(value) {
            let start = scalar.start + found;
            return Some(start + part.start..start + part.end);
        }
        Some(
            line_offset(raw, value, part.start)? + scalar.start
                ..line_offset(raw, value, part.end)? + scalar.start,
        )
    }
}

/// Where an offset of `value` stands in `raw`, when both have the same lines
/// and differ only in indentation.
fn line_offset(raw: &str, value: &str, offset: usize) -> Option<usize> {
    let before = value.get(..offset)?;
    let line_number = before.matches('\n').count();
    let column = before.len() - before.rfind('\n').map_or(0, |index| index + 1);
    let value_line = value.split('\n').nth(line_number)?;
    let mut start = 0;
    let mut raw_line = "";
    for line in raw.split_inclusive('\n').take(line_number + 1) {
        start += raw_line.len();
        raw_line = line;
    }
    let bare = raw_line.trim_end_matches(['\n', '\r']);
    let indent = bare.strip_suffix(value_line)?.len();
    Some(start + indent + column)
}

/// A count from zero as a number from one.
fn to_count(index: usize) -> u32 {
    u32::try_from(index + 1).unwrap_or(u32::MAX)
}
