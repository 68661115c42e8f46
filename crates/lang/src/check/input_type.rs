//! Whether the type of an input and the type of its source can agree, where
//! the latter is known without running anything.

use baton_expr::{Part, Template};
use baton_model::ValueType;

use super::expression::Site;
use super::types::{self, Type, Whole};
use crate::definition::{Input, Spanned};
use crate::report::Report;
use crate::rules;

pub(super) fn check(
    site: &Site<'_>,
    input: &Input,
    template: &Template,
    whole: Whole<'_>,
    report: &mut Report<'_>,
) {
    let Some(wanted) = &input.value_type else {
        return;
    };
    let Some(source) = type_of(template, whole) else {
        return;
    };
    let given = &source.value_type;
    if fits(given, &wanted.value) || source.is_computed && may_fit(given, &wanted.value) {
        return;
    }
    let part = match template.parts() {
        [Part::Placeholder { span, .. }] => span.clone(),
        _ => 0..site.text.value.len(),
    };
    let at = site.place(&part, report);
    report.add(rules::e0309::type_mismatch(
        at,
        wanted,
        given,
        source.declaration,
    ));
}

/// What is known of a source.
struct Source<'d> {
    value_type: ValueType,
    /// Whether that is not the declared type of something.
    is_computed: bool,
    /// Where it is declared, if the workflow says so.
    declaration: Option<&'d Spanned<ValueType>>,
}

/// The type of what a template makes, if it is known.
fn type_of<'d>(template: &Template, whole: Whole<'d>) -> Option<Source<'d>> {
    let Some(expr) = template.as_whole() else {
        // Text with or without placeholders in it is text.
        return Some(Source {
            value_type: ValueType::String,
            is_computed: false,
            declaration: None,
        });
    };
    let declared = types::declaration(expr.root(), whole);
    let is_computed = expr.as_reference().is_none();
    match types::infer(expr, whole) {
        Type::Known(value_type) => Some(Source {
            value_type,
            is_computed,
            declaration: declared,
        }),
        Type::Any | Type::Null => None,
    }
}

/// Whether a computed value may be of a type by chance: a number may be whole,
/// a text may name an artifact.
fn may_fit(given: &ValueType, wanted: &ValueType) -> bool {
    match (given, wanted) {
        (ValueType::Number, ValueType::Integer) | (ValueType::String, ValueType::ArtifactRef) => {
            true
        }
        (ValueType::Array(given), ValueType::Array(wanted)) => may_fit(given, wanted),
        (given, wanted) => fits(given, wanted),
    }
}

/// Whether a value of one type can be one of another.
fn fits(given: &ValueType, wanted: &ValueType) -> bool {
    match (given, wanted) {
        (ValueType::Array(given), ValueType::Array(wanted)) => fits(given, wanted),
        (ValueType::Integer, ValueType::Number) | (ValueType::ArtifactRef, ValueType::String) => {
            true
        }
        // Both are a text or an object; which of the two is only known later.
        (ValueType::MemoryItem | ValueType::ContextModule, other)
        | (other, ValueType::MemoryItem | ValueType::ContextModule) => matches!(
            other,
            ValueType::String
                | ValueType::Object
                | ValueType::MemoryItem
                | ValueType::ContextModule
        ),
        (given, wanted) => given == wanted,
    }
}
