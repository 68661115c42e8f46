//! The shim's loop: one `poll` over signals, the liveness pipe and the
//! program's output, with the next deadline as its timeout.
//!
//! Phases go one way: the program works; it has ended and its leftovers get a
//! moment; the tree is being ended; nothing is left. The first cause of an
//! end is the one that is written down.

use std::io::{self, Read};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::process::Child;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::Signal;
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;
use signal_hook::consts::{SIGCHLD, SIGHUP, SIGINT, SIGTERM};

use super::OnOrphan;
use super::capture::{Capture, is_transient, set_nonblocking};
use super::tree::{Ending, LEFTOVER_GRACE, PROGRAM_GRACE, Progress, ROUND};
use crate::attempt_files::{AttemptDir, ExitReason, ExitRecord, ShimRequest};
use crate::clock;

/// A program's helpers often end a blink after it (`foo > >(tee log)`); only
/// those that stay longer are leftovers.
const LINGER: Duration = Duration::from_millis(100);

/// Signals as something to poll: a wake-up pipe and a flag.
pub(super) struct Signals {
    wake_up: UnixStream,
    is_cancelled: Arc<AtomicBool>,
}

impl Signals {
    pub(super) fn register() -> io::Result<Self> {
        let is_cancelled = Arc::new(AtomicBool::new(false));
        let (wake_up, sender) = UnixStream::pair()?;
        wake_up.set_nonblocking(true)?;
        for signal in [SIGTERM, SIGINT, SIGHUP] {
            signal_hook::flag::register(signal, Arc::clone(&is_cancelled))?;
        }
        // After the flags: whoever is woken up must find them set.
        for signal in [SIGTERM, SIGINT, SIGHUP, SIGCHLD] {
            signal_hook::low_level::pipe::register(signal, sender.try_clone()?)?;
        }
        Ok(Self {
            wake_up,
            is_cancelled,
        })
    }

