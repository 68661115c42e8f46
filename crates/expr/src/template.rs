//! Texts with `${{ … }}` in them: finding the placeholders and filling them.

use std::ops::Range;

use baton_model::{TextPiece, Value};

use crate::error::{EvalError, SyntaxError};
use crate::function::TEXT_BYTES_MAX;
use crate::parser;
use crate::scope::Scope;
use crate::tree::Expr;
use crate::value::push_text;

const OPEN: &str = "${{";
const CLOSE: &str = "}}";

/// How many placeholders a text may have: a small text of many would become
/// large trees.
const PLACEHOLDERS_MAX: usize = 10_000;

/// A text, cut into what stands for itself and what is computed.
#[derive(Clone, Debug, PartialEq)]
pub struct Template {
    parts: Vec<Part>,
}

/// A piece of a template.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// Stands for itself.
    Literal(String),
    /// `${{ expr }}`.
    Placeholder {
        /// What is computed; its spans count from the start of the template.
        expr: Expr,
        /// Where it stands, marks included, in bytes of the template.
        span: Range<usize>,
    },
}

impl Template {
    /// Reads a text. A placeholder that does not parse stays in the template
    /// as it is written, and its error is in the list.
    pub fn parse(text: &str) -> (Self, Vec<SyntaxError>) {
        let mut parts = Vec::new();
        let mut errors = Vec::new();
        let mut position = 0;
        let mut n_placeholders = 0;
        while let Some(found) = find_from(text, position, OPEN) {
            let inner_start = found + OPEN.len();
            n_placeholders += 1;
            if n_placeholders > PLACEHOLDERS_MAX {
                let message = format!("a text may have at most {PLACEHOLDERS_MAX} placeholders");
                errors.push(SyntaxError::new(message, found..inner_start));
                break;
            }
            let Some(inner_end) = find_close(text, inner_start) else {
                let error = SyntaxError::new("this `${{` is not closed", found..inner_start);
                errors.push(error.with_help("end it with `}}`"));
                break;
            };
            push_literal(&mut parts, text, position..found);
            position = inner_end + CLOSE.len();
            let inner = inner_start..inner_end;
            if text.get(inner.clone()).is_some_and(is_blank) {
                errors.push(nothing_inside(found..position));
                push_literal(&mut parts, text, found..position);
                continue;
            }
            match parser::parse(text, inner) {
                Ok(root) => parts.push(Part::Placeholder {
                    expr: Expr::from_root(root),
                    span: found..position,
                }),
                Err(error) => {
                    errors.push(error);
                    push_literal(&mut parts, text, found..position);
                }
            }
        }
        push_literal(&mut parts, text, position..text.len());
        (Self { parts }, errors)
    }

    /// The pieces, in order.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// The expressions, in order.
    pub fn expressions(&self) -> impl Iterator<Item = &Expr> {
        self.parts.iter().filter_map(|part| match part {
            Part::Literal(_) => None,
            Part::Placeholder { expr, .. } => Some(expr),
        })
    }

    /// Whether nothing in it is computed.
    pub fn is_literal(&self) -> bool {
        self.expressions().next().is_none()
    }

    /// The expression, when the template is one placeholder with nothing but
    /// blanks around it. Such a template keeps the type of its value.
    pub fn as_whole(&self) -> Option<&Expr> {
        let mut expressions = self.expressions();
        let only = expressions.next()?;
        let is_whole = expressions.next().is_none()
            && self.parts.iter().all(|part| match part {
                Part::Literal(text) => text.trim().is_empty(),
                Part::Placeholder { .. } => true,
            });
        is_whole.then_some(only)
    }

    /// The value: of any type for a single placeholder, otherwise a text.
    pub fn evaluate(&self, scope: &dyn Scope) -> Result<Value, EvalError> {
        match self.as_whole() {
            Some(expr) => expr.evaluate(scope),
            None => self.evaluate_text(scope).map(Value::String),
        }
    }

    /// The text, whatever the types of the values in it.
    pub fn evaluate_text(&self, scope: &dyn Scope) -> Result<String, EvalError> {
        let mut text = String::new();
        for part in &self.parts {
            part.push(&mut text, scope)?;
        }
        Ok(text)
    }

    /// The same in pieces, with its secrets only named.
    fn evaluate_around_secrets(&self, scope: &dyn Scope) -> Result<Vec<TextPiece>, EvalError> {
        let mut pieces = Vec::new();
        let mut text = String::new();
        for part in &self.parts {
            if let Some(name) = part.as_secret() {
                pieces.push(TextPiece::Text(std::mem::take(&mut text)));
                pieces.push(TextPiece::Secret(name.to_owned()));
            } else {
                part.push(&mut text, scope)?;
            }
        }
        pieces.push(TextPiece::Text(text));
        Ok(pieces)
    }
}

