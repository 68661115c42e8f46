//! Marks of an expression with a sign too few: `{{ x }}` and `${ x }` stay in
//! a text as they are.
//!
//! Deliberately absent: whether that was meant. Templates of other languages
//! look the same; who knows the names of the workflow can tell.

use std::ops::Range;

use crate::parser;
use crate::template::placeholder_end;
use crate::tree::Expr;

/// What may have been meant as a placeholder.
#[derive(Clone, Debug, PartialEq)]
pub struct Slip {
    /// Where it stands, marks included, in bytes of the text.
    pub span: Range<usize>,
    /// What is between the marks, blanks included.
    pub inner: Range<usize>,
    /// What is between the marks; its spans count from the start of the text.
    pub expr: Expr,
}

/// What a slip begins and ends with.
const MARKS: [(&str, &str); 2] = [("{{", "}}"), ("${", "}")];

/// How many are looked for in one text; more of them are no slip.
const SLIPS_MAX: usize = 100;

/// Every slip of a text with a path in it.
pub fn slips(text: &str) -> Vec<Slip> {
    let mut found = Vec::new();
    let mut position = 0;
    while let Some(next) = next_mark(text, position) {
        if let Some(end) = placeholder_end(text, next) {
            position = end;
            continue;
        }
        let Some((span, inner)) = marked(text, next) else {
            position = next + 1;
            continue;
        };
        position = span.end;
        let has_path = text
            .get(inner.clone())
            .is_some_and(|inner| inner.contains('.'));
        if let Some(Ok(root)) = has_path.then(|| parser::parse(text, inner.clone())) {
            let expr = Expr::from_root(root);
            found.push(Slip { span, inner, expr });
        }
        if found.len() == SLIPS_MAX {
            break;
        }
    }
    found
}

/// Where `$` or `{` stands next.
fn next_mark(text: &str, start: usize) -> Option<usize> {
    let found = text.get(start..)?.find(['$', '{'])?;
    Some(start + found)
}

/// The marks that begin here and end before any other, and what they enclose.
pub(crate) fn marked(text: &str, start: usize) -> Option<(Range<usize>, Range<usize>)> {
    let rest = text.get(start..)?;
    let (open, close) = MARKS.into_iter().find(|(open, _)| rest.starts_with(open))?;
    let inner = rest.get(open.len()..)?;
    let length = inner.find(['{', '}', '\n'])?;
    let is_closed = inner.get(length..)?.starts_with(close);
    let is_braced_more = inner.get(length + close.len()..)?.starts_with('}');
    if !is_closed || is_braced_more {
        return None;
    }
    let inner_start = start + open.len();
    let inner_end = inner_start + length;
    Some((start..inner_end + close.len(), inner_start..inner_end))
}
