//! Mistakes that can be seen without evaluating: names the language lacks.

use std::fmt::Write as _;
use std::ops::Range;

use crate::function::Function;
use crate::scope::Namespace;
use crate::tree::{Expr, Node, NodeKind};

/// A mistake in an expression that parses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// Which sort.
    pub kind: MistakeKind,
    /// What is wrong: lower case, no full stop.
    pub message: String,
    /// How to mend it.
    pub help: Option<String>,
    /// Where, in bytes of the parsed text.
    pub span: Range<usize>,
}

/// The sorts of mistakes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MistakeKind {
    /// A path begins with a word that is no [`Namespace`].
    UnknownNamespace,
    /// A call names no [`Function`].
    UnknownFunction,
    /// A call has too few or too many arguments.
    Arity,
}

impl Expr {
    /// Every mistake in the expression, in the order of the text.
    pub fn check(&self) -> Vec<Mistake> {
        let mut mistakes = Vec::new();
        self.root()
            .walk(&mut |node| mistakes.extend(mistake_of(node)));
        mistakes
    }

    /// Whether its value is the same in every scope.
    pub fn is_constant(&self) -> bool {
        let mut n_paths = 0;
        self.root()
            .walk(&mut |node| n_paths += usize::from(node.path_root().is_some()));
        n_paths == 0
    }
}

fn mistake_of(node: &Node) -> Option<Mistake> {
    if let Some((name, span)) = node.path_root() {
        return mistaken_namespace(name, span);
    }
    if let NodeKind::Call { name, arguments } = &node.kind {
        return mistaken_call(name, arguments.len(), &node.span);
    }
    None
}

fn mistaken_namespace(name: &str, span: &Range<usize>) -> Option<Mistake> {
    if Namespace::find(name).is_some() {
        return None;
    }
    let words = Namespace::ALL.map(Namespace::as_str);
    let literals = ["true", "false", "null"];
    Some(Mistake {
        kind: MistakeKind::UnknownNamespace,
        message: unknown_namespace(name),
        help: Some(
            nearest(name, words.into_iter().chain(literals))
                .map_or_else(|| format!("a text is written '{name}'"), did_you_mean),
        ),
        span: span.clone(),
    })
}

fn mistaken_call(name: &str, n_arguments: usize, span: &Range<usize>) -> Option<Mistake> {
    let Some(function) = Function::find(name) else {
        let names = Function::ALL.map(Function::as_str);
        return Some(Mistake {
            kind: MistakeKind::UnknownFunction,
            message: unknown_function(name),
            help: nearest(name, names.into_iter()).map(did_you_mean),
            span: span.clone(),
        });
    };
    (function.arity() != n_arguments).then(|| Mistake {
        kind: MistakeKind::Arity,
        message: function.arity_message(n_arguments),
        help: None,
        span: span.clone(),
    })
}

pub(crate) fn unknown_namespace(name: &str) -> String {
    let names = listed(Namespace::ALL.map(Namespace::as_str).as_slice());
    format!("unknown name `{name}`: a path begins with {names}")
}

pub(crate) fn unknown_function(name: &str) -> String {
    let names = listed(Function::ALL.map(Function::as_str).as_slice());
    format!("unknown function `{name}`: there are {names}")
}

/// `a, b and c`, each in backticks.
fn listed(words: &[&str]) -> String {
    let mut text = String::new();
    for (index, word) in words.iter().enumerate() {
        let separator = match index {
            0 => "",
            _ if index + 1 == words.len() => " and ",
            _ => ", ",
        };
        write!(text, "{separator}`{word}`").expect("writing into a String cannot fail");
    }
    text
}

fn did_you_mean(word: &str) -> String {
    format!("did you mean `{word}`?")
}

/// The word most like `name`, if one is like it at all; case is ignored.
fn nearest<'w>(name: &str, words: impl Iterator<Item = &'w str>) -> Option<&'w str> {
    const LIKENESS_MIN: f64 = 0.6;
    // Likeness is quadratic in the length; no word of the language is longer.
    const BYTES_MAX: usize = 32;
    if name.len() > BYTES_MAX {
        return None;
    }
    let name = name.to_lowercase();
    words
        .map(|word| {
            (
                strsim::normalized_damerau_levenshtein(&name, &word.to_lowercase()),
                word,
            )
        })
        .filter(|(likeness, _)| *likeness >= LIKENESS_MIN)
        .max_by(|(left, _), (right, _)| left.total_cmp(right))
        .map(|(_, word)| word)
}
