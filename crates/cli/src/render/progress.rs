//! A run while it runs: a live tree on a terminal, plain lines elsewhere.

mod lines;
mod prompt;
mod tree;
mod typed;

use std::collections::HashMap;
use std::io::IsTerminal;

use baton_server::v1::dto::{Asked, Execution, LogLine};
use serde_json::Value;

use self::lines::Lines;
use self::prompt::Prompt;
pub(crate) use self::prompt::Reply;
use self::tree::Tree;
use super::style::{Target, Tone, harmless, paint};
use crate::sse::Message;

/// Something that shows a run.
pub(crate) trait Progress {
    /// A message of the run's stream.
    fn show(&mut self, message: &Message);
    /// A word to the user.
    fn note(&mut self, text: &str);
    /// Nothing more will come.
    fn close(&mut self);
}

/// How this process shows a run, and asks what it waits for.
pub(crate) struct View {
    shown: Shown,
    prompt: Option<Prompt>,
    iterations: Iterations,
}

/// Which iteration of each stage was told of last.
#[derive(Default)]
struct Iterations(HashMap<String, u32>);

impl Iterations {
    /// Takes note of what a message tells.
    fn hear(&mut self, message: &Message) {
        let told = message.data.get("iteration").and_then(Value::as_u64);
        if let Some(told) = told.and_then(|told| u32::try_from(told).ok()) {
            self.0
                .insert(text(&message.data, "stage_id").to_owned(), told);
        }
        let edits = message.data.get("edits").and_then(Value::as_array);
        for edit in edits.into_iter().flatten() {
            // One that comes under the name of an earlier one begins anew.
            if text(edit, "type") == "insert" {
                self.0.remove(text(edit, "stage_id"));
            }
        }
    }

    fn of(&self, stage: &str) -> u32 {
        self.0.get(stage).copied().unwrap_or(1)
    }
}

enum Shown {
    Tree(Tree),
    Lines(Lines),
}

impl View {
    pub(crate) fn new(execution: &Execution) -> Self {
        let is_terminal = std::io::stderr().is_terminal();
        let can_ask = is_terminal && std::io::stdin().is_terminal();
        let shown = if is_terminal {
            Shown::Tree(Tree::new(execution))
        } else {
            Shown::Lines(Lines::new(execution))
        };
        Self {
            shown,
            prompt: can_ask.then(Prompt::new),
            iterations: Iterations::default(),
        }
    }

    /// What the user has to say about a stage that waits for it. Waits for
    /// ever when nothing is asked; may be dropped and called again.
    pub(crate) async fn reply(&mut self) -> Reply {
        let Some(prompt) = &mut self.prompt else {
            return std::future::pending().await;
        };
        loop {
            let reply = prompt.key().await;
            self.shown.ask(Some(prompt));
            if let Some(reply) = reply {
                return reply;
            }
        }
    }
}

impl Progress for View {
    fn show(&mut self, message: &Message) {
        self.shown.as_progress().show(message);
        self.iterations.hear(message);
        let Some(prompt) = &mut self.prompt else {
            return;
        };
        let stage = text(&message.data, "stage_id");
        match message.event.as_str() {
            "stage_waiting_for_approval" => {
                let iteration = self.iterations.of(stage);
                prompt.ask_about_gate(stage, iteration, text(&message.data, "message"));
            }
            "stage_waiting_for_input" => {
                if let Some(asked) = asked(&message.data) {
                    let dispatch = message.data.get("dispatch").and_then(Value::as_u64);
                    let dispatch = dispatch.and_then(|one| u32::try_from(one).ok());
                    prompt.ask_questions(stage, dispatch, asked);
                }
            }
            "gate_approved" | "gate_rejected" | "stage_answered" | "stage_retrying"
            | "stage_failed" | "stage_cancelled" | "stage_reset" => prompt.withdraw(stage),
            _ => return,
        }
        self.shown.ask(Some(prompt));
    }

    fn note(&mut self, text: &str) {
        self.shown.as_progress().note(text);
    }

    fn close(&mut self) {
        self.prompt = None;
        self.shown.ask(None);
        self.shown.as_progress().close();
    }
}

impl Shown {
    fn as_progress(&mut self) -> &mut dyn Progress {
        match self {
            Self::Tree(tree) => tree,
            Self::Lines(lines) => lines,
        }
    }

    /// Shows what is asked below the tree. Plain lines have nobody to ask.
    fn ask(&mut self, prompt: Option<&Prompt>) {
        if let Self::Tree(tree) = self {
            tree.ask(prompt);
        }
    }
}

/// A text in a message; empty when it is not there.
pub(crate) fn text<'m>(data: &'m Value, name: &str) -> &'m str {
    data.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// The questions in a message.
fn asked(data: &Value) -> Option<Asked> {
    let asked = data.get("question")?;
    serde_json::from_value(asked.clone()).ok()
}

/// Who did something and, where they said so, why.
fn by_whom(data: &Value) -> String {
    let by = harmless(text(data, "by"));
    match text(data, "reason") {
        "" => by,
        reason => format!("{by}: {}", harmless(reason)),
    }
}

/// What an edit of the stages has changed, such as `+review, -draft`.
fn edits(data: &Value) -> String {
    let edits = data.get("edits").and_then(Value::as_array);
    let each = edits.into_iter().flatten().map(|edit| {
        let sign = match text(edit, "type") {
            "insert" => '+',
            "delete" => '-',
            _ => '~',
        };
        format!("{sign}{}", text(edit, "stage_id"))
    });
    each.collect::<Vec<_>>().join(", ")
}

/// The stages whose results were taken over, and from where; none for a run
/// that repeats no other.
fn repeats(data: &Value) -> Option<String> {
    let earlier = data.get("rerun_of").and_then(Value::as_str)?;
    let reused = data.get("reused").and_then(Value::as_array);
    let reused: Vec<&str> = reused
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let reused = match reused.len() {
        0 => "every stage runs again".to_owned(),
        1..=8 => format!("reuses {}", reused.join(", ")),
        n_stages => format!("reuses {n_stages} stages"),
    };
    Some(format!("repeats {earlier}; {reused}"))
}

/// A log line as `baton logs` prints it.
pub(crate) fn log_line(line: &LogLine) -> String {
    let stage = paint(Target::Out, Tone::Dim, &line.stage_id);
    format!("{stage} {}", harmless(&line.message))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn message(event: &str, data: Value) -> Message {
        Message {
            id: String::new(),
            event: event.to_owned(),
            data,
        }
    }

    #[test]
    fn a_gate_is_shown_in_the_iteration_that_was_told_of_last() {
        let mut iterations = Iterations::default();
        assert_eq!(iterations.of("check"), 1);
        let reset = json!({ "stage_id": "check", "iteration": 2 });
        iterations.hear(&message("stage_reset", reset));
        assert_eq!((iterations.of("check"), iterations.of("a")), (2, 1));
        let edits = json!({ "edits": [
            { "type": "update", "stage_id": "a" },
            { "type": "insert", "stage_id": "check" },
        ] });
        iterations.hear(&message("graph_edited", edits));
        assert_eq!(iterations.of("check"), 1);
    }
}
