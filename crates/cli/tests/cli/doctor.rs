//! `baton doctor`: what it finds, what it advises, and what it mends.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use baton_store_sql::DatabaseFile;
use nix::sys::signal::Signal;
use serde_json::Value;

use crate::support::{World, workflow};

/// A world with finished runs, most of whose logs fill pages of their own.
fn world_with_runs(n_runs: usize) -> World {
    let world = World::new();
    world.file("w.yaml", workflow(&[("a", &[], ""), ("b", &["a"], "")]));
    let long = "printf '{\"text\": \"'; head -c 6000 /dev/zero | tr '\\0' x; printf '\"}'";
    world.agents(&[("a", long), ("b", "echo b")]);
    for _ in 0..n_runs {
        world.baton(&["run", "w.yaml"]).exits(0);
    }
    world
}

fn database(world: &World) -> PathBuf {
    world.data().join("baton.db")
}

fn finding<'d>(document: &'d Value, check: &str) -> &'d Value {
    let findings = document["findings"].as_array().unwrap();
    findings
        .iter()
        .find(|finding| finding["check"] == check && finding["is_sound"] == false)
        .unwrap_or_else(|| panic!("no {check} in {document:#}"))
}

#[test]
fn a_sound_directory_is_said_to_be_sound() {
    let world = world_with_runs(1);
    let answer = world.baton(&["doctor"]).exits(0);
    for part in ["holds together", "the logs of all 1 replay", "nobody works"] {
        assert!(answer.stdout.contains(part), "{}", answer.stdout);
    }
    let document = world.baton(&["doctor", "-o", "json"]).exits(0).json();
    assert_eq!(document["is_sound"], true);
    world.baton(&["doctor", "--repair"]).exits(0);
}

#[test]
fn a_directory_that_is_not_there_is_not_made() {
    let world = World::new();
    let answer = world.baton(&["doctor"]).exits(0);
    assert!(answer.stdout.contains("not there yet"), "{}", answer.stdout);
    assert!(!world.data().exists());
}

#[test]
fn whoever_works_on_the_runs_is_named() {
    let world = world_with_runs(1);
    let mut serve = world.start(&["serve"]);
    serve.until("took up");
    let answer = world.baton(&["doctor"]).exits(0);
    let who = format!("process {} works on the runs", serve.pid());
    assert!(answer.stdout.contains(&who), "{}", answer.stdout);
    serve.signal(Signal::SIGTERM);
    serve.end().exits(0);
}

#[test]
fn rights_of_others_are_found_with_the_command_that_takes_them() {
    let world = world_with_runs(1);
    fs::set_permissions(world.data(), Permissions::from_mode(0o755)).unwrap();
    let document = world.baton(&["doctor", "-o", "json"]).exits(1).json();
    let mend = finding(&document, "permissions")["mend"].as_str().unwrap();
    assert!(mend.starts_with("chmod 700 "), "{mend}");
}

#[test]
fn a_run_that_does_not_replay_is_named() {
    let world = world_with_runs(2);
    let run = damage_a_log(&world);
    let document = world.baton(&["doctor", "-o", "json"]).exits(1).json();
    let found = finding(&document, "run")["found"].as_str().unwrap();
    assert!(found.contains(&run), "{found}");
}

/// Changes one letter inside the log of a run, and says which run that is.
fn damage_a_log(world: &World) -> String {
    let runs = DatabaseFile::open(&world.data()).unwrap().runs();
    let run = runs.first().unwrap().to_string();
    let mut content = fs::read(database(world)).unwrap();
    let word = b"\"stage_completed\"";
    let place = content
        .windows(word.len())
        .rposition(|window| window == word)
        .unwrap();
    content[place + 1] = b'x';
    fs::write(database(world), content).unwrap();
    // Whichever run the letter belongs to.
    let opened = DatabaseFile::open(&world.data()).unwrap();
    let damaged = runs.iter().find(|run| {
        opened.events(**run).map_or(true, |events| {
            events.iter().any(|event| event.body.contains("xtage_"))
        })
    });
    damaged.map_or(run, ToString::to_string)
}

#[test]
fn what_can_be_saved_is_saved_and_the_rest_is_named() {
    let world = world_with_runs(5);
    let lost = damage_a_log(&world);
    let damaged = fs::read(database(&world)).unwrap();
    world
        .baton(&["doctor", "--repair"])
        .exits(2)
        .says(&["--yes"]);
    assert!(
        fs::read(database(&world)).unwrap() == damaged,
        "it was changed"
    );

    let answer = world.baton(&["doctor", "--repair", "--yes", "-o", "json"]);
    let repair = answer.exits(1).json();
    assert_eq!(repair["n_saved"], 4, "{repair:#}");
    assert_eq!(repair["lost"].as_array().unwrap().len(), 1);
    assert_eq!(repair["lost"][0]["run"], *lost);
    let kept = repair["kept_as"].as_str().unwrap();
    assert!(kept.contains("baton.db.damaged-"), "{kept}");
    assert!(
        fs::read(kept).unwrap() == damaged,
        "it was not kept as it was"
    );

    assert_eq!(world.n_runs(), 4);
    world.baton(&["doctor"]).exits(0);
    world.baton(&["run", "w.yaml"]).exits(0);
    world.baton(&["show", &lost]).exits(4);
}

#[test]
fn pages_that_are_gone_cost_only_the_runs_on_them() {
    let world = world_with_runs(6);
    let mut content = fs::read(database(&world)).unwrap();
    let runs = DatabaseFile::open(&world.data()).unwrap().runs();
    // The last page holds part of one run's long result.
    let last_page = content.len() - 8192;
    content[last_page..].fill(0);
    fs::write(database(&world), content).unwrap();
    world.baton(&["doctor"]).exits(1);
    let answer = world.baton(&["doctor", "--repair", "--yes", "-o", "json"]);
    let repair = answer.json();
    let n_saved = repair["n_saved"].as_u64().unwrap();
    let n_lost = repair["lost"].as_array().unwrap().len() as u64;
    assert_eq!(n_saved + n_lost, runs.len() as u64, "{repair:#}");
    assert!(n_saved >= runs.len() as u64 - 1, "{repair:#}");
    assert_eq!(world.n_runs(), n_saved);
    world.baton(&["doctor"]).exits(0);
}

#[test]
fn a_file_of_which_nothing_can_be_read_is_not_thrown_away() {
    let world = world_with_runs(1);
    let garbage = "this is no database, ".repeat(1_000);
    fs::write(database(&world), &garbage).unwrap();
    world
        .baton(&["doctor", "--repair", "--yes"])
        .exits(74)
        .says(&["baton restore"]);
    assert!(fs::read(database(&world)).unwrap() == garbage.as_bytes());
}
