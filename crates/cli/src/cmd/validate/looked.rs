//! Files that are looked at, as many at once as there are processors.

use std::collections::HashSet;
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use baton_app::definitions;
use baton_app::overrides::Layer;
use baton_model::{Diagnostic, ErrorCode, Severity};

use super::paths::{Collected, Found, Reason};
use crate::exit::Failure;
use crate::input::Source;
use crate::project::Surroundings;

/// A file that was looked at.
#[derive(Debug)]
pub(crate) struct Looked {
    /// How it is called.
    pub(crate) name: String,
    /// What it says; nothing when it cannot be read.
    pub(crate) source: Option<Source>,
    /// What was found in it. A label that names no text is about this one.
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// What is in it.
    pub(crate) holds: Holds,
    /// Why it cannot be read.
    pub(crate) failure: Option<anyhow::Error>,
}

/// What is in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holds {
    /// A workflow of so many stages.
    Workflow(usize),
    /// What a project lays over workflows.
    Overrides,
}

/// Everything that was looked at.
#[derive(Debug)]
pub(crate) struct Report {
    /// In the order of the paths that were given; overrides come last.
    pub(crate) files: Vec<Looked>,
    /// Files of folders that hold no workflow.
    pub(crate) n_passed_over: usize,
    /// What was laid over the workflows.
    pub(crate) over: Vec<Source>,
}

impl Looked {
    fn unread(name: String, failure: anyhow::Error) -> Self {
        Self {
            name,
            source: None,
            diagnostics: Vec::new(),
            holds: Holds::Workflow(0),
            failure: Some(failure),
        }
    }

    pub(crate) fn count(&self, severity: Severity) -> usize {
        let found = self.diagnostics.iter();
        found.filter(|found| found.severity == severity).count()
    }

    pub(crate) fn passes(&self, strict: bool) -> bool {
        let is_clean = !strict || self.count(Severity::Warning) == 0;
        self.failure.is_none() && self.count(Severity::Error) == 0 && is_clean
    }
}

/// Checks all files.
pub(super) fn look(collected: &Collected, around: Surroundings) -> Report {
    let looked = in_parallel(&collected.files, |found| look_at(found, &around));
    let mut files: Vec<Looked> = looked.into_iter().flatten().collect();
    let n_passed_over = collected.files.len() - files.len();
    for layer in &around.layers {
        let over = looked_over(layer, &mut files);
        files.extend(over);
    }
    let unread = around.unread.into_iter();
    files.extend(unread.map(|(name, failure)| Looked::unread(name, failure)));
    Report {
        files,
        n_passed_over,
        over: around.layers.iter().map(Source::of_layer).collect(),
    }
}

/// What is found in one file; nothing when it does not count.
fn look_at(found: &Found, around: &Surroundings) -> Option<Looked> {
    let name = found.path.display().to_string();
    let source = match &found.reason {
        Reason::Named | Reason::InFolder => Source::definition(&found.path),
        Reason::Unreadable(error) => Err(unreadable(&name, error)),
    };
    let source = match source {
        Ok(source) => source,
        Err(failure) => {
            return Some(Looked::unread(name, failure));
        }
    };
    if matches!(found.reason, Reason::InFolder) && !looks_like_a_workflow(&source.text) {
        return None;
    }
    let artifacts = around.artifacts(source.path.as_deref());
    let checked = definitions::check(&source.text, &around.layers, artifacts.as_ref());
    let n_stages = checked
        .definition
        .map_or(0, |definition| definition.stages.len());
    Some(Looked {
        name: source.name.clone(),
        source: Some(source),
        diagnostics: checked.diagnostics,
        holds: Holds::Workflow(n_stages),
        failure: None,
    })
}

fn unreadable(name: &str, error: &io::Error) -> anyhow::Error {
    let code = match error.kind() {
        io::ErrorKind::NotFound => ErrorCode::NotFound,
        _ => ErrorCode::InvalidDefinition,
    };
    Failure::of(code, format!("cannot read {name}: {error}"))
}

/// Whether a file of a folder was meant to be a workflow: at its root stands
/// `workflow`, or what only stages of workflows have.
fn looks_like_a_workflow(text: &str) -> bool {
    let text = text.trim_start_matches('\u{feff}');
    let first = text.lines().find(|line| {
        let line = line.trim();
        !line.is_empty() && !line.starts_with(['#', '%']) && line != "---"
    });
    if first.is_some_and(|first| first.trim_start().starts_with('{')) {
        return match baton_lang::read_value(text) {
            Ok(value) => value.get("workflow").is_some(),
            Err(_unread) => text.contains("\"workflow\"") || text.contains("workflow:"),
        };
    }
    let has_root = |key: &str| text.lines().any(|line| begins_with_key(line, key));
    has_root("workflow")
        || has_root("stages")
            && text
                .lines()
                .any(|line| line.trim_start().starts_with("roles:"))
}

