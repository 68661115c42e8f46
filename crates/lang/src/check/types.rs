//! What an expression is, as far as that is known without running anything,
//! and what it says that can never be meant: comparing a number with a text,
//! taking the length of a number, looking into what has no inside.
//!
//! A value of a known type may still be null, since stages are skipped and
//! parameters left out. Only what is wrong whatever the run does is reported.

use std::ops::Range;

use baton_expr::{Comparison, Expr, Function, Namespace, Node, NodeKind, Step, StepKind};
use baton_model::plan::HandoffFormat;
use baton_model::{Value, ValueType};

use super::graph::Graph;
use crate::codes::{self, Code};
use crate::definition::Definition;

/// What is known of a value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Type {
    /// Nothing.
    Any,
    /// It is null.
    Null,
    /// It is of this type, or null.
    Known(ValueType),
}

/// Something that is wrong whatever the run does.
pub(super) struct Misfit {
    pub(super) code: &'static Code,
    pub(super) message: String,
    pub(super) help: Option<String>,
    /// Where, in bytes of the text the expression stands in.
    pub(super) span: Range<usize>,
}

/// The type of an expression, and what is wrong in it.
pub(super) fn infer(
    expr: &Expr,
    definition: &Definition,
    graph: &Graph<'_>,
) -> (Type, Vec<Misfit>) {
    let mut inference = Inference {
        definition,
        graph,
        misfits: Vec::new(),
    };
    let found = inference.node(expr.root());
    (found, inference.misfits)
}

/// Whether a condition is true or false in every run.
pub(super) fn truth(node: &Node) -> Option<bool> {
    match &node.kind {
        NodeKind::Literal(value) => Some(baton_expr::truthy(value)),
        NodeKind::Not(operand) => truth(operand).map(|truth| !truth),
        NodeKind::All(operands) => decided(operands, false),
        NodeKind::Any(operands) => decided(operands, true),
        NodeKind::Choice { condition, yes, no } => match truth(condition) {
            Some(true) => truth(yes),
            Some(false) => truth(no),
            None => truth(yes).filter(|yes| truth(no) == Some(*yes)),
        },
        NodeKind::Root(_)
        | NodeKind::Access { .. }
        | NodeKind::Call { .. }
        | NodeKind::Compare { .. } => None,
    }
}

/// What a chain comes to that ends at the first operand with this truth.
fn decided(operands: &[Node], by: bool) -> Option<bool> {
    let truths: Vec<_> = operands.iter().map(truth).collect();
    if truths.contains(&Some(by)) {
        return Some(by);
    }
    truths.iter().all(Option::is_some).then_some(!by)
}

/// What matters to comparisons and functions.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Boolean,
    Number,
    Text,
    List,
    Map,
}

impl Class {
    const fn describe(self) -> &'static str {
        match self {
            Self::Boolean => "a boolean",
            Self::Number => "a number",
            Self::Text => "a text",
            Self::List => "a list",
            Self::Map => "a map",
        }
    }
}

impl Type {
    fn of_value(value: &Value) -> Self {
        Self::Known(match value {
            Value::Null => return Self::Null,
            Value::Bool(_) => ValueType::Boolean,
            Value::Number(number) if number.is_f64() => ValueType::Number,
            Value::Number(_) => ValueType::Integer,
            Value::String(_) => ValueType::String,
            Value::Array(_) | Value::Object(_) => return Self::Any,
        })
    }

    fn of(declared: Option<&ValueType>) -> Self {
        declared.cloned().map_or(Self::Any, Self::Known)
    }

    const fn class(&self) -> Option<Class> {
        let Self::Known(known) = self else {
            return None;
        };
        Some(match known {
            ValueType::Boolean => Class::Boolean,
            ValueType::Number | ValueType::Integer => Class::Number,
            ValueType::String | ValueType::ArtifactRef => Class::Text,
            ValueType::Array(_) => Class::List,
            ValueType::Object => Class::Map,
            // A text or a map; which of the two is only known later.
            ValueType::MemoryItem | ValueType::ContextModule => return None,
        })
    }

    /// What it is for certain, in words.
    const fn describe(&self) -> Option<&'static str> {
        match (self, self.class()) {
            (_, Some(class)) => Some(class.describe()),
            (Self::Null, None) => Some("null"),
            (Self::Any | Self::Known(_), None) => None,
        }
    }

    /// What a value is that is one or the other.
    fn or(self, other: Self) -> Self {
        match (self, other) {
            (left, right) if left == right => left,
            // A value of a known type may be null all the same.
            (Self::Null, known @ Self::Known(_)) | (known @ Self::Known(_), Self::Null) => known,
            (
                Self::Known(ValueType::Integer | ValueType::Number),
                Self::Known(ValueType::Integer | ValueType::Number),
            ) => Self::Known(ValueType::Number),
            _ => Self::Any,
        }
    }
}

