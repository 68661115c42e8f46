//! Files that are looked at, as many at once as there are processors.

use std::collections::HashSet;
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use baton_app::definitions;
use baton_app::overrides::Layer;
use baton_model::{Diagnostic, ErrorCode, Severity};

use super::paths::{Collected, Found, Reason};
use super::taken::{Taken, taken_for};
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
    /// How many files of folders hold no workflow.
    pub(crate) n_passed_over: usize,
    /// What keeps some of them from being read, which may be why.
    pub(crate) doubts: Vec<Doubt>,
    /// What was laid over the workflows.
    pub(crate) over: Vec<Source>,
}

/// A file of a folder that was not checked, although it may have been meant to
/// be.
#[derive(Debug)]
pub(crate) struct Doubt {
    pub(crate) name: String,
    /// Why nobody knows.
    pub(crate) reason: String,
}

/// What came of looking at a file.
enum Seen {
    Checked(Looked),
    PassedOver(Option<Doubt>),
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
    let seen = in_parallel(&collected.files, |found| look_at(found, &around));
    let (mut files, mut n_passed_over, mut doubts) = (Vec::new(), 0, Vec::new());
    for seen in seen {
        match seen {
            Seen::Checked(looked) => files.push(looked),
            Seen::PassedOver(doubt) => {
                n_passed_over += 1;
                doubts.extend(doubt);
            }
        }
    }
    for layer in &around.layers {
        let over = looked_over(layer, &mut files);
        files.extend(over);
    }
    let unread = around.unread.into_iter();
    files.extend(unread.map(|(name, failure)| Looked::unread(name, failure)));
    Report {
        files,
        n_passed_over,
        doubts,
        over: around.layers.iter().map(Source::of_layer).collect(),
    }
}

/// What is found in one file, if it counts.
fn look_at(found: &Found, around: &Surroundings) -> Seen {
    let name = found.path.display().to_string();
    let source = match &found.reason {
        Reason::Named | Reason::InFolder => Source::definition(&found.path),
        Reason::Unreadable(error) => Err(unreadable(&name, error)),
    };
    let source = match source {
        Ok(source) => source,
        Err(failure) => {
            return Seen::Checked(Looked::unread(name, failure));
        }
    };
    if matches!(found.reason, Reason::InFolder) {
        match taken_for(&source.text) {
            Taken::Workflow => {}
            Taken::Other => return Seen::PassedOver(None),
            Taken::Doubtful(reason) => return Seen::PassedOver(Some(Doubt { name, reason })),
        }
    }
    let artifacts = around.artifacts(source.path.as_deref());
    let checked = definitions::check(&source.text, &around.layers, artifacts.as_ref());
    let n_stages = checked
        .definition
        .map_or(0, |definition| definition.stages.len());
    Seen::Checked(Looked {
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
    fn results_come_in_the_order_of_the_items() {
        let items: Vec<usize> = (0..1_000).collect();
        assert_eq!(in_parallel(&items, |item| item * 2)[999], 1_998);
        assert_eq!(in_parallel(&[0; 0], |item| *item), [0; 0]);
    }
}
