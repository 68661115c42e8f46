//! What could be written at a place of a text that somebody is writing: keys,
//! words, stages, and what expressions can read.
//!
//! Such a text is rarely whole, so it is not read as YAML: where the place is
//! in the document is told from the indentation of the lines above it. Flow
//! style (`{ a: b }`) is not looked into, except for lists of words.

mod expression;
mod lines;
pub(crate) mod shape;

use baton_model::Position;

use crate::Definition;
use crate::definition::Stage;
use lines::{Place, Step};

/// Something that could be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// What is written.
    pub label: String,
    /// What it is.
    pub kind: CompletionKind,
    /// What it means.
    pub detail: Option<String>,
}

/// What a completion is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CompletionKind {
    /// A key of a map.
    Key,
    /// A word of the language.
    Value,
    /// A namespace of expressions.
    Namespace,
    /// A function of expressions.
    Function,
    /// A parameter of the workflow.
    Parameter,
    /// A stage.
    Stage,
    /// Something a namespace or a stage holds.
    Field,
    /// An artifact.
    Artifact,
}

impl CompletionKind {
    /// The word for clients.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Key => "key",
            Self::Value => "value",
            Self::Namespace => "namespace",
            Self::Function => "function",
            Self::Parameter => "parameter",
            Self::Stage => "stage",
            Self::Field => "field",
            Self::Artifact => "artifact",
        }
    }
}

/// What could be written at a place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completions {
    /// All that begins with what is there already.
    pub items: Vec<Completion>,
    /// What is there already, up to the place.
    pub prefix: String,
    /// Whether a reference to an artifact stands here, of which only others
    /// know which there are.
    pub wants_artifact: bool,
}

impl Completions {
    /// Those that begin with what is there.
    fn of(prefix: &str, items: Vec<Completion>) -> Self {
        let items = items
            .into_iter()
            .filter(|item| item.label.starts_with(prefix) && item.label != prefix);
        Self {
            items: items.collect(),
            prefix: prefix.to_owned(),
            wants_artifact: false,
        }
    }
}

fn completion(label: &str, kind: CompletionKind, detail: Option<&str>) -> Completion {
    Completion {
        label: label.to_owned(),
        kind,
        detail: detail.map(str::to_owned),
    }
}

/// What could be written at a place of a text.
pub fn complete(text: &str, at: Position) -> Completions {
    let offset = lines::offset(text, at);
    let written = Written::read(text, offset);
    if let Some(fragment) = expression::fragment(text, offset) {
        return expression::complete(fragment, &written);
    }
    let Some(place) = lines::place(text, offset) else {
        return Completions::default();
    };
    match place {
        Place::Key {
            path,
            prefix,
            siblings,
        } => Completions::of(prefix, shape::keys(&path, &siblings)),
        Place::Value { path, prefix } if is_depends_on(&path) => {
            Completions::of(prefix, written.others())
        }
        Place::Value { path, prefix } if shape::is_artifact(&path) => Completions {
            wants_artifact: true,
            ..Completions::of(prefix, Vec::new())
        },
        Place::Value { path, prefix } => Completions::of(prefix, shape::values(&path)),
    }
}

fn is_depends_on(path: &[Step<'_>]) -> bool {
    let mut keys = path.iter().filter(|step| **step != Step::Item);
    keys.next_back() == Some(&Step::Key("depends_on"))
}

/// The definition as far as it is written.
struct Written {
    definition: Option<Definition>,
    /// Which of its stages the place is in.
    own: Option<usize>,
}

impl Written {
    /// What is being written may be what cannot be read.
    fn read(text: &str, offset: usize) -> Self {
        let definition = crate::check(text)
            .definition
            .or_else(|| crate::check(&lines::without_line(text, offset)).definition);
        let own = definition.as_ref().and_then(|definition| {
            let mut stages = definition.stages.iter();
            stages.rposition(|stage| stage.id.bytes.start <= offset)
        });
        Self { definition, own }
    }

    fn stages(&self) -> &[Stage] {
        let definition = self.definition.as_ref();
        definition.map_or(&[], |definition| definition.stages.as_slice())
    }

    /// All stages but the own one.
    fn others(&self) -> Vec<Completion> {
        let others = self.stages().iter().enumerate();
        others
            .filter(|(index, _)| Some(*index) != self.own)
            .map(|(_, stage)| of_stage(stage))
            .collect()
    }
}

fn of_stage(stage: &Stage) -> Completion {
    completion(&stage.id.value, CompletionKind::Stage, Some(&stage.name))
}

#[cfg(test)]
mod tests;
