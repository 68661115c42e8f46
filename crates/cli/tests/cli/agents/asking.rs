//! Whole runs with agents that work, ask and cost money.

use serde_json::Value;

use super::world::{StandIns, workflow};

fn step<'r>(run: &'r Value, stage: &str) -> &'r Value {
    let steps = run["steps"].as_array().unwrap();
    steps.iter().find(|step| step["stage_id"] == stage).unwrap()
}

#[test]
fn a_stage_is_worked_on_by_claude() {
    let stand_ins = StandIns::new();
    stand_ins.agents(&[("agent:coder", "claude", "ok", "")]);
    let world = &stand_ins.world;
    world.file("w.yaml", workflow(&[("a", &[], "agent:coder")]));
    let answer = world.baton(&["run", "w.yaml", "-o", "json"]).exits(0);
    let run = answer.json();
    let done = step(&run, "a");
    assert_eq!(done["outputs"]["text"], "text of the stand-in");
    assert_eq!(done["outputs"]["n"], 7);
    assert_eq!(done["usage"]["cost_usd"], 0.0125);
    assert_eq!(run["usage"]["output_tokens"], 20);
    let id = run["id"].as_str().unwrap();
    let shown = world.baton(&["show", id]).exits(0).stdout;
    assert!(shown.contains("$0.0125, 1150 + 20 tokens"), "{shown}");
    let log = world.baton(&["logs", id]).exits(0).stdout;
    for part in ["session ", "Looking into it.", "[Bash] ls -la", "ended after 2 turns"] {
        assert!(log.contains(part), "{part} is missing in {log}");
    }
    let events = world.baton(&["events", id]).exits(0).stdout;
    assert!(events.contains("$0.0125, 1150 + 20 tokens"), "{events}");
    world.assert_nothing_lives();
}
