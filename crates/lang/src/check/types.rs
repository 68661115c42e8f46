//! What an expression is, as far as that is known without running anything,
//! and what it says that can never be meant: comparing a number with a text,
//! taking the length of a number, looking into what has no inside.
//!
//! A value of a known type may still be null, since stages are skipped and
//! parameters left out. Only what is wrong whatever the run does is reported.

use std::ops::Range;

use baton_expr::{Comparison, Expr, Function, Namespace, Node, NodeKind, Step, StepKind};
use baton_model::{Value, ValueType};

use super::declared::{self, Declared};
use super::graph::Graph;
use super::status;
use crate::definition::{Definition, Spanned};
use crate::report::{Finding, Place};
use crate::rules::{self, w0314::NothingInside};

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

/// What expressions are about.
pub(super) type Whole<'d> = (&'d Definition, &'d Graph<'d>);

/// The type of an expression.
pub(super) fn infer(expr: &Expr, (definition, graph): Whole<'_>) -> Type {
    let mut inference = Inference {
        definition,
        graph,
        place: &|_| Place::without_path(&(0..0)),
        misfits: Vec::new(),
    };
    inference.node(expr.root())
}

/// What is wrong in an expression whatever the run does. `place` knows where
/// the parts of the text stand that the expression is in.
pub(super) fn misfits(
    expr: &Expr,
    (definition, graph): Whole<'_>,
    place: &dyn Fn(&Range<usize>) -> Place,
) -> Vec<Finding> {
    let mut inference = Inference {
        definition,
        graph,
        place,
        misfits: Vec::new(),
    };
    inference.node(expr.root());
    inference.misfits
}

/// Where the type of a value is declared that an expression reads as it is.
pub(super) fn declaration<'d>(node: &Node, whole: Whole<'d>) -> Option<&'d Spanned<ValueType>> {
    let reference = node.reference()?;
    let path: Vec<_> = reference.path.iter().map(String::as_str).collect();
    let declared = declared::find(reference.namespace, &path, whole)?;
    let is_whole = declared.n_names == path.len();
    declared.declaration.filter(|_| is_whole)
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
    place: &'d dyn Fn(&Range<usize>) -> Place,
    misfits: Vec<Finding>,
}

impl<'d> Inference<'d> {
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

