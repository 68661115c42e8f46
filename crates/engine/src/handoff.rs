//! What a stage hands to those that depend on it, in the form its plan names.

use std::fmt::Write as _;

use baton_model::plan::HandoffFormat;
use baton_model::{Object, StageId, StepStatus, Value};

use crate::state::{RunState, StageIndex};

/// The result of one dependency, as its dependants get it.
#[derive(Clone, Debug, PartialEq)]
pub struct Handoff {
    /// The stage it comes from.
    pub stage: StageId,
    /// Its place.
    pub index: StageIndex,
    /// In what form.
    pub format: HandoffFormat,
    /// The outputs as an object, or a text.
    pub content: Value,
    /// The outputs condensed, where the stage asks for that.
    pub summary: Option<String>,
    /// Whether the stage's log goes with it; the shell adds it, since logs are
    /// no part of the state.
    pub with_log: bool,
}

/// What the direct dependencies of a stage hand to it. Those that hand on
/// their outputs as they are need no handoff: inputs name what they want.
pub(crate) fn handoffs(state: &RunState, index: StageIndex) -> Vec<Handoff> {
    let dependencies = &state.planned(index).depends_on;
    dependencies
        .iter()
        .filter_map(|id| state.index(id))
        .filter(|from| state.planned(*from).handoff.is_explicit())
        .filter(|from| state.stage(*from).status == StepStatus::Completed)
        .map(|from| handoff(state, from))
        .collect()
}

fn handoff(state: &RunState, from: StageIndex) -> Handoff {
    let (planned, entry) = (state.planned(from), state.stage(from));
    Handoff {
        stage: planned.id.clone(),
        index: from,
        format: planned.handoff.format,
        content: content(state, from),
        summary: entry
            .handed
            .as_ref()
            .and_then(|handed| handed.summary.clone()),
        with_log: planned.handoff.include_run_log && entry.dispatch > 0,
    }
}

/// A stage's result in the form it is handed on; null before it completed.
pub(crate) fn content(state: &RunState, index: StageIndex) -> Value {
    let entry = state.stage(index);
    let Some(outputs) = &entry.outputs else {
        return Value::Null;
    };
    match state.planned(index).handoff.format {
        HandoffFormat::Structured => Value::Object(Object::clone(outputs)),
        HandoffFormat::Markdown => Value::String(markdown(outputs)),
        HandoffFormat::Raw => entry
            .handed
            .as_ref()
            .and_then(|handed| handed.text.clone())
            .map_or(Value::Null, Value::String),
    }
}

/// One section for each output; what is not a text stands as JSON.
fn markdown(outputs: &Object) -> String {
    let mut text = String::new();
    for (name, value) in outputs {
        let separator = if text.is_empty() { "" } else { "\n" };
        let written = match value {
            Value::String(words) => write!(text, "{separator}## {name}\n\n{}\n", words.trim_end()),
            Value::Array(_) | Value::Object(_) => {
                write!(text, "{separator}## {name}\n\n```json\n{value:#}\n```\n")
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {
                write!(text, "{separator}## {name}\n\n{value}\n")
            }
        };
        written.expect("writing into a String cannot fail");
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn markdown_has_a_section_for_each_output() {
        let Value::Object(outputs) = json!({ "verdict": "ship it\n", "n": 3, "tags": ["a"] })
        else {
            panic!("an object was written")
        };
        let text = "## verdict\n\nship it\n\n## n\n\n3\n\n## tags\n\n```json\n[\n  \"a\"\n]\n```\n";
        assert_eq!(markdown(&outputs), text);
    }
}
