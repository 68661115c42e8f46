//! Whether the type of an input and the type of its source can agree, where
//! the latter is known without running anything.

use baton_expr::{Namespace, Part, Reference, Template};
use baton_model::ValueType;

use super::expression::Site;
use crate::codes;
use crate::definition::{Definition, Input};
use crate::report::{Finding, Report};

pub(super) fn check(
    site: &Site<'_>,
    input: &Input,
    template: &Template,
    definition: &Definition,
    report: &mut Report<'_>,
) {
    let Some(wanted) = &input.value_type else {
        return;
    };
    let Some(given) = type_of(template, definition) else {
        return;
    };
    if fits(&given, wanted) {
        return;
    }
    let message = format!("the input is declared {wanted}, but its source is {given}");
    let part = match template.parts() {
        [Part::Placeholder { span, .. }] => span.clone(),
        _ => 0..site.text.value.len(),
    };
    let place = site.place(&part, report);
    report.add(
        Finding::new(&codes::TYPE_MISMATCH, &site.path, &place, message)
            .help("change one of the two types".to_owned()),
    );
}

/// The type of what a template makes, if it is known.
fn type_of(template: &Template, definition: &Definition) -> Option<ValueType> {
    match template.as_whole() {
        // Text with or without placeholders in it is text.
        None => Some(ValueType::String),
        Some(expr) => type_of_reference(&expr.as_reference()?, definition),
    }
}

fn type_of_reference(reference: &Reference, definition: &Definition) -> Option<ValueType> {
    let path: Vec<_> = reference.path.iter().map(String::as_str).collect();
    match (reference.namespace, path.as_slice()) {
        (Namespace::Parameters, [name]) => {
            definition.config.parameters.get(*name)?.value_type.clone()
        }
        (Namespace::Stages, [id, "outputs", name]) => {
            let stage = definition
                .stages
                .iter()
                .find(|stage| stage.id.value == *id)?;
            stage.outputs.get(*name)?.value_type.clone()
        }
        (Namespace::Stages, [_, "status"]) | (Namespace::Env | Namespace::Workflow, [_]) => {
            Some(ValueType::String)
        }
        _ => None,
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
