//! Whether the type of an input and the type of its source can agree, where
//! the latter is known without running anything.

use baton_expr::{Namespace, Part, Reference, Template};
use baton_model::ValueType;
use baton_model::plan::HandoffFormat;

use super::expression::Site;
use super::graph::Graph;
use super::types::{self, Type};
use crate::codes;
use crate::definition::{Definition, Input};
use crate::report::{Finding, Report};

pub(super) fn check(
    site: &Site<'_>,
    input: &Input,
    template: &Template,
    (definition, graph): (&Definition, &Graph<'_>),
    report: &mut Report<'_>,
) {
    let Some(wanted) = &input.value_type else {
        return;
    };
    let Some((given, is_computed)) = type_of(template, definition, graph) else {
        return;
    };
    if fits(&given, wanted) || is_computed && may_fit(&given, wanted) {
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

/// The type of what a template makes, if it is known, and whether that is
/// computed and not the declared type of something.
fn type_of(
    template: &Template,
    definition: &Definition,
    graph: &Graph<'_>,
) -> Option<(ValueType, bool)> {
    let Some(expr) = template.as_whole() else {
        // Text with or without placeholders in it is text.
        return Some((ValueType::String, false));
    };
    if let Some(reference) = expr.as_reference() {
        let declared = type_of_reference(&reference, definition, graph);
        return declared.map(|declared| (declared, false));
    }
    match types::infer(expr, definition, graph) {
        (Type::Known(known), _) => Some((known, true)),
        (Type::Any | Type::Null, _) => None,
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

fn type_of_reference(
    reference: &Reference,
    definition: &Definition,
    graph: &Graph<'_>,
) -> Option<ValueType> {
    let stage_of = |id: &str| definition.stages.get(graph.find(id)?);
    let path: Vec<_> = reference.path.iter().map(String::as_str).collect();
    match (reference.namespace, path.as_slice()) {
        (Namespace::Parameters, [name]) => {
            definition.config.parameters.get(*name)?.value_type.clone()
        }
        (Namespace::Stages, [id, "outputs", name]) => {
            let stage = stage_of(id)?;
            stage.outputs.get(*name)?.value_type.clone()
        }
        // Whatever is read inside a text is null, and reported where it stands.
        (Namespace::Stages, [id, "handoff", name]) => {
            let stage = stage_of(id)?;
            let is_object = stage.handoff_format() == HandoffFormat::Structured;
            stage
                .outputs
                .get(*name)
                .filter(|_| is_object)?
                .value_type
                .clone()
        }
        (Namespace::Stages, [id, "handoff"]) => Some(match stage_of(id)?.handoff_format() {
            HandoffFormat::Structured => ValueType::Object,
            HandoffFormat::Markdown | HandoffFormat::Raw => ValueType::String,
        }),
        (Namespace::Stages, [_, "status" | "summary"])
        | (Namespace::Env | Namespace::Workflow | Namespace::Run, [_]) => Some(ValueType::String),
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
