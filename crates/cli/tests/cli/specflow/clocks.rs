//! Time limits: which of them a run has run into, and when the clock starts.

use std::time::{Duration, Instant};

use serde_json::json;

use super::door::{Door, record_of, wait_for_agents};

#[test]
fn an_agent_that_falls_silent_has_not_used_up_the_time_of_its_turn() {
    let door = Door::with_agent("agent:claude", "idle_timeout = \"300ms\"");
    door.skill("flow.closes", "closes");
    let id = door.start_with(&json!({
        "projectId": "shop", "skill": "flow.closes", "timeoutMs": 14_400_000,
    }));
    let ended = door.until_ended(&id);
    assert_eq!(ended["status"], "failed", "{ended:#}");
    let error = ended["error"].as_str().unwrap();
    assert!(error.contains("idle_timeout"), "{error}");
    assert!(!error.contains("Timeout exceeded"), "{error}");
}

#[test]
fn the_clock_stands_still_while_a_run_waits_and_begins_anew_after() {
    const TURN: Duration = Duration::from_secs(5);
    let door = Door::open();
    door.skill("flow.ask", "questions");
    let id = door.start_with(&json!({
        "projectId": "shop", "skill": "flow.ask", "timeoutMs": TURN.as_millis(),
    }));
    door.until_waiting(&id);
    let asked = Instant::now();
    while asked.elapsed() <= TURN {
        assert_eq!(door.status(&id)["status"], "waiting_for_input");
    }
    let body = json!({ "id": id, "answers": { "Colour": "red" } });
    record_of(&door.post("answer", &body));
    let ended = door.until_ended(&id);
    assert_eq!(ended["status"], "completed", "{ended:#}");
    assert_eq!(ended["timeoutMs"], 5_000);
}

#[test]
fn only_a_kill_by_force_gives_no_time_to_end() {
    const TIME_TO_END: Duration = Duration::from_secs(5);
    let door = Door::open();
    door.skill("flow.stubborn", "stubborn");
    for force in [true, false] {
        let id = door.start("flow.stubborn");
        wait_for_agents(door.world(), 3);
        let told = Instant::now();
        let answer = door.post("kill", &json!({ "id": id, "force": force }));
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!(door.until_ended(&id)["status"], "cancelled");
        let took = told.elapsed();
        assert_eq!(took < TIME_TO_END, force, "force {force}: {took:?}");
        door.world().assert_nothing_lives();
    }
}
