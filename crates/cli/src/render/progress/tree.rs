//! The live tree: a line for each stage with its state, attempt, time and the
//! last line it wrote.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use baton_server::v1::dto::{Execution, Step};
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::Value;

use super::prompt::Prompt;
use super::{Progress, by_whom, edits, repeats, text};
use crate::render::style::{Target, Tone, duration, fit, harmless, of_status, paint, width};
use crate::sse::Message;

/// Stages shown as lines; a larger run shows those that do something.
const LINES_MAX: usize = 40;
/// Time between two pictures of a spinner.
const TICK: Duration = Duration::from_millis(100);
/// Longest stage name before the rest is cut.
const NAME_CHARS_MAX: usize = 24;

/// Shows a run on a terminal.
pub(crate) struct Tree {
    bars: MultiProgress,
    stages: BTreeMap<String, Line>,
    name_width: usize,
    /// One for each line of the question.
    question: Vec<ProgressBar>,
}

struct Line {
    bar: ProgressBar,
    label: String,
    attempt: u64,
    /// How often it was opened.
    iteration: u64,
    /// When its present attempt started.
    since: Option<Instant>,
}

impl Tree {
    pub(crate) fn new(execution: &Execution) -> Self {
        let bars = MultiProgress::with_draw_target(ProgressDrawTarget::stderr_with_hz(12));
        let title = format!("{}  {}", harmless(&execution.workflow_name), execution.id);
        let steps = execution.steps.as_deref().unwrap_or_default();
        let widest = steps
            .iter()
            .map(|step| step.stage_id.chars().count())
            .max()
            .unwrap_or(0);
        let name_width = widest.min(NAME_CHARS_MAX);
        let mut tree = Self {
            bars,
            stages: BTreeMap::new(),
            name_width,
            question: Vec::new(),
        };
        tree.note(&paint(Target::Err, Tone::Strong, &title));
        if steps.len() <= LINES_MAX {
            for step in steps {
                tree.add(step);
            }
        }
        tree
    }

    fn add(&mut self, step: &Step) {
        let label = format!("{}{}", "  ".repeat(depth(step)), step.stage_id);
        let bar = self.bars.add(ProgressBar::new_spinner());
        let line = Line {
            bar,
            label,
            attempt: u64::from(step.attempt),
            iteration: u64::from(step.iteration),
            since: None,
        };
        let words = if step.reused { "reused" } else { "" };
        self.rest(&line, &step.status, words);
        self.stages.insert(step.stage_id.clone(), line);
    }

    /// The line of a stage; stages of large runs get one when they start.
    fn line(&mut self, stage: &str) -> &mut Line {
        let (bars, asking) = (&self.bars, self.question.len());
        self.stages.entry(stage.to_owned()).or_insert_with(|| {
            let bar = bars.insert_from_back(asking, ProgressBar::new_spinner());
            Line {
                bar,
                label: stage.to_owned(),
                attempt: 0,
                iteration: 1,
                since: None,
            }
        })
    }

    fn padded(&self, label: &str) -> String {
        let width = self.name_width + 8;
        format!("{:<width$}", fit(label, width))
    }

    /// A line that stands still.
    fn rest(&self, line: &Line, status: &str, words: &str) {
        let (sign, tone) = of_status(status);
        line.bar.disable_steady_tick();
        line.bar.set_style(style("{prefix} {wide_msg}"));
        let name = self.padded(&line.label);
        line.bar
            .set_prefix(paint(Target::Err, tone, &format!("{sign} {name}")));
        // Only the end of a bar is drawn at once; a tick may be left out.
        line.bar.abandon_with_message(words.to_owned());
    }

    fn work(&mut self, stage: &str, data: &Value) {
        let number = |name: &str| data.get(name).and_then(Value::as_u64);
        let (attempt, iteration) = (number("attempt"), number("iteration"));
        let label = self.line(stage).label.clone();
        let name = self.padded(&label);
        let line = self.line(stage);
        line.attempt = attempt.unwrap_or(line.attempt);
        line.iteration = iteration.unwrap_or(line.iteration);
        let tries = match (line.iteration, line.attempt) {
            (1, 0 | 1) => String::new(),
            (1, attempt) => format!("attempt {attempt} "),
            (iteration, 0 | 1) => format!("#{iteration} "),
            (iteration, attempt) => format!("#{iteration} attempt {attempt} "),
        };
        line.bar.set_style(style(
            "{spinner:.cyan} {prefix} {elapsed:>4} {wide_msg:.dim}",
        ));
        line.bar.set_prefix(name);
        line.bar.set_message(tries);
        line.since = Some(Instant::now());
        line.bar.reset();
        line.bar.enable_steady_tick(TICK);
    }

    /// A word beside the spinner of a stage.
    fn say(&mut self, stage: &str, words: &str) {
        self.line(stage).bar.set_message(words.to_owned());
    }

    /// The stage has come to rest; says how, and how long it took.
    fn settle(&mut self, stage: &str, status: &str, words: &str) {
        let since = self.line(stage).since.take();
        let attempts = match self.line(stage).attempt {
            0 | 1 => String::new(),
            n_attempts => format!("{n_attempts} attempts"),
        };
        let iteration = match self.line(stage).iteration {
            0 | 1 => String::new(),
            iteration => format!("#{iteration}"),
        };
        let took = since.map_or_else(String::new, |since| duration(since.elapsed().as_secs_f64()));
        let words: Vec<&str> = [took.as_str(), &iteration, &attempts, words]
            .into_iter()
            .filter(|word| !word.is_empty())
            .collect();
        let words = words.join("  ");
        if let Some(line) = self.stages.get(stage) {
            self.rest(line, status, words.trim());
        }
    }

