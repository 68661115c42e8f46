//! Workflows as people write them, of any length.

/// Stages that wait for each other, each reading what the one before it made.
pub(crate) fn chain(n_stages: u32) -> String {
    let head = "workflow:\n  id: bench\n  name: Bench\n  version: 1.2.0\n\
        config:\n  timeout: 2d\n  parameters:\n    topic:\n      type: string\n      required: false\n      default: boats\n\
        stages:\n";
    (0..n_stages).fold(head.to_owned(), |text, place| text + &stage(place))
}

fn stage(place: u32) -> String {
    let before = place.checked_sub(1).map(|before| format!("stage-{before}"));
    let waits = before.as_ref().map(|before| {
        format!(
            "    depends_on: [{before}]\n    condition: ${{{{ stages.{before}.status == 'completed' }}}}\n"
        )
    });
    let waits = waits.unwrap_or_default();
    let source = before.map(|before| format!("stages.{before}.outputs.summary"));
    let source = source.unwrap_or_else(|| "parameters.topic".to_owned());
    format!(
        "  - id: stage-{place}\n    name: Stage {place}\n{waits}    roles:\n      primary:\n        artifact: \"agent:writer\"\n        instructions: Write about ${{{{ parameters.topic }}}}.\n    inputs:\n      earlier: {{ type: string, source: \"${{{{ {source} }}}}\" }}\n    outputs:\n      summary: {{ type: string }}\n"
    )
}
