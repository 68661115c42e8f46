//! What a machine gives to programs that are agents, and what is left on it of
//! those that an earlier server started: the same for every adapter that
//! starts programs.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use baton_model::{AttemptKey, AttemptReport, Failure, FailureLabel, RunId};

use super::{SupervisedProgram, blocking, end_marked, machine_failure};
use crate::assistant::Shelves;
use crate::attempt_files::{AttemptDir, discard};
use crate::dispatcher::Recovery;
use crate::shim::OnOrphan;

/// What this machine gives to process agents.
#[derive(Clone, Debug)]
pub struct ProcessHost {
    /// How to start the shim; the attempt's directory is appended.
    pub shim_argv: Vec<OsString>,
    /// Where attempts keep their files.
    pub attempts_root: PathBuf,
    /// Where runs without a directory get one.
    pub scratch_root: PathBuf,
    /// What becomes of a working agent when this server is gone.
    pub on_orphan: OnOrphan,
    /// Where pages of agents lie, besides the project.
    pub shelves: Shelves,
}

/// What is left of an attempt that an earlier server started.
pub(crate) enum Left {
    /// Its program still runs.
    Program(SupervisedProgram),
    /// Its files, with its end in them.
    Files,
}

impl ProcessHost {
    /// The same with directories that mean the same wherever a program works:
    /// relative ones are taken from the current directory now.
    pub(crate) fn absolute(mut self) -> Self {
        for path in [&mut self.attempts_root, &mut self.scratch_root] {
            if let Ok(absolute) = std::path::absolute(&*path) {
                *path = absolute;
            }
        }
        self
    }

    /// Where an attempt keeps its files.
    pub(crate) fn attempt_dir(&self, key: &AttemptKey) -> AttemptDir {
        AttemptDir::locate(&self.attempts_root, key)
    }

    /// Where a program of a run works: in its project, or in a place of the
    /// run's own.
    pub(crate) fn working_directory(&self, project: Option<&Path>, run: RunId) -> PathBuf {
        match project {
            Some(directory) => directory.to_owned(),
            None => self.scratch_root.join(run.to_string()),
        }
    }

    /// Removes the files of an attempt whose report is durable.
    pub(crate) async fn forget(&self, key: &AttemptKey) {
        let (root, key) = (self.attempts_root.clone(), key.clone());
        if let Err(error) = blocking(move || discard(&root, &key)).await {
            // The next server sweeps it away.
            tracing::warn!(%error, "the files of an attempt could not be removed");
        }
    }
}

impl Left {
    /// Looks for it. None: nothing, and nothing of it runs any more.
    pub(crate) async fn of(dir: &AttemptDir) -> io::Result<Option<Self>> {
        if let Some(program) = SupervisedProgram::adopt(dir)? {
            return Ok(Some(Self::Program(program)));
        }
        if dir.exit().exists() {
            return Ok(Some(Self::Files));
        }
        end_marked(dir.path()).await?;
        Ok(None)
    }
}

/// A second start of what is at work already.
pub(crate) fn at_work_already() -> Failure {
    let message = "this attempt is being worked on already";
    Failure::new(FailureLabel::CRASH, message)
}

/// How an attempt ended, when it could be begun at all.
pub(crate) fn reported(worked: Result<AttemptReport, Failure>) -> AttemptReport {
    worked.unwrap_or_else(AttemptReport::Failed)
}

/// What became of an attempt, as far as that can be found out.
pub(crate) fn found_out(found: io::Result<Recovery>) -> Recovery {
    found.unwrap_or_else(|error| {
        let what = "cannot find out what became of the agent's program";
        Recovery::Settled(AttemptReport::Failed(machine_failure(what, &error)))
    })
}