    /// Shows a question below all stages, or takes it away. One bar a line:
    /// what the terminal wraps by itself cannot be taken away again.
    pub(crate) fn ask(&mut self, prompt: Option<&Prompt>) {
        let lines = prompt
            .map(|prompt| prompt.lines(width(Target::Err).unwrap_or(80)))
            .unwrap_or_default();
        while self.question.len() > lines.len() {
            if let Some(bar) = self.question.pop() {
                bar.finish_and_clear();
                self.bars.remove(&bar);
            }
        }
        while self.question.len() < lines.len() {
            let bar = self.bars.add(ProgressBar::new_spinner());
            bar.set_style(style("{msg}"));
            bar.enable_steady_tick(TICK);
            self.question.push(bar);
        }
        for (bar, line) in self.question.iter().zip(lines) {
            bar.set_message(line);
        }
    }
}

impl Tree {
    /// A stage waits for people, or people have had their say.
    fn show_people(&mut self, event: &str, stage: &str, data: &Value) {
        let by = harmless(text(data, "by"));
        let message = harmless(text(data, "message"));
        match event {
            "stage_waiting_for_approval" => self.settle(stage, "waiting_for_approval", &message),
            "stage_waiting_for_input" => self.settle(stage, "waiting_for_input", &message),
            "stage_answered" => self.settle(stage, "pending", &format!("answered by {by}")),
            "gate_approved" => self.settle(stage, "completed", &format!("approved by {by}")),
            "gate_rejected" => self.settle(stage, "failed", &format!("rejected by {by}")),
            "stage_reopened" => self.start_over(stage, data, &format!("opened again by {by}")),
            "stage_reset" => self.start_over(stage, data, "starts over"),
            _ => {}
        }
    }

    fn start_over(&mut self, stage: &str, data: &Value, words: &str) {
        let line = self.line(stage);
        line.attempt = 0;
        let iteration = data.get("iteration").and_then(Value::as_u64);
        line.iteration = iteration.unwrap_or(line.iteration + 1);
        self.settle(stage, "pending", words);
    }

    /// Something concerns the run as a whole.
    fn show_run(&mut self, event: &str, data: &Value) {
        let words = match event {
            "execution_started" => repeats(data),
            "execution_paused" => Some(format!("‖ paused by {}", by_whom(data))),
            "execution_resumed" => Some(format!("resumed by {}", by_whom(data))),
            "graph_edited" => {
                self.edit(data);
                let by = harmless(text(data, "by"));
                Some(format!("stages changed by {by}: {}", edits(data)))
            }
            _ => None,
        };
        if let Some(words) = words {
            self.note(&paint(Target::Err, Tone::Dim, &words));
        }
    }

    /// Stages have come or gone.
    fn edit(&mut self, data: &Value) {
        let edits = data.get("edits").and_then(Value::as_array);
        for edit in edits.into_iter().flatten() {
            let stage = text(edit, "stage_id");
            match text(edit, "type") {
                "insert" => self.settle(stage, "pending", ""),
                "delete" => {
                    if let Some(line) = self.stages.remove(stage) {
                        line.bar.finish_and_clear();
                        self.bars.remove(&line.bar);
                    }
                }
                _ => {}
            }
        }
    }
}

impl Progress for Tree {
    fn show(&mut self, message: &Message) {
        let data = &message.data;
        let stage = text(data, "stage_id").to_owned();
        let error = || harmless(text(data, "error"));
        match message.event.as_str() {
            "stage_started" => self.work(&stage, data),
            "stage_repairing" => self.say(&stage, &format!("mending: {}", error())),
            "stage_summarizing" => self.say(&stage, "condensing its output"),
            "log_line" => self.say(&stage, &harmless(text(data, "message"))),
            "stage_completed" => self.settle(&stage, "completed", ""),
            "stage_failed" => self.settle(&stage, "failed", &error()),
            "stage_retrying" => {
                self.settle(
                    &stage,
                    "pending",
                    &format!("{}; will be tried again", error()),
                );
            }
            "stage_skipped" => {
                self.settle(&stage, "skipped", &text(data, "reason").replace('_', " "));
            }
            "stage_cancelled" => self.settle(&stage, "cancelled", ""),
            event if stage.is_empty() => self.show_run(event, data),
            event => self.show_people(event, &stage, data),
        }
    }

    fn note(&mut self, text: &str) {
        // The terminal may be gone; then nobody misses the note.
        drop(self.bars.println(text));
    }

    fn close(&mut self) {
        for line in self.stages.values() {
            line.bar.disable_steady_tick();
            line.bar.abandon();
        }
    }
}

/// How far to indent a stage: by its batch, as far as that stays readable.
fn depth(step: &Step) -> usize {
    (step.batch_index as usize).min(3)
}

fn style(template: &str) -> ProgressStyle {
    let plain = ProgressStyle::default_spinner();
    plain
        .clone()
        .template(template)
        .unwrap_or(plain)
        .tick_chars("⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏ ")
}
