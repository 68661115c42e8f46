//! `status`, `list`, `health` and `skills`.

use serde_json::{Value, json};

use super::door::{Door, entry, record_of, refused};

#[test]
fn a_record_stands_at_the_top_and_below_execution() {
    let door = Door::open();
    door.skill("flow.ask", "questions");
    let id = door.start("flow.ask");
    door.until_waiting(&id);
    let record = record_of(&door.get(&format!("status?id={id}&projectId=shop")));
    assert_eq!(record["status"], "waiting_for_input");
    assert_eq!(
        record["output"],
        json!({ "status": "needs_input", "questions": [
            { "question": "Which colour?", "header": "Colour", "options": [
                { "label": "red", "description": "warm" },
                { "label": "blue", "description": "cold" },
            ] },
            { "question": "How large?", "header": "Size" },
        ] })
    );
    for (name, value) in record.as_object().unwrap() {
        assert!(!value.is_null(), "{name} is null and not absent");
    }
    let logs = record["logs"].as_array().unwrap();
    assert!(
        logs.iter()
            .all(|line| line.as_str().unwrap().starts_with('['))
    );
    assert!(
        logs.iter()
            .any(|line| line.as_str().unwrap().starts_with("[WAITING]"))
    );
}

#[test]
fn a_status_needs_an_id_and_any_text_may_be_one() {
    let door = Door::open();
    for query in ["status", "status?id=", "status?projectId=shop"] {
        refused(&door.get(query), 400, "Missing required parameter: id");
    }
    for id in ["7", "../../../etc/passwd", "nowhere"] {
        let answer = door.get(&format!("status?id={id}"));
        refused(&answer, 404, &format!("Execution not found: {id}"));
    }
    assert_eq!(door.get("start").status, 405);
    assert_eq!(door.post("status", &json!({})).status, 405);
}

#[test]
fn a_list_holds_records_that_changed_last_first() {
    let door = Door::open();
    door.skill("flow.ask", "questions");
    door.skill("flow.ok", "");
    let other = door.world().root().join("other");
    door.register(&json!({
        "shop": entry(&door.shop), "other": entry(&other),
    }));
    let first = door.start("flow.ask");
    door.until_waiting(&first);
    let second = door.start("flow.ok");
    door.until_ended(&second);
    // Its directory is made.
    let elsewhere = door.start_with(&json!({ "projectId": "other", "skill": "flow.ok" }));
    assert_eq!(door.until_ended(&elsewhere)["status"], "completed");
    assert!(other.is_dir());
    for query in ["", "?projectId=", "?unknown=1"] {
        assert_eq!(
            door.listed(query),
            [&*elsewhere, &*second, &*first],
            "{query}"
        );
    }
    assert_eq!(door.listed("?projectId=shop"), [&*second, &*first]);
    assert_eq!(door.listed("?projectId=nowhere"), [""; 0]);
    door.cancel(&format!("id={first}"));
    assert_eq!(door.listed("?projectId=shop"), [&*first, &*second]);
}

#[test]
fn health_tells_whether_the_agent_lives() {
    let door = Door::open();
    door.skill("flow.hangs", "hangs");
    refused(&door.get("health"), 400, "Missing required parameter: id");
    let answer = door.get("health?id=7");
    refused(&answer, 404, "Execution not found: 7");
    let id = door.start("flow.hangs");
    door.until(&id, "stage_started");
    let alive = |health: &Value| health["health"]["processes"]["bashAlive"] == true;
    let health = loop {
        let health = door.get(&format!("health?id={id}&projectId=shop")).json();
        if alive(&health) || health["workflowStatus"] != "running" {
            break health;
        }
        assert_eq!(health["health"]["status"], "unknown", "{health:#}");
    };
    assert_eq!(health["workflowId"], id);
    assert_eq!(health["health"]["status"], "running", "{health:#}");
    assert_eq!(health["health"]["staleness"]["thresholdMs"], 300_000);
    assert!(door.status(&id)["pid"].is_number());
    door.cancel(&format!("id={id}"));
    door.until_ended(&id);
    let health = door.get(&format!("health?id={id}")).json();
    assert_eq!(health["health"]["status"], "dead", "{health:#}");
    assert!(door.status(&id).get("pid").is_none());
}

#[test]
fn skills_are_grouped_and_in_the_order_of_their_use() {
    let door = Door::open();
    for name in [
        "flow.verify",
        "flow.merge",
        "flow.design",
        "flow.init",
        "flow.tidy",
        "other",
    ] {
        door.skill(name, "");
    }
    let answer = door.get("skills").json();
    let shown: Vec<(String, String)> = answer["skills"]
        .as_array()
        .unwrap()
        .iter()
        .map(|skill| (skill["command"].to_string(), skill["group"].to_string()))
        .collect();
    let shown: Vec<(&str, &str)> = shown
        .iter()
        .map(|(command, group)| (command.trim_matches('"'), group.trim_matches('"')))
        .collect();
    assert_eq!(
        shown,
        [
            ("/flow.merge", "primary"),
            ("/flow.design", "workflow"),
            ("/flow.verify", "workflow"),
            ("/flow.init", "setup"),
            ("/flow.tidy", "maintenance"),
        ]
    );
    assert_eq!(answer["skills"][0]["isPrimary"], true);
    assert_eq!(answer["skills"][1]["description"], "Does flow.design.");
    assert_eq!(answer["provider"], "claude");
}
