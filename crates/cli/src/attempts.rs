//! The directory in which attempts keep their files: what is left there of
//! earlier processes and is nobody's any more is ended and cleared away.
//!
//! What becomes of the rest is for the runtime to find out.

use std::collections::{HashMap, HashSet};
use std::fs::{self, File};
use std::io;
use std::path::PathBuf;

use baton_agents::attempt_files::AttemptDirInfo;
use baton_agents::{runs_with_files, sweep};
use baton_model::{RunId, StageId, StepStatus};
use baton_store::{Attention, Store, StoreError};

use crate::data::DataDir;

/// Where attempts keep their files.
pub(crate) fn root(data: &DataDir) -> PathBuf {
    data.path().join("attempts")
}

/// Ends and removes every attempt that no run waits for.
pub(crate) async fn clear_away(data: &DataDir, store: &dyn Store) -> io::Result<usize> {
    let root = root(data);
    let mut live = HashMap::new();
    for run in runs_with_files(&root)? {
        live.insert(run, Live::of(store, run).await);
    }
    sweep(&root, |attempt| {
        live.get(&attempt.run).is_none_or(|live| live.is(attempt))
    })
    .await
}

/// A note that another database takes the place of the one that the attempts
/// were begun for. They go by numbers which that one gives again, so all of
/// them are to be ended before anybody works on its runs.
#[derive(Debug)]
pub(crate) struct Disowned {
    note: PathBuf,
}

impl Disowned {
    /// Leaves the note, which outlives this process.
    pub(crate) fn note(data: &DataDir) -> io::Result<Self> {
        let disowned = Self::of(data);
        File::create(&disowned.note)?.sync_all()?;
        File::open(data.path())?.sync_all()?;
        Ok(disowned)
    }

    /// The database has stayed, and the attempts are its own.
    pub(crate) fn withdraw(self) -> io::Result<()> {
        fs::remove_file(self.note)
    }

    fn of(data: &DataDir) -> Self {
        let note = data.path().join("attempts.disowned");
        Self { note }
    }
}

/// Ends and removes every attempt there is, if they are noted to be nobody's.
pub(crate) async fn end_disowned(data: &DataDir) -> io::Result<usize> {
    let disowned = Disowned::of(data);
    if !disowned.note.exists() {
        return Ok(0);
    }
    let n_ended = sweep(&root(data), |_| false).await?;
    disowned.withdraw()?;
    Ok(n_ended)
}

/// What a run still needs of what is left of it.
enum Live {
    /// Nobody can say: the store does not tell.
    Unknown,
    Known {
        /// Stages at work, each with its latest start.
        attempts: HashSet<(StageId, u32)>,
        /// Whether hooks may be due.
        hooks: bool,
    },
}

impl Live {
    async fn of(store: &dyn Store, run: RunId) -> Self {
        Self::read(store, run).await.unwrap_or_else(|error| {
            tracing::warn!(%run, %error, "what is left of its attempts stays");
            Self::Unknown
        })
    }

    async fn read(store: &dyn Store, run: RunId) -> Result<Self, StoreError> {
        let execution = store.execution(run).await?;
        let hooks = execution.is_some_and(|row| row.attention != Attention::Done);
        let steps = if hooks {
            store.steps(run).await?
        } else {
            Vec::new()
        };
        let at_work = |step: &baton_store::StepRow| step.progress.status == StepStatus::Running;
        let attempts = steps
            .into_iter()
            .filter(at_work)
            .map(|step| (step.stage, step.progress.dispatch))
            .collect();
        Ok(Self::Known { attempts, hooks })
    }

    fn is(&self, left: &AttemptDirInfo) -> bool {
        match (self, &left.key) {
            (Self::Unknown, _) => true,
            (Self::Known { hooks, .. }, None) => *hooks,
            (Self::Known { attempts, .. }, Some(key)) => {
                attempts.contains(&(key.stage.clone(), key.dispatch))
            }
        }
    }
}
