//! Mistakes that can be seen without evaluating: names the language lacks.

use std::fmt::Write as _;
use std::ops::Range;

use crate::function::Function;
use crate::habit;
use crate::scope::Namespace;
use crate::tree::{Expr, Node, NodeKind, StepKind};

/// How like a known word an unknown one has to be, to be taken for it.
const LIKENESS_MIN: f64 = 0.6;

/// The same where a text in quotes may have been meant as well: `fast` is no
/// slip for `false`.
const LIKENESS_OF_WORDS_MIN: f64 = 0.75;

/// What only stages have.
const PARTS_OF_STAGES: [&str; 4] = ["outputs", "status", "handoff", "summary"];

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
        return mistaken_namespace(node, name, span);
    }
    if let NodeKind::Call { name, arguments } = &node.kind {
        return mistaken_call(name, arguments.len(), &node.span);
    }
    None
}

fn mistaken_namespace(node: &Node, name: &str, span: &Range<usize>) -> Option<Mistake> {
    if Namespace::find(name).is_some() {
        return None;
    }
    let help = if matches!(node.kind, NodeKind::Root(_)) {
        help_for_word(name)
    } else {
        help_for_path(node, name)
    };
    Some(Mistake {
        kind: MistakeKind::UnknownNamespace,
        message: unknown_namespace(name),
        help: Some(help),
        span: span.clone(),
    })
}

/// A word on its own is most often a text without quotes.
fn help_for_word(name: &str) -> String {
    if let Some(literal) = habit::literal(name) {
        return did_you_mean(literal);
    }
    let words = Namespace::ALL.map(Namespace::as_str);
    let words = words.into_iter().chain(["true", "false", "null"]);
    let text = format!("a text is written '{name}'");
    match nearest(name, LIKENESS_OF_WORDS_MIN, words) {
        Some(word) if word.eq_ignore_ascii_case(name) => did_you_mean(word),
        Some(word) => format!("{} {text}", did_you_mean(word)),
        None => text,
    }
}

fn help_for_path(node: &Node, name: &str) -> String {
    if let Some(help) = habit::path_root(name) {
        return help.to_owned();
    }
    let words = Namespace::ALL.map(Namespace::as_str);
    if let Some(word) = nearest(name, LIKENESS_MIN, words.into_iter()) {
        return did_you_mean(word);
    }
    let NodeKind::Access { steps, .. } = &node.kind else {
        return format!("a text is written '{name}'");
    };
    match steps.first().map(|step| &step.kind) {
        Some(StepKind::Name(part)) if PARTS_OF_STAGES.contains(&part.as_str()) => {
            did_you_mean(&format!("stages.{name}"))
        }
        Some(StepKind::Name(_) | StepKind::Index(_)) | None => {
            "a text is written in single quotes".to_owned()
        }
    }
}

fn mistaken_call(name: &str, n_arguments: usize, span: &Range<usize>) -> Option<Mistake> {
    let Some(function) = Function::find(name) else {
        let names = Function::ALL.map(Function::as_str);
        return Some(Mistake {
            kind: MistakeKind::UnknownFunction,
            message: unknown_function(name),
            help: match habit::function(name) {
                Some(help) => Some(help.to_owned()),
                None => nearest(name, LIKENESS_MIN, names.into_iter()).map(did_you_mean),
            },
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
fn nearest<'w>(
    name: &str,
    likeness_min: f64,
    words: impl Iterator<Item = &'w str>,
) -> Option<&'w str> {
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
        .filter(|(likeness, _)| *likeness >= likeness_min)
        .max_by(|(left, _), (right, _)| left.total_cmp(right))
        .map(|(_, word)| word)
}
