//! The tree of an expression. Every node knows where in the text it stands.
//!
//! Chains (`a && b && c`, `a.b.c`) are flat lists, not nested pairs, so the
//! height of a tree is bounded by the nesting the parser allows and a walk by
//! recursion cannot run out of stack.

use std::ops::Range;

use baton_model::Value;

use crate::access::static_path;
use crate::error::SyntaxError;
use crate::parser;
use crate::scope::Namespace;

/// What the name of a secret stands behind.
const SECRETS: &str = "secrets";

/// A parsed expression.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    root: Node,
}

/// One node of the tree. Two nodes are equal when they say the same, wherever
/// they stand.
#[derive(Clone, Debug)]
pub struct Node {
    /// What it is.
    pub kind: NodeKind,
    /// Where it stands, in bytes of the parsed text.
    pub span: Range<usize>,
}

impl PartialEq for Node {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind
    }
}

/// What a node is.
#[derive(Clone, Debug, PartialEq)]
pub enum NodeKind {
    /// `'text'`, `1.5`, `true`, `null`.
    Literal(Value),
    /// The first name of a path. Kept as it was written: whether it names a
    /// [`Namespace`] is a finding of [`Expr::check`], not a syntax error.
    Root(String),
    /// `base.key[index]…`; the base is never an access itself.
    Access {
        /// What is looked into.
        base: Box<Node>,
        /// At least one step.
        steps: Vec<Step>,
    },
    /// `name(arguments…)`.
    Call {
        /// The function, as written.
        name: String,
        /// What it is given.
        arguments: Vec<Node>,
    },
    /// `!operand`.
    Not(Box<Node>),
    /// `left == right` and the other five.
    Compare {
        /// How they are compared.
        comparison: Comparison,
        /// The left operand.
        left: Box<Node>,
        /// The right operand.
        right: Box<Node>,
    },
    /// `a && b && …`: at least two.
    All(Vec<Node>),
    /// `a || b || …`: at least two.
    Any(Vec<Node>),
    /// `condition ? yes : no`.
    Choice {
        /// Decides.
        condition: Box<Node>,
        /// The value when the condition is true.
        yes: Box<Node>,
        /// The value when it is not.
        no: Box<Node>,
    },
}

/// One step into a value.
#[derive(Clone, Debug)]
pub struct Step {
    /// By name or by computed index.
    pub kind: StepKind,
    /// Where it stands, with its dot or brackets.
    pub span: Range<usize>,
}

impl PartialEq for Step {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind
    }
}

/// How a step chooses.
#[derive(Clone, Debug, PartialEq)]
pub enum StepKind {
    /// `.name`.
    Name(String),
    /// `[index]`.
    Index(Node),
}

/// The six comparisons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `==`.
    Equal,
    /// `!=`.
    NotEqual,
    /// `<`.
    Less,
    /// `<=`.
    LessEqual,
    /// `>`.
    Greater,
    /// `>=`.
    GreaterEqual,
}

impl Comparison {
    /// The operator as it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessEqual => "<=",
            Self::Greater => ">",
            Self::GreaterEqual => ">=",
        }
    }

    /// Whether it asks for equality and not for an order.
    pub(crate) const fn is_equality(self) -> bool {
        matches!(self, Self::Equal | Self::NotEqual)
    }
}

/// A path that begins with a namespace, as far as its names are known
/// without evaluating anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// Where it begins.
    pub namespace: Namespace,
    /// The names after it.
    pub path: Vec<String>,
    /// Where it stands, in bytes of the parsed text.
    pub span: Range<usize>,
}

impl Expr {
    /// Longest expression that is read, in bytes.
    pub const BYTES_MAX: usize = 16 * 1024;

    /// Deepest nesting of parentheses, calls, indexes, `!` and `? :`.
    pub const DEPTH_MAX: usize = 64;

