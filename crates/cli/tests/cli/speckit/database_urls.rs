//! `DATABASE_URL`, as other servers of this kind have it.

use std::fs::{self, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use nix::sys::signal::Signal;
use serde_json::json;

use super::door::Door;
use crate::support::{Answer, Live, World, eventually};

/// Where the header of a database has the version of its tables, which those of
/// other programs leave at 0.
const USER_VERSION_OFFSET: u64 = 60;

/// `baton serve` that nobody has told of a data directory.
fn serve(world: &World, url: &str, more: &[&str]) -> Command {
    let mut command = world.command(&[&["serve"], more].concat());
    command.env_remove("BATON_DATA_DIR");
    command.env_remove("AGENT_HUB_URL");
    command.env("DATABASE_URL", url);
    command
}

/// The directory that is served, and what is said of the variable.
fn greeting(mut live: Live) -> (PathBuf, String) {
    let served = live.until("serving ");
    let said = live.until("DATABASE_URL");
    live.until("took up");
    live.signal(Signal::SIGTERM);
    live.end().exits(0);
    (served.trim_start_matches("serving ").into(), said)
}

fn is_empty(directory: &Path) -> bool {
    fs::read_dir(directory).unwrap().next().is_none()
}

/// Path in the address, from the project's directory or absolute; the database
/// and the data directory that it comes to, from the root of the world.
#[test]
fn a_database_lies_where_it_was_named_and_all_else_beside_it() {
    let world = World::new();
    let root = world.root().canonicalize().unwrap();
    fs::create_dir(root.join("there")).unwrap();
    let absolute = |path: &str| format!("/{}", root.join(path).display());
    let rows = [
        ("/x.db".to_owned(), "project/x.db", "project/x.db-baton"),
        (
            "/./new/deep/orchestrator.db".to_owned(),
            "project/new/deep/orchestrator.db",
            "project/new/deep/orchestrator.db-baton",
        ),
        (absolute("abs/x y.db"), "abs/x y.db", "abs/x y.db-baton"),
        (absolute("own/baton.db"), "own/baton.db", "own"),
        (absolute("there"), "there/baton.db", "there"),
        (absolute("later/"), "later/baton.db", "later"),
    ];
    for (path, database, directory) in rows {
        let url = format!("sqlite://{path}");
        // The second server finds what the first has left.
        for n_runs in 1..=2 {
            let door = Door::of(Live::of(&mut serve(&world, &url, &[])));
            door.create("plan");
            door.stop();
            let directory = root.join(directory);
            let list = ["runs", "-o", "json", "--data-dir"];
            let list = [&list[..], &[directory.to_str().unwrap()]].concat();
            let list = world.baton(&list).exits(0).json();
            assert_eq!(list["total_count"], n_runs, "{url}");
            assert!(root.join(database).is_file(), "{url}");
            assert!(directory.join("baton.lock").is_file(), "{url}");
        }
        let (served, said) = greeting(Live::of(&mut serve(&world, &url, &[])));
        assert_eq!(served, root.join(directory), "{url}");
        assert!(said.contains("names"), "{said}");
    }
    assert!(!world.home().join(".local").exists());
    assert!(!world.data().exists());
}

#[test]
fn a_database_elsewhere_is_looked_at_copied_and_put_back_by_its_directory() {
    let world = World::new();
    let url = "sqlite:///x.db";
    let door = Door::of(Live::of(&mut serve(&world, url, &[])));
    let run = door.create("plan");
    door.stop();
    let on_it = |arguments: &[&str]| {
        let all = [arguments, &["--data-dir", "x.db-baton"]].concat();
        world.baton(&all)
    };
    on_it(&["doctor"]).stdout_says("x.db holds together");
    on_it(&["backup", "copy.db"]).exits(0);
    let answer = on_it(&["restore", "copy.db", "--force"]).exits(0);
    answer.says(&["project/x.db.before-restore-"]);
    assert!(world.project().join("x.db").is_file());
    assert!(world.project().join("x.db-baton/baton.db").is_symlink());
    assert_eq!(
        on_it(&["show", &run, "-o", "json"]).exits(0).json()["id"],
        run
    );
}

#[test]
fn a_directory_without_its_database_is_not_given_another_one() {
    let world = World::new();
    let url = "sqlite:///x.db";
    let door = Door::of(Live::of(&mut serve(&world, url, &[])));
    door.create("plan");
    door.stop();
    world
        .baton(&["backup", "copy.db", "--data-dir", "x.db-baton"])
        .exits(0);
    let (file, elsewhere) = (world.project().join("x.db"), world.root().join("x.db"));
    fs::rename(&file, &elsewhere).unwrap();
    let refused = ["serve", "runs", "resume"];
    let refused = refused.map(|command| world.baton(&[command, "--data-dir", "x.db-baton"]));
    let by_its_name = Answer::of(&mut serve(&world, url, &[]));
    for answer in refused.into_iter().chain([by_its_name]) {
        let ways_out = ["baton restore FILE --data-dir", "anew"];
        let said = [&["x.db-baton", "x.db, which is not there"], &ways_out[..]].concat();
        answer.exits(74).says(&said);
    }
    assert!(!file.exists());
    fs::rename(&elsewhere, &file).unwrap();
    let n_runs = || {
        let list = world.baton(&["runs", "-o", "json", "--data-dir", "x.db-baton"]);
        list.exits(0).json()["total_count"].clone()
    };
    assert_eq!(n_runs(), 1);
    fs::remove_file(&file).unwrap();
    world
        .baton(&["restore", "copy.db", "--data-dir", "x.db-baton"])
        .exits(0);
    assert_eq!(n_runs(), 1);
}

#[test]
fn whoever_moves_a_directory_without_its_database_away_begins_anew() {
    let world = World::new();
    let url = "sqlite:///x.db";
    let door = Door::of(Live::of(&mut serve(&world, url, &[])));
    door.create("plan");
    door.stop();
    let file = world.project().join("x.db");
    fs::remove_file(&file).unwrap();
    Answer::of(&mut serve(&world, url, &[])).exits(74);
    assert!(!file.exists());
    let directory = world.project().join("x.db-baton");
    fs::rename(&directory, world.root().join("away")).unwrap();
    let door = Door::of(Live::of(&mut serve(&world, url, &[])));
    door.stop();
    let list = world.baton(&["runs", "-o", "json", "--data-dir", "x.db-baton"]);
    assert_eq!(list.exits(0).json()["total_count"], 0);
}

#[test]
fn a_link_to_no_database_is_refused() {
    let world = World::new();
    let target = world.root().join("there.db");
    std::os::unix::fs::symlink(&target, world.project().join("x.db")).unwrap();
    let refused = Answer::of(&mut serve(&world, "sqlite:///x.db", &[]));
    refused.exits(2).says(&["x.db is a link to nothing"]);
    assert!(!target.exists());
    assert!(!world.project().join("x.db-baton").exists());
}

#[test]
fn a_database_of_another_program_is_left_alone() {
    let world = World::new();
    let (file, url) = (world.project().join("x.db"), "sqlite:///x.db");
    world
        .baton(&["token", "create", "a", "--scope", "read"])
        .exits(0);
    fs::copy(world.data().join("baton.db"), &file).unwrap();
    let mut database = OpenOptions::new().write(true).open(&file).unwrap();
    database.seek(SeekFrom::Start(USER_VERSION_OFFSET)).unwrap();
    database.write_all(&0_u32.to_be_bytes()).unwrap();
    drop(database);
    let foreign = fs::read(&file).unwrap();
    for content in [foreign, b"no database at all, ".repeat(1_000)] {
        fs::write(&file, &content).unwrap();
        let refused = Answer::of(&mut serve(&world, url, &[])).exits(74);
        refused.says(&["error[files]", "DATABASE_URL", "x.db", "another"]);
        assert!(fs::read(&file).unwrap() == content, "the file was changed");
        assert!(!world.project().join("x.db-baton").exists());
    }
}

/// With the agents at work, for whom nobody will come back.
#[test]
fn what_is_asked_for_in_memory_is_gone_with_the_server() {
    let world = World::new();
    let temporary = world.root().join("tmp");
    fs::create_dir(&temporary).unwrap();
    world.agents(&[("baron", "cat >/dev/null; exec sleep 600")]);
    let config = world.project().join("baton.toml").display().to_string();
    for url in ["sqlite://", "sqlite:///:memory:"] {
        let mut command = serve(&world, url, &["--config", &config]);
        command.env("TMPDIR", &temporary);
        let door = Door::of(Live::of(&mut command));
        door.create("plan");
        eventually("the agent works", || !world.agents_alive().is_empty());
        assert!(!is_empty(&temporary));
        door.stop();
        world.assert_nothing_lives();
        assert!(is_empty(&temporary), "{url}");
    }
}

#[test]
fn what_is_no_database_of_sqlite_is_refused_before_anything_is_made() {
    let world = World::new();
    for (url, part) in [
        ("postgresql://me:s3cret@db.example/baton", "postgresql"),
        ("mysql://me:s3cret@db.example/baton", "mysql"),
        ("sqlite://me:s3cret@db.example/x.db", "host"),
        ("sqlite:///x.db?s3cret=1", "`?`"),
        ("s3cret.db", "no address"),
    ] {
        let answer = Answer::of(&mut serve(&world, url, &[])).exits(2);
        assert!(!answer.stderr.contains("s3cret"), "{}", answer.stderr);
        answer.says(&["DATABASE_URL", part, "sqlite:////", "--data-dir"]);
    }
    assert!(is_empty(&world.project()) && !world.home().exists());
}

#[test]
fn a_data_directory_that_is_named_wins_and_other_commands_do_not_look() {
    let world = World::new();
    let url = "postgresql://me:s3cret@db.example/baton";
    let mut in_environment = serve(&world, url, &[]);
    in_environment.env("BATON_DATA_DIR", world.data());
    let data = world.data().display().to_string();
    let mut typed = serve(&world, url, &["--data-dir", &data]);
    for command in [&mut in_environment, &mut typed] {
        let (served, said) = greeting(Live::of(command));
        assert_eq!(served, world.data());
        assert!(
            said.contains("not used") && !said.contains("s3cret"),
            "{said}"
        );
    }
    let mut runs = world.command(&["runs", "-o", "json"]);
    runs.env_remove("BATON_DATA_DIR").env("DATABASE_URL", url);
    Answer::of(&mut runs).exits(0);
}

#[test]
fn no_agent_is_told_of_the_database() {
    let world = World::new();
    world.agents(&[("baron", "cat >/dev/null; env")]);
    let config = world.project().join("baton.toml").display().to_string();
    let mut command = serve(&world, "sqlite:///x.db", &["--config", &config]);
    let door = Door::of(Live::of(&mut command));
    let call = json!({ "workflow_type": "plan", "context": { "x": 1 } });
    let (status, answer) = door.post("/invoke/baron", &call);
    assert_eq!(status, 200, "{answer}");
    let environment = answer["result"]["output"].as_str().unwrap();
    assert!(environment.contains("BATON_RUN_ID"), "{environment}");
    assert!(!environment.contains("DATABASE_URL"), "{environment}");
    door.stop();
}
