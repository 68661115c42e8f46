//! The supervising shim: a small process that stands between a server and
//! the program of one attempt, and that outlives the server if it must.
//!
//! The same binary as the server, started as a hidden sub-command with the
//! attempt's directory. It runs the program, keeps its output in bounded
//! files, holds the attempt's deadline, ends the whole process tree when it is
//! told to, and writes down how everything ended. It talks to servers only
//! through that directory, signals, and a pipe on its standard input whose
//! closing means that the server is gone. One thread, no async runtime.
//!
//! Its standard output is the locked `shim.lock`, inherited from the server:
//! the lock is held until the shim is gone, however it goes.

mod capture;
mod supervisor;
mod tree;

use std::fs::{self, File};
use std::io::{self, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, ExitCode, Stdio};

use nix::errno::Errno;
use nix::sys::prctl::set_child_subreaper;
use nix::sys::resource::{Resource, setrlimit};
use nix::unistd::{Pid, setsid};
use serde::{Deserialize, Serialize};

use crate::attempt_files::{AttemptDir, ExitReason, ExitRecord, ShimRequest};
use crate::clock;
use crate::process_table::ProcessId;
use supervisor::{Signals, Supervisor};

/// What the shim does with a working program when its server is gone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnOrphan {
    /// Lets it finish; the deadline still holds.
    #[default]
    Finish,
    /// Ends it, because another server may take the attempt over.
    Kill,
}

/// Supervises the attempt whose directory is `dir` until nothing of it is
/// left. To be called by the hidden sub-command before anything else starts:
/// it expects a process with a single thread.
pub fn main(dir: &Path) -> ExitCode {
    match supervise(&AttemptDir::at(dir)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Standard error is the attempt's `shim.log`. If even that cannot
            // be written, the missing record alone tells the server.
            match writeln!(io::stderr(), "{error}") {
                Ok(()) | Err(_) => ExitCode::FAILURE,
            }
        }
    }
}

/// Why the shim could not do its work.
#[derive(Debug, thiserror::Error)]
enum ShimError {
    #[error(
        "standard output is not the locked `shim.lock` of the attempt; only a server can start the shim"
    )]
    NotStartedByAServer,
    #[error("cannot {0}")]
    Io(&'static str, #[source] io::Error),
    #[error("cannot {0}")]
    Os(&'static str, #[source] Errno),
}

fn supervise(dir: &AttemptDir) -> Result<(), ShimError> {
    let mut lock = inherited_lock(dir)?;
    let signals = Signals::register().map_err(|error| ShimError::Io("watch signals", error))?;
    become_supervisor()?;
    let me = ProcessId::of(Pid::this()).ok_or(ShimError::Os("find itself", Errno::ESRCH))?;
    writeln!(lock, "{me}").map_err(|error| ShimError::Io("write its pid", error))?;
    let request =
        ShimRequest::read(dir).map_err(|error| ShimError::Io("read the request", error))?;
    let record = match spawn(dir, &request) {
        Ok(program) => Supervisor::new(dir, &request, program, signals)
            .and_then(Supervisor::run)
            .map_err(|error| ShimError::Io("supervise the program", error))?,
        Err(message) => ExitRecord::new(ExitReason::SpawnFailed { message }, clock::now()),
    };
    record
        .write(dir)
        .map_err(|error| ShimError::Io("write down how it ended", error))
}

/// Checks that standard output is this attempt's lock, and locked by us.
fn inherited_lock(dir: &AttemptDir) -> Result<File, ShimError> {
    let inherited = io::stdout()
        .as_fd()
        .try_clone_to_owned()
        .map(File::from)
        .map_err(|error| ShimError::Io("keep the lock", error))?;
    let same_file = |one: &fs::Metadata, other: &fs::Metadata| {
        (one.dev(), one.ino()) == (other.dev(), other.ino())
    };
    match (inherited.metadata(), fs::metadata(dir.lock())) {
        (Ok(one), Ok(other)) if same_file(&one, &other) => {}
        _ => return Err(ShimError::NotStartedByAServer),
    }
    match inherited.try_lock() {
        Ok(()) => Ok(inherited),
        Err(_) => Err(ShimError::NotStartedByAServer),
    }
}

/// Leaves the server's terminal, and becomes the parent of every orphan below.
fn become_supervisor() -> Result<(), ShimError> {
    setsid().map_err(|errno| ShimError::Os("start a session", errno))?;
    set_child_subreaper(true).map_err(|errno| ShimError::Os("become a sub-reaper", errno))?;
    // A core dump of an agent would put inputs and secrets on the disk.
    setrlimit(Resource::RLIMIT_CORE, 0, 0).map_err(|errno| ShimError::Os("forbid cores", errno))
}

/// Starts the program; the error is a message for people.
fn spawn(dir: &AttemptDir, request: &ShimRequest) -> Result<Child, String> {
    let (program, arguments) = request.argv.split_first().ok_or("the command is empty")?;
    let stdin = File::open(dir.stdin()).map_err(|error| format!("cannot open stdin: {error}"))?;
    Command::new(program)
        .args(arguments)
        .env_clear()
        .envs(&request.env)
        .current_dir(&request.cwd)
        .stdin(stdin)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        // A group of its own: a script's `kill 0` must not reach the shim.
        .process_group(0)
        .spawn()
        .map_err(|error| explain_spawn_error(program, request, &error))
}

/// "No such file" may mean the program, its interpreter or the directory.
fn explain_spawn_error(program: &str, request: &ShimRequest, error: &io::Error) -> String {
    if !request.cwd.is_dir() {
        return format!(
            "the working directory {} does not exist",
            request.cwd.display()
        );
    }
    if error.kind() != io::ErrorKind::NotFound {
        return format!("cannot start `{program}`: {error}");
    }
    if !program.contains('/') {
        // Whoever called the agent may be somebody else than who runs this
        // server, and need not know its directories.
        return format!("program `{program}` was not found on the PATH of the agent");
    }
    if Path::new(program).exists() {
        format!("cannot start `{program}`: the interpreter its first line names does not exist")
    } else {
        format!("program `{program}` does not exist")
    }
}
