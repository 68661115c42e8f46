//! The session of a run: known before its agent says a word, and kept however
//! the run ends.

use baton_testkit::ledger::Start;
use serde_json::{Value, json};

use super::door::Door;
use crate::support::eventually;

/// Starts a skill and waits until its agent has begun; its session.
fn begun(door: &Door, skill: &Value) -> (String, String) {
    let n_before = door.stand_ins.starts().len();
    let id = door.start_with(skill);
    eventually("the agent begins", || {
        door.stand_ins.starts().len() > n_before
    });
    let start = door.stand_ins.starts().pop().unwrap();
    (id, start.session.unwrap())
}

fn skill(name: &str) -> Value {
    json!({ "projectId": "shop", "skill": name })
}

#[test]
fn a_session_is_known_while_its_first_turn_goes_on() {
    let door = Door::open();
    door.skill("flow.mute", "mute");
    let (id, session) = begun(&door, &skill("flow.mute"));
    let running = door.status(&id);
    assert_eq!(running["status"], "running", "{running:#}");
    assert_eq!(running["sessionId"], session);
    let health = door.get(&format!("health?id={id}")).json();
    assert_eq!(health["sessionId"], session, "{health:#}");
    eventually("its session is in its file", || {
        door.filed(&id)["sessionId"] == session
    });
    let cancelled = door.cancel(&format!("sessionId={session}&projectId=shop"));
    assert_eq!(cancelled.status, 200, "{cancelled:?}");
    let cancelled = cancelled.json();
    assert_eq!(cancelled["cancelled"], true);
    assert!(!cancelled["killed"].as_array().unwrap().is_empty());
    let ended = door.until_ended(&id);
    assert_eq!(ended["status"], "cancelled");
    assert_eq!(ended["sessionId"], session);
    door.world().assert_nothing_lives();
}

#[test]
fn a_run_that_failed_keeps_its_session_and_its_cost() {
    let door = Door::open();
    for (mode, cost) in [
        ("auth", 0.0125),
        ("during-execution", 0.0125),
        ("error", 0.0125),
        ("killed", 0.0),
        ("exit 3", 0.0),
    ] {
        door.skill("flow.fails", mode);
        let (id, session) = begun(&door, &skill("flow.fails"));
        let ended = door.until_ended(&id);
        assert_eq!(ended["status"], "failed", "{mode}: {ended:#}");
        assert_eq!(ended["sessionId"], session, "{mode}");
        assert_eq!(ended["costUsd"].as_f64(), Some(cost), "{mode}");
    }
}

#[test]
fn a_run_that_is_out_of_time_keeps_its_session() {
    let door = Door::open();
    door.skill("flow.mute", "mute");
    let mut slow = skill("flow.mute");
    slow["timeoutMs"] = json!(1_000);
    let ended = door.until_ended(&door.start_with(&slow));
    assert_eq!(ended["error"], "Timeout exceeded (1000ms)", "{ended:#}");
    let session = ended["sessionId"].as_str();
    assert!(session.is_some(), "{ended:#}");
    // On a busy machine the time may be over before the agent has begun.
    let starts = door.stand_ins.starts();
    let told: Vec<_> = starts
        .iter()
        .map(|start| start.session.as_deref())
        .collect();
    assert!(told.iter().all(|told| *told == session), "{told:?}");
}

#[test]
fn a_session_goes_on_after_its_run_has_failed() {
    let door = Door::open();
    door.skill("flow.fails", "during-execution");
    let failed = door.until_ended(&door.start("flow.fails"));
    let mut again = skill("Try once more.");
    again["resumeSessionId"] = failed["sessionId"].clone();
    let (id, session) = begun(&door, &again);
    assert_eq!(failed["sessionId"], session);
    let ended = door.until_ended(&id);
    assert_eq!(ended["status"], "completed", "{ended:#}");
    assert_eq!(ended["sessionId"], session);
    assert!(door.stand_ins.starts()[1].is_resume);
}

#[test]
fn nobody_has_a_session_where_no_agent_was_called() {
    let door = Door::open();
    let status = door.status(&door.start("flow.nowhere"));
    assert_eq!(status["status"], "failed");
    assert!(status.get("sessionId").is_none(), "{status:#}");
}

#[test]
fn runs_at_once_keep_to_their_own_sessions() {
    let door = Door::open();
    let ids: Vec<String> = (0..6)
        .map(|number| {
            let name = format!("flow.n{number}");
            door.skill(&name, "");
            door.start(&name)
        })
        .collect();
    for (number, id) in ids.iter().enumerate() {
        let ended = door.until_ended(id);
        assert_eq!(ended["status"], "completed", "{ended:#}");
        assert_eq!(ended["skill"], format!("flow.n{number}"));
        let task = format!("Does flow.n{number}.");
        let starts = door.stand_ins.starts();
        let is_own = |start: &&Start| start.session.as_deref() == ended["sessionId"].as_str();
        let own: Vec<_> = starts.iter().filter(is_own).collect();
        assert!(
            own.len() == 1 && own[0].prompt.contains(&task),
            "{task}: {own:?}"
        );
    }
}