impl Part {
    fn as_secret(&self) -> Option<&str> {
        match self {
            Self::Literal(_) => None,
            Self::Placeholder { expr, .. } => expr.as_secret(),
        }
    }

    /// Adds what it stands for to a text.
    fn push(&self, text: &mut String, scope: &dyn Scope) -> Result<(), EvalError> {
        match self {
            Self::Literal(literal) => text.push_str(literal),
            Self::Placeholder { expr, span } => {
                push_text(text, &*expr.value_in(scope)?);
                if text.len() > TEXT_BYTES_MAX {
                    let message = format!("the text is larger than {TEXT_BYTES_MAX} bytes");
                    return Err(EvalError::new(message, span));
                }
            }
        }
        Ok(())
    }
}

/// The names of the secrets in a text, in order.
pub fn secrets_in(text: &str) -> Vec<String> {
    if !text.contains(OPEN) {
        return Vec::new();
    }
    let (template, _errors) = Template::parse(text);
    let names = template.parts.iter().filter_map(Part::as_secret);
    names.map(str::to_owned).collect()
}

/// The text of a text that may hold `${{ }}`, in pieces: what is secret in it is
/// only named.
pub fn interpolate_around_secrets(
    text: &str,
    scope: &dyn Scope,
) -> Result<Vec<TextPiece>, EvalError> {
    parse_strictly(text)?.evaluate_around_secrets(scope)
}

/// The value of a text that may hold `${{ }}`.
pub fn interpolate(text: &str, scope: &dyn Scope) -> Result<Value, EvalError> {
    if !text.contains(OPEN) {
        return Ok(Value::String(text.to_owned()));
    }
    parse_strictly(text)?.evaluate(scope)
}

/// The same as a text, whatever its type: what goes into an instruction, a
/// message or an environment variable.
pub fn interpolate_text(text: &str, scope: &dyn Scope) -> Result<String, EvalError> {
    if !text.contains(OPEN) {
        return Ok(text.to_owned());
    }
    parse_strictly(text)?.evaluate_text(scope)
}

/// Whether a condition, bare or inside one `${{ }}`, holds.
pub fn evaluate_condition(text: &str, scope: &dyn Scope) -> Result<bool, EvalError> {
    Expr::parse_condition(text)?.is_true(scope)
}

fn parse_strictly(text: &str) -> Result<Template, EvalError> {
    let (template, errors) = Template::parse(text);
    match errors.into_iter().next() {
        Some(error) => Err(error.into()),
        None => Ok(template),
    }
}

fn is_blank(text: &str) -> bool {
    text.trim().is_empty()
}

fn nothing_inside(marks: Range<usize>) -> SyntaxError {
    SyntaxError::new("there is nothing in this `${{ }}`", marks)
        .with_help("write what is read here, such as `parameters.NAME`, or remove the marks")
}

/// Where the placeholder ends that begins at `start`; the end of the text when
/// it is not closed. None when none begins there.
pub(crate) fn placeholder_end(text: &str, start: usize) -> Option<usize> {
    if !text.get(start..)?.starts_with(OPEN) {
        return None;
    }
    let close = find_close(text, start + OPEN.len());
    Some(close.map_or(text.len(), |close| close + CLOSE.len()))
}

fn push_literal(parts: &mut Vec<Part>, text: &str, range: Range<usize>) {
    let Some(literal) = text.get(range).filter(|literal| !literal.is_empty()) else {
        return;
    };
    if let Some(Part::Literal(last)) = parts.last_mut() {
        last.push_str(literal);
    } else {
        parts.push(Part::Literal(literal.to_owned()));
    }
}

fn find_from(text: &str, start: usize, needle: &str) -> Option<usize> {
    text.get(start..)?.find(needle).map(|found| start + found)
}

/// Where the placeholder that begins at `start` ends: at the first `}}` that
/// is not inside a string. When a string is never closed, at the first `}}`
/// at all, so that the error is about the string and the rest is still read.
fn find_close(text: &str, start: usize) -> Option<usize> {
    let rest = text.get(start..)?;
    let mut quote = None;
    let mut characters = rest.char_indices();
    while let Some((index, c)) = characters.next() {
        match (quote, c) {
            (None, '\'' | '"') => quote = Some(c),
            (None, '}') if rest.get(index..)?.starts_with(CLOSE) => return Some(start + index),
            (Some(_), '\\') => {
                characters.next();
            }
            (Some(open), _) if open == c => quote = None,
            _ => {}
        }
    }
    find_from(text, start, CLOSE)
}
