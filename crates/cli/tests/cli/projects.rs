//! `baton project`, and runs that belong to projects.

use std::fs;

use serde_json::{Value, json};

use crate::support::World;

const NOTE: &str = "\
workflow: { id: note, name: Note }
stages:
  - id: write
    name: Write
    roles: { primary: { artifact: \"agent:writer\" } }
    outputs: { text: { type: string } }
";

/// A world with a directory `shop` that is no project yet.
fn world() -> World {
    let world = World::new();
    world.agents(&[("writer", "cat >/dev/null; pwd")]);
    world.file("note.yaml", NOTE);
    let shop = world.root().join("it's a $HOME shop");
    fs::create_dir_all(shop.join(".claude/commands")).unwrap();
    fs::write(shop.join(".claude/commands/plan.md"), "## Goal\nPlan it.\n").unwrap();
    std::os::unix::fs::symlink(&shop, world.root().join("link")).unwrap();
    world
}

fn add(world: &World, arguments: &[&str]) -> Value {
    let all = [&["project", "add"], arguments, &["-o", "json"]].concat();
    world.baton(&all).exits(0).json()
}

fn run_in(world: &World, directory: &str) -> Value {
    let arguments = [
        "run",
        "note.yaml",
        "--project",
        directory,
        "--config",
        "baton.toml",
        "-o",
        "json",
    ];
    world.baton(&arguments).exits(0).json()
}

#[test]
fn a_run_in_a_registered_directory_belongs_to_its_project() {
    let world = world();
    let before = run_in(&world, "../link");
    assert_eq!(before["project_id"], json!(null));
    let project = add(&world, &["../link"]);
    let shop = world.root().join("it's a $HOME shop");
    assert_eq!(project["path"], json!(shop.canonicalize().unwrap()));
    assert_eq!(project["name"], "it's a $HOME shop");
    for directory in ["../link", "../it's a $HOME shop"] {
        assert_eq!(run_in(&world, directory)["project_id"], project["id"]);
    }
    let elsewhere = run_in(&world, ".");
    assert_eq!(elsewhere["project_id"], json!(null));
    for word in ["it's a $HOME shop", project["id"].as_str().unwrap()] {
        let list = world.baton(&["runs", "--project", word, "-o", "json"]);
        assert_eq!(list.exits(0).json()["total_count"], 2, "{word}");
    }
    let shown = ["project", "show", "it's a $HOME shop", "-o", "json"];
    let shown = world.baton(&shown).exits(0).json();
    assert_eq!(
        (&shown["total_runs"], &shown["unfinished_runs"]),
        (&json!(2), &json!(0))
    );
    assert_eq!(shown["skills"][0]["reference"], "command:plan");
    assert_eq!(shown["skills"][0]["description"], "Plan it.");
}

#[test]
fn a_directory_is_registered_once_and_taken_out_again() {
    let world = world();
    let first = add(&world, &["../link", "--name", "shop"]);
    let again = add(&world, &["../it's a $HOME shop", "--name", "other"]);
    assert_eq!(again["id"], first["id"]);
    assert_eq!(again["name"], "shop");
    let run = run_in(&world, "../link");
    let list = world.baton(&["project", "list"]).exits(0).stdout;
    assert!(list.contains("shop"), "{list}");
    world
        .baton(&["project", "remove", "shop", "--yes"])
        .exits(0);
    world
        .baton(&["project", "remove", "shop", "--yes"])
        .exits(4);
    world.baton(&["project", "show", "shop"]).exits(4);
    let list = world.baton(&["project", "list"]).exits(0).stdout;
    assert!(list.contains("No projects"), "{list}");
    // The run stays what it is, and is still found by its project.
    let id = first["id"].as_str().unwrap();
    assert_eq!(world.show(run["id"].as_str().unwrap())["project_id"], id);
    let list = world.baton(&["runs", "--project", id, "-o", "json"]);
    assert_eq!(list.exits(0).json()["total_count"], 1);
}

#[test]
fn what_cannot_be_a_project_is_refused() {
    let world = world();
    for (arguments, exit) in [
        (&["project", "add", "../nowhere"][..], 4),
        (&["project", "add", "note.yaml"], 4),
        (&["project", "add", "../link", "--name", " "], 2),
        (&["project", "add", "../link", "--name", "a\nb"], 2),
        (&["project", "show", "../link"], 4),
        (&["project", "remove", "shop"], 2),
    ] {
        let answer = world.baton(arguments);
        assert_eq!(answer.code, Some(exit), "{arguments:?}: {}", answer.stderr);
    }
    assert!(
        world
            .baton(&["project", "list"])
            .exits(0)
            .stdout
            .contains("No projects")
    );
}

#[test]
fn projects_of_specflow_are_read_and_never_changed() {
    let world = world();
    let registry = json!({ "projects": {
        "0199-key": { "path": world.root().join("link"), "name": "Shop", "registered_at": "x" },
        "bad": { "name": "nowhere" },
    } });
    fs::create_dir_all(world.home().join(".specflow")).unwrap();
    let file = world.home().join(".specflow/registry.json");
    fs::write(&file, registry.to_string()).unwrap();
    let list = world.baton(&["project", "list", "-o", "json"]).exits(0);
    assert!(list.stderr.contains("bad is skipped"), "{}", list.stderr);
    let list = list.json();
    assert_eq!(list["items"][0]["source"], "specflow");
    assert_eq!(list["damaged"][0]["id"], "bad");
    assert_eq!(run_in(&world, "../link")["project_id"], "0199-key");
    world
        .baton(&["project", "remove", "Shop", "--yes"])
        .exits(5);
    assert_eq!(fs::read_to_string(&file).unwrap(), registry.to_string());
    // Registered here, too, it is ours first.
    let ours = add(&world, &["../link", "--name", "ours"]);
    assert_eq!(run_in(&world, "../link")["project_id"], ours["id"]);
}
