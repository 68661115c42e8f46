//! Backups of a live data directory, and the way back.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use nix::sys::signal::Signal;

use crate::support::{Dice, World, eventually, workflow};

const N_RUNS: usize = 50;

/// A world whose agents wait for a pipe when they are told to.
fn world() -> World {
    let world = World::new();
    let stages: [(&str, &[&str], &str); 3] = [("a", &[], ""), ("b", &["a"], ""), ("c", &["b"], "")];
    world.file("w.yaml", workflow(&stages));
    let script = "echo \"$BATON_RUN_ID $BATON_STAGE_ID\" >>\"$TEST_ROOT/ledger\"; echo done";
    world.agents(&[("a", script), ("b", script), ("c", script)]);
    world
}

fn backup_file(world: &World) -> PathBuf {
    world.root().join("backup.db")
}

/// Moves a world's data directory away, as if its disk were gone.
fn lose_data(world: &World) -> PathBuf {
    let lost = world.root().join("lost");
    fs::rename(world.data(), &lost).unwrap();
    lost
}

fn backup(world: &World) {
    let file = backup_file(world);
    world
        .baton(&["backup", file.to_str().unwrap(), "--force"])
        .exits(0);
}

fn restore(world: &World) {
    let file = backup_file(world);
    world.baton(&["restore", file.to_str().unwrap()]).exits(0);
}

#[test]
fn fifty_runs_at_work_are_backed_up_and_end_elsewhere() {
    let world = world();
    let mut dice = Dice::new();
    let mut serve = world.start(&["serve"]);
    serve.until("took up");
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..=N_RUNS / 4 {
                    world.start(&["run", "w.yaml"]).run();
                }
            });
        }
        let n_before = dice.below(N_RUNS as u64);
        eventually("some runs are there", || world.n_runs() >= n_before);
        backup(&world);
    });
    let answer = world.baton(&["runs", "-o", "json"]).exits(0).json();
    assert!(answer["total_count"].as_u64().unwrap() >= N_RUNS as u64);
    serve.signal(Signal::SIGTERM);
    serve.end().exits(0);
    world.kill_attempts();

    lose_data(&world);
    restore(&world);
    world.baton(&["doctor"]).exits(0);
    world.baton(&["resume", "-o", "json"]).exits(0);
    let runs = world.baton(&["runs", "--limit", "200", "-o", "json"]);
    let runs = runs.exits(0).json();
    for run in runs["items"].as_array().unwrap() {
        assert_eq!(run["status"], "completed", "{run:#}");
    }
    world.assert_nothing_lives();
}

#[test]
fn a_backup_is_private_and_overwrites_nothing_unless_told_to() {
    let world = world();
    let file = backup_file(&world);
    let arguments = ["backup", file.to_str().unwrap()];
    world.baton(&arguments).exits(4).says(&["no runs"]);
    world.baton(&["run", "w.yaml"]).exits(0);
    let document = world.baton(&[&arguments[..], &["-o", "json"]].concat());
    let document = document.exits(0).json();
    let written = fs::metadata(&file).unwrap();
    assert_eq!(document["bytes"], written.len());
    assert_eq!(written.permissions().mode() & 0o777, 0o600);

    let before = fs::read(&file).unwrap();
    world.baton(&["run", "w.yaml"]).exits(0);
    world.baton(&arguments).exits(5).says(&["--force"]);
    assert!(fs::read(&file).unwrap() == before, "it was overwritten");
    backup(&world);
    assert!(fs::read(&file).unwrap() != before, "it was not overwritten");
    let names = fs::read_dir(world.root()).unwrap();
    let drafts = names.filter(|entry| {
        let name = entry.as_ref().unwrap().file_name();
        name.to_string_lossy().contains("draft")
    });
    assert_eq!(drafts.count(), 0);
}

#[test]
fn a_backup_is_not_restored_over_runs_unless_told_to() {
    let world = world();
    world.baton(&["run", "w.yaml"]).exits(0);
    backup(&world);
    world.baton(&["run", "w.yaml"]).exits(0);
    let file = backup_file(&world);
    let arguments = ["restore", file.to_str().unwrap()];
    world.baton(&arguments).exits(5).says(&["--force"]);
    assert_eq!(world.n_runs(), 2);
    let answer = world.baton(&[&arguments[..], &["--force", "-o", "json"]].concat());
    let answer = answer.exits(0).json();
    assert_eq!(world.n_runs(), 1);

    // What was there is kept as a database that can be restored in its turn.
    let kept = answer["kept_as"].as_str().unwrap();
    assert!(kept.contains("baton.db.before-restore-"), "{kept}");
    let arguments = ["restore", kept, "--force"];
    world.baton(&arguments).exits(0);
    assert_eq!(world.n_runs(), 2);
}

#[test]
fn a_directory_that_somebody_works_on_is_not_restored() {
    let world = world();
    world.baton(&["run", "w.yaml"]).exits(0);
    backup(&world);
    let mut serve = world.start(&["serve"]);
    serve.until("took up");
    let file = backup_file(&world);
    let pid = serve.pid().to_string();
    world
        .baton(&["restore", file.to_str().unwrap(), "--force"])
        .exits(5)
        .says(&["works on the runs", &pid]);
    world
        .baton(&["doctor", "--repair", "--yes"])
        .exits(5)
        .says(&[&pid]);
    serve.signal(Signal::SIGTERM);
    serve.end().exits(0);
}

