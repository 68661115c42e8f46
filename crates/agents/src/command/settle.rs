//! From an attempt's files to its report, and to what people should be told.

use std::fs;
use std::io;

use baton_model::AttemptReport;
use baton_model::plan::OutputSpec;

use super::STDOUT_BYTES_MAX;
use crate::attempt_files::{AttemptDir, ExitRecord};
use crate::result::{Captured, judge};

/// Enough of standard error to quote its last lines.
const STDERR_TAIL_BYTES: u64 = 8 * 1024;

/// An attempt whose end is known.
pub(super) struct Settled {
    pub(super) report: AttemptReport,
    /// Baton's own words about it.
    pub(super) notes: Vec<String>,
    /// Standard output, if it is not the result.
    pub(super) unused_stdout: Vec<u8>,
}

impl Settled {
    /// Reads and judges the attempt; none when its end was not written down.
    pub(super) fn read(dir: &AttemptDir, contract: &[OutputSpec]) -> io::Result<Option<Self>> {
        let Some(exit) = ExitRecord::read(dir)? else {
            return Ok(None);
        };
        let stdout = AttemptDir::tail_of(&dir.stdout(), STDOUT_BYTES_MAX)?;
        let stderr_tail = AttemptDir::tail_of(&dir.stderr(), STDERR_TAIL_BYTES)?;
        let captured = Captured {
            exit: &exit,
            stdout: &stdout,
            stderr_tail: &stderr_tail,
        };
        let verdict = judge(captured, contract);
        let is_unused = verdict.is_stdout_unused;
        Ok(Some(Self {
            report: verdict.report,
            notes: notes(&exit),
            unused_stdout: if is_unused { stdout } else { Vec::new() },
        }))
    }
}

/// What the shim itself complained about, ready to be appended to a message.
pub(super) fn shim_words(dir: &AttemptDir) -> String {
    match fs::read_to_string(dir.shim_log()) {
        Ok(words) if !words.trim().is_empty() => format!(": {}", words.trim()),
        Ok(_) | Err(_) => String::new(),
    }
}

fn notes(exit: &ExitRecord) -> Vec<String> {
    let mut notes = Vec::new();
    if exit.leftovers_killed > 0 {
        notes.push(format!(
            "processes the program left running and that were ended: {}",
            exit.leftovers_killed
        ));
    }
    if exit.leftovers_alive > 0 {
        notes.push(format!(
            "processes that could not be ended and may still run: {}",
            exit.leftovers_alive
        ));
    }
    let streams = [
        ("output", exit.stdout_truncated),
        ("error output", exit.stderr_truncated),
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
