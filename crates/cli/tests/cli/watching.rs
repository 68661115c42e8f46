//! `baton validate --watch`: what editors do to files is noticed.

use std::fs;
use std::process::Stdio;

use nix::sys::signal::Signal;

use crate::support::{Live, World, eventually};

const GOOD: &str = "workflow: { id: a, name: A }\nstages: []\n";
const BAD: &str = "workflow: { id: a, name: A }\nstages: 1\n";

fn watch(world: &World, path: &str) -> Live {
    let mut live = world.start(&["validate", path, "--watch"]);
    live.until("watching; Ctrl+C leaves");
    live
}

/// Waits until it has checked again and found this.
#[track_caller]
fn finds(live: &mut Live, part: &str) {
    live.until(part);
    live.until("watching");
}

fn leave(live: Live) -> String {
    live.signal(Signal::SIGINT);
    live.end().exits(130).stdout
}

#[test]
fn a_file_is_checked_again_when_it_is_written_and_when_it_is_replaced() {
    let world = World::new();
    world.file("w.yaml", GOOD);
    let mut live = watch(&world, "w.yaml");
    world.file("w.yaml", BAD);
    finds(&mut live, "SWDL-E0201");
    // As editors do that never leave half a file behind.
    let other = world.file("w.yaml~", GOOD.replace("name: A", "name: A, nmae: B"));
    fs::rename(other, world.project().join("w.yaml")).unwrap();
    finds(&mut live, "SWDL-W0203");
    assert!(leave(live).contains("✗ w.yaml"));
}

#[test]
fn a_file_that_disappears_is_said_and_awaited() {
    let world = World::new();
    let file = world.file("w.yaml", GOOD);
    let mut live = watch(&world, "w.yaml");
    fs::remove_file(file).unwrap();
    finds(&mut live, "error[not_found]");
    world.file("w.yaml", BAD);
    finds(&mut live, "SWDL-E0201");
    leave(live);
}

#[test]
fn files_and_folders_that_appear_are_checked() {
    let world = World::new();
    fs::create_dir(world.project().join("flows")).unwrap();
    let mut live = watch(&world, "flows");
    fs::create_dir_all(world.project().join("flows/deep/down")).unwrap();
    world.file("flows/deep/down/w.yaml", BAD);
    finds(&mut live, "flows/deep/down/w.yaml");
    fs::remove_dir_all(world.project().join("flows/deep")).unwrap();
    live.until("watching");
    fs::create_dir_all(world.project().join("flows/deep")).unwrap();
    world.file("flows/deep/v.yaml", BAD);
    finds(&mut live, "flows/deep/v.yaml");
    leave(live);
}

#[test]
fn overrides_of_the_project_are_watched_too() {
    let world = World::new();
    world.file("baton.toml", "default_adapter = \"simulated\"\n");
    world.file("w.yaml", GOOD);
    let mut live = watch(&world, "w.yaml");
    world.file(
        ".baton-workflow-overrides.yaml",
        "overrides: { a: { hooks: {} } }\n",
    );
    finds(&mut live, "SWDL-E0702");
    leave(live);
}

#[test]
fn overrides_above_the_project_are_watched_too() {
    let world = World::new();
    let over = |block: &str| format!("overrides: {{ a: {block} }}\n");
    world.file(".baton-workflow-overrides.yaml", over("{}"));
    fs::create_dir_all(world.project().join("deep/project")).unwrap();
    world.file("deep/project/w.yaml", GOOD);
    let arguments = ["validate", "deep/project/w.yaml", "--watch"];
    let mut live = world.start(&[&arguments[..], &["--project", "deep/project"]].concat());
    live.until("watching; Ctrl+C leaves");
    world.file(".baton-workflow-overrides.yaml", over("{ hooks: {} }"));
    finds(&mut live, "SWDL-E0702");
    // One that is nearer counts instead.
    world.file("deep/.baton-workflow-overrides.yaml", over("{ config: 1 }"));
    finds(&mut live, "SWDL-E0201");
    leave(live);
}

#[test]
fn artifacts_that_come_and_go_are_noticed() {
    let world = World::new();
    let agent = "roles: { primary: { artifact: \"agent:a\" }, tools: [\"skill:s\"] }";
    world.file("baton.toml", "");
    world.file(
        "w.yaml",
        GOOD.replace("[]", &format!("[{{ id: a, name: A, {agent} }}]")),
    );
    let mut live = watch(&world, "w.yaml");
    let file = |path: &str| {
        fs::create_dir_all(world.project().join(path).parent().unwrap()).unwrap();
        world.file(path, "text")
    };
    let page = file(".baton/agents/a.md");
    live.until("watching");
    let skill = file(".claude/skills/s/SKILL.md");
    live.until("watching");
    fs::remove_file(skill).unwrap();
    finds(&mut live, "`skill:s`");
    fs::remove_file(page).unwrap();
    finds(&mut live, "`agent:a`");
    let shown = leave(live);
    let numbers = shown
        .lines()
        .filter_map(|line| line.split(" errors, ").nth(1));
    let numbers: Vec<_> = numbers.map(|rest| &rest[..1]).collect();
    assert_eq!(numbers, ["2", "1", "0", "1", "2"], "{shown}");
}

#[test]
fn half_a_configuration_is_said_and_awaited() {
    let world = World::new();
    let agent = "roles: { primary: { artifact: \"agent:a\" } }";
    world.file(
        "w.yaml",
        GOOD.replace("[]", &format!("[{{ id: a, name: A, {agent} }}]")),
    );
    let mut live = watch(&world, "w.yaml");
    world.file("baton.toml", "[agents");
    finds(&mut live, "baton.toml:1:8");
    world.file("baton.toml", "");
    finds(&mut live, "SWDL-W0502");
    world.file("baton.toml", "default_adapter = \"simulated\"\n");
    live.until("watching");
    let shown = leave(live);
    assert!(shown.ends_with("(0 errors, 0 warnings)\n"), "{shown}");
}

#[test]
fn nobody_watches_for_a_reader_that_has_gone() {
    let world = World::new();
    world.file("w.yaml", GOOD);
    let mut child = world
        .command(&["validate", "w.yaml", "--watch"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let mut ended = None;
    eventually("the command ends", || {
        ended = child.try_wait().unwrap();
        ended.is_some()
    });
    assert_eq!(ended.unwrap().code(), Some(0));
}