    fn declaration(&self, node: &Node) -> Option<&'d Spanned<ValueType>> {
        declaration(node, (self.definition, self.graph))
    }

    fn access(&mut self, node: &Node, base: &Node, steps: &[Step]) -> Type {
        let known = match node.reference() {
            Some(reference) => {
                let path: Vec<_> = reference.path.iter().map(String::as_str).collect();
                let whole = (self.definition, self.graph);
                // What does not exist is reported where names are.
                declared::find(reference.namespace, &path, whole).unwrap_or(Declared::UNKNOWN)
            }
            // An unknown namespace is reported where names are.
            None if matches!(base.kind, NodeKind::Root(_)) => Declared::UNKNOWN,
            None => Declared {
                found: self.node(base),
                n_names: 0,
                declaration: self.declaration(base),
            },
        };
        let mut found = known.found;
        for (place, step) in steps.iter().enumerate() {
            let index = match &step.kind {
                StepKind::Name(_) => Type::Known(ValueType::String),
                StepKind::Index(index) => self.node(index),
            };
            if place >= known.n_names {
                let declaration = known.declaration.filter(|_| place == known.n_names);
                found = self.step(&found, &index, (step, declaration));
            }
        }
        found
    }

    /// What one step into a value leads to, whose declaration is known if it
    /// has one.
    fn step(
        &mut self,
        base: &Type,
        index: &Type,
        (step, declaration): (&Step, Option<&Spanned<ValueType>>),
    ) -> Type {
        let by_position = index.class().is_none_or(|class| class == Class::Number);
        let by_name = index.class().is_none_or(|class| class == Class::Text);
        let why = match base.class() {
            None => return Type::Any,
            Some(Class::Map) if by_name => return Type::Any,
            Some(Class::Map) => NothingInside::MapByPosition,
            Some(Class::List) if by_position => {
                return match base {
                    Type::Known(ValueType::Array(items)) => Type::Known((**items).clone()),
                    Type::Any | Type::Null | Type::Known(_) => Type::Any,
                };
            }
            Some(Class::List) => NothingInside::ListByName,
            Some(Class::Text) => NothingInside::Text,
            Some(Class::Number) => NothingInside::Number,
            Some(Class::Boolean) => NothingInside::Boolean,
        };
        let name = match &step.kind {
            StepKind::Name(name) => Some(name.as_str()),
            StepKind::Index(_) => None,
        };
        let at = (self.place)(&step.span);
        let finding = rules::w0314::always_null(at, why, name).declared(declaration);
        self.misfits.push(finding);
        Type::Any
    }

    fn call(&mut self, node: &Node, name: &str, arguments: &[Node]) -> Type {
        let types: Vec<_> = arguments.iter().map(|node| self.node(node)).collect();
        let Some(function) = Function::find(name) else {
            return Type::Any;
        };
        let at = || (self.place)(&node.span);
        let misfit = match (function, types.as_slice()) {
            (Function::Length, [value]) => {
                not_holding(value).map(|given| rules::e0313::no_length(at(), given))
            }
            (Function::Contains, [whole, part]) => mismatched_search(whole, part, at),
            (Function::FromJson, [text]) => text
                .describe()
                .filter(|_| text.class() != Some(Class::Text))
                .map(|given| rules::e0313::no_json(at(), given)),
            (Function::ToJson | Function::Length | Function::Contains | Function::FromJson, _) => {
                None
            }
        };
        let misfit = misfit.map(|misfit| {
            let declarations = arguments.iter().map(|argument| self.declaration(argument));
            declarations.fold(misfit, Finding::declared)
        });
        self.misfits.extend(misfit);
        match function {
            Function::Length => Type::Known(ValueType::Integer),
            Function::Contains => Type::Known(ValueType::Boolean),
            Function::ToJson => Type::Known(ValueType::String),
            Function::FromJson => Type::Any,
        }
    }

    fn compare(&mut self, node: &Node, comparison: Comparison, left: &Node, right: &Node) {
        let (left_type, right_type) = (self.node(left), self.node(right));
        let at = || (self.place)(&node.span);
        if let Some(word) = status::impossible_word(left, right)
            && is_equality(comparison)
        {
            let finding = rules::w0310::no_status(at(), comparison, word, &status::WORDS);
            self.misfits.push(finding);
            return;
        }
        let misfit = match (left_type.class(), right_type.class()) {
            (Some(left_class), Some(right_class)) if left_class != right_class => {
                let kinds = (left_class.describe(), right_class.describe());
                let quoted = literal_in_quotes(left, right);
                rules::e0312::different_kinds(at(), comparison, kinds, quoted)
            }
            _ if is_equality(comparison) => return,
            (Some(Class::Map), _) | (_, Some(Class::Map)) => {
                rules::e0312::maps_have_no_order(at(), comparison)
            }
            _ if left_type == Type::Null || right_type == Type::Null => {
                rules::e0312::null_has_no_order(at(), comparison)
            }
            _ => return,
        };
        let misfit = misfit
            .declared(self.declaration(left))
            .declared(self.declaration(right));
        self.misfits.push(misfit);
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

fn mismatched_search(whole: &Type, part: &Type, at: impl Fn() -> Place) -> Option<Finding> {
    if let Some(given) = not_holding(whole) {
        return Some(rules::e0313::nothing_to_look_into(at(), given));
    }
    let is_text = whole.class() == Some(Class::Text);
    let given = part
        .describe()
        .filter(|_| is_text && part.class() != Some(Class::Text))?;
    Some(rules::e0313::no_text_to_look_for(at(), given))
}

/// The number or boolean that one of the two was meant to be.
fn literal_in_quotes<'n>(left: &'n Node, right: &'n Node) -> Option<&'n str> {
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
    let is_meant = ["true", "false"].contains(&text) || text.parse::<f64>().is_ok();
    is_meant.then_some(text)
}
