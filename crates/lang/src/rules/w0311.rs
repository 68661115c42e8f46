//! SWDL-W0311: an expression reads a name that is never set.

use crate::definition::Stage;
use crate::report::{Finding, Place};

code!(
    "SWDL-W0311",
    Warning,
    Expression,
    "an expression reads a name that is never set"
);

pub(crate) fn env_never_set(at: Place, name: &str, similar: Option<String>) -> Finding {
    let help = similar.unwrap_or_else(|| "declare it under config.env".to_owned());
    never_set(at, &format!("env.{name}")).help(help)
}

/// In a namespace that always holds the same.
pub(crate) fn name_never_set(
    at: Place,
    (namespace, name): (&str, &str),
    similar: Option<String>,
) -> Finding {
    never_set(at, &format!("{namespace}.{name}")).help_if(similar)
}

/// Only a stage that is asked for a summary has one.
pub(crate) fn summary_never_set(at: Place, stage: &Stage) -> Finding {
    let id = &stage.id.value;
    never_set(at, &format!("stages.{id}.summary"))
        .help(format!("give `{id}` a `handoff.summary_prompt`"))
        .label(&stage.id.bytes, format!("`{id}` is asked for no summary"))
}

/// A person decides at a gate and leaves neither handoff nor summary.
pub(crate) fn gate_hands_nothing_on(at: Place, stage: &Stage, part: &str) -> Finding {
    let id = &stage.id.value;
    never_set(at, &format!("stages.{id}.{part}"))
        .help(format!("a gate has nothing but `stages.{id}.status`"))
        .label(&stage.id.bytes, format!("`{id}` is a gate"))
}

/// A handoff is the outputs as they are, or a text.
pub(crate) fn inside_text_handoff(at: Place, stage: &Stage, name: &str) -> Finding {
    let id = &stage.id.value;
    let message = format!("the handoff of `{id}` is a text, so `{name}` in it reads as null");
    let handoff = stage.handoff.as_ref();
    let format = handoff.and_then(|handoff| handoff.format_bytes.as_ref());
    Finding::new(&CODE, at, message)
        .help(format!("read `stages.{id}.outputs.{name}`"))
        .label_if(format, "the handoff is made a text here")
}

fn never_set(at: Place, path: &str) -> Finding {
    Finding::new(
        &CODE,
        at,
        format!("`{path}` is never set, so it reads as null"),
    )
}
