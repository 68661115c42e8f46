//! A run while it runs: a live tree on a terminal, plain lines elsewhere.

mod lines;
mod prompt;
mod tree;

use std::io::IsTerminal;

use baton_server::v1::dto::{Execution, LogLine};
use serde_json::Value;

use self::lines::Lines;
use self::prompt::{Prompt, Question};
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

/// How this process shows a run, and asks about its gates.
pub(crate) struct View {
    shown: Shown,
    prompt: Option<Prompt>,
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
        }
    }

    /// What the user decides at a gate, by stage. Waits for ever when nothing
    /// is asked; may be dropped and called again.
    pub(crate) async fn answer(&mut self) -> (String, bool) {
        let Some(prompt) = &mut self.prompt else {
            return std::future::pending().await;
        };
        loop {
            let answer = prompt.key().await;
            self.shown.ask(prompt.question().as_ref());
            if let Some(answer) = answer {
                return answer;
            }
        }
    }
}

impl Progress for View {
    fn show(&mut self, message: &Message) {
        self.shown.as_progress().show(message);
        let Some(prompt) = &mut self.prompt else {
            return;
        };
        let stage = text(&message.data, "stage_id");
        match message.event.as_str() {
            "stage_waiting_for_approval" => prompt.ask(stage, text(&message.data, "message")),
            "gate_approved" | "gate_rejected" | "stage_failed" | "stage_cancelled" => {
                prompt.withdraw(stage);
            }
            _ => return,
        }
        self.shown.ask(prompt.question().as_ref());
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

    /// Shows a question below the tree. Plain lines have nobody to ask.
    fn ask(&mut self, question: Option<&Question>) {
        if let Self::Tree(tree) = self {
            tree.ask(question);
        }
    }
}

/// A text in a message; empty when it is not there.
pub(crate) fn text<'m>(data: &'m Value, name: &str) -> &'m str {
    data.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// A log line as `baton logs` prints it.
pub(crate) fn log_line(line: &LogLine) -> String {
    let stage = paint(Target::Out, Tone::Dim, &line.stage_id);
    format!("{stage} {}", harmless(&line.message))
}
