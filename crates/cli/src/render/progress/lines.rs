//! Plain lines on standard error, one for each thing that happens.

use baton_server::v1::dto::Execution;
use jiff::Timestamp;
use serde_json::Value;

use super::{Progress, by_whom, edits, repeats, text};
use crate::render::document;
use crate::render::execution::short;
use crate::render::style::{duration, harmless};
use crate::sse::Message;

/// Shows a run where there is no terminal.
pub(crate) struct Lines {
    run: String,
    start: Option<Timestamp>,
}

impl Lines {
    pub(crate) fn new(execution: &Execution) -> Self {
        document::err(&format!(
            "run {} of {}",
            execution.id,
            harmless(&execution.workflow_name)
        ));
        Self {
            run: short(&execution.id).to_owned(),
            start: execution.created_at.parse().ok(),
        }
    }

    /// A line that happened at a time of its own, which may be long ago.
    fn say(&self, at: Option<Timestamp>, text: &str) {
        let at = at.unwrap_or_else(Timestamp::now);
        let elapsed = self
            .start
            .map_or(0.0, |start| at.duration_since(start).as_secs_f64());
        document::err(&format!("[{:>7}] {text}", duration(elapsed.max(0.0))));
    }
}

impl Lines {
    fn line(&self, message: &Message) -> Option<String> {
        let (data, event) = (&message.data, message.event.as_str());
        let stage = text(data, "stage_id");
        let word = |name: &str| harmless(text(data, name));
        let iteration = data.get("iteration").and_then(Value::as_u64).unwrap_or(1);
        Some(match event {
            "execution_started" => repeats(data)?,
            "execution_paused" => format!("paused by {}", by_whom(data)),
            "execution_resumed" => format!("resumed by {}", by_whom(data)),
            "graph_edited" => format!("stages changed by {}: {}", word("by"), edits(data)),
            "stage_started" if iteration > 1 => format!("{stage} #{iteration}: started"),
            "stage_started" => format!("{stage}: started"),
            "stage_completed" => format!("{stage}: completed"),
            "stage_failed" => format!("{stage}: failed: {}", word("error")),
            "stage_retrying" => {
                let at = text(data, "retry_at");
                format!("{stage}: {}; tried again at {at}", word("error"))
            }
            "stage_repairing" => format!("{stage}: asked to mend its output: {}", word("error")),
            "stage_summarizing" => format!("{stage}: asked to condense its output"),
            "stage_skipped" => format!("{stage}: skipped ({})", text(data, "reason")),
            "stage_cancelled" => format!("{stage}: cancelled"),
            "stage_reopened" => format!("{stage}: opened again by {}", word("by")),
            "stage_reset" => format!("{stage}: starts over"),
            "log_line" => format!("{stage} | {}", word("message")),
            "stage_waiting_for_approval" => {
                let (run, message) = (&self.run, word("message"));
                format!(
                    "{stage}: waiting for approval. {message}\n          decide with: baton approve {run} {stage}"
                )
            }
            "stage_waiting_for_input" => {
                let (run, message) = (&self.run, word("message"));
                format!(
                    "{stage}: waiting for input. {message}\n          answer with: baton answer {run} {stage}"
                )
            }
            "stage_answered" => format!("{stage}: answered by {}", word("by")),
            "gate_approved" => format!("{stage}: approved by {}", word("by")),
            "gate_rejected" => format!("{stage}: rejected by {}", word("by")),
            _ => return None,
        })
    }
}

impl Progress for Lines {
    fn show(&mut self, message: &Message) {
        if let Some(line) = self.line(message) {
            self.say(text(&message.data, "at").parse().ok(), &line);
        }
    }

    fn note(&mut self, text: &str) {
        self.say(None, text);
    }

    fn close(&mut self) {}
}
