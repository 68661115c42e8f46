//! The two documents of an attempt: what the shim is asked, and how it ended.
//!
//! Both are written by one release and may be read by the next, so fields are
//! only ever added, with a default. The end is written atomically and forced
//! to disk: it is either absent or whole.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use baton_model::{AttemptKey, Timestamp};
use serde::{Deserialize, Serialize};

use super::{AttemptDir, private_file};
use crate::secrets::Mask;
use crate::shim::OnOrphan;

/// What the shim is asked to run.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct ShimRequest {
    /// The attempt this is for; none: a hook.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) key: Option<AttemptKey>,
    /// The program and its arguments.
    pub(crate) argv: Vec<String>,
    /// The program's whole environment.
    pub(crate) env: BTreeMap<String, String>,
    /// Its working directory.
    pub(crate) cwd: PathBuf,
    /// When it must have ended, by the wall clock.
    #[serde(default)]
    pub(crate) deadline: Option<Timestamp>,
    /// More standard output than this is thrown away.
    pub(crate) stdout_bytes_max: u64,
    /// More standard error than this is thrown away.
    pub(crate) stderr_bytes_max: u64,
    /// What to do when the server is gone.
    #[serde(default)]
    pub(crate) on_orphan: OnOrphan,
    /// The adapter that knows what the program's output means; none: `command`,
    /// or a hook.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) adapter: Option<String>,
    /// The agent's session, as far as it was known before the start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) session: Option<String>,
    /// Whether that session went on.
    #[serde(default)]
    pub(crate) is_resume: bool,
    /// Whether this turn was taken beside it.
    #[serde(default)]
    pub(crate) is_fork: bool,
    /// What must not be told, wherever the program says it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) secrets: Vec<String>,
    /// What people are told before anything the program says.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) notes: Vec<String>,
}

impl ShimRequest {
    pub(crate) fn write(&self, dir: &AttemptDir) -> io::Result<()> {
        write_private(&dir.request(), &serde_json::to_vec(self)?)
    }

    pub(crate) fn read(dir: &AttemptDir) -> io::Result<Self> {
        Ok(serde_json::from_slice(&fs::read(dir.request())?)?)
    }

    /// Takes what must not be told out of what is.
    pub(crate) fn mask(&self) -> Mask {
        Mask::of(self.secrets.iter().map(String::as_str))
    }
}

/// How an attempt's processes ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ExitRecord {
    /// What made it end.
    #[serde(flatten)]
    pub(crate) reason: ExitReason,
    /// The program's exit code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) code: Option<i32>,
    /// The signal that killed the program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) signal: Option<i32>,
    /// Processes that outlived the program and were ended.
    #[serde(default)]
    pub(crate) leftovers_killed: u32,
    /// Processes that could not be ended, such as those of another user.
    #[serde(default)]
    pub(crate) leftovers_alive: u32,
    /// Whether standard output is only the beginning of what was written.
    #[serde(default)]
    pub(crate) stdout_truncated: bool,
    /// The same for standard error.
    #[serde(default)]
    pub(crate) stderr_truncated: bool,
    /// When the last process was gone.
    pub(crate) ended_at: Timestamp,
}

/// What made an attempt's processes end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub(crate) enum ExitReason {
    /// The program ended by itself.
    Exited,
    /// Its time was over.
    Timeout,
    /// The server asked for its end.
    Cancelled,
    /// The server was gone, and nothing may outlive it.
    Orphaned,
    /// The program could not be started.
    SpawnFailed {
        /// Why, for people.
        message: String,
    },
}

impl ExitRecord {
    /// The record of an attempt that ended for `reason`, without details.
    pub(crate) fn new(reason: ExitReason, ended_at: Timestamp) -> Self {
        Self {
            reason,
            code: None,
            signal: None,
            leftovers_killed: 0,
            leftovers_alive: 0,
            stdout_truncated: false,
            stderr_truncated: false,
            ended_at,
        }
    }

    /// What people should know of it besides the result.
    pub(crate) fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if self.leftovers_killed > 0 {
            notes.push(format!(
                "processes the program left running and that were ended: {}",
                self.leftovers_killed
            ));
        }
        if self.leftovers_alive > 0 {
            notes.push(format!(
                "processes that could not be ended and may still run: {}",
                self.leftovers_alive
            ));
        }
        let streams = [
            ("output", self.stdout_truncated),
            ("error output", self.stderr_truncated),
        ];
        for (stream, is_truncated) in streams {
            if is_truncated {
                notes.push(format!(
                    "only the beginning of the program's {stream} was kept"
                ));
            }
        }
        notes
    }

    /// Writes the record so that it is whole or absent, even after a power cut.
    pub(crate) fn write(&self, dir: &AttemptDir) -> io::Result<()> {
        let unfinished = dir.path().join("exit.json.tmp");
        let mut file = private_file()
            .create(true)
            .truncate(true)
            .open(&unfinished)?;
        file.write_all(&serde_json::to_vec(self)?)?;
        file.sync_data()?;
        fs::rename(&unfinished, dir.exit())?;
        File::open(dir.path())?.sync_data()
    }

    /// Reads the record; none when the attempt has not ended.
    pub(crate) fn read(dir: &AttemptDir) -> io::Result<Option<Self>> {
        match fs::read(dir.exit()) {
            Ok(bytes) => Ok(Some(serde_json::from_slice(&bytes)?)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// Writes a whole file that only this user may read.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    private_file()
        .create(true)
        .truncate(true)
        .open(path)?
        .write_all(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_reads_back_as_it_was_written() {
        let root = tempfile::tempdir().unwrap();
        let dir = AttemptDir::at(root.path());
        assert_eq!(ExitRecord::read(&dir).unwrap(), None);
        let reasons = [
            ExitReason::Exited,
            ExitReason::SpawnFailed {
                message: "no such program".to_owned(),
            },
        ];
        for reason in reasons {
            let record = ExitRecord {
                code: Some(3),
                ..ExitRecord::new(reason, Timestamp::from_micros(5))
            };
            record.write(&dir).unwrap();
            assert_eq!(ExitRecord::read(&dir).unwrap(), Some(record));
        }
    }

    #[test]
    fn a_damaged_end_is_an_error_and_not_an_absence() {
        let root = tempfile::tempdir().unwrap();
        let dir = AttemptDir::at(root.path());
        fs::write(dir.exit(), "{\"reason\":").unwrap();
        assert!(ExitRecord::read(&dir).is_err());
    }
}
