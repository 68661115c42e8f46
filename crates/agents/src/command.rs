//! The adapter `command`: any program, JSON in on stdin, JSON or text out.
//!
//! The program runs under the [`shim`](crate::shim), so it can outlive this
//! server and be settled by the next one. This file ties the steps together:
//! prepare, start, watch, settle. It takes no decision about runs and keeps no
//! state of its own; all it knows of an attempt is in the attempt's files.

pub(crate) mod environment;
mod host;
mod leftovers;
mod program;
mod settle;
mod stdin;
mod supervised;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use async_trait::async_trait;
use baton_model::{AttemptKey, AttemptReport, Failure, FailureLabel};
use tokio_util::sync::CancellationToken;

use crate::attempt_files::{AttemptDir, ShimRequest, create_private_directory, write_private};
use crate::clock;
use crate::dispatcher::{AgentStream, AttemptControl, AttemptRequest, Recovery, StageDispatcher};
use crate::log::AttemptLog;
use crate::secrets::{Mask, Secrets};
use settle::{Expected, Settled};

pub use host::ProcessHost;

pub(crate) use environment::inherited;
pub(crate) use host::{Left, at_work_already, found_out, reported};
pub(crate) use leftovers::end_marked;
pub(crate) use settle::shim_words;
pub(crate) use supervised::{SupervisedProgram, end_adopted};

/// More output than this is no result; it is read and thrown away.
const STDOUT_BYTES_MAX: u64 = 8 * 1024 * 1024;
/// More than this is no log anybody reads.
const STDERR_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// How long a slow receiver of log lines may hold up a finished attempt.
pub(crate) const LOG_PATIENCE: Duration = Duration::from_secs(10);

/// Which program works on stages, from `baton.toml`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CommandConfig {
    /// The program and its arguments; never a shell.
    pub argv: Vec<String>,
    /// Environment for the program, over the run's; may name secrets.
    pub env: BTreeMap<String, String>,
    /// The secrets that may be named.
    pub secrets: Secrets,
    /// The directory of `baton.toml`, against which relative files in `argv` are meant.
    pub directory: PathBuf,
}

/// Runs one configured program for each attempt.
#[derive(Debug)]
pub struct CommandDispatcher {
    config: CommandConfig,
    host: ProcessHost,
    /// What agents inherit from this server, read once.
    inherited: BTreeMap<String, String>,
}

impl CommandDispatcher {
    /// An adapter for one program. Relative directories of the host are taken
    /// from the current directory once, here.
    pub fn new(config: CommandConfig, host: ProcessHost) -> Self {
        Self {
            config,
            host: host.absolute(),
            inherited: inherited(),
        }
    }

    /// One that starts nothing: it settles, waits for and forgets what any
    /// adapter of this host has started.
    pub fn without_program(host: ProcessHost) -> Self {
        Self::new(CommandConfig::default(), host)
    }

    /// Whether an attempt has left files here, and perhaps a program at work.
    pub fn has_files_of(&self, key: &AttemptKey) -> bool {
        self.host.attempt_dir(key).path().exists()
    }

    async fn work(
        &self,
        request: AttemptRequest,
        control: AttemptControl,
    ) -> Result<AttemptReport, Failure> {
        refuse_to_start_late(&request, &control)?;
        let dir = self.host.attempt_dir(&request.key);
        let order = self.order(&request, &dir)?;
        let input = stdin::document(&request)
            .map_err(|error| machine_failure("cannot write the agent's input", &error.into()))?;
        let shim_argv = self.host.shim_argv.clone();
        let mask = order.mask();
        let started = {
            let dir = dir.clone();
            blocking(move || start(&shim_argv, &dir, &order, &input)).await
        };
        let program = started
            .map_err(|error| machine_failure("cannot start the agent's program", &error))?
            .ok_or_else(at_work_already)?;
        let mut log = AttemptLog::masked(control.lines.clone(), 0, mask.clone());
        let watched = watch(program, &dir, &request, &control, &mut log).await;
        watched.map_err(|error| machine_failure("cannot watch the agent's program", &error))?;
        Ok(settle(&dir, &request, &control, &mut log, &mask).await)
    }

    /// What the shim is asked to run for this attempt.
    fn order(&self, request: &AttemptRequest, dir: &AttemptDir) -> Result<ShimRequest, Failure> {
        let (project, run) = (request.directory.as_deref(), request.key.run);
        let argv = environment::absolute_argv(&self.config.argv, &self.config.directory)?;
        let filled = environment::filled(request, &self.config.env, &self.config.secrets)?;
        let env = environment::build(request, &filled, &self.inherited, dir.path())?;
        Ok(ShimRequest {
            key: Some(request.key.clone()),
            argv,
            env,
            cwd: self.host.working_directory(project, run),
            deadline: request.time_left.map(|left| clock::now().after(left)),
            stdout_bytes_max: STDOUT_BYTES_MAX,
            stderr_bytes_max: STDERR_BYTES_MAX,
            on_orphan: self.host.on_orphan,
            secrets: filled.secrets,
            ..ShimRequest::default()
        })
    }

    async fn find_out(
        &self,
        request: &AttemptRequest,
        control: &AttemptControl,
        lines_known: u64,
    ) -> io::Result<Recovery> {
        let dir = self.host.attempt_dir(&request.key);
        let Some(left) = Left::of(&dir).await? else {
            return Ok(Recovery::Lost);
        };
        let order = ShimRequest::read(&dir).ok();
        let mask = order.map_or_else(Mask::default, |order| order.mask());
        let mut log = AttemptLog::masked(control.lines.clone(), lines_known, mask.clone());
        match left {
            Left::Program(program) => watch(program, &dir, request, control, &mut log).await?,
            Left::Files => {
                let ended = CancellationToken::new();
                ended.cancel();
                log.follow(&dir.stderr(), &ended).await?;
            }
        }
        let report = settle(&dir, request, control, &mut log, &mask).await;
        Ok(Recovery::Settled(report))
    }
}

