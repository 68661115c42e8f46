//! From an attempt's files to its report, and to what people should be told.

use std::fs;
use std::io;

use baton_model::AttemptReport;
use baton_model::plan::OutputSpec;

use super::STDOUT_BYTES_MAX;
use crate::attempt_files::{AttemptDir, ExitRecord};
use crate::dispatcher::AttemptRequest;
use crate::result::{Captured, judge};
use crate::secrets::{Mask, Part};

/// Enough of standard error to quote its last lines.
const STDERR_TAIL_BYTES: u64 = 8 * 1024;
/// More than this of a program's own words is not handed on.
const TEXT_BYTES_MAX: usize = 1024 * 1024;

/// What is to be made of an attempt's files.
pub(super) struct Expected {
    contract: Vec<OutputSpec>,
    wants_text: bool,
}

impl Expected {
    pub(super) fn of(request: &AttemptRequest) -> Self {
        Self {
            contract: request.outputs.clone(),
            wants_text: request.wants_text,
        }
    }
}

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
    /// Secrets are taken out first: what is quoted is cut, and half a secret is
    /// not found any more.
    pub(super) fn read(
        dir: &AttemptDir,
        expected: &Expected,
        mask: &Mask,
    ) -> io::Result<Option<Self>> {
        let Some(exit) = ExitRecord::read(dir)? else {
            return Ok(None);
        };
        let stdout = AttemptDir::tail_of(&dir.stdout(), STDOUT_BYTES_MAX)?;
        let kept = if exit.stdout_truncated {
            Part::Beginning
        } else {
            Part::Whole
        };
        let stdout = mask.document_or_text(&stdout, kept);
        let stderr_tail = AttemptDir::tail_of(&dir.stderr(), STDERR_TAIL_BYTES)?;
        let stderr_tail = mask.part(&stderr_tail, Part::of_tail(&stderr_tail, STDERR_TAIL_BYTES));
        let captured = Captured {
            exit: &exit,
            stdout: &stdout,
            stderr_tail: &stderr_tail,
        };
        let verdict = judge(captured, &expected.contract);
        let is_unused = verdict.is_stdout_unused;
        let mut notes = exit.notes();
        let mut report = verdict.report;
        if expected.wants_text
            && let AttemptReport::Completed(completion) = &mut report
        {
            let (text, is_cut) = text_of(&stdout);
            completion.text = Some(text);
            if is_cut {
                let mebibytes = TEXT_BYTES_MAX / (1024 * 1024);
                notes.push(format!(
                    "only the first {mebibytes} MiB of the program's output is handed on"
                ));
            }
        }
        Ok(Some(Self {
            report,
            notes,
            unused_stdout: if is_unused {
                stdout.into_owned()
            } else {
                Vec::new()
            },
        }))
    }
}

/// What the program wrote as a text, and whether that is only its beginning.
fn text_of(stdout: &[u8]) -> (String, bool) {
    let kept = stdout.get(..TEXT_BYTES_MAX).unwrap_or(stdout);
    let mut text = String::from_utf8_lossy(kept).into_owned();
    // What is no UTF-8 has grown.
    let end = text.floor_char_boundary(TEXT_BYTES_MAX);
    let is_cut = kept.len() < stdout.len() || end < text.len();
    text.truncate(end);
    (text, is_cut)
}

/// What the shim itself complained about, ready to be appended to a message.
pub(crate) fn shim_words(dir: &AttemptDir) -> String {
    match fs::read_to_string(dir.shim_log()) {
        Ok(words) if !words.trim().is_empty() => format!(": {}", words.trim()),
        Ok(_) | Err(_) => String::new(),
    }
}
