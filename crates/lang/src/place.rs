//! Byte offsets to lines and columns, also inside YAML scalars.

use std::ops::Range;

use baton_model::{Position, Span};

/// Marks on the way through a text, from which places are counted.
pub(crate) struct LineIndex<'t> {
    text: &'t str,
    marks: Vec<Mark>,
}

/// A byte offset whose line and column (both from 0) are known: the start of
/// every line, and points in long ones, so that no count goes far.
struct Mark {
    offset: usize,
    line: usize,
    column: usize,
}

impl<'t> LineIndex<'t> {
    const BYTES_BETWEEN_MARKS: usize = 4_096;

    pub(crate) fn new(text: &'t str) -> Self {
        let mut marks = Vec::new();
        let mut offset = 0;
        for (line, content) in text.split('\n').enumerate() {
            push_marks(&mut marks, content, line, offset);
            offset += content.len() + 1;
        }
        Self { text, marks }
    }

    /// Lines and columns of a byte range.
    pub(crate) fn span(&self, bytes: &Range<usize>) -> Span {
        Span {
            start: self.position(bytes.start),
            end: self.position(bytes.end.max(bytes.start)),
        }
    }

    fn position(&self, offset: usize) -> Position {
        let after = self.marks.partition_point(|mark| mark.offset <= offset);
        let mark = after.checked_sub(1).and_then(|index| self.marks.get(index));
        let (start, line, column) =
            mark.map_or((0, 0, 0), |mark| (mark.offset, mark.line, mark.column));
        let between = self.text.get(start..offset).unwrap_or("");
        Position {
            line: to_count(line),
            column: to_count(column + between.chars().count()),
        }
    }

    /// Where the parts of a scalar's value stand in the document.
    pub(crate) fn scalar(&self, bytes: &Range<usize>, value: &str) -> ScalarPlaces {
        let raw = self.text.get(bytes.clone()).unwrap_or("");
        let lines = match raw.find(value) {
            Some(found) => Some(vec![(0, bytes.start + found)]),
            None => matching_lines(raw, value, bytes.start),
        };
        ScalarPlaces {
            whole: bytes.start..bytes.start + raw.trim_end().len(),
            lines,
        }
    }
}

fn push_marks(marks: &mut Vec<Mark>, content: &str, line: usize, offset: usize) {
    let mut next = 0;
    for (column, (index, _)) in content.char_indices().enumerate() {
        if index >= next {
            marks.push(Mark {
                offset: offset + index,
                line,
                column,
            });
            next = index + LineIndex::BYTES_BETWEEN_MARKS;
        }
    }
    if content.is_empty() {
        marks.push(Mark {
            offset,
            line,
            column: 0,
        });
    }
}

/// Where the parts of a scalar's value stand in the document.
///
/// Exact where the value stands there line by line, as in plain, quoted and
/// literal scalars without escapes; otherwise (folded lines, escapes, aliases)
/// the whole scalar.
pub(crate) struct ScalarPlaces {
    whole: Range<usize>,
    /// Offsets of lines in the value and of the same lines in the document.
    lines: Option<Vec<(usize, usize)>>,
}

impl ScalarPlaces {
    /// The place in the document of a part of the value.
    pub(crate) fn part(&self, part: &Range<usize>) -> Range<usize> {
        let exact = self.offset(part.start).zip(self.offset(part.end));
        exact.map_or_else(|| self.whole.clone(), |(start, end)| start..end)
    }

    fn offset(&self, offset: usize) -> Option<usize> {
        let lines = self.lines.as_ref()?;
        let after = lines.partition_point(|(in_value, _)| *in_value <= offset);
        let (in_value, in_document) = lines.get(after.checked_sub(1)?)?;
        Some(in_document + (offset - in_value))
    }
}

/// Pairs the lines of a value with those of the document, when they differ
/// only in indentation.
fn matching_lines(raw: &str, value: &str, start: usize) -> Option<Vec<(usize, usize)>> {
    let mut raw_lines = raw.split('\n');
    let (mut in_value, mut in_document) = (0, start);
    let mut lines = Vec::new();
    for line in value.split('\n') {
        let raw_line = raw_lines.next().unwrap_or("");
        let indent = raw_line.trim_end_matches('\r').strip_suffix(line)?.len();
        lines.push((in_value, in_document + indent));
        in_value += line.len() + 1;
        in_document += raw_line.len() + 1;
    }
    Some(lines)
}

/// A count from zero as a number from one.
fn to_count(index: usize) -> u32 {
    u32::try_from(index + 1).unwrap_or(u32::MAX)
}
