//! Tree to canonical text: `parse(print(tree)) == tree`, with parentheses
//! only where the tree needs them.

use std::fmt;

use baton_model::Value;

use crate::tree::{Expr, Node, NodeKind, Step, StepKind};
use crate::value::push_number;

/// How tightly a form binds; a looser form inside a tighter one needs
/// parentheses.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Choice,
    Any,
    All,
    Equality,
    Relation,
    Unary,
    Primary,
}

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self.root(), f)
    }
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        print(self, Level::Choice, f)
    }
}

fn level(node: &Node) -> Level {
    match &node.kind {
        NodeKind::Choice { .. } => Level::Choice,
        NodeKind::Any(_) => Level::Any,
        NodeKind::All(_) => Level::All,
        NodeKind::Compare { comparison, .. } if comparison.is_equality() => Level::Equality,
        NodeKind::Compare { .. } => Level::Relation,
        NodeKind::Not(_) => Level::Unary,
        NodeKind::Literal(_)
        | NodeKind::Root(_)
        | NodeKind::Access { .. }
        | NodeKind::Call { .. } => Level::Primary,
    }
}

fn print(node: &Node, loosest: Level, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if level(node) < loosest {
        f.write_str("(")?;
        print_bare(node, f)?;
        return f.write_str(")");
    }
    print_bare(node, f)
}

fn print_bare(node: &Node, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match &node.kind {
        NodeKind::Literal(value) => print_literal(value, f),
        NodeKind::Root(name) => f.write_str(name),
        NodeKind::Access { base, steps } => print_access(base, steps, f),
        NodeKind::Call { name, arguments } => {
            write!(f, "{name}(")?;
            print_joined(arguments, ", ", Level::Choice, f)?;
            f.write_str(")")
        }
        NodeKind::Not(operand) => {
            f.write_str("!")?;
            print(operand, Level::Unary, f)
        }
        NodeKind::Compare {
            comparison,
            left,
            right,
        } => {
            let operand = if comparison.is_equality() {
                Level::Relation
            } else {
                Level::Unary
            };
            print(left, operand, f)?;
            write!(f, " {} ", comparison.as_str())?;
            print(right, operand, f)
        }
        NodeKind::All(operands) => print_joined(operands, " && ", Level::Equality, f),
        NodeKind::Any(operands) => print_joined(operands, " || ", Level::All, f),
        NodeKind::Choice { condition, yes, no } => {
            print(condition, Level::Any, f)?;
            f.write_str(" ? ")?;
            print(yes, Level::Choice, f)?;
            f.write_str(" : ")?;
            print(no, Level::Choice, f)
        }
    }
}

fn print_joined(
    nodes: &[Node],
    separator: &str,
    loosest: Level,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    for (index, node) in nodes.iter().enumerate() {
        if index > 0 {
            f.write_str(separator)?;
        }
        print(node, loosest, f)?;
    }
    Ok(())
}

fn print_access(base: &Node, steps: &[Step], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if matches!(base.kind, NodeKind::Root(_) | NodeKind::Call { .. }) {
        print_bare(base, f)?;
    } else {
        write!(f, "({base})")?;
    }
    for step in steps {
        match &step.kind {
            StepKind::Name(name) => write!(f, ".{name}")?,
            StepKind::Index(index) => write!(f, "[{index}]")?,
        }
    }
    Ok(())
}

fn print_literal(value: &Value, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match value {
        Value::String(text) => {
            let escaped = text.replace('\\', r"\\").replace('\'', r"\'");
            write!(f, "'{escaped}'")
        }
        Value::Number(number) => {
            let mut digits = String::new();
            push_number(&mut digits, number);
            f.write_str(&digits)
        }
        // The parser makes no list or map literals; JSON is how people read them.
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => write!(f, "{value}"),
    }
}
