//! The workflows of the benches, as SWDL.

use std::sync::Arc;

/// Stages that wait for each other.
pub(crate) fn chain(n_stages: u32) -> Arc<str> {
    let stages = (0..n_stages).map(|place| match place {
        0 => stage(0, None),
        _ => stage(place, Some(place - 1)),
    });
    workflow(stages)
}

/// Five stages in sequence, then five at once.
pub(crate) fn mixed() -> Arc<str> {
    let stages = (0..10).map(|place| match place {
        0 => stage(0, None),
        1..5 => stage(place, Some(place - 1)),
        _ => stage(place, Some(4)),
    });
    workflow(stages)
}

/// Stages that wait for nothing.
pub(crate) fn parallel(n_stages: u32) -> Arc<str> {
    workflow((0..n_stages).map(|place| stage(place, None)))
}

fn stage(place: u32, after: Option<u32>) -> String {
    let depends_on = after.map(|after| format!("    depends_on: [s{after}]\n"));
    format!(
        "  - id: s{place}\n    name: Stage {place}\n    roles: {{ primary: {{ artifact: \"agent:none\" }} }}\n"
    ) + &depends_on.unwrap_or_default()
}

fn workflow(stages: impl Iterator<Item = String>) -> Arc<str> {
    let head =
        "workflow: { id: bench, name: Bench }\nconfig: { max_concurrent_stages: 1000 }\nstages:\n";
    Arc::from(stages.fold(head.to_owned(), |text, stage| text + &stage))
}
