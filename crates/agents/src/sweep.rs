//! Clears away attempts that no run knows of any more: what a crash left on
//! the disk and, possibly, in the process table.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;

use baton_model::RunId;
use tokio::task::JoinSet;

use crate::attempt_files::{AttemptDir, AttemptDirInfo, AttemptState, list};
use crate::command::{end_adopted, end_marked};

/// The runs of which anything is left below `root`.
pub fn runs_with_files(root: &Path) -> io::Result<BTreeSet<RunId>> {
    Ok(list(root)?.into_iter().map(|(run, _)| run).collect())
}

/// Removes every attempt below `root` for which `is_live` is false, ending
/// its processes first, and says how many there were. Attempts that are live
/// are left to [`recover`](crate::StageDispatcher::recover).
pub async fn sweep(root: &Path, is_live: impl Fn(&AttemptDirInfo) -> bool) -> io::Result<usize> {
    let mut removals = JoinSet::new();
    for (run, dir) in list(root)? {
        let info = dir.inspect(run)?;
        if !is_live(&info) {
            removals.spawn(end_and_remove(dir, info.state));
        }
    }
    let count = removals.len();
    while let Some(removal) = removals.join_next().await {
        removal.map_err(io::Error::other)??;
    }
    Ok(count)
}

async fn end_and_remove(dir: AttemptDir, state: AttemptState) -> io::Result<()> {
    match state {
        // Its shim saw to it that nothing was left.
        AttemptState::Ended => {}
        AttemptState::Running => end_adopted(&dir).await?,
        AttemptState::Vanished => end_marked(dir.path()).await?,
    }
    dir.remove()
}
