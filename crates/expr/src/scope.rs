//! What an expression can see: six namespaces, filled by whoever evaluates.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use baton_model::{Object, Value};

/// The first name of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Namespace {
    /// Parameters of the run.
    Parameters,
    /// Outputs and status of other stages.
    Stages,
    /// Bindings of the context.
    Context,
    /// Resolved values of `config.env`.
    Env,
    /// The run itself: `run.id`, `run.started_at`.
    Run,
    /// The definition: `workflow.id`, `workflow.name`, `workflow.version`.
    Workflow,
}

impl Namespace {
    /// Every namespace, in the order messages list them.
    pub const ALL: [Self; 6] = [
        Self::Parameters,
        Self::Stages,
        Self::Context,
        Self::Env,
        Self::Run,
        Self::Workflow,
    ];

    /// The word used in expressions.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Parameters => "parameters",
            Self::Stages => "stages",
            Self::Context => "context",
            Self::Env => "env",
            Self::Run => "run",
            Self::Workflow => "workflow",
        }
    }

    /// The namespace a word names.
    pub(crate) fn find(word: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|namespace| namespace.as_str() == word)
    }
}

impl fmt::Display for Namespace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Namespace {
    type Err = UnknownNamespace;

    fn from_str(word: &str) -> Result<Self, UnknownNamespace> {
        Self::find(word).ok_or_else(|| UnknownNamespace(word.to_owned()))
    }
}

/// A word that names no namespace.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown namespace `{0}`")]
pub struct UnknownNamespace(pub String);

/// Where names get their values from.
pub trait Scope {
    /// The value at `namespace.path…`; the whole namespace for an empty path.
    /// Anything that is missing is null, never an error.
    fn lookup<'a>(&'a self, namespace: Namespace, path: &[&str]) -> Cow<'a, Value>;
}

/// A scope over one JSON object whose keys are the namespaces.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct JsonScope(pub Object);

impl Scope for JsonScope {
    fn lookup<'a>(&'a self, namespace: Namespace, path: &[&str]) -> Cow<'a, Value> {
        self.0
            .get(namespace.as_str())
            .and_then(|root| {
                path.iter()
                    .try_fold(root, |value, key| value.as_object()?.get(*key))
            })
            .map_or(Cow::Owned(Value::Null), Cow::Borrowed)
    }
}
