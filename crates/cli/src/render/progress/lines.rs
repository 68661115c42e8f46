//! Plain lines on standard error, one for each thing that happens.

use baton_server::v1::dto::Execution;
use jiff::Timestamp;

use super::{Progress, text};
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

impl Progress for Lines {
    fn show(&mut self, message: &Message) {
        let data = &message.data;
        let stage = text(data, "stage_id");
        let line = match message.event.as_str() {
            "stage_started" => format!("{stage}: started"),
            "stage_completed" => format!("{stage}: completed"),
            "stage_failed" => format!("{stage}: failed: {}", harmless(text(data, "error"))),
            "stage_retrying" => {
                let error = harmless(text(data, "error"));
                format!(
                    "{stage}: {error}; tried again at {}",
                    text(data, "retry_at")
                )
            }
            "stage_skipped" => format!("{stage}: skipped ({})", text(data, "reason")),
            "stage_cancelled" => format!("{stage}: cancelled"),
            "log_line" => format!("{stage} | {}", harmless(text(data, "message"))),
            "stage_waiting_for_approval" => {
                let message = harmless(text(data, "message"));
                let run = &self.run;
                format!(
                    "{stage}: waiting for approval. {message}\n          decide with: baton approve {run} {stage}"
                )
            }
            "gate_approved" => format!("{stage}: approved by {}", harmless(text(data, "by"))),
            "gate_rejected" => format!("{stage}: rejected by {}", harmless(text(data, "by"))),
            _ => return,
        };
        self.say(text(data, "at").parse().ok(), &line);
    }

    fn note(&mut self, text: &str) {
        self.say(None, text);
    }

    fn close(&mut self) {}
}
