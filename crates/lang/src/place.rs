//! Byte offsets to lines and columns, also inside YAML scalars.
//!
//! A definition may be made of several texts: its own, and what is laid over
//! it. Their places follow one another, so that one number says which text and
//! where in it.

use std::ops::Range;

use baton_model::{Position, Span};

/// The texts a definition is made of, its own first.
pub(crate) struct Texts<'t> {
    own: LineIndex<'t>,
    over: Vec<(&'t str, LineIndex<'t>)>,
}

impl<'t> Texts<'t> {
    /// A definition's own text and nothing else.
    pub(crate) fn new(own: &'t str) -> Self {
        Self {
            own: LineIndex::new(own, 0),
            over: Vec::new(),
        }
    }

    /// Takes in a text that is laid over the ones before; returns where its
    /// places begin.
    pub(crate) fn add(&mut self, name: &'t str, text: &'t str) -> usize {
        let last = self.over.last().map_or(&self.own, |(_, index)| index);
        // The end of a text is a place of it, too.
        let start = last.start + last.text.len() + 1;
        self.over.push((name, LineIndex::new(text, start)));
        start
    }

    /// Lines and columns of a byte range, and the name of the text they are in
    /// unless it is the definition's own.
    pub(crate) fn span(&self, bytes: &Range<usize>) -> (Option<&'t str>, Span) {
        let (name, index) = self.text_at(bytes.start);
        (name, index.span(bytes))
    }

    /// Where the parts of a scalar's value stand.
    pub(crate) fn scalar(&self, bytes: &Range<usize>, value: &str) -> ScalarPlaces {
        let (_, index) = self.text_at(bytes.start);
        index.scalar(bytes, value)
    }

    fn text_at(&self, offset: usize) -> (Option<&'t str>, &LineIndex<'t>) {
        let over = self.over.iter().rfind(|(_, index)| index.start <= offset);
        over.map_or((None, &self.own), |(name, index)| (Some(*name), index))
    }
}

/// Marks on the way through a text, from which places are counted.
struct LineIndex<'t> {
    text: &'t str,
    /// Where its places begin.
    start: usize,
    marks: Vec<Mark>,
}

/// A byte offset in the text whose line and column (both from 0) are known.
#[derive(Clone, Copy, Default)]
struct Mark {
    offset: usize,
    line: usize,
    column: usize,
}

impl Mark {
    /// The same after one more character.
    const fn after(self, c: char) -> Self {
        let (line, column) = match c {
            '\n' => (self.line + 1, 0),
            _ => (self.line, self.column + 1),
        };
        Self {
            offset: self.offset + c.len_utf8(),
            line,
            column,
        }
    }
}

impl<'t> LineIndex<'t> {
    /// No count goes further than from one mark to the next.
    const BYTES_BETWEEN_MARKS: usize = 512;

    fn new(text: &'t str, start: usize) -> Self {
        let mut here = Mark::default();
        let mut marks = vec![here];
        for c in text.chars() {
            here = here.after(c);
            let last = marks.last().map_or(0, |mark| mark.offset);
            if here.offset >= last + Self::BYTES_BETWEEN_MARKS {
                marks.push(here);
            }
        }
        Self { text, start, marks }
    }

    fn span(&self, bytes: &Range<usize>) -> Span {
        Span {
            start: self.position(bytes.start),
            end: self.position(bytes.end.max(bytes.start)),
        }
    }

    fn position(&self, offset: usize) -> Position {
        let offset = offset.saturating_sub(self.start);
        let after = self.marks.partition_point(|mark| mark.offset <= offset);
        let mark = after.checked_sub(1).and_then(|index| self.marks.get(index));
        let mark = mark.copied().unwrap_or_default();
        let between = self.text.get(mark.offset..offset).unwrap_or_default();
        let Mark { line, column, .. } = between.chars().fold(mark, Mark::after);
        Position {
            line: to_count(line),
            column: to_count(column),
        }
    }

    fn scalar(&self, bytes: &Range<usize>, value: &str) -> ScalarPlaces {
        let in_text = |offset: usize| offset.saturating_sub(self.start);
        let raw = self.text.get(in_text(bytes.start)..in_text(bytes.end));
        let raw = raw.unwrap_or("");
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
