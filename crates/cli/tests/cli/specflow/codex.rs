//! The provider `codex`: its own skills, and runs that it works on.

use std::fs;

use serde_json::json;

use super::door::{Door, record_of, refused};

fn open() -> Door {
    Door::with_agents(&[
        ("agent:claude", "claude", "ok", ""),
        ("agent:codex", "codex", "ok", ""),
    ])
}

/// Writes a skill as Codex keeps them.
fn skill(door: &Door, name: &str, mode: &str) {
    let directory = door.world().home().join(".codex/skills").join(name);
    fs::create_dir_all(&directory).unwrap();
    let head = format!("---\nname: {name}\ndescription: As {name} says\n---\n");
    let text = format!("{head}\n# {name}\n\nstand-in: {mode}\n");
    fs::write(directory.join("SKILL.md"), text).unwrap();
}

#[test]
fn each_provider_has_its_own_skills() {
    let door = open();
    for name in ["flow.design", "flow.merge"] {
        door.skill(name, "");
    }
    for name in ["flow-verify", "flow-merge", "flow-", "other"] {
        skill(&door, name, "ok");
    }
    fs::create_dir(door.world().home().join(".codex/skills/flow-empty")).unwrap();
    let commands = |query: &str| {
        let answer = door.get(query).json();
        let skills = answer["skills"].as_array().unwrap().clone();
        let commands = skills.iter().map(|one| one["command"].as_str().unwrap());
        commands.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(commands("skills"), ["/flow.merge", "/flow.design"]);
    let of_codex = "skills?provider=codex";
    assert_eq!(commands(of_codex), ["$flow-merge", "$flow-verify"]);
    let answer = door.get(of_codex).json();
    assert_eq!(answer["provider"], "codex");
    let expected = json!({
        "id": "flow.merge", "name": "merge", "command": "$flow-merge",
        "description": "As flow-merge says", "group": "primary", "isPrimary": true,
        "provider": "codex",
    });
    assert_eq!(answer["skills"][0], expected);
    let unknown = door.get("skills?provider=none");
    refused(&unknown, 400, "Unknown provider: none");
}

#[test]
fn codex_asks_and_goes_on_in_its_session() {
    let door = open();
    skill(&door, "flow-ask", "questions");
    let body = json!({ "projectId": "shop", "skill": "/flow.ask", "provider": "codex" });
    let id = door.start_with(&body);
    let asked = door.until_waiting(&id);
    assert_eq!(asked["provider"], "codex");
    assert_eq!(asked["output"]["questions"][0]["header"], "Colour");
    let answers = json!({ "Colour": "blue", "Size": "3" });
    record_of(&door.post("answer", &json!({ "id": id, "answers": answers })));
    let ended = door.until_ended(&id);
    assert_eq!(ended["status"], "completed", "{ended:#}");
    assert_eq!(ended["sessionId"], asked["sessionId"]);
    assert_eq!(ended["output"]["status"], "completed");
    // It tells of no cost.
    assert_eq!(ended["costUsd"], 0);
    let message = json!({
        "projectId": "shop", "skill": "And now merge it.", "provider": "codex",
        "resumeSessionId": ended["sessionId"],
    });
    let later = door.until_ended(&door.start_with(&message));
    assert_eq!(later["sessionId"], ended["sessionId"], "{later:#}");
    let starts = door.stand_ins.starts();
    let [first, second, third] = starts.as_slice() else {
        panic!("{starts:#?}");
    };
    assert!(first.prompt.contains("# flow-ask") && !first.is_resume);
    assert!(second.prompt.contains("- Colour: blue\n") && second.is_resume);
    assert!(third.prompt.contains("And now merge it.") && third.is_resume);
    for start in &starts {
        assert_eq!(start.program, "codex");
        assert_eq!(start.directory, door.shop.to_str().unwrap());
        let sandbox = "--sandbox=danger-full-access".to_owned();
        assert!(start.arguments.contains(&sandbox), "{start:?}");
    }
}

#[test]
fn a_skill_that_codex_does_not_have_is_said_to_be_for_codex() {
    let door = open();
    let body = json!({ "projectId": "shop", "skill": "/flow.none", "provider": "codex" });
    let started = door.post("start", &body).json();
    assert_eq!(started["provider"], "codex", "{started:#}");
    let failed = door.status(started["id"].as_str().unwrap());
    assert_eq!(failed["status"], "failed", "{failed:#}");
    assert_eq!(failed["provider"], "codex");
    assert_eq!(failed["error"], "Could not load skill: /flow.none");
}
