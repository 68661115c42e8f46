//! The files of this door: each run as `~/.specflow/workflows/<id>.json`, for
//! programs that read them there. A file is always whole, and only its owner
//! may read it; the store is the truth.

use std::collections::BTreeSet;
use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use baton_app::App;
use baton_app::project_runs::{ProjectRun, ProjectRunError};
use baton_model::RunId;
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::foreign;
use super::record::{OldQuestions, record};

/// Where the files are, below the home directory.
const DIRECTORY: &str = ".specflow/workflows";

/// What the name of a draft holds, before the process that writes it.
const DRAFT_MARK: &str = ".draft-";

/// Whoever writes reads first, so that no older record follows a newer one.
static WRITING: Mutex<()> = Mutex::const_new(());

/// Keeps the files of all runs up to date, those of earlier processes first,
/// until told to stop.
pub async fn keep(app: App, closing: CancellationToken) {
    let mut started = app.project_runs_started();
    let followers = TaskTracker::new();
    for run in left_over(&app).await {
        followers.spawn(follow(app.clone(), run, closing.clone()));
    }
    loop {
        let run = tokio::select! {
            () = closing.cancelled() => break,
            run = started.recv() => run,
        };
        if let Some(run) = run {
            followers.spawn(follow(app.clone(), run, closing.clone()));
        } else {
            break;
        }
    }
    followers.close();
    followers.wait().await;
}

/// Runs whose files an earlier process may have left behind: those that have
/// not ended, and those of which a file says so.
async fn left_over(app: &App) -> BTreeSet<RunId> {
    let mut runs = BTreeSet::new();
    match app.unfinished_project_runs().await {
        Ok(unfinished) => runs.extend(unfinished),
        Err(error) => tracing::warn!(%error, "files of SpecFlow may be out of date"),
    }
    if let Some(directory) = directory(app) {
        let looking = tokio::task::spawn_blocking(move || {
            remove_drafts(&directory);
            foreign::unfinished(&directory)
        });
        let found = looking.await.unwrap_or_default();
        runs.extend(found.iter().filter_map(|id| id.parse::<RunId>().ok()));
    }
    runs
}

/// Removes what a process that ended in the middle of writing has left.
fn remove_drafts(directory: &Path) {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    for entry in entries {
        let name = entry.file_name();
        let is_draft = name
            .to_str()
            .is_some_and(|name| name.starts_with('.') && name.contains(DRAFT_MARK));
        if is_draft && let Err(error) = fs::remove_file(entry.path()) {
            tracing::warn!(%error, "a draft of a file of SpecFlow stays behind");
        }
    }
}

/// Keeps the file of one run up to date until it has ended.
async fn follow(app: App, run: RunId, closing: CancellationToken) {
    let mut progress = app.progress_of(run);
    loop {
        let Some(status) = write_anew(&app, run).await else {
            return;
        };
        if status {
            return;
        }
        tokio::select! {
            () = closing.cancelled() => return,
            changed = progress.changed() => {
                if changed.is_err() {
                    return;
                }
            }
        }
    }
}

/// Writes the file of a run as it is now; whether it has ended. None: there is
/// no such run.
async fn write_anew(app: &App, run: RunId) -> Option<bool> {
    let _writing = WRITING.lock().await;
    match app.project_run(&run.to_string()).await {
        Ok(found) => {
            put(app, &found).await;
            Some(found.execution.status.is_terminal())
        }
        Err(ProjectRunError::UnknownRun(_)) => None,
        Err(error) => {
            tracing::warn!(%run, %error, "the file of a run of SpecFlow is out of date");
            Some(false)
        }
    }
}

/// Writes the file of a run that was changed just now, before its client is
/// answered.
pub(super) async fn write(app: &App, run: &ProjectRun) {
    let (Some(_) | None) = write_anew(app, run.id()).await;
}

async fn put(app: &App, run: &ProjectRun) {
    let Some(directory) = directory(app) else {
        return;
    };
    let record = record(run, OldQuestions::Hidden);
    let id = run.id();
    let written = tokio::task::spawn_blocking(move || {
        let text = serde_json::to_vec_pretty(&record)?;
        put_in_place(&directory, &format!("{id}.json"), &text)
    });
    match written.await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::warn!(%id, %error, "cannot write a file of SpecFlow"),
        Err(error) => tracing::warn!(%id, %error, "cannot write a file of SpecFlow"),
    }
}

/// Where the files are; none where nobody has a home.
pub(super) fn directory(app: &App) -> Option<PathBuf> {
    Some(app.home()?.join(DIRECTORY))
}

/// Whoever reads a file finds the one before or this one, and no half of it.
fn put_in_place(directory: &Path, name: &str, text: &[u8]) -> io::Result<()> {
    const PRIVATE_DIRECTORY: u32 = 0o700;
    const PRIVATE_FILE: u32 = 0o600;
    DirBuilder::new()
        .recursive(true)
        .mode(PRIVATE_DIRECTORY)
        .create(directory)?;
    // No name of a record begins with a dot.
    let draft = directory.join(format!(".{name}{DRAFT_MARK}{}", std::process::id()));
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(PRIVATE_FILE)
        .open(&draft)?;
    let placed = file
        .write_all(text)
        .and_then(|()| fs::rename(&draft, directory.join(name)));
    if placed.is_err() {
        drop(fs::remove_file(&draft));
    }
    placed
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_file_is_put_in_place_whole_and_for_its_owner_alone() {
        let root = tempfile::tempdir().unwrap();
        let directory = root.path().join("a/b");
        for text in ["one", "the other"] {
            put_in_place(&directory, "x.json", text.as_bytes()).unwrap();
            assert_eq!(fs::read_to_string(directory.join("x.json")).unwrap(), text);
        }
        assert_eq!(fs::read_dir(&directory).unwrap().count(), 1);
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&directory), 0o700);
        assert_eq!(mode(&directory.join("x.json")), 0o600);
        fs::create_dir(directory.join("y.json")).unwrap();
        assert!(put_in_place(&directory, "y.json", b"no").is_err());
        assert_eq!(fs::read_dir(&directory).unwrap().count(), 2);
    }
}
