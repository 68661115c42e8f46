//! What there is to say of a run below its table: what it waits for and how
//! that is given, what people wanted done again, summaries, hooks that failed.

use baton_server::v1::dto::{Asked, Execution, Step};
use serde_json::Value;

use super::{VALUE_CHARS_MAX, first_line, short};
use crate::render::question;
use crate::render::style::{Target, Tone, fit, harmless, paint};

/// Columns of a question.
const WIDTH: usize = 74;

/// One text for each thing, in the order of the stages.
pub(super) fn of(run: &Execution) -> Vec<String> {
    let mut notes = Vec::new();
    for step in run.steps.iter().flatten() {
        notes.extend(summary(step));
        notes.extend(feedback(step));
    }
    notes.extend(failed_hooks(run));
    for step in run.steps.iter().flatten() {
        match (step.status.as_str(), &step.question) {
            ("waiting_for_approval", _) => notes.push(gate(run, step)),
            ("waiting_for_input", Some(asked)) => notes.push(asking(run, step, asked)),
            _ => {}
        }
    }
    if run.status == "paused" {
        notes.push(format!("Go on with: baton resume {}", short(&run.id)));
    }
    notes
}

fn summary(step: &Step) -> Option<String> {
    let summary = step.summary.as_deref()?;
    let words = fit(&harmless(&first_line(summary)), VALUE_CHARS_MAX);
    Some(format!("{}: in short: {words}", step.stage_id))
}

fn feedback(step: &Step) -> Option<String> {
    let feedback = step.feedback.as_ref()?;
    let words = feedback.text.as_deref().map(|text| {
        let words = fit(&harmless(&first_line(text)), VALUE_CHARS_MAX);
        format!(": {words}")
    });
    Some(format!(
        "{}: opened again by {}{}",
        step.stage_id,
        harmless(&feedback.by),
        words.unwrap_or_default()
    ))
}

fn failed_hooks(run: &Execution) -> Vec<String> {
    let hooks = run.hooks.iter().flatten();
    let failed = hooks.filter_map(|hook| Some((hook, hook.error.as_ref()?)));
    failed
        .map(|(hook, error)| {
            let words = format!("Hook {}, action {} failed", hook.hook, hook.place + 1);
            format!(
                "{}: {}",
                paint(Target::Out, Tone::Warn, &words),
                harmless(error)
            )
        })
        .collect()
}

fn gate(run: &Execution, step: &Step) -> String {
    let message = step
        .gate
        .as_ref()
        .and_then(|gate| gate.get("message"))
        .and_then(Value::as_str);
    let question = message
        .map(|message| format!("{}\n", harmless(message)))
        .unwrap_or_default();
    let (id, stage) = (short(&run.id), &step.stage_id);
    format!("{question}Decide with: baton approve {id} {stage}   or   baton reject {id} {stage}")
}

fn asking(run: &Execution, step: &Step, asked: &Asked) -> String {
    let asker = match asked.asker.as_str() {
        "crash" => "Baton",
        _ => &step.stage_id,
    };
    let mut lines = vec![format!("{asker} asks:")];
    for question in &asked.questions {
        let texts = question::lines(question, WIDTH).into_iter();
        lines.extend(texts.map(|line| format!("  {line}")));
    }
    if let Some(deadline) = &asked.deadline {
        lines.push(format!("  until {deadline}"));
    }
    let (id, stage) = (short(&run.id), &step.stage_id);
    lines.push(format!("Answer with: baton answer {id} {stage}"));
    lines.join("\n")
}
