//! Who works for which reference, and whether it can.

use std::fs;

use serde_json::json;

use super::world::StandIns;

fn world() -> StandIns {
    let stand_ins = StandIns::new();
    stand_ins.agents(&[
        ("agent:coder", "claude", "ok", "model = \"opus\""),
        ("agent:old-*", "codex", "ok", "command = [\"./none\"]"),
    ]);
    let pages = stand_ins.world.project().join(".claude/agents");
    fs::create_dir_all(&pages).unwrap();
    fs::write(pages.join("reviewer.md"), "You review.").unwrap();
    stand_ins
}

#[test]
fn agents_are_listed_with_who_works_for_them() {
    let stand_ins = world();
    let list = stand_ins.world.baton(&["agents", "list", "-o", "json"]);
    let list = list.exits(0).json();
    let rows: Vec<_> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|agent| {
            (
                agent["reference"].clone(),
                agent["adapter"].clone(),
                agent["by"].clone(),
            )
        })
        .collect();
    let expected = [
        ("agent:coder", "claude", "baton.toml"),
        ("agent:old-*", "codex", "baton.toml"),
        ("agent:reviewer", "claude", "page"),
    ];
    let expected = expected.map(|(one, two, three)| (json!(one), json!(two), json!(three)));
    assert_eq!(rows, expected);
    let table = stand_ins.world.baton(&["agents", "list"]).exits(0);
    table.stdout_says("./none (not found)");
}

#[test]
fn one_agent_is_shown_as_a_run_would_find_it() {
    let stand_ins = world();
    let show = |reference: &str| {
        let answer = stand_ins
            .world
            .baton(&["agents", "show", reference, "-o", "json"]);
        answer.exits(0).json()
    };
    let coder = show("agent:coder");
    assert_eq!(coder["model"], "opus");
    assert!(coder["path"].as_str().unwrap().ends_with("programs/claude"));
    assert_eq!(show("agent:old-timer")["adapter"], "codex");
    assert_eq!(show("agent:REVIEWER")["by"], "page");
    assert_eq!(show("agent:gemini")["by"], "name");
    let unknown = stand_ins.world.baton(&["agents", "show", "agent:nobody"]);
    unknown
        .exits(4)
        .says(&["no agent is configured for `agent:nobody`"]);
}

#[test]
fn a_check_asks_programs_for_their_version_and_fails_for_what_is_missing() {
    let stand_ins = world();
    let check = stand_ins.world.baton(&["agents", "check"]).exits(1);
    check.stdout_says("✓ agent:coder: claude 2.1.288 (Claude Code)");
    check.stdout_says("✗ agent:old-*: its program `./none` is not to be found");
    stand_ins
        .world
        .baton(&["agents", "check", "agent:coder"])
        .exits(0);
    // Asking is no start.
    assert!(stand_ins.starts().is_empty());
}
