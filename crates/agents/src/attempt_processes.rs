//! The processes of an attempt, for whoever wants to see them or to end them
//! without waiting.

use std::io;
use std::path::Path;

use baton_model::AttemptKey;
use nix::sys::signal::Signal;

use crate::attempt_files::AttemptDir;
use crate::process_table::{ProcessId, descendants};

/// Processes of an attempt that is at work.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Processes {
    /// The one that supervises the others.
    pub supervisor: u32,
    /// The agent first, then whatever it has started.
    pub agents: Vec<u32>,
}

/// What became of processes that were to end at once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Killed {
    /// They have been ended.
    pub killed: Vec<u32>,
    /// They could not be.
    pub failed: Vec<u32>,
}

/// The processes of an attempt; none when nothing of it lives.
pub fn processes(attempts_root: &Path, key: &AttemptKey) -> io::Result<Option<Processes>> {
    let Some((supervisor, agents)) = living(attempts_root, key)? else {
        return Ok(None);
    };
    Ok(Some(Processes {
        supervisor: number(supervisor),
        agents: agents.into_iter().map(number).collect(),
    }))
}

/// Ends the processes of an attempt at once. The one that supervises them is
/// left to write down how they ended.
pub fn kill(attempts_root: &Path, key: &AttemptKey) -> io::Result<Killed> {
    let mut outcome = Killed::default();
    let Some((_, agents)) = living(attempts_root, key)? else {
        return Ok(outcome);
    };
    for agent in agents {
        match agent.signal(Signal::SIGKILL) {
            Ok(true) => outcome.killed.push(number(agent)),
            // It has ended by itself meanwhile.
            Ok(false) if ProcessId::of(agent.pid()) != Some(agent) => {}
            Ok(false) | Err(_) => outcome.failed.push(number(agent)),
        }
    }
    Ok(outcome)
}

fn living(
    attempts_root: &Path,
    key: &AttemptKey,
) -> io::Result<Option<(ProcessId, Vec<ProcessId>)>> {
    let dir = AttemptDir::locate(attempts_root, key);
    if dir.held_lock()?.is_none() {
        return Ok(None);
    }
    let Some(supervisor) = dir.shim_identity() else {
        return Ok(None);
    };
    Ok(Some((supervisor, descendants(supervisor.pid())?)))
}

fn number(process: ProcessId) -> u32 {
    process.pid().as_raw().unsigned_abs()
}