#[test]
fn a_backup_that_is_damaged_newer_or_none_is_not_restored() {
    let world = world();
    world.baton(&["run", "w.yaml"]).exits(0);
    backup(&world);
    let file = backup_file(&world);
    let whole = fs::read(&file).unwrap();
    let mut zeroed = whole.clone();
    let last_page = zeroed.len() - 8192;
    zeroed[last_page..].fill(0);
    let mut newer = whole.clone();
    newer[60..64].copy_from_slice(&9_999_u32.to_be_bytes());
    let rows: [(&[u8], &str); 5] = [
        (&whole[..whole.len() - 100], "damaged"),
        (&zeroed, "damaged"),
        (b"garbage", "damaged"),
        (b"", "damaged"),
        (&newer, "9999"),
    ];
    for (content, word) in rows {
        fs::write(&file, content).unwrap();
        world
            .baton(&["restore", file.to_str().unwrap(), "--force"])
            .exits(74)
            .says(&["error[files]", file.to_str().unwrap(), word]);
        assert!(fs::read(&file).unwrap() == content, "it was changed");
        assert_eq!(world.n_runs(), 1);
    }
    world.baton(&["restore", "nowhere.db"]).exits(4);
}

/// A run whose program is at work and that nobody works on, and a backup of it.
fn parked(world: &World) -> String {
    world.pipe("go");
    let waits = "echo \"$BATON_RUN_ID $BATON_STAGE_ID\" >>\"$TEST_ROOT/ledger\"; \
        echo up >&2; read -r line <\"$TEST_ROOT/go\"; echo done";
    world.agents(&[("a", waits), ("b", "echo done"), ("c", "echo done")]);
    let mut live = world.start(&["run", "w.yaml"]);
    let run = live.run();
    live.until("a | up");
    live.signal(Signal::SIGTERM);
    live.end().exits(75);
    backup(world);
    run
}

fn n_started(world: &World) -> usize {
    let ledger = fs::read_to_string(world.root().join("ledger"));
    ledger.unwrap().lines().count()
}

#[test]
fn a_restore_that_cannot_take_its_place_ends_nothing() {
    let world = world();
    let run = parked(&world);
    // Nothing can get the name under which the copy would come.
    let in_the_way = world.data().join("baton.db-incoming");
    fs::create_dir(&in_the_way).unwrap();
    let file = backup_file(&world);
    world
        .baton(&["restore", file.to_str().unwrap(), "--force"])
        .exits(74)
        .says(&["error[files]", "cannot restore"]);
    fs::remove_dir(&in_the_way).unwrap();
    assert!(!world.agents_alive().is_empty(), "it was ended");
    world.tell("go");
    world.baton(&["resume", &run]).exits(0);
    assert_eq!(n_started(&world), 1);
    world.assert_nothing_lives();
}

/// The note is what a restore leaves first, and removes last.
#[test]
fn what_a_restore_that_was_cut_off_left_at_work_is_ended_by_the_next_command() {
    let world = world();
    let run = parked(&world);
    let note = world.data().join("attempts.disowned");
    fs::write(&note, "").unwrap();
    let live = world.start(&["resume", &run]);
    eventually("it is started again", || n_started(&world) == 2);
    assert!(!note.exists());
    world.tell("go");
    live.end().exits(0);
    world.assert_nothing_lives();
}

#[test]
fn a_backup_takes_no_place_that_belongs_to_the_database() {
    let world = world();
    world.baton(&["run", "w.yaml"]).exits(0);
    // A log lies beside the database.
    let mut serve = world.start(&["serve"]);
    serve.until("took up");
    world.start(&["run", "w.yaml"]).end().exits(0);
    let data = world.data();
    let elsewhere = world.root().join("elsewhere");
    std::os::unix::fs::symlink(&data, &elsewhere).unwrap();
    let linked = world.root().join("linked.db");
    fs::hard_link(data.join("baton.db"), &linked).unwrap();
    let names = [
        "baton.db",
        "baton.db-wal",
        "baton.db-shm",
        "baton.db-incoming",
        "baton.db.old",
    ];
    let mut targets: Vec<PathBuf> = names.iter().map(|name| data.join(name)).collect();
    targets.extend([
        elsewhere.join("baton.db"),
        linked,
        PathBuf::from("../data/baton.db"),
    ]);
    for target in &targets {
        for force in [&[][..], &["--force"]] {
            let arguments = ["backup", target.to_str().unwrap()];
            let answer = world.baton(&[&arguments[..], force].concat()).exits(2);
            answer.says(&["error[usage]", "belongs to the database"]);
        }
    }
    assert!(!data.join("baton.db-incoming").exists());
    world.start(&["run", "w.yaml"]).end().exits(0);
    assert_eq!(world.n_runs(), 3);
    // Beside it there is room under any other name.
    let beside = data.join("copy.db");
    world.baton(&["backup", beside.to_str().unwrap()]).exits(0);
    serve.signal(Signal::SIGTERM);
    serve.end().exits(0);
    world.baton(&["doctor"]).exits(0);
}

#[test]
fn a_backup_that_cannot_be_written_is_said_to_be_so() {
    let world = world();
    world.baton(&["run", "w.yaml"]).exits(0);
    for target in ["nowhere/copy.db", "/proc/copy.db"] {
        let answer = world.baton(&["backup", target]).exits(74);
        assert!(
            !answer.stderr.contains("data directory"),
            "{}",
            answer.stderr
        );
        answer.says(&["error[files]", "cannot write", target]);
    }
}