#[async_trait]
impl StageDispatcher for CommandDispatcher {
    fn adapter(&self) -> &'static str {
        "command"
    }

    fn needs_slot(&self) -> bool {
        true
    }

    async fn run(&self, request: AttemptRequest, control: AttemptControl) -> AttemptReport {
        reported(self.work(request, control).await)
    }

    async fn recover(
        &self,
        request: AttemptRequest,
        control: AttemptControl,
        lines_known: u64,
    ) -> Recovery {
        found_out(self.find_out(&request, &control, lines_known).await)
    }

    async fn forget(&self, key: &AttemptKey) {
        self.host.forget(key).await;
    }
}

/// An attempt that is over before it begins starts no program.
pub(crate) fn refuse_to_start_late(
    request: &AttemptRequest,
    control: &AttemptControl,
) -> Result<(), Failure> {
    if control.cancel.is_cancelled() {
        return Err(Failure::new(
            FailureLabel::CANCELLED,
            "the attempt was cancelled before it started",
        ));
    }
    if request.time_left == Some(Duration::ZERO) {
        return Err(Failure::new(
            FailureLabel::TIMEOUT,
            "the attempt's time was over before it started",
        ));
    }
    Ok(())
}

/// Writes the attempt's files and starts its shim. None: it lives already.
pub(crate) fn start(
    shim_argv: &[OsString],
    dir: &AttemptDir,
    order: &ShimRequest,
    input: &[u8],
) -> io::Result<Option<SupervisedProgram>> {
    start_files(shim_argv, dir, order, input, &[])
}

/// The same with more files in the attempt's directory, by their names.
pub(crate) fn start_files(
    shim_argv: &[OsString],
    dir: &AttemptDir,
    order: &ShimRequest,
    input: &[u8],
    files: &[(&str, &[u8])],
) -> io::Result<Option<SupervisedProgram>> {
    let Some(lock) = dir.create()? else {
        return Ok(None);
    };
    if !order.cwd.exists() {
        create_private_directory(&order.cwd)?;
    }
    write_private(&dir.stdin(), input)?;
    write_private(&dir.stderr(), b"")?;
    for (name, content) in files {
        write_private(&dir.path().join(name), content)?;
    }
    order.write(dir)?;
    SupervisedProgram::start(shim_argv, dir, lock).map(Some)
}

/// Waits until nothing of the attempt runs any more, and logs what it says.
async fn watch(
    mut program: SupervisedProgram,
    dir: &AttemptDir,
    request: &AttemptRequest,
    control: &AttemptControl,
    log: &mut AttemptLog,
) -> io::Result<()> {
    let ended = CancellationToken::new();
    let working = async {
        let end = program.ended(&control.cancel, request.time_left).await;
        ended.cancel();
        end
    };
    let out_of_patience = async {
        ended.cancelled().await;
        tokio::time::sleep(LOG_PATIENCE).await;
    };
    let path = dir.stderr();
    let logging = async {
        tokio::select! {
            logged = log.follow(&path, &ended) => logged,
            () = out_of_patience => Ok(()),
        }
    };
    let (end, logged) = tokio::join!(working, logging);
    end.and(logged)
}

/// Reads how the attempt ended, logs what people should know, and reports.
async fn settle(
    dir: &AttemptDir,
    request: &AttemptRequest,
    control: &AttemptControl,
    log: &mut AttemptLog,
    mask: &Mask,
) -> AttemptReport {
    let settled = {
        let (dir, expected, mask) = (dir.clone(), Expected::of(request), mask.clone());
        blocking(move || Settled::read(&dir, &expected, &mask)).await
    };
    let report = match settled {
        Ok(Some(settled)) => {
            let logging = async {
                for note in settled.notes {
                    log.note(note).await;
                }
                log.text(AgentStream::Stdout, &settled.unused_stdout).await;
            };
            // A receiver that does not listen must not keep the report back.
            match tokio::time::timeout(LOG_PATIENCE, logging).await {
                Ok(()) | Err(_) => settled.report,
            }
        }
        Ok(None) => AttemptReport::Failed(vanished(dir, control).await),
        Err(error) => AttemptReport::Failed(machine_failure(
            "cannot read how the agent's program ended",
            &error,
        )),
    };
    mask.report(report)
}

/// The failure of an attempt whose shim is gone without a word.
pub(crate) async fn vanished(dir: &AttemptDir, control: &AttemptControl) -> Failure {
    if let Err(error) = end_marked(dir.path()).await {
        return machine_failure("cannot end what the attempt left running", &error);
    }
    if control.cancel.is_cancelled() {
        return Failure::new(FailureLabel::CANCELLED, "the attempt was cancelled");
    }
    let why = shim_words(dir);
    let message = format!("the agent's supervisor vanished{why}");
    Failure::new(FailureLabel::CRASH, message)
}

/// A failure that is the machine's and not the agent's.
pub(crate) fn machine_failure(what: &str, error: &io::Error) -> Failure {
    let label = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::OutOfMemory => {
            FailureLabel::LIMIT
        }
        _ => FailureLabel::CRASH,
    };
    Failure::new(label, format!("{what}: {error}"))
}

/// Does file work where it may block.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|error| Err(io::Error::other(error)))
}
