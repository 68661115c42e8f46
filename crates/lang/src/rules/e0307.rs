//! SWDL-E0307: a stage does not have what an expression reads.

use std::ops::Range;

use crate::definition::Stage;
use crate::report::{Finding, Place};

code!(
    "SWDL-E0307",
    Error,
    Expression,
    "a stage does not have what an expression reads"
);

pub(crate) fn unknown_output(
    at: Place,
    stage: &Stage,
    output: &str,
    similar: Option<String>,
) -> Finding {
    let id = &stage.id.value;
    let help = similar.unwrap_or_else(|| format!("declare it under `outputs` of `{id}`"));
    let message = format!("the stage `{id}` has no output `{output}`");
    let (bytes, declared) = declared(stage);
    Finding::new(&CODE, at, message)
        .help(help)
        .label(bytes, declared)
}

/// Something beside the outputs that no stage has.
pub(crate) fn unknown_part(
    at: Place,
    stage: &Stage,
    part: &str,
    similar: Option<String>,
) -> Finding {
    let help = if stage.outputs.contains_key(part) {
        Some(format!(
            "did you mean `stages.{}.outputs.{part}`?",
            stage.id.value
        ))
    } else {
        similar
    };
    let message =
        format!("a stage has `outputs`, `status`, `handoff` and `summary`, but no `{part}`");
    Finding::new(&CODE, at, message).help_if(help)
}

/// What the stage does declare, and where.
fn declared(stage: &Stage) -> (&Range<usize>, String) {
    const LISTED_MAX: usize = 8;
    let id = &stage.id.value;
    let Some(bytes) = &stage.outputs_bytes else {
        return (&stage.id.bytes, format!("`{id}` declares no outputs"));
    };
    let names = stage.outputs.keys().take(LISTED_MAX);
    let names: Vec<_> = names.map(|name| format!("`{name}`")).collect();
    let words = match stage.outputs.len() {
        0 => "no outputs".to_owned(),
        n_outputs if n_outputs > LISTED_MAX => {
            format!("{} and {} more", names.join(", "), n_outputs - LISTED_MAX)
        }
        _ => names.join(", "),
    };
    (bytes, format!("`{id}` declares {words}"))
}
