//! Ends every process below the shim: asks first, then kills, until none is left.
//!
//! As sub-reaper the shim inherits each orphan below it, so a process that
//! started a session of its own, forked twice or ignored its terminal is
//! still found. "None is left" is a fact of the kernel: nothing to wait for.

use std::collections::BTreeSet;
use std::io;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use nix::unistd::Pid;

use crate::process_table::{ProcessId, descendants};

/// How long a program that is cancelled or out of time may clean up.
pub(super) const PROGRAM_GRACE: Duration = Duration::from_secs(5);
/// How long what a finished program left running may clean up.
pub(super) const LEFTOVER_GRACE: Duration = Duration::from_secs(1);
/// How often the tree is looked at while it is being ended.
pub(super) const ROUND: Duration = Duration::from_millis(50);
/// A killed process goes at once, unless the kernel holds it or another user
/// owns it; neither gets better by waiting longer than this.
const KILL_PATIENCE: Duration = Duration::from_secs(5);

/// A tree that is being ended.
pub(super) struct Ending {
    kill_at: Instant,
    give_up_at: Instant,
    asked: BTreeSet<ProcessId>,
}

/// Whether there is any point in going on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Progress {
    /// Look again soon.
    Working,
    /// Some processes cannot be ended.
    Stuck {
        /// How many.
        alive: u32,
    },
}

impl Ending {
    pub(super) fn new(now: Instant, grace: Duration) -> Self {
        let kill_at = now + grace;
        Self {
            kill_at,
            give_up_at: kill_at + KILL_PATIENCE,
            asked: BTreeSet::new(),
        }
    }

    /// Signals what is alive now. Processes born since the last round are
    /// asked as well; once the grace is over, everything is killed.
    pub(super) fn round(&mut self, now: Instant) -> io::Result<Progress> {
        let alive = descendants(Pid::this())?;
        let is_over = now >= self.kill_at;
        for process in &alive {
            let is_new = self.asked.insert(*process);
            if is_over {
                process.signal(Signal::SIGKILL)?;
            } else if is_new {
                process.signal(Signal::SIGTERM)?;
                // A stopped process could not act on what it was asked.
                process.signal(Signal::SIGCONT)?;
            }
        }
        if now >= self.give_up_at && !alive.is_empty() {
            let alive = u32::try_from(alive.len()).unwrap_or(u32::MAX);
            return Ok(Progress::Stuck { alive });
        }
        Ok(Progress::Working)
    }

    /// How many processes were signalled.
    pub(super) fn signalled(&self) -> u32 {
        u32::try_from(self.asked.len()).unwrap_or(u32::MAX)
    }
}
