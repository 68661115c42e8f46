//! What a stand-in writes down of each of its starts, and reading it.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

/// Environment variable that names the file.
pub const LEDGER: &str = "STAND_IN_LEDGER";

/// One start of a stand-in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Start {
    /// Which program it stood in for.
    pub program: String,
    /// Its process.
    pub pid: u32,
    /// Its arguments.
    pub arguments: Vec<String>,
    /// Where it worked.
    pub directory: String,
    /// What it was told.
    pub prompt: String,
    /// The session, as far as it was named.
    pub session: Option<String>,
    /// Whether that session was to go on.
    pub is_resume: bool,
    /// What it was made to do.
    pub mode: String,
}

/// Adds a start to the file that the environment names; nothing without one.
pub(crate) fn note(start: &Start) -> io::Result<()> {
    let Some(path) = std::env::var_os(LEDGER) else {
        return Ok(());
    };
    let mut line = serde_json::to_vec(start)?;
    line.push(b'\n');
    // One write: several of them may come at once.
    OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)?
        .write_all(&line)
}

/// Every start so far, in order; none when nothing was started.
pub fn read(path: &Path) -> Vec<Start> {
    let text = fs::read_to_string(path).unwrap_or_default();
    let lines = text.lines().map(|line| {
        serde_json::from_str(line).unwrap_or_else(|error| panic!("{error} in ledger line {line}"))
    });
    lines.collect()
}