/// Whether a line begins with a key, in quotes or not.
fn begins_with_key(line: &str, key: &str) -> bool {
    let quote = line
        .chars()
        .next()
        .filter(|first| matches!(first, '"' | '\''));
    let Some(quote) = quote else {
        let rest = line.strip_prefix(key);
        return rest.is_some_and(|rest| rest.trim_start().starts_with(':'));
    };
    let rest = line[1..].strip_prefix(key);
    let rest = rest.and_then(|rest| rest.strip_prefix(quote));
    rest.is_some_and(|rest| rest.trim_start().starts_with(':'))
}

/// The overrides with what was found in them, taken from the workflows that
/// were checked with them; nothing when all is well there.
fn looked_over(layer: &Layer, files: &mut [Looked]) -> Option<Looked> {
    let mut known = HashSet::new();
    let mut diagnostics = Vec::new();
    for file in files {
        let is_theirs = |found: &Diagnostic| found.file.as_deref() == Some(&layer.name);
        let (theirs, own): (Vec<_>, Vec<_>) = file.diagnostics.drain(..).partition(is_theirs);
        file.diagnostics = own;
        for found in theirs {
            if known.insert((found.code, found.span, found.message.clone())) {
                diagnostics.push(seen_from(layer, &file.name, found));
            }
        }
    }
    diagnostics.sort_by_key(|found| found.span);
    (!diagnostics.is_empty()).then(|| Looked {
        name: layer.name.clone(),
        source: Some(Source::of_layer(layer)),
        diagnostics,
        holds: Holds::Overrides,
        failure: None,
    })
}

/// A finding in the overrides whose labels say what they are about when it
/// stands on its own.
fn seen_from(layer: &Layer, workflow: &str, mut found: Diagnostic) -> Diagnostic {
    found.file = None;
    for label in &mut found.labels {
        label.file = match label.file.take() {
            None => Some(workflow.to_owned()),
            Some(file) => Some(file).filter(|file| *file != layer.name),
        };
    }
    found
}

/// Does the same with all items, and keeps their order.
fn in_parallel<I: Sync, T: Send>(items: &[I], work: impl Fn(&I) -> T + Sync) -> Vec<T> {
    let processors = thread::available_parallelism().map_or(1, usize::from);
    let next = AtomicUsize::new(0);
    let worker = || {
        let mut done = Vec::new();
        loop {
            let place = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(place) else {
                return done;
            };
            done.push((place, work(item)));
        }
    };
    let mut done: Vec<(usize, T)> = thread::scope(|scope| {
        let workers: Vec<_> = (0..processors.min(items.len()))
            .map(|_| scope.spawn(worker))
            .collect();
        let ended = workers.into_iter().map(thread::ScopedJoinHandle::join);
        ended
            .flat_map(|done| done.unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    });
    done.sort_by_key(|(place, _)| *place);
    done.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_a_workflow_is_told_from_other_files() {
        for (text, expected) in [
            ("workflow: { id: a }\n", true),
            ("\u{feff}# a comment\n---\nworkflow:\n  id: a\n", true),
            ("\"workflow\" : {}\n", true),
            ("'workflow': {}\n", true),
            ("config: {}\nworkflow:\n", true),
            ("{ workflow: { id: a } }", true),
            ("{\n  \"workflow\": {\"id\": 1,\n}", true),
            ("worflow: {}\nstages:\n  - id: a\n    roles: {}\n", true),
            (
                "{\"name\": \"x\", \"scripts\": {\"workflow\": \"y\"}}",
                false,
            ),
            ("jobs:\n  workflow: 1\n", false),
            ("stages: [build, test]\n", false),
            ("workflows: []\n", false),
            ("", false),
        ] {
            assert_eq!(looks_like_a_workflow(text), expected, "{text}");
        }
    }

    #[test]
    fn results_come_in_the_order_of_the_items() {
        let items: Vec<usize> = (0..1_000).collect();
        assert_eq!(in_parallel(&items, |item| item * 2)[999], 1_998);
        assert_eq!(in_parallel(&[0; 0], |item| *item), [0; 0]);
    }
}
