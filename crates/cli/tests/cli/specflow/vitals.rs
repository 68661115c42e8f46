//! `GET /api/workflow/health`: what the file of a session and the processes
//! of its agent say.

use std::fs::{self, File};
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use super::door::Door;
use crate::support::eventually;

/// Where Claude Code would write down a session of the shop.
fn transcript(door: &Door, session: &str) -> PathBuf {
    let shop = door.shop.to_str().unwrap();
    let plain = |letter: char| match letter {
        letter if letter.is_ascii_alphanumeric() => letter,
        _ => '-',
    };
    let folder: String = shop.chars().map(plain).collect();
    let sessions = door.world().home().join(".claude/projects").join(folder);
    fs::create_dir_all(&sessions).unwrap();
    sessions.join(format!("{session}.jsonl"))
}

#[test]
fn an_agent_that_writes_nothing_for_long_is_stale() {
    let door = Door::open();
    door.skill("flow.mute", "mute");
    let id = door.start("flow.mute");
    eventually("the agent begins", || !door.stand_ins.starts().is_empty());
    let start = door.stand_ins.starts().pop().unwrap();
    let health = || door.get(&format!("health?id={id}&projectId=shop")).json();

    let before = health();
    assert_eq!(
        before["health"]["staleness"]["sessionFileAgeMs"],
        Value::Null
    );
    assert_eq!(before["health"]["status"], "running", "{before:#}");

    let file = transcript(&door, start.session.as_deref().unwrap());
    fs::write(&file, "{}\n").unwrap();
    let fresh = health();
    let staleness = &fresh["health"]["staleness"];
    assert!(staleness["sessionFileAgeMs"].as_u64().unwrap() < 300_000);
    assert_eq!(staleness["isStale"], false);
    assert_eq!(fresh["health"]["status"], "running");
    let processes = &fresh["health"]["processes"];
    assert_eq!(processes["claudePid"], start.pid, "{fresh:#}");
    assert_eq!(processes["claudeAlive"], true);
    assert_eq!(processes["legacyPid"], Value::Null);
    let pid_file = json!({
        "exists": true, "bashPid": processes["bashPid"], "claudePid": start.pid,
    });
    assert_eq!(fresh["health"]["pidFile"], pid_file);

    let long_ago = SystemTime::now() - Duration::from_secs(400);
    let opened = File::options().write(true).open(&file).unwrap();
    opened.set_modified(long_ago).unwrap();
    let stale = health();
    assert_eq!(stale["health"]["status"], "stale", "{stale:#}");
    assert_eq!(stale["health"]["staleness"]["isStale"], true);
    assert_eq!(stale["workflowStatus"], "running");

    door.cancel(&format!("id={id}"));
    door.until_ended(&id);
    let dead = health();
    assert_eq!(dead["health"]["status"], "dead");
    assert_eq!(dead["health"]["pidFile"]["exists"], false);
}

#[test]
fn a_run_has_processes_only_while_its_agent_works() {
    let door = Door::open();
    door.skill("flow.ask", "questions");
    let id = door.start("flow.ask");
    let waiting = door.until_waiting(&id);
    assert!(waiting.get("pid").is_none(), "{waiting:#}");
    assert!(waiting.get("claudePid").is_none());
}
