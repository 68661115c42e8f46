//! Programs: the same supervision as for agents, but nothing comes back
//! except whether it went well.
//!
//! A program does not outlive its server, for nobody would wait for it: its
//! supervisor ends it, and the next server starts it again.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use tokio_util::sync::CancellationToken;

use super::{HookCall, HookError, HookRunner};
use crate::attempt_files::{AttemptDir, DIRECTORY_MARKER, ExitRecord, ShimRequest};
use crate::clock;
use crate::command::{blocking, end_adopted, end_marked, shim_words, start};
use crate::result::{Captured, failure_of};
use crate::shim::OnOrphan;

/// More output than this is read and thrown away.
const OUTPUT_BYTES_MAX: u64 = 1024 * 1024;
/// Enough of it to quote the last lines.
const TAIL_BYTES: u64 = 8 * 1024;

impl HookRunner {
    pub(super) async fn run_program(
        &self,
        argv: &[String],
        call: &HookCall,
    ) -> Result<(), HookError> {
        let root = &self.host.attempts_root;
        let dir = AttemptDir::locate_hook(root, call.run, call.key);
        end_remains(&dir)
            .await
            .map_err(|error| HookError::Machine("end what is left of the hook's program", error))?;
        let order = self.order(argv, call, &dir)?;
        let outcome = self.supervise(&dir, order).await;
        let removed = blocking(move || dir.remove()).await;
        if let Err(error) = removed {
            // The next call for this action, or the next server, sees to it.
            tracing::warn!(%error, "the files of a hook could not be removed");
        }
        outcome
    }

    /// Runs the program until nothing of it is left.
    async fn supervise(&self, dir: &AttemptDir, order: ShimRequest) -> Result<(), HookError> {
        let cannot_start = |error| HookError::Machine("start the hook's program", error);
        let shim_argv = self.host.shim_argv.clone();
        let started = {
            let dir = dir.clone();
            blocking(move || start(&shim_argv, &dir, &order, b"")).await
        };
        let mut program = started.map_err(cannot_start)?.ok_or_else(|| {
            cannot_start(io::Error::other("this very action is being carried out"))
        })?;
        let never = CancellationToken::new();
        program
            .ended(&never, Some(self.program_time_max))
            .await
            .map_err(|error| HookError::Machine("watch the hook's program", error))?;
        judge(dir).await
    }

    /// What the shim is asked to run.
    fn order(
        &self,
        argv: &[String],
        call: &HookCall,
        dir: &AttemptDir,
    ) -> Result<ShimRequest, HookError> {
        Ok(ShimRequest {
            key: None,
            argv: argv.to_vec(),
            env: self.environment(call, dir.path())?,
            cwd: self
                .host
                .working_directory(call.directory.as_deref(), call.run),
            deadline: Some(clock::now().after(self.program_time_max)),
            stdout_bytes_max: OUTPUT_BYTES_MAX,
            stderr_bytes_max: OUTPUT_BYTES_MAX,
            on_orphan: OnOrphan::Kill,
            ..ShimRequest::default()
        })
    }

    fn environment(
        &self,
        call: &HookCall,
        dir: &Path,
    ) -> Result<BTreeMap<String, String>, HookError> {
        let dir = dir.to_str().ok_or_else(|| {
            let error = io::Error::other(format!("{} is not valid UTF-8", dir.display()));
            HookError::Machine("name the hook's directory", error)
        })?;
        let mut env = self.inherited.clone();
        let ours = [
            ("BATON_RUN_ID", call.run.to_string()),
            ("BATON_WORKFLOW", call.workflow.clone()),
            ("BATON_STATUS", call.status.as_str().to_owned()),
            ("BATON_HOOK", call.key.point.as_str().to_owned()),
            (DIRECTORY_MARKER, dir.to_owned()),
        ];
        env.extend(ours.map(|(name, value)| (name.to_owned(), value)));
        Ok(env)
    }
}

/// Ends what an earlier call for the same action left running.
async fn end_remains(dir: &AttemptDir) -> io::Result<()> {
    if !dir.path().exists() {
        return Ok(());
    }
    end_adopted(dir).await?;
    end_marked(dir.path()).await?;
    let dir = dir.clone();
    blocking(move || dir.remove()).await
}

/// How a program ended.
enum End {
    Well,
    /// What went wrong.
    Badly(String),
    /// It was not written down.
    Unknown,
}

/// Reads how the program ended, and what that means.
async fn judge(dir: &AttemptDir) -> Result<(), HookError> {
    let end = {
        let dir = dir.clone();
        blocking(move || End::read(&dir)).await
    };
    match end.map_err(|error| HookError::Machine("read how the hook's program ended", error))? {
        End::Well => Ok(()),
        End::Badly(message) => Err(HookError::Program(message)),
        End::Unknown => {
            end_marked(dir.path()).await.map_err(|error| {
                HookError::Machine("end what is left of the hook's program", error)
            })?;
            let why = shim_words(dir);
            Err(HookError::Program(format!(
                "the hook's supervisor vanished{why}"
            )))
        }
    }
}

impl End {
    fn read(dir: &AttemptDir) -> io::Result<Self> {
        let Some(exit) = ExitRecord::read(dir)? else {
            return Ok(Self::Unknown);
        };
        let failure = failure_of(Captured {
            exit: &exit,
            stdout: &AttemptDir::tail_of(&dir.stdout(), TAIL_BYTES)?,
            stderr_tail: &AttemptDir::tail_of(&dir.stderr(), TAIL_BYTES)?,
        });
        Ok(failure.map_or(Self::Well, |failure| Self::Badly(failure.message)))
    }
}
