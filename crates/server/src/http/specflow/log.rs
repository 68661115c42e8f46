//! What has happened to a run, in lines with bracketed tags.

use baton_app::project_runs::{Happening, ProjectRun};
use baton_model::FailureLabel;

/// As many lines of an agent's standard error are among them.
const STDERR_LINES_MAX: usize = 20;

/// The lines, the oldest first.
pub(super) fn lines(run: &ProjectRun) -> Vec<String> {
    let mut lines = Vec::new();
    for (at, happening) in &run.story.happenings {
        match happening {
            Happening::Created => {
                lines.push(format!("[{at}] Starting workflow: {}", run.skill));
                lines.push(format!("[INFO] Project: {}", run.project));
            }
            Happening::Started => lines.push("[EXEC] Agent started".to_owned()),
            Happening::Resumed => {
                lines.push("[RESUME] Agent called again with the answers".to_owned());
            }
            Happening::Asked(n_questions) => {
                lines.push(format!(
                    "[WAITING] {n_questions} question(s) to be answered"
                ));
            }
            Happening::Answered { by } => lines.push(format!("[INFO] Answered by {by}")),
            Happening::Paused => lines.push("[INFO] Paused".to_owned()),
            Happening::GoesOn => lines.push("[INFO] Resumed".to_owned()),
            Happening::Stopping => lines.push("[CANCEL] Agent told to end".to_owned()),
            Happening::Cancelled { reason } => lines.push(format!("[CANCELLED] {reason}")),
            Happening::Completed => {
                lines.push("[OK] Agent finished".to_owned());
                lines.push("[COMPLETE] Workflow completed".to_owned());
            }
            Happening::Failed(failure) => {
                lines.extend(stderr(&run.stderr));
                let tag = if failure.label == FailureLabel::TIMEOUT {
                    "TIMEOUT"
                } else {
                    "ERROR"
                };
                lines.push(format!("[{tag}] {}", failure.message));
            }
        }
    }
    lines
}

fn stderr(text: &str) -> impl Iterator<Item = String> {
    let lines: Vec<&str> = text.lines().collect();
    let start = lines.len().saturating_sub(STDERR_LINES_MAX);
    let last: Vec<String> = lines
        .get(start..)
        .unwrap_or_default()
        .iter()
        .map(|line| format!("[STDERR] {line}"))
        .collect();
    last.into_iter()
}
