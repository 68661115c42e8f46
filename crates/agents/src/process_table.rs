//! What `/proc` says about processes: who descends from whom, who carries an
//! attempt's marker, and whether a pid still means the same process.
//!
//! A pid alone is not an identity, for pids are used again; together with
//! the time its process started it is one. Linux only, by design.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::str::FromStr;

use nix::errno::Errno;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::attempt_files::DIRECTORY_MARKER;

/// One process, told apart from later ones with the same pid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ProcessId {
    pid: i32,
    /// In clock ticks since boot.
    started: u64,
}

impl ProcessId {
    /// The process that has this pid now.
    pub(crate) fn of(pid: Pid) -> Option<Self> {
        ProcessRow::read(pid.as_raw()).map(|row| row.id)
    }

    pub(crate) fn pid(self) -> Pid {
        Pid::from_raw(self.pid)
    }

    /// Sends a signal; false when the process is gone or not ours to signal.
    pub(crate) fn signal(self, signal: Signal) -> Result<bool, Errno> {
        if Self::of(self.pid()) != Some(self) {
            return Ok(false);
        }
        match kill(self.pid(), signal) {
            Ok(()) => Ok(true),
            Err(Errno::ESRCH | Errno::EPERM) => Ok(false),
            Err(errno) => Err(errno),
        }
    }
}

impl fmt::Display for ProcessId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.pid, self.started)
    }
}

/// A text that names no process.
#[derive(Debug, thiserror::Error)]
#[error("not a pid and a start time")]
pub(crate) struct NotAProcessId;

impl FromStr for ProcessId {
    type Err = NotAProcessId;

    fn from_str(text: &str) -> Result<Self, NotAProcessId> {
        let parsed = text.trim().split_once(' ').and_then(|(pid, started)| {
            let (pid, started) = (pid.parse().ok()?, started.parse().ok()?);
            Some(Self { pid, started })
        });
        parsed.ok_or(NotAProcessId)
    }
}

/// Every living process below `root`, however deep. Complete as long as
/// `root` is the sub-reaper of all of them: then none can leave the tree.
pub(crate) fn descendants(root: Pid) -> io::Result<Vec<ProcessId>> {
    let mut children = BTreeMap::<i32, Vec<ProcessRow>>::new();
    for pid in pids()? {
        if let Some(row) = ProcessRow::read(pid) {
            children.entry(row.parent).or_default().push(row);
        }
    }
    let mut found = Vec::new();
    let mut parents = vec![root.as_raw()];
    while let Some(parent) = parents.pop() {
        for row in children.remove(&parent).unwrap_or_default() {
            parents.push(row.id.pid);
            if !row.is_dead {
                found.push(row.id);
            }
        }
    }
    Ok(found)
}

/// Every living process of this user that was started for the attempt in `dir`.
pub(crate) fn marked_with(dir: &Path) -> io::Result<Vec<ProcessId>> {
    let mut marker = format!("{DIRECTORY_MARKER}=").into_bytes();
    marker.extend_from_slice(dir.as_os_str().as_bytes());
    let mut found = Vec::new();
    for pid in pids()? {
        // Unreadable: gone by now, or another user's, and so not of our making.
        let Ok(environment) = fs::read(format!("/proc/{pid}/environ")) else {
            continue;
        };
        if environment
            .split(|byte| *byte == 0)
            .any(|entry| entry == marker)
            && let Some(row) = ProcessRow::read(pid)
            && !row.is_dead
        {
            found.push(row.id);
        }
    }
    Ok(found)
}

fn pids() -> io::Result<Vec<i32>> {
    let mut pids = Vec::new();
    for entry in fs::read_dir("/proc")? {
        if let Some(pid) = entry?.file_name().to_str().and_then(|it| it.parse().ok()) {
            pids.push(pid);
        }
    }
    Ok(pids)
}

struct ProcessRow {
    id: ProcessId,
    parent: i32,
    /// A zombie, or about to be one.
    is_dead: bool,
}

impl ProcessRow {
    fn read(pid: i32) -> Option<Self> {
        Self::parse(pid, &fs::read(format!("/proc/{pid}/stat")).ok()?)
    }

    /// The second field is the program's name in parentheses and may hold
    /// anything, also parentheses and invalid UTF-8; after it fields are plain.
    fn parse(pid: i32, stat: &[u8]) -> Option<Self> {
        const STARTED_FROM_STATE: usize = 19;
        let name_end = stat.iter().rposition(|byte| *byte == b')')?;
        let rest = str::from_utf8(stat.get(name_end + 1..)?).ok()?;
        let mut fields = rest.split_ascii_whitespace();
        let state = fields.next()?;
        let parent = fields.next()?.parse().ok()?;
        let started = fields.nth(STARTED_FROM_STATE - 2)?.parse().ok()?;
        Some(Self {
            id: ProcessId { pid, started },
            parent,
            is_dead: matches!(state, "Z" | "X"),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::process::{Command, Stdio};

    use super::*;

    #[test]
    fn a_program_name_with_parentheses_is_no_trap() {
        let stat = b"7 (a) b (\xff) S 42 7 7 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 987654 2 3";
        let row = ProcessRow::parse(7, stat).unwrap();
        assert_eq!((row.parent, row.is_dead), (42, false));
        assert_eq!(row.id.to_string(), "7 987654");
        assert!(ProcessRow::parse(7, b"7 (a").is_none());
    }

    #[test]
    fn an_identity_reads_back_and_fits_no_other_process() {
        let me = ProcessId::of(Pid::this()).unwrap();
        assert_eq!(me.to_string().parse::<ProcessId>().unwrap(), me);
        let stale = ProcessId { started: 1, ..me };
        assert!(!stale.signal(Signal::SIGKILL).unwrap());
    }

    #[test]
    fn marked_processes_and_descendants_are_found() {
        let dir = tempfile::tempdir().unwrap();
        let mut child = Command::new("cat")
            .env(DIRECTORY_MARKER, dir.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        // Its environment is in place once it answers.
        child.stdin.as_mut().unwrap().write_all(b"!").unwrap();
        child.stdout.as_mut().unwrap().read_exact(&mut [0]).unwrap();
        let pid = Pid::from_raw(i32::try_from(child.id()).unwrap());
        let id = ProcessId::of(pid).unwrap();
        assert!(descendants(Pid::this()).unwrap().contains(&id));
        assert_eq!(marked_with(dir.path()).unwrap(), [id]);
        drop(child.stdin.take());
        child.wait().unwrap();
        assert!(marked_with(dir.path()).unwrap().is_empty());
    }
}