    /// Reads an expression without its `${{ }}`.
    pub fn parse(text: &str) -> Result<Self, SyntaxError> {
        parser::parse(text, 0..text.len()).map(Self::from_root)
    }

    /// Reads a condition: one expression, bare or inside one `${{ }}`.
    pub fn parse_condition(text: &str) -> Result<Self, SyntaxError> {
        parser::parse_condition(text).map(Self::from_root)
    }

    pub(crate) const fn from_root(root: Node) -> Self {
        Self { root }
    }

    /// The whole tree.
    pub const fn root(&self) -> &Node {
        &self.root
    }

    /// Every path of the expression that begins with a namespace.
    pub fn references(&self) -> Vec<Reference> {
        let mut found = Vec::new();
        self.root.walk(&mut |node| found.extend(node.reference()));
        found
    }

    /// The path, when the expression is one path and nothing else.
    pub fn as_reference(&self) -> Option<Reference> {
        let reference = self.root.reference()?;
        (reference.path.len() == self.root.steps().len()).then_some(reference)
    }

    /// The name, when the expression is `secrets.NAME` and nothing else. Nobody
    /// computes with a secret, so that is no path like others.
    pub fn as_secret(&self) -> Option<&str> {
        let (SECRETS, _) = self.root.path_root()? else {
            return None;
        };
        match self.root.steps() {
            [
                Step {
                    kind: StepKind::Name(name),
                    ..
                },
            ] => Some(name),
            _ => None,
        }
    }
}

impl Node {
    /// Visits this node and all below it, parents first, left to right. The
    /// root of a path is visited as part of its access, not on its own.
    pub fn walk<'n>(&'n self, visit: &mut dyn FnMut(&'n Self)) {
        visit(self);
        match &self.kind {
            NodeKind::Literal(_) | NodeKind::Root(_) => {}
            NodeKind::Access { base, steps } => {
                if !matches!(base.kind, NodeKind::Root(_)) {
                    base.walk(visit);
                }
                for step in steps {
                    if let StepKind::Index(index) = &step.kind {
                        index.walk(visit);
                    }
                }
            }
            NodeKind::Not(operand) => operand.walk(visit),
            NodeKind::Compare { left, right, .. } => {
                left.walk(visit);
                right.walk(visit);
            }
            NodeKind::Call {
                arguments: operands,
                ..
            }
            | NodeKind::All(operands)
            | NodeKind::Any(operands) => {
                for operand in operands {
                    operand.walk(visit);
                }
            }
            NodeKind::Choice { condition, yes, no } => {
                condition.walk(visit);
                yes.walk(visit);
                no.walk(visit);
            }
        }
    }

    /// The name a path begins with, and where that name stands.
    pub(crate) fn path_root(&self) -> Option<(&str, &Range<usize>)> {
        let base = if let NodeKind::Access { base, .. } = &self.kind {
            base
        } else {
            self
        };
        if let NodeKind::Root(name) = &base.kind {
            Some((name, &base.span))
        } else {
            None
        }
    }

    /// The text, when the node is a string literal.
    pub(crate) fn as_text(&self) -> Option<&str> {
        if let NodeKind::Literal(value) = &self.kind {
            value.as_str()
        } else {
            None
        }
    }

    /// The steps of an access; none for anything else.
    fn steps(&self) -> &[Step] {
        if let NodeKind::Access { steps, .. } = &self.kind {
            steps
        } else {
            &[]
        }
    }

    /// The path this node is, if it is one and its namespace is known.
    pub fn reference(&self) -> Option<Reference> {
        let (name, root_span) = self.path_root()?;
        let namespace = Namespace::find(name)?;
        let steps = self.steps();
        let path = static_path(steps);
        let end = path
            .len()
            .checked_sub(1)
            .and_then(|last| steps.get(last))
            .map_or(root_span.end, |step| step.span.end);
        Some(Reference {
            namespace,
            path: path.into_iter().map(str::to_owned).collect(),
            span: root_span.start..end,
        })
    }
}
