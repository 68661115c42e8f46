//! A program under its shim, as this server sees it: started by this server,
//! or adopted from an earlier one. Either way it can be waited for and ended.

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::process::Stdio;
use std::thread;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::process::{Child, ChildStdin, Command};
use tokio::sync::oneshot;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use crate::attempt_files::{AttemptDir, private_file};

/// A shim that was told to end its tree needs 5 s if the program resists, and
/// 5 s more if the kernel does. One that takes longer is broken and killed.
const SHIM_PATIENCE: Duration = Duration::from_secs(12);

/// A living shim.
pub(crate) enum SupervisedProgram {
    /// Started here.
    Child {
        shim: Box<Child>,
        /// Open as long as this server lives; the shim waits for its end.
        _liveness: Option<ChildStdin>,
    },
    /// Started by an earlier server.
    Adopted {
        dir: AttemptDir,
        /// Ends when the shim lets go of its lock.
        released: oneshot::Receiver<io::Result<()>>,
    },
}

impl SupervisedProgram {
    /// Starts the shim. It inherits the lock as its standard output, so the
    /// attempt counts as alive from before its first moment to after its last.
    pub(super) fn start(shim_argv: &[OsString], dir: &AttemptDir, lock: File) -> io::Result<Self> {
        let Some((program, arguments)) = shim_argv.split_first() else {
            return Err(io::Error::other("no command for the shim is configured"));
        };
        let log = private_file()
            .create(true)
            .append(true)
            .open(dir.shim_log())?;
        let mut shim = Command::new(program)
            .args(arguments)
            .arg(dir.path())
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(lock)
            .stderr(log)
            .spawn()?;
        let liveness = shim.stdin.take();
        Ok(Self::Child {
            shim: Box::new(shim),
            _liveness: liveness,
        })
    }

    /// Takes over an attempt that an earlier server started; none when
    /// nothing of it lives.
    pub(crate) fn adopt(dir: &AttemptDir) -> io::Result<Option<Self>> {
        let Some(lock) = dir.held_lock()? else {
            return Ok(None);
        };
        let released = wait_for_release(lock)?;
        let dir = dir.clone();
        Ok(Some(Self::Adopted { dir, released }))
    }

    /// Waits until the shim is gone, and with it, unless it broke, the whole
    /// tree. Ends it when `cancel` fires, and if it forgets its own deadline.
    pub(crate) async fn ended(
        &mut self,
        cancel: &CancellationToken,
        time_left: Option<Duration>,
    ) -> io::Result<()> {
        let overdue = async {
            match time_left {
                Some(time_left) => sleep(time_left.saturating_add(SHIM_PATIENCE)).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            end = self.gone() => return end,
            () = cancel.cancelled() => {}
            () = overdue => {}
        }
        self.signal(Signal::SIGTERM)?;
        if let Ok(end) = timeout(SHIM_PATIENCE, self.gone()).await {
            return end;
        }
        self.signal(Signal::SIGKILL)?;
        self.gone().await
    }

    async fn gone(&mut self) -> io::Result<()> {
        match self {
            Self::Child { shim, .. } => shim.wait().await.map(|_status| ()),
            Self::Adopted { released, .. } => released
                .await
                .unwrap_or_else(|error| Err(io::Error::other(error))),
        }
    }

    fn signal(&self, signal: Signal) -> io::Result<()> {
        match self {
            // Not waited for yet, so the pid cannot be another process's.
            Self::Child { shim, .. } => match shim.id() {
                Some(pid) => Ok(kill(Pid::from_raw(pid.cast_signed()), signal)?),
                None => Ok(()),
            },
            Self::Adopted { dir, .. } => match dir.shim_identity() {
                Some(shim) => Ok(shim.signal(signal).map(|_is_sent| ())?),
                None => Ok(()),
            },
        }
    }
}

/// Waits for a lock on a thread of its own. The runtime's blocking threads
/// would not do: a server that shuts down waits for those, and the adopted
/// program may take as long as it likes.
fn wait_for_release(lock: File) -> io::Result<oneshot::Receiver<io::Result<()>>> {
    let (sender, released) = oneshot::channel();
    thread::Builder::new()
        .name("adopted-attempt".to_owned())
        .spawn(move || {
            let mut result = lock.lock_shared();
            while matches!(&result, Err(error) if error.kind() == io::ErrorKind::Interrupted) {
                result = lock.lock_shared();
            }
            // Nobody waits any more if the server gave the attempt up.
            drop(sender.send(result));
        })?;
    Ok(released)
}

/// Ends an attempt that an earlier server started, if it still runs.
pub(crate) async fn end_adopted(dir: &AttemptDir) -> io::Result<()> {
    let Some(mut program) = SupervisedProgram::adopt(dir)? else {
        return Ok(());
    };
    let cancel = CancellationToken::new();
    cancel.cancel();
    program.ended(&cancel, None).await
}
