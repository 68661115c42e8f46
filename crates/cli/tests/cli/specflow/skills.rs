//! Pages of skills: what is told of them, and under which names they are found.

use std::fs;

use serde_json::{Value, json};

use super::door::{Door, refused};

fn write(door: &Door, name: &str, text: &str) {
    let commands = door.world().home().join(".claude/commands");
    fs::write(commands.join(format!("{name}.md")), text).unwrap();
}

#[test]
fn a_skill_is_described_by_its_head_or_its_goal_or_not_at_all() {
    let door = Door::open();
    let long = "ä".repeat(200);
    write(
        &door,
        "flow.merge",
        "---\ndescription: Brings it in\n---\n# Merge\n\n## Goal\n\nOther words.\n",
    );
    write(&door, "flow.orchestrate", &format!("## Goal\n\n{long}\n"));
    write(&door, "flow.roadmap", "# Roadmap\n\nNo goal.\n");
    let answer = door.get("skills").json();
    let skills = answer["skills"].as_array().unwrap();
    let [orchestrate, merge, roadmap] = skills.as_slice() else {
        panic!("{answer:#}");
    };
    assert_eq!(
        merge,
        &json!({
            "id": "flow.merge", "name": "merge", "command": "/flow.merge",
            "description": "Brings it in", "group": "primary", "isPrimary": true,
            "provider": "claude",
        })
    );
    assert_eq!(orchestrate["name"], "orchestrate");
    let cut = orchestrate["description"].as_str().unwrap();
    assert_eq!(cut.chars().count(), 120, "{cut}");
    assert_eq!(roadmap["description"], "No description available");
    assert_eq!(roadmap["isPrimary"], false);
}

#[test]
fn a_skill_is_found_by_every_name_that_clients_have_for_it() {
    let door = Door::open();
    door.skill("flow.ok", "");
    write(&door, "flow.empty", "");
    for name in ["flow.ok", "/flow.ok", "$flow-ok", "flow-ok", "/FLOW.OK"] {
        let ended = door.until_ended(&door.start(name));
        assert_eq!(ended["status"], "completed", "{name}: {ended:#}");
        assert_eq!(ended["skill"], name);
    }
    let empty = door.status(&door.start("/flow.empty"));
    assert_eq!(empty["error"], "Could not load skill: /flow.empty");
}

#[test]
fn empty_fields_and_a_time_of_nothing_are_mistakes() {
    let door = Door::open();
    let body = json!({ "projectId": "", "skill": "", "timeoutMs": 0 });
    let answer = door.post("start", &body);
    let empty = ["String must contain at least 1 character(s)"];
    let expected = json!({ "error": "Invalid request body", "details": {
        "projectId": empty, "skill": empty, "timeoutMs": ["Number must be greater than 0"],
    } });
    assert_eq!((answer.status, answer.json()), (400, expected));
    assert_eq!(door.listed(""), [""; 0]);
}

#[test]
fn a_file_that_is_no_record_is_no_run() {
    let door = Door::open();
    fs::create_dir_all(door.records()).unwrap();
    let id = "01993e6c-2d9a-4cc0-a0b1-000000000002";
    for text in ["", "{\"id\": ", "[]", "{}"] {
        fs::write(door.file(id), text).unwrap();
        let unknown = format!("Execution not found: {id}");
        refused(&door.get(&format!("status?id={id}")), 404, &unknown);
        let listed = door.get("list").json();
        assert_eq!(listed, json!({ "executions": Value::Array(Vec::new()) }));
    }
}