struct Inference<'d> {
    definition: &'d Definition,
    graph: &'d Graph<'d>,
    misfits: Vec<Misfit>,
}

impl Inference<'_> {
    fn node(&mut self, node: &Node) -> Type {
        match &node.kind {
            NodeKind::Literal(value) => Type::of_value(value),
            // An unknown name is reported where names are.
            NodeKind::Root(name) if name.parse::<Namespace>().is_err() => Type::Any,
            NodeKind::Root(_) => Type::Known(ValueType::Object),
            NodeKind::Access { base, steps } => self.access(node, base, steps),
            NodeKind::Call { name, arguments } => self.call(node, name, arguments),
            NodeKind::Not(operand) => {
                self.node(operand);
                Type::Known(ValueType::Boolean)
            }
            NodeKind::Compare {
                comparison,
                left,
                right,
            } => {
                self.compare(node, *comparison, left, right);
                Type::Known(ValueType::Boolean)
            }
            // Chains answer with one of their operands.
            NodeKind::All(operands) | NodeKind::Any(operands) => {
                let types: Vec<_> = operands.iter().map(|operand| self.node(operand)).collect();
                types.into_iter().reduce(Type::or).unwrap_or(Type::Any)
            }
            NodeKind::Choice { condition, yes, no } => {
                self.node(condition);
                let yes = self.node(yes);
                yes.or(self.node(no))
            }
        }
    }

    fn report(
        &mut self,
        code: &'static Code,
        span: &Range<usize>,
        message: String,
        help: Option<String>,
    ) {
        self.misfits.push(Misfit {
            code,
            message,
            help,
            span: span.clone(),
        });
    }

    fn access(&mut self, node: &Node, base: &Node, steps: &[Step]) -> Type {
        let (mut found, n_known) = match node.reference() {
            Some(reference) => {
                let path: Vec<_> = reference.path.iter().map(String::as_str).collect();
                self.root(reference.namespace, &path)
            }
            // An unknown namespace is reported where names are.
            None if matches!(base.kind, NodeKind::Root(_)) => (Type::Any, steps.len()),
            None => (self.node(base), 0),
        };
        for (place, step) in steps.iter().enumerate() {
            let index = match &step.kind {
                StepKind::Name(_) => Type::Known(ValueType::String),
                StepKind::Index(index) => self.node(index),
            };
            if place >= n_known {
                found = self.step(&found, &index, step);
            }
        }
        found
    }

    /// What one step into a value leads to.
    fn step(&mut self, base: &Type, index: &Type, step: &Step) -> Type {
        let by_position = index.class().is_none_or(|class| class == Class::Number);
        let by_name = index.class().is_none_or(|class| class == Class::Text);
        let reason = match base.class() {
            None => return Type::Any,
            Some(Class::Map) if by_name => return Type::Any,
            Some(Class::Map) => "a map is looked into by name",
            Some(Class::List) if by_position => {
                return match base {
                    Type::Known(ValueType::Array(items)) => Type::Known((**items).clone()),
                    Type::Any | Type::Null | Type::Known(_) => Type::Any,
                };
            }
            Some(Class::List) => "a list is looked into by position",
            Some(Class::Text) => "a text has nothing inside",
            Some(Class::Number) => "a number has nothing inside",
            Some(Class::Boolean) => "a boolean has nothing inside",
        };
        let message = format!("this is always null: {reason}");
        let is_length = matches!(&step.kind, StepKind::Name(name) if name == "length");
        let help = match base.class() {
            Some(Class::List | Class::Text) if is_length => {
                Some("how long a value is, length() tells".to_owned())
            }
            Some(Class::List) => Some("write a position such as [0]".to_owned()),
            Some(Class::Text) => Some("if it holds JSON, read it with fromJSON()".to_owned()),
            _ => None,
        };
        self.report(&codes::ALWAYS_NULL, &step.span, message, help);
        Type::Any
    }

    /// The type of a path as far as it is declared, and how many of its names
    /// that takes. What does not exist is reported where names are.
    fn root(&self, namespace: Namespace, path: &[&str]) -> (Type, usize) {
        const UNKNOWN: (Type, usize) = (Type::Any, usize::MAX);
        let text = Type::Known(ValueType::String);
        let map = Type::Known(ValueType::Object);
        match (namespace, path) {
            (Namespace::Context, _) => UNKNOWN,
            (_, []) => (map, 0),
            (Namespace::Parameters, [name, ..]) => {
                match self.definition.config.parameters.get(*name) {
                    Some(parameter) => (Type::of(parameter.value_type.as_ref()), 1),
                    None => UNKNOWN,
                }
            }
            (Namespace::Env | Namespace::Workflow | Namespace::Run, [_, ..]) => (text, 1),
            (Namespace::Stages, [id, rest @ ..]) => self.stage(id, rest).unwrap_or(UNKNOWN),
        }
    }

    fn stage(&self, id: &str, path: &[&str]) -> Option<(Type, usize)> {
        let stage = self.definition.stages.get(self.graph.find(id)?)?;
        let text = Type::Known(ValueType::String);
        let map = Type::Known(ValueType::Object);
        let is_object = stage.handoff_format() == HandoffFormat::Structured;
        Some(match path {
            [] => (map, 1),
            ["status" | "summary", ..] => (text, 2),
            ["handoff"] if !is_object => (text, 2),
            ["outputs" | "handoff"] => (map, 2),
            ["handoff", _, ..] if !is_object => return None,
            ["outputs" | "handoff", name, ..] => {
                let output = stage.outputs.get(*name)?;
                (Type::of(output.value_type.as_ref()), 3)
            }
            [_, ..] => return None,
        })
    }

    fn call(&mut self, node: &Node, name: &str, arguments: &[Node]) -> Type {
        let types: Vec<_> = arguments.iter().map(|node| self.node(node)).collect();
        let Some(function) = Function::find(name) else {
            return Type::Any;
        };
        let misfit = match (function, types.as_slice()) {
            (Function::Length, [value]) => not_holding(value).map(|given| {
                format!("length() takes a text, a list or a map, and this is {given}")
            }),
            (Function::Contains, [whole, part]) => mismatched_search(whole, part),
            (Function::FromJson, [text]) => text
                .describe()
                .filter(|_| text.class() != Some(Class::Text))
                .map(|given| format!("fromJSON() takes a text, and this is {given}")),
            (Function::ToJson | Function::Length | Function::Contains | Function::FromJson, _) => {
                None
            }
        };
        if let Some(message) = misfit {
            self.report(&codes::WRONG_ARGUMENT, &node.span, message, None);
        }
        match function {
            Function::Length => Type::Known(ValueType::Integer),
            Function::Contains => Type::Known(ValueType::Boolean),
            Function::ToJson => Type::Known(ValueType::String),
            Function::FromJson => Type::Any,
        }
    }

    fn compare(&mut self, node: &Node, comparison: Comparison, left: &Node, right: &Node) {
        let (left_type, right_type) = (self.node(left), self.node(right));
        let word = comparison.as_str();
        let message = match (left_type.class(), right_type.class()) {
            (Some(left), Some(right)) if left != right => {
                let (left, right) = (left.describe(), right.describe());
                match comparison {
                    Comparison::Equal => format!("{left} is never equal to {right}"),
                    Comparison::NotEqual => format!("{left} is always different from {right}"),
                    Comparison::Less
                    | Comparison::LessEqual
                    | Comparison::Greater
                    | Comparison::GreaterEqual => {
                        format!("`{word}` cannot compare {left} with {right}")
                    }
                }
            }
            _ if is_equality(comparison) => return,
            (Some(Class::Map), _) | (_, Some(Class::Map)) => {
                format!("maps have no order: `{word}`")
            }
            _ if left_type == Type::Null || right_type == Type::Null => {
                format!("`{word}` cannot compare with null")
            }
            _ => return,
        };
        let help =
            number_in_quotes(left, right).map(|number| format!("write {number} without quotes"));
        self.report(&codes::INCOMPARABLE, &node.span, message, help);
    }
}

