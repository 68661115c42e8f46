//! Disks that are full for a while, and disks that cannot be written at all.
//!
//! Each has a mount namespace of its own, which needs root or user namespaces.
//! Where there is neither, these tests fail and say so.

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use nix::fcntl::{Flock, FlockArg};
use nix::sys::signal::Signal;
use nix::unistd::Uid;

use crate::support::{Answer, BATON, Live, World, workflow};

/// Room comes back: how long runs may take to notice.
const NOTICE_MAX: Duration = Duration::from_secs(5);
/// New runs that may still fit after the disk is said to be full.
const RUNS_MAX: usize = 200;

/// A command in a mount namespace in which a script prepares `$BATON_DATA_DIR`.
fn command_on(world: &World, preparation: &str, arguments: &[&str]) -> Command {
    let script = format!("{preparation} && exec \"$0\" \"$@\"");
    let mut command = namespace();
    command.args(["sh", "-c", &script, BATON]).args(arguments);
    world.settle_in(&mut command);
    command
}

fn namespace() -> Command {
    let mut command = Command::new("unshare");
    if !Uid::effective().is_root() {
        command.arg("--map-root-user");
    }
    command.arg("--mount");
    command
}

#[track_caller]
fn require_namespaces() {
    let tried = namespace().arg("true").output();
    let works = tried.as_ref().is_ok_and(|output| output.status.success());
    assert!(
        works,
        "these tests need `unshare` and either root or user namespaces: {tried:?}"
    );
}

/// A server whose data directory is a small disk.
struct Server {
    live: Live,
    /// The directory as seen from outside.
    data: PathBuf,
}

impl Server {
    fn start(world: &World, size: &str) -> Self {
        require_namespaces();
        fs::create_dir(world.data()).unwrap();
        let mount = format!("mount -t tmpfs -o size={size} tmpfs \"$BATON_DATA_DIR\"");
        let mut live = Live::of(&mut command_on(world, &mount, &["serve"]));
        live.until("took up");
        let root = PathBuf::from(format!("/proc/{}/root", live.pid()));
        let data = root.join(world.data().strip_prefix("/").unwrap());
        Self { live, data }
    }

    /// A command that is a client of the server.
    fn client(&self, world: &World, arguments: &[&str]) -> Command {
        let mut command = world.command(arguments);
        command.env("BATON_DATA_DIR", &self.data);
        command
    }

    /// Leaves no room at all.
    fn fill(&self) {
        let mut file = File::create(self.data.join("filler")).unwrap();
        for size in [1 << 16, 1 << 10, 1] {
            let zeros = vec![0; size];
            assert_eq!(
                write_until_refused(&mut file, &zeros),
                ErrorKind::StorageFull
            );
        }
    }

    fn make_room(&self) {
        fs::remove_file(self.data.join("filler")).unwrap();
    }
}

fn write_until_refused(file: &mut File, zeros: &[u8]) -> ErrorKind {
    loop {
        if let Err(error) = file.write_all(zeros) {
            return error.kind();
        }
    }
}

fn world() -> World {
    let world = World::new();
    let patient = "error_policy: { retry: { max_attempts: 50, initial_interval: \"1s\", \
                   max_interval: \"1s\" } }";
    let stages: [(&str, &[&str], &str); 3] = [
        ("a", &[], patient),
        ("b", &["a"], patient),
        ("c", &["b"], patient),
    ];
    world.file("w.yaml", workflow(&stages));
    world.file("quick.yaml", workflow(&[("b", &[], "")]));
    let wait = "echo up >&2; flock --shared \"$TEST_ROOT/go\" true; echo a";
    world.agents(&[("a", wait), ("b", "echo b"), ("c", "echo c")]);
    world
}

/// Keeps every agent that waits, and every one that will, until it is dropped.
/// An agent whose end could not be written down is started again, and must not
/// wait for something that only its first start was given.
fn closed_door(world: &World) -> Flock<File> {
    let file = File::create(world.root().join("go")).unwrap();
    Flock::lock(file, FlockArg::LockExclusive).unwrap()
}

#[test]
fn a_full_disk_loses_nothing_and_work_goes_on_when_there_is_room_again() {
    let world = world();
    let door = closed_door(&world);
    let server = Server::start(&world, "8m");
    let mut acknowledged = Vec::new();
    let mut follower = Live::of(&mut server.client(&world, &["run", "w.yaml"]));
    acknowledged.push(follower.run());
    follower.until("a | up");
    server.fill();

    let refusal = (0..RUNS_MAX).find_map(|_| {
        let mut live = Live::of(&mut server.client(&world, &["run", "w.yaml"]));
        let first = live.line().unwrap_or_default();
        if first.starts_with("run ") {
            acknowledged.push(first.split(' ').nth(1).unwrap().to_owned());
            live.kill();
            return None;
        }
        Some(live.end())
    });
    let refusal = refusal
        .expect("new runs are refused on a full disk")
        .exits(74);
    refusal.says(&["storage_full", "no space left"]);

    // What ends now cannot be written down yet.
    drop(door);
    server.make_room();
    let start = Instant::now();
    follower.end().exits(0);
    let noticed = start.elapsed();
    assert!(noticed < NOTICE_MAX, "went on after {noticed:?}");
    for run in &acknowledged {
        let show = |world: &World| {
            Answer::of(&mut server.client(world, &["show", run, "-o", "json"]))
                .exits(0)
                .json()
        };
        crate::support::eventually("every acknowledged run ends", || {
            show(&world)["completed_at"].is_string()
        });
        assert_eq!(show(&world)["status"], "completed");
    }
    server.live.signal(Signal::SIGTERM);
    server.live.end().exits(0);
}

#[test]
fn a_disk_that_is_full_when_a_command_begins_is_said_to_be_so() {
    require_namespaces();
    let world = world();
    fs::create_dir(world.data()).unwrap();
    let mount = "mount -t tmpfs -o size=1m tmpfs \"$BATON_DATA_DIR\"";
    let fill = "{ cat /dev/zero >\"$BATON_DATA_DIR/filler\" 2>/dev/null; true; }";
    let run = "\"$0\" run quick.yaml >/dev/null 2>&1";
    let has_runs = format!("{mount} && {run} && {fill}");
    let is_empty = format!("{mount} && {fill}");
    for arguments in [&["run", "w.yaml"][..], &["runs"], &["serve"], &["resume"]] {
        for disk in [&has_runs, &is_empty] {
            let answer = Answer::of(&mut command_on(&world, disk, arguments)).exits(74);
            answer.says(&["error[storage_full]", "make room", &shown(&world.data())]);
        }
    }
}

#[test]
fn a_disk_that_cannot_be_written_is_refused_in_clear_words() {
    require_namespaces();
    let world = world();
    fs::create_dir(world.data()).unwrap();
    let read_only = "mount -t tmpfs -o size=1m,ro tmpfs \"$BATON_DATA_DIR\"";
    for arguments in [&["run", "w.yaml"][..], &["runs"], &["serve"], &["resume"]] {
        let answer = Answer::of(&mut command_on(&world, read_only, arguments)).exits(74);
        answer.says(&["error[files]", "data directory", &shown(&world.data())]);
    }
    let answer = Answer::of(&mut command_on(&world, read_only, &["doctor"])).exits(1);
    answer.stdout_says("Read-only file system");
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}
