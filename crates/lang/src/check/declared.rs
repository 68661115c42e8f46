//! What is declared of the things that a path in an expression can lead to.

use baton_expr::Namespace;
use baton_model::ValueType;
use baton_model::plan::HandoffFormat;

use super::types::{Type, Whole};
use crate::definition::{Spanned, Stage};

/// What a path leads to, as far as it is declared.
pub(super) struct Declared<'d> {
    pub(super) found: Type,
    /// How many names of the path that takes.
    pub(super) n_names: usize,
    /// Where the workflow says so; some things are what they are in every
    /// workflow.
    pub(super) declaration: Option<&'d Spanned<ValueType>>,
}

impl Declared<'_> {
    /// Nothing is known, however far one looks into it.
    pub(super) const UNKNOWN: Self = Self {
        found: Type::Any,
        n_names: usize::MAX,
        declaration: None,
    };

    const fn of_language(value_type: ValueType, n_names: usize) -> Self {
        Self {
            found: Type::Known(value_type),
            n_names,
            declaration: None,
        }
    }
}

impl<'d> Declared<'d> {
    fn of_workflow(declaration: Option<&'d Spanned<ValueType>>, n_names: usize) -> Self {
        let value_type = declaration.map(|declared| declared.value.clone());
        Self {
            found: value_type.map_or(Type::Any, Type::Known),
            n_names,
            declaration,
        }
    }
}

/// None where the path leads nowhere.
pub(super) fn find<'d>(
    namespace: Namespace,
    path: &[&str],
    (definition, graph): Whole<'d>,
) -> Option<Declared<'d>> {
    match (namespace, path) {
        (Namespace::Context, _) => None,
        (_, []) => Some(Declared::of_language(ValueType::Object, 0)),
        (Namespace::Parameters, [name, ..]) => {
            let parameter = definition.config.parameters.get(*name)?;
            Some(Declared::of_workflow(parameter.value_type.as_ref(), 1))
        }
        (Namespace::Env | Namespace::Workflow | Namespace::Run, [_, ..]) => {
            Some(Declared::of_language(ValueType::String, 1))
        }
        (Namespace::Stages, [id, rest @ ..]) => {
            let stage = definition.stages.get(graph.find(id)?)?;
            of_stage(stage, rest)
        }
    }
}

fn of_stage<'d>(stage: &'d Stage, path: &[&str]) -> Option<Declared<'d>> {
    let is_object = stage.handoff_format() == HandoffFormat::Structured;
    match path {
        [] => Some(Declared::of_language(ValueType::Object, 1)),
        ["status" | "summary", ..] => Some(Declared::of_language(ValueType::String, 2)),
        ["handoff"] if !is_object => Some(Declared::of_language(ValueType::String, 2)),
        ["outputs" | "handoff"] => Some(Declared::of_language(ValueType::Object, 2)),
        ["handoff", _, ..] if !is_object => None,
        ["outputs" | "handoff", name, ..] => {
            let output = stage.outputs.get(*name)?;
            Some(Declared::of_workflow(output.value_type.as_ref(), 3))
        }
        [_, ..] => None,
    }
}