    /// Forgets wake-ups; what they were about is asked of the system anyway.
    fn drain(&mut self) -> io::Result<()> {
        let mut wake_ups = [0; 64];
        match self.wake_up.read(&mut wake_ups) {
            Ok(_) => Ok(()),
            Err(error) if is_transient(&error) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

enum Phase {
    Working,
    Lingering { until: Instant },
    Ending(Ending),
    Over { alive: u32 },
}

pub(super) struct Supervisor {
    program: Pid,
    status: Option<WaitStatus>,
    signals: Signals,
    /// None once the server is gone, or if it never mattered.
    liveness: Option<io::Stdin>,
    stdout: Capture,
    stderr: Capture,
    deadline: Option<Instant>,
    on_orphan: OnOrphan,
    phase: Phase,
    /// Why the tree is being ended; none while the program ends by itself.
    cause: Option<ExitReason>,
    leftovers_killed: u32,
}

impl Supervisor {
    pub(super) fn new(
        dir: &AttemptDir,
        request: &ShimRequest,
        mut program: Child,
        signals: Signals,
    ) -> io::Result<Self> {
        let (Some(stdout), Some(stderr)) = (program.stdout.take(), program.stderr.take()) else {
            return Err(io::ErrorKind::BrokenPipe.into());
        };
        let liveness = io::stdin();
        set_nonblocking(&liveness)?;
        let time_left = |deadline: baton_model::Timestamp| deadline.since(clock::now());
        Ok(Self {
            // A pid of the kernel always fits; the conversion undoes std's own.
            program: Pid::from_raw(program.id().cast_signed()),
            status: None,
            signals,
            liveness: Some(liveness),
            stdout: Capture::new(stdout, &dir.stdout(), request.stdout_bytes_max)?,
            stderr: Capture::new(stderr, &dir.stderr(), request.stderr_bytes_max)?,
            // From here on monotonic: a changed wall clock moves no deadline.
            deadline: request
                .deadline
                .and_then(|deadline| Instant::now().checked_add(time_left(deadline))),
            on_orphan: request.on_orphan,
            phase: Phase::Working,
            cause: None,
            leftovers_killed: 0,
        })
    }

    /// Works until nothing of the tree is left, and says how it ended.
    pub(super) fn run(mut self) -> io::Result<ExitRecord> {
        let alive = loop {
            self.wait()?;
            self.signals.drain()?;
            self.stdout.pump()?;
            self.stderr.pump()?;
            let is_childless = self.reap()?;
            let is_orphan = self.is_orphan()?;
            if is_childless {
                break 0;
            }
            self.step(Instant::now(), is_orphan)?;
            if let Phase::Over { alive } = self.phase {
                break alive;
            }
        };
        self.stdout.finish()?;
        self.stderr.finish()?;
        self.stdout.sync()?;
        Ok(self.record(alive))
    }

    /// Waits for anything to happen, or for the next thing that is due.
    fn wait(&self) -> io::Result<()> {
        let mut fds = vec![PollFd::new(self.signals.wake_up.as_fd(), PollFlags::POLLIN)];
        let streams = [self.stdout.readable(), self.stderr.readable()];
        let liveness = self.liveness.as_ref().map(AsFd::as_fd);
        for fd in streams.into_iter().chain([liveness]).flatten() {
            fds.push(PollFd::new(fd, PollFlags::POLLIN));
        }
        match poll(&mut fds, self.timeout(Instant::now())) {
            Ok(_) | Err(Errno::EINTR) => Ok(()),
            Err(errno) => Err(errno.into()),
        }
    }

    fn timeout(&self, now: Instant) -> PollTimeout {
        let due = match &self.phase {
            Phase::Working => self.deadline,
            Phase::Lingering { until } => Some(*until),
            Phase::Ending(_) | Phase::Over { .. } => Some(now + ROUND),
        };
        let Some(due) = due else {
            return PollTimeout::NONE;
        };
        // Rounded up, so that the loop does not spin through the last millisecond.
        let wait = due.saturating_duration_since(now) + Duration::from_millis(1);
        PollTimeout::try_from(wait).unwrap_or(PollTimeout::MAX)
    }

    /// Takes the status of every child that has ended. True when no child is
    /// left, which under a sub-reaper means that no descendant is left.
    fn reap(&mut self) -> io::Result<bool> {
        loop {
            match waitpid(None, Some(WaitPidFlag::WNOHANG)) {
                Ok(WaitStatus::StillAlive) => return Ok(false),
                Ok(status) if status.pid() == Some(self.program) => self.status = Some(status),
                // A real-time signal has no name in `nix`, hence EINVAL.
                Ok(_) | Err(Errno::EINTR | Errno::EINVAL) => {}
                Err(Errno::ECHILD) => return Ok(true),
                Err(errno) => return Err(errno.into()),
            }
        }
    }

    /// Whether the server is gone and that matters. Only its end closes the
    /// pipe; it never writes.
    fn is_orphan(&mut self) -> io::Result<bool> {
        let Some(liveness) = &mut self.liveness else {
            return Ok(false);
        };
        match liveness.read(&mut [0; 64]) {
            Ok(0) => {
                self.liveness = None;
                Ok(self.on_orphan == OnOrphan::Kill)
            }
            Ok(_) => Ok(false),
            Err(error) if is_transient(&error) => Ok(false),
            Err(error) => Err(error),
        }
    }

    fn step(&mut self, now: Instant, is_orphan: bool) -> io::Result<()> {
        let cause = self.cause_now(now, is_orphan);
        match &mut self.phase {
            // A program that has ended by itself is judged by that, whatever
            // else is found in the same round.
            Phase::Working if self.status.is_some() => {
                let until = now + within(LINGER, now, self.deadline);
                self.phase = Phase::Lingering { until };
            }
            Phase::Working => {
                if let Some(cause) = cause {
                    self.cause = Some(cause);
                    self.phase = Phase::Ending(Ending::new(now, PROGRAM_GRACE));
                    self.end_tree(now)?;
                }
            }
            Phase::Lingering { until } => {
                if now >= *until || cause.is_some() {
                    let grace = within(LEFTOVER_GRACE, now, self.deadline);
                    self.phase = Phase::Ending(Ending::new(now, grace));
                    self.end_tree(now)?;
                }
            }
            Phase::Ending(_) => self.end_tree(now)?,
            Phase::Over { .. } => {}
        }
        Ok(())
    }

    /// What speaks for ending the tree now.
    fn cause_now(&self, now: Instant, is_orphan: bool) -> Option<ExitReason> {
        if self.signals.is_cancelled.load(Ordering::Relaxed) {
            Some(ExitReason::Cancelled)
        } else if self.deadline.is_some_and(|deadline| now >= deadline) {
            Some(ExitReason::Timeout)
        } else if is_orphan {
            Some(ExitReason::Orphaned)
        } else {
            None
        }
    }

    fn end_tree(&mut self, now: Instant) -> io::Result<()> {
        let Phase::Ending(ending) = &mut self.phase else {
            return Ok(());
        };
        let progress = ending.round(now)?;
        if self.cause.is_none() {
            self.leftovers_killed = ending.signalled();
        }
        if let Progress::Stuck { alive } = progress {
            self.phase = Phase::Over { alive };
        }
        Ok(())
    }

    fn record(self, leftovers_alive: u32) -> ExitRecord {
        let (code, signal) = match self.status {
            Some(WaitStatus::Exited(_, code)) => (Some(code), None),
            Some(WaitStatus::Signaled(_, signal, _)) => (None, Some(signal_number(signal))),
            _ => (None, None),
        };
        ExitRecord {
            code,
            signal,
            leftovers_killed: self.leftovers_killed,
            leftovers_alive,
            stdout_truncated: self.stdout.is_truncated(),
            stderr_truncated: self.stderr.is_truncated(),
            ..ExitRecord::new(self.cause.unwrap_or(ExitReason::Exited), clock::now())
        }
    }
}

/// How long leftovers may take: at most half of the time that is left. Who
/// waits for the attempt counts by the same deadline, and would take one that
/// is not over by then for one that was too slow.
fn within(most: Duration, now: Instant, deadline: Option<Instant>) -> Duration {
    match deadline {
        Some(deadline) => most.min(deadline.saturating_duration_since(now) / 2),
        None => most,
    }
}

fn signal_number(signal: Signal) -> i32 {
    signal as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leftovers_are_gone_before_the_deadline_if_their_program_was() {
        let now = Instant::now();
        let rows = [
            (None, 1_000),
            (Some(10_000), 1_000),
            (Some(400), 200),
            (Some(0), 0),
        ];
        for (left, expected) in rows {
            let deadline = left.map(|left| now + Duration::from_millis(left));
            let grace = within(Duration::from_secs(1), now, deadline);
            assert_eq!(grace, Duration::from_millis(expected), "{left:?}");
        }
        let late = now.checked_sub(Duration::from_secs(1));
        assert_eq!(within(LINGER, now, late), Duration::ZERO);
    }
}
