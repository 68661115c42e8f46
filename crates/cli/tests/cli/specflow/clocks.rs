//! Time limits: which of them a run has run into, and when the clock starts.

use std::fs;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::json;

use super::door::{Door, record_of};
use crate::support::{World, eventually};

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
    // Its first turn has to ask in this time, also on a busy machine.
    const TURN: Duration = Duration::from_secs(10);
    let door = Door::open();
    door.skill("flow.ask", "questions");
    let id = door.start_with(&json!({
        "projectId": "shop", "skill": "flow.ask", "timeoutMs": TURN.as_millis(),
    }));
    door.until_waiting(&id);
    let asked = Instant::now();
    eventually("a turn would be out of time", || {
        assert_eq!(door.status(&id)["status"], "waiting_for_input");
        asked.elapsed() > TURN
    });
    let body = json!({ "id": id, "answers": { "Colour": "red" } });
    record_of(&door.post("answer", &body));
    let ended = door.until_ended(&id);
    assert_eq!(ended["status"], "completed", "{ended:#}");
    assert_eq!(ended["timeoutMs"], 10_000);
}

/// Waits until the agent and the two that it starts are there; one of them
/// becomes another process before it sleeps.
#[track_caller]
fn wait_for_stubborn(world: &World) {
    let sleeps = |pid: &&Pid| {
        let name = fs::read_to_string(format!("/proc/{pid}/comm"));
        name.is_ok_and(|name| name == "sleep\n")
    };
    eventually("a stubborn agent is at work", || {
        let agents = world.agents_alive();
        agents.len() == 3 && agents.iter().filter(sleeps).count() == 2
    });
}

/// Who supervises the agent, and would give it time to end, is held up.
#[test]
fn only_a_kill_by_force_gives_no_time_to_end() {
    const TIME_TO_END: Duration = Duration::from_secs(5);
    let door = Door::open();
    door.skill("flow.stubborn", "stubborn");
    for force in [true, false] {
        let id = door.start("flow.stubborn");
        wait_for_stubborn(door.world());
        let supervisors = door.world().shims_alive();
        let [supervisor] = supervisors[..] else {
            panic!("{supervisors:?}");
        };
        kill(supervisor, Signal::SIGSTOP).unwrap();
        let told = Instant::now();
        let answer = door.post("kill", &json!({ "id": id, "force": force }));
        assert_eq!(answer.status, 200, "{answer:?}");
        if force {
            eventually("they have ended", || door.world().agents_alive().is_empty());
        } else {
            wait_for_stubborn(door.world());
        }
        assert_eq!(door.world().shims_alive(), [supervisor]);
        kill(supervisor, Signal::SIGCONT).unwrap();
        assert_eq!(door.until_ended(&id)["status"], "cancelled");
        let took = told.elapsed();
        assert!(force || took >= TIME_TO_END, "{took:?}");
        door.world().assert_nothing_lives();
    }
}
