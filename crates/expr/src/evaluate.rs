//! Tree to value. Borrows from the scope where it can: stage outputs may be
//! large, and most expressions only pick from them.

use std::borrow::Cow;
use std::cmp::Ordering;

use baton_model::Value;

use crate::access::{by_index, by_name, static_path};
use crate::check::{unknown_function, unknown_namespace};
use crate::error::EvalError;
use crate::function::Function;
use crate::scope::{Namespace, Scope};
use crate::tree::{Comparison, Expr, Node, NodeKind, Step, StepKind};
use crate::value::{equal, kind, order, truthy};

type Evaluated<'v> = Result<Cow<'v, Value>, EvalError>;

impl Expr {
    /// The value of the expression in `scope`.
    pub fn evaluate(&self, scope: &dyn Scope) -> Result<Value, EvalError> {
        self.value_in(scope).map(Cow::into_owned)
    }

    /// Whether the value of the expression counts as true.
    pub fn is_true(&self, scope: &dyn Scope) -> Result<bool, EvalError> {
        self.value_in(scope).map(|value| truthy(&value))
    }

    pub(crate) fn value_in<'v>(&'v self, scope: &'v dyn Scope) -> Evaluated<'v> {
        evaluate(self.root(), scope)
    }
}

fn evaluate<'v>(node: &'v Node, scope: &'v dyn Scope) -> Evaluated<'v> {
    match &node.kind {
        NodeKind::Literal(value) => Ok(Cow::Borrowed(value)),
        NodeKind::Root(_) => access(node, &[], scope),
        NodeKind::Access { base, steps } => access(base, steps, scope),
        NodeKind::Call { name, arguments } => call(node, name, arguments, scope),
        NodeKind::Not(operand) => {
            let value = evaluate(operand, scope)?;
            Ok(Cow::Owned(Value::Bool(!truthy(&value))))
        }
        NodeKind::Compare {
            comparison,
            left,
            right,
        } => compare(node, *comparison, (left, right), scope),
        NodeKind::All(operands) => first_operand(operands, |value| !truthy(value), scope),
        NodeKind::Any(operands) => first_operand(operands, truthy, scope),
        NodeKind::Choice { condition, yes, no } => {
            let chosen = if truthy(&*evaluate(condition, scope)?) {
                yes
            } else {
                no
            };
            evaluate(chosen, scope)
        }
    }
}

/// The first operand that decides a chain, or its last one; those after it
/// are not evaluated.
fn first_operand<'v>(
    operands: &'v [Node],
    decides: fn(&Value) -> bool,
    scope: &'v dyn Scope,
) -> Evaluated<'v> {
    let mut value = Cow::Owned(Value::Null);
    for operand in operands {
        value = evaluate(operand, scope)?;
        if decides(&value) {
            break;
        }
    }
    Ok(value)
}

fn access<'v>(base: &'v Node, steps: &'v [Step], scope: &'v dyn Scope) -> Evaluated<'v> {
    let (mut value, rest) = if let NodeKind::Root(name) = &base.kind {
        let namespace = Namespace::find(name)
            .ok_or_else(|| EvalError::new(unknown_namespace(name), &base.span))?;
        let path = static_path(steps);
        let rest = steps.get(path.len()..).unwrap_or_default();
        (scope.lookup(namespace, &path), rest)
    } else {
        (evaluate(base, scope)?, steps)
    };
    for step in rest {
        value = match &step.kind {
            StepKind::Name(name) => by_name(value, name),
            StepKind::Index(index) => by_index(value, &*evaluate(index, scope)?),
        };
    }
    Ok(value)
}

fn call<'v>(node: &Node, name: &str, arguments: &'v [Node], scope: &'v dyn Scope) -> Evaluated<'v> {
    let function =
        Function::find(name).ok_or_else(|| EvalError::new(unknown_function(name), &node.span))?;
    let values = arguments
        .iter()
        .map(|argument| evaluate(argument, scope))
        .collect::<Result<Vec<_>, _>>()?;
    function
        .call(&values)
        .map(Cow::Owned)
        .map_err(|message| EvalError::new(message, &node.span))
}

fn compare<'v>(
    node: &Node,
    comparison: Comparison,
    (left, right): (&'v Node, &'v Node),
    scope: &'v dyn Scope,
) -> Evaluated<'v> {
    let left_value = status_word(left, right).map_or_else(|| evaluate(left, scope), Ok)?;
    let right_value = status_word(right, left).map_or_else(|| evaluate(right, scope), Ok)?;
    let holds = match comparison {
        Comparison::Equal => equal(&left_value, &right_value),
        Comparison::NotEqual => !equal(&left_value, &right_value),
        Comparison::Less
        | Comparison::LessEqual
        | Comparison::Greater
        | Comparison::GreaterEqual => {
            let ordering = order(&left_value, &right_value).ok_or_else(|| {
                let message = format!(
                    "`{}` cannot compare {} with {}",
                    comparison.as_str(),
                    kind(&left_value),
                    kind(&right_value)
                );
                EvalError::new(message, &node.span)
            })?;
            holds_for(comparison, ordering)
        }
    };
    Ok(Cow::Owned(Value::Bool(holds)))
}

const fn holds_for(comparison: Comparison, ordering: Ordering) -> bool {
    match comparison {
        Comparison::Equal => ordering.is_eq(),
        Comparison::NotEqual => ordering.is_ne(),
        Comparison::Less => ordering.is_lt(),
        Comparison::LessEqual => ordering.is_le(),
        Comparison::Greater => ordering.is_gt(),
        Comparison::GreaterEqual => ordering.is_ge(),
    }
}

/// `success` means `completed` where it is compared with the status of a
/// stage: older definitions are written with that word.
fn status_word(literal: &Node, other: &Node) -> Option<Cow<'static, Value>> {
    literal.as_text().filter(|word| *word == "success")?;
    let reference = other.reference()?;
    let is_status = reference.namespace == Namespace::Stages
        && matches!(reference.path.as_slice(), [_, last] if last == "status");
    is_status.then(|| Cow::Owned(Value::from("completed")))
}
