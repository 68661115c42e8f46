//! Stages come, change and go while the run goes on.

use crate::support::{Answer, Live, World, workflow};

const GATE: &str = "type: gate\n    gate: { message: Go on? }";

/// A stage that has ended, a gate that is open, and two stages after it.
fn waiting() -> (World, Live, String) {
    let world = World::new();
    let stages: [(&str, &[&str], &str); 4] = [
        ("a", &[], ""),
        ("check", &["a"], GATE),
        ("b", &["check"], ""),
        ("c", &["check"], ""),
    ];
    let text = workflow(&stages).replace("${{ stages.check.outputs.text }}", "");
    world.file("w.yaml", text);
    let script = "echo \"text of $BATON_STAGE_ID\"";
    world.agents(&[
        ("a", script),
        ("b", script),
        ("c", script),
        ("extra", script),
    ]);
    let mut live = world.start(&["run", "w.yaml"]);
    let run = live.run();
    live.until("baton approve");
    (world, live, run)
}

fn stage(id: &str, depends_on: &str, agent: &str) -> String {
    format!(
        "{{ id: {id}, name: {id}, depends_on: [{depends_on}], \
         roles: {{ primary: {{ artifact: \"agent:{agent}\" }} }}, \
         outputs: {{ text: {{ type: string }} }} }}"
    )
}

fn edit(world: &World, run: &str, edits: &str) -> Answer {
    world.file("edits.yaml", edits);
    world.baton(&["edit", run, "edits.yaml"])
}

#[test]
fn stages_come_change_and_go_and_the_run_ends_with_them() {
    let (world, live, run) = waiting();
    let edits = format!(
        "edits:\n- {{ type: insert, stage: {} }}\n- {{ type: update, stage: {} }}\n\
         - {{ type: delete, stage_id: c }}\nreason: found out more\n",
        stage("extra", "a", "extra"),
        stage("b", "check, extra", "b"),
    );
    let answer = edit(&world, &run, &edits).exits(0);
    assert_eq!(
        answer.stdout,
        "Stages changed: inserted extra, updated b, deleted c\n"
    );
    world.baton(&["approve", &run]).exits(0);
    live.end().exits(0).says(&[
        "stages changed by local: +extra, ~b, -c",
        "extra: completed",
    ]);
    let execution = world.show(&run);
    let steps = execution["steps"].as_array().unwrap();
    let ids: Vec<&str> = steps
        .iter()
        .map(|step| step["stage_id"].as_str().unwrap())
        .collect();
    assert_eq!(ids, ["a", "check", "b", "extra"]);
    assert!(
        steps.iter().all(|step| step["status"] == "completed"),
        "{steps:#?}"
    );
    assert_eq!(
        steps[2]["depends_on"],
        serde_json::json!(["check", "extra"])
    );
    let events = world.baton(&["events", &run]).exits(0).stdout;
    assert!(events.contains("by local: found out more"), "{events}");
}

#[test]
fn a_dry_run_says_what_would_be_and_changes_nothing() {
    let (world, live, run) = waiting();
    let before = world.show(&run);
    let dry = |edits: &str| {
        world.file("edits.yaml", edits);
        world.baton(&["edit", &run, "edits.yaml", "--dry-run"])
    };
    let answer = dry("- { type: delete, stage_id: c }\n").exits(0);
    assert_eq!(answer.stdout, "Stages would be changed: deleted c\n");
    dry("- { type: delete, stage_id: a }\n")
        .exits(5)
        .says(&["error[illegal_state]", "`a` has started"]);
    dry("- { type: delete, stage_id: d }\n").exits(1).says(&[
        "  1:29: error[SWDL-E0407]: there is no stage `d` to change",
        "error[invalid_edits]: edits.yaml: the run would not take the edits",
    ]);
    // What would be a warning in a file refuses an edit, and is said beforehand.
    let slip = format!(
        "- {{ type: update, stage: {} }}\n",
        stage("c", "check", "c").replace("{ id: c", "{ dependson: [b], id: c")
    );
    dry(&slip).exits(1).says(&["SWDL-W0203"]);
    assert_eq!(world.show(&run), before);
    world.baton(&["approve", &run]).exits(0);
    live.end().exits(0).says(&["c: completed"]);
}

#[test]
fn edits_with_mistakes_change_nothing() {
    let (world, live, run) = waiting();
    let before = world.show(&run);
    let circle = format!(
        "- {{ type: insert, stage: {} }}\n- {{ type: delete, stage_id: d }}\n",
        stage("extra", "extra", "extra")
    );
    edit(&world, &run, &circle).exits(1).says(&[
        "error[invalid_edits]",
        "  1:",
        "  2:29: error[SWDL-E0407]: there is no stage `d` to change",
    ]);
    let nobody = format!(
        "- {{ type: insert, stage: {} }}\n",
        stage("extra", "a", "nobody")
    );
    edit(&world, &run, &nobody)
        .exits(1)
        .says(&["error[unresolved_agent]", "agent:nobody"]);
    edit(&world, &run, "- { type: delete, stage_id: a }\n")
        .exits(5)
        .says(&["error[illegal_state]", "`a` has started"]);
    edit(&world, &run, "[]")
        .exits(1)
        .says(&["there are no edits"]);
    edit(&world, &run, "deit: []")
        .exits(1)
        .says(&["a list of edits"]);
    edit(&world, &run, "- {").exits(1).says(&["edits.yaml:"]);
    let twice = "- { type: delete, stage_id: b }\n- type: delete\n  stage_id: b\n  stage_id: c\n";
    edit(&world, &run, twice).exits(1).says(&[
        "error[invalid_edits]",
        "error[SWDL-E0102]",
        "edits.yaml:4:3",
        "edits.yaml:3:3",
    ]);
    let deep = format!(
        "- {{ type: insert, stage: {}{} }}\n",
        "[".repeat(63),
        "]".repeat(63)
    );
    edit(&world, &run, &deep)
        .exits(1)
        .says(&["error[SWDL-E0105]", "edits.yaml:1:"]);
    assert_eq!(world.show(&run), before);
    world.baton(&["approve", &run]).exits(0);
    live.end().exits(0);
    edit(&world, &run, "- { type: delete, stage_id: c }\n").exits(5);
}

/// `n`, `no` and `on` are booleans in older YAML, and texts in a workflow file.
#[test]
fn an_edit_file_is_read_by_the_same_yaml_as_a_workflow_file() {
    let (world, live, run) = waiting();
    let edits = format!(
        "- {{ type: insert, stage: {} }}\n- {{ type: delete, stage_id: b }}\n",
        stage("n", "a", "extra")
    );
    edit(&world, &run, &edits)
        .exits(0)
        .stdout_says("Stages changed: inserted n, deleted b");
    world.baton(&["approve", &run]).exits(0);
    live.end().exits(0).says(&["n: completed"]);
}
