//! Data directories that cannot be used, and those that only look so.

use std::fs::{self, OpenOptions, Permissions};
use std::io::{Seek, SeekFrom, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::process::Command;

use nix::sys::signal::Signal;
use nix::unistd::Uid;

use crate::support::{Answer, BATON, Live, World, workflow};

/// Somebody without rights.
const NOBODY: u32 = 65_534;
/// Where `SQLite` keeps the number that names the version of a file's schema.
const USER_VERSION_OFFSET: u64 = 60;

fn world() -> World {
    let world = World::new();
    prepare(&world);
    world
}

fn prepare(world: &World) {
    world.file("w.yaml", workflow(&[("a", &[], "")]));
    world.agents(&[("a", "echo a")]);
}

/// The binary, run as somebody who has no rights.
fn as_nobody(world: &World, arguments: &[&str]) -> Answer {
    let open = |mode| Permissions::from_mode(mode);
    fs::set_permissions(world.root(), open(0o755)).unwrap();
    // The build directory may be below a home that nobody else can enter.
    let program = world.root().join("baton");
    fs::copy(BATON, &program).unwrap();
    let mut command = Command::new(program);
    world.settle_in(&mut command);
    if Uid::effective().is_root() {
        command.uid(NOBODY).gid(NOBODY);
    }
    Answer::of(command.args(arguments))
}

#[test]
fn a_directory_that_cannot_be_written_is_said_to_be_so() {
    let world = world();
    fs::create_dir(world.data()).unwrap();
    fs::set_permissions(world.data(), Permissions::from_mode(0o555)).unwrap();
    let data = world.data().display().to_string();
    as_nobody(&world, &["run", "w.yaml"])
        .exits(74)
        .says(&["error[files]", &data]);
    as_nobody(&world, &["runs"])
        .exits(74)
        .says(&["error[files]", &data]);
    assert_eq!(fs::read_dir(world.data()).unwrap().count(), 0);
}

#[test]
fn a_directory_in_the_way_of_which_is_a_file_is_said_to_be_so() {
    let world = world();
    fs::write(world.data(), "not a directory").unwrap();
    world
        .baton(&["runs"])
        .exits(74)
        .says(&["error[files]", "data directory"]);
}

/// `baton run w.yaml` on a small file system of its own, which is there for as
/// long as the command lives.
fn run_on_a_small_disk(world: &World, size: &str) -> Command {
    fs::create_dir(world.data()).unwrap();
    let mount = format!("mount -t tmpfs -o size={size} tmpfs \"$BATON_DATA_DIR\"");
    let script = format!("{mount} && exec \"$0\" run w.yaml");
    let mut command = Command::new("unshare");
    if !Uid::effective().is_root() {
        command.arg("--map-root-user");
    }
    command.args(["--mount", "sh", "-c", &script, BATON]);
    world.settle_in(&mut command);
    command
}

#[test]
fn a_disk_that_is_full_is_said_to_be_full() {
    let world = world();
    let answer = Answer::of(&mut run_on_a_small_disk(&world, "48k")).exits(74);
    answer.says(&["error[", "full", "data directory"]);
}

#[test]
fn a_run_waits_for_room_on_a_disk_that_fills_up() {
    let world = world();
    world.agents(&[("a", "seq 1 200000 >&2; echo a")]);
    let mut live = Live::of(&mut run_on_a_small_disk(&world, "700k"));
    let run = live.run();
    live.until("no space left");
    live.signal(Signal::SIGTERM);
    live.end().exits(75).says(&["baton resume", &run]);
}

#[test]
fn a_directory_of_a_newer_release_is_left_alone() {
    let world = world();
    world.baton(&["run", "w.yaml"]).exits(0);
    let path = world.data().join("baton.db");
    let mut database = OpenOptions::new().write(true).open(&path).unwrap();
    database.seek(SeekFrom::Start(USER_VERSION_OFFSET)).unwrap();
    database.write_all(&9_999_u32.to_be_bytes()).unwrap();
    drop(database);
    let before = fs::read(&path).unwrap();
    for arguments in [&["run", "w.yaml"][..], &["runs"]] {
        let answer = world.baton(arguments).exits(74);
        answer.says(&["error[files]", "newer", "9999"]);
    }
    assert!(fs::read(&path).unwrap() == before, "the file was changed");
}

#[test]
fn a_database_that_is_none_is_left_alone() {
    let world = world();
    fs::create_dir(world.data()).unwrap();
    let path = world.data().join("baton.db");
    let garbage = "this is no database, ".repeat(1_000);
    fs::write(&path, &garbage).unwrap();
    for arguments in [&["run", "w.yaml"][..], &["runs"]] {
        world
            .baton(arguments)
            .exits(74)
            .says(&["error[files]", "data directory"]);
    }
    assert!(
        fs::read(&path).unwrap() == garbage.as_bytes(),
        "the file was changed"
    );
}

#[test]
fn paths_may_hold_spaces_and_any_letters() {
    let world = World::named("two words ✓ дом ");
    prepare(&world);
    world.baton(&["run", "w.yaml"]).exits(0);
    assert_eq!(world.n_runs(), 1);
}

#[test]
fn a_path_longer_than_a_socket_may_have_works() {
    let world = World::named(&"long".repeat(40));
    prepare(&world);
    world.pipe("go");
    world.agents(&[(
        "a",
        "echo up >&2; read -r line <\"$TEST_ROOT/go\"; echo \"$line\"",
    )]);
    let mut live = world.start(&["run", "w.yaml"]);
    let run = live.run();
    live.until("a | up");
    world.baton(&["cancel", &run, "--yes"]).exits(0);
    live.end().exits(1);
    world.assert_nothing_lives();
}
