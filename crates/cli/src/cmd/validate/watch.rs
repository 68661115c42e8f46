//! `baton validate --watch`: checks again whenever something has changed.
//!
//! Directories are watched rather than files, because editors put new files in
//! the place of old ones.

use std::collections::BTreeSet;
use std::io::{self, IsTerminal};
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use baton_model::Diagnostic;
use notify::event::{AccessKind, AccessMode};
use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::timeout;

use super::paths::Collected;
use super::{Check, Report};
use crate::args::Format;
use crate::exit::{self, Failure};
use crate::project;
use crate::render::document;

/// A change is over when nothing has happened for so long.
const QUIET: Duration = Duration::from_millis(100);
/// Where something happens all the time, this is waited for at most.
const QUIET_TURNS_MAX: u32 = 10;

/// Forgets what is on the screen.
const CLEAR: &str = "\x1b[H\x1b[2J\x1b[3J";

/// Checks until Ctrl+C, or until nobody reads the answers any more.
pub(super) async fn watch(check: &Check) -> anyhow::Result<ExitCode> {
    if check.paths.reads_stdin() {
        return Err(Failure::usage(
            "standard input cannot be watched; name a file",
        ));
    }
    let mut interrupt = signal(SignalKind::interrupt())?;
    let watched = tokio::select! {
        watched = again_and_again(check) => watched,
        _gone = document::reader_gone() => Ok(()),
        _pressed = interrupt.recv() => return Ok(ExitCode::from(exit::INTERRUPTED)),
    };
    document::unless_gone(watched)?;
    Ok(ExitCode::SUCCESS)
}

async fn again_and_again(check: &Check) -> anyhow::Result<()> {
    let mut watching = Watching::start()?;
    let mut shown = None;
    loop {
        let report = check.look(&watching.collect(check)?)?;
        let seen = Some(Seen::of(&report));
        // Much happens in a directory that changes nothing here.
        if shown != seen {
            show(check, &report)?;
            shown = seen;
        }
        watching.change().await;
    }
}

fn show(check: &Check, report: &Report) -> anyhow::Result<()> {
    if check.options.format == Format::Table && io::stdout().is_terminal() {
        document::line(CLEAR)?;
    }
    check.show(report)?;
    document::err("watching; Ctrl+C leaves");
    Ok(())
}

/// What a report was made of.
#[derive(PartialEq, Eq)]
struct Seen(Vec<(String, Option<String>, Vec<Diagnostic>)>);

impl Seen {
    fn of(report: &Report) -> Self {
        let files = report.files.iter().map(|file| {
            let text = file.source.as_ref().map(|source| source.text.clone());
            (file.name.clone(), text, file.diagnostics.clone())
        });
        Self(files.collect())
    }
}

/// Directories in which something may happen.
struct Watching {
    watcher: RecommendedWatcher,
    changes: UnboundedReceiver<()>,
}

impl Watching {
    fn start() -> anyhow::Result<Self> {
        let (sender, changes) = unbounded_channel();
        let watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            if event.is_ok_and(|event| !is_reading(event.kind)) {
                // Nobody is told any more when the command ends.
                let (Ok(()) | Err(_)) = sender.send(());
            }
        });
        let watcher = watcher.map_err(|error| unwatchable(&error))?;
        Ok(Self { watcher, changes })
    }

    /// Looks for the files, and watches where they are and where what belongs to
    /// them is: overrides, agents, other artifacts. Whatever appears before its
    /// directory is watched is found by looking once more.
    fn collect(&mut self, check: &Check) -> anyhow::Result<Collected> {
        let mut watched = BTreeSet::new();
        loop {
            let collected = check.paths.collect();
            let mut is_complete = true;
            let around = project::directories_around(&check.options, check.project.as_deref())?;
            for directory in collected.directories.union(&around) {
                if watched.insert(directory.clone()) {
                    is_complete = false;
                    self.add(directory);
                }
            }
            if is_complete {
                return Ok(collected);
            }
        }
    }

    fn add(&mut self, directory: &Path) {
        if let Err(error) = self.watcher.watch(directory, RecursiveMode::NonRecursive) {
            let directory = directory.display();
            tracing::warn!(%error, %directory, "changes here will not be noticed");
        }
    }

    /// Returns when something has changed, and nothing more follows.
    async fn change(&mut self) {
        self.changes.recv().await;
        for _turn in 0..QUIET_TURNS_MAX {
            match timeout(QUIET, self.changes.recv()).await {
                Ok(_change) => while self.changes.try_recv().is_ok() {},
                Err(_quiet) => return,
            }
        }
    }
}

/// Whether a file was only looked at, as this command does itself.
fn is_reading(kind: EventKind) -> bool {
    let written = EventKind::Access(AccessKind::Close(AccessMode::Write));
    kind.is_access() && kind != written
}

fn unwatchable(error: &notify::Error) -> anyhow::Error {
    Failure::files(format!("cannot watch for changes: {error}"))
}