const fn is_equality(comparison: Comparison) -> bool {
    matches!(comparison, Comparison::Equal | Comparison::NotEqual)
}

/// What a value is that has no length, in words.
fn not_holding(value: &Type) -> Option<&'static str> {
    match value.class() {
        Some(Class::Text | Class::List | Class::Map) => None,
        Some(Class::Boolean | Class::Number) | None => value.describe(),
    }
}

fn mismatched_search(whole: &Type, part: &Type) -> Option<String> {
    if let Some(given) = not_holding(whole) {
        return Some(format!(
            "contains() looks into a text, a list or a map, and this is {given}"
        ));
    }
    let is_text = whole.class() == Some(Class::Text);
    let given = part
        .describe()
        .filter(|_| is_text && part.class() != Some(Class::Text))?;
    Some(format!(
        "contains() looks for a text in a text, and this is {given}"
    ))
}

/// The number that one of the two was meant to be.
fn number_in_quotes<'n>(left: &'n Node, right: &'n Node) -> Option<&'n str> {
    let literal = |node: &'n Node| match &node.kind {
        NodeKind::Literal(value) => value.as_str(),
        NodeKind::Root(_)
        | NodeKind::Access { .. }
        | NodeKind::Call { .. }
        | NodeKind::Not(_)
        | NodeKind::Compare { .. }
        | NodeKind::All(_)
        | NodeKind::Any(_)
        | NodeKind::Choice { .. } => None,
    };
    let text = literal(left).or_else(|| literal(right))?;
    text.parse::<f64>().is_ok().then_some(text)
}
