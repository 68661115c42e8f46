//! The workflows of the benches, as SWDL.

/// Stages that wait for each other.
pub(crate) fn chain(agent: &str, n_stages: u32) -> String {
    of_stages(agent, (0..n_stages).map(|place| place.checked_sub(1)))
}

/// Stages, each with the one it waits for.
pub(crate) fn of_stages(agent: &str, befores: impl Iterator<Item = Option<u32>>) -> String {
    let mut text =
        "workflow: { id: bench, name: Bench }\nconfig: { max_concurrent_stages: 1000 }\nstages:\n"
            .to_owned();
    for (place, before) in befores.enumerate() {
        text += &format!(
            "  - id: s{place}\n    name: Stage {place}\n    \
             roles: {{ primary: {{ artifact: \"agent:{agent}\" }} }}\n"
        );
        if let Some(before) = before {
            text += &format!("    depends_on: [s{before}]\n");
        }
    }
    text
}
