//! A damaged data directory in front of the real binary: it answers as before
//! the damage, or it refuses and says what helps.

use std::fs;
use std::path::PathBuf;

use crate::support::{Answer, Dice, World, has_long, workflow};

const PAGE: usize = 8192;
/// Columns that only stand together in the row of a run: the key, the name and
/// the version of its workflow.
const ROW_OF_A_RUN: &str = "testTest1.0.0";

fn n_rounds() -> usize {
    if has_long() { 2_000 } else { 12 }
}

/// A world with finished runs and one that waits for somebody.
fn world() -> World {
    let world = World::new();
    world.file("w.yaml", workflow(&[("a", &[], ""), ("b", &["a"], "")]));
    let gate = "type: gate\n    gate: { message: Go on? }";
    let stages: [(&str, &[&str], &str); 2] = [("a", &[], ""), ("gate", &["a"], gate)];
    world.file("gate.yaml", workflow(&stages));
    world.agents(&[("a", "echo log >&2; echo a"), ("b", "echo b")]);
    for _ in 0..3 {
        world.baton(&["run", "w.yaml"]).exits(0);
    }
    world
}

/// Leaves a run at its gate and the log beside the database.
fn crash(world: &World) {
    let mut live = world.start(&["run", "gate.yaml"]);
    live.run();
    live.until("gate");
    live.kill();
}

fn file(world: &World, name: &str) -> PathBuf {
    world.data().join(name)
}

/// Commands that only look, with what they said before the damage.
struct Baseline(Vec<(Vec<String>, String)>);

impl Baseline {
    fn of(world: &World) -> Self {
        let list = world.baton(&["runs", "-o", "json"]).exits(0);
        let mut commands = vec![vec!["runs".to_owned(), "-o".to_owned(), "json".to_owned()]];
        for run in list.json()["items"].as_array().unwrap() {
            let id = run["id"].as_str().unwrap();
            let show = ["show", id, "-o", "json"];
            commands.push(show.iter().map(ToString::to_string).collect());
        }
        let answers = commands.into_iter().map(|command| {
            let arguments: Vec<&str> = command.iter().map(String::as_str).collect();
            let answer = world.baton(&arguments).exits(0);
            (command, answer.stdout)
        });
        Self(answers.collect())
    }

    /// Every command answers as before or refuses.
    #[track_caller]
    fn assert_holds(&self, world: &World, damage: &str) {
        for (command, before) in &self.0 {
            let arguments: Vec<&str> = command.iter().map(String::as_str).collect();
            let now = world.baton(&arguments);
            if now.code == Some(0) {
                assert_eq!(&now.exits(0).stdout, before, "{arguments:?} after {damage}");
            } else {
                assert_refused(now);
            }
        }
    }
}

#[track_caller]
fn assert_refused(answer: Answer) {
    answer
        .exits(74)
        .says(&["damaged", "baton.db", "baton doctor"]);
}

#[test]
fn flipped_bits_never_make_a_wrong_answer() {
    let world = world();
    let baseline = Baseline::of(&world);
    let path = file(&world, "baton.db");
    let whole = fs::read(&path).unwrap();
    let mut dice = Dice::new();
    for _ in 0..n_rounds() {
        let mut content = whole.clone();
        let place = usize::try_from(dice.below(whole.len() as u64)).unwrap();
        content[place] ^= 1 << dice.below(8);
        fs::write(&path, content).unwrap();
        baseline.assert_holds(&world, &format!("a flip in byte {place}"));
    }
}

#[test]
fn a_page_of_zeros_never_makes_a_wrong_answer() {
    let world = world();
    let baseline = Baseline::of(&world);
    let path = file(&world, "baton.db");
    let whole = fs::read(&path).unwrap();
    for page in 0..whole.len() / PAGE {
        let mut content = whole.clone();
        content[page * PAGE..][..PAGE].fill(0);
        fs::write(&path, content).unwrap();
        baseline.assert_holds(&world, &format!("page {page} was zeroed"));
    }
}

#[test]
fn a_file_that_is_no_database_any_more_is_refused_by_every_command() {
    let world = world();
    let path = file(&world, "baton.db");
    let whole = fs::read(&path).unwrap();
    let contents: [&[u8]; 4] = [b"", b"x", &whole[..PAGE], &whole[..whole.len() - 1]];
    for content in contents {
        fs::write(&path, content).unwrap();
        for arguments in [&["runs"][..], &["run", "w.yaml"], &["resume"], &["serve"]] {
            assert_refused(world.baton(arguments));
        }
        world
            .baton(&["doctor"])
            .exits(1)
            .stdout_says("baton restore");
        assert!(fs::read(&path).unwrap() == content, "the file was changed");
    }
}

#[test]
fn a_log_that_was_cut_holds_what_came_first_and_the_run_goes_on() {
    let world = world();
    crash(&world);
    let (database, log) = (file(&world, "baton.db"), file(&world, "baton.db-wal"));
    let (whole, whole_log) = (fs::read(&database).unwrap(), fs::read(&log).unwrap());
    let mut dice = Dice::new();
    for _ in 0..n_rounds() {
        let length = usize::try_from(dice.below(whole_log.len() as u64)).unwrap();
        fs::write(&database, &whole).unwrap();
        fs::write(&log, &whole_log[..length]).unwrap();
        let list = world.baton(&["runs", "-o", "json"]).exits(0).json();
        let n_runs = list["total_count"].as_u64().unwrap();
        assert!((3..=4).contains(&n_runs), "{n_runs} runs, cut to {length}");
        world.baton(&["resume", "--yes-gates"]).exits(0);
        world.baton(&["doctor"]).exits(0);
    }
}

#[test]
fn the_log_of_another_directory_is_refused() {
    let (world, other) = (world(), world());
    crash(&world);
    crash(&other);
    let log = file(&world, "baton.db-wal");
    fs::copy(file(&other, "baton.db-wal"), &log).unwrap();
    let before = fs::read(&log).unwrap();
    for arguments in [&["runs"][..], &["resume"]] {
        assert_refused(world.baton(arguments));
    }
    assert!(fs::read(&log).unwrap() == before, "the log was changed");
}

/// A world with two runs more, each of which waits at its gate, closed in
/// order, so that nothing is looked at as a whole.
fn world_with_two_at_a_gate() -> World {
    let world = world();
    for _ in 0..2 {
        crash(&world);
        world.baton(&["runs"]).exits(0);
    }
    world
}

/// Changes a letter where the database says this for the first time.
fn change(world: &World, word: &str) {
    change_at(world, |content| places(content, word.as_bytes()).next());
}

/// Changes a letter at a place of the database.
fn change_at(world: &World, place: impl Fn(&[u8]) -> Option<usize>) {
    let path = file(world, "baton.db");
    let mut content = fs::read(&path).unwrap();
    let place = place(&content).unwrap();
    content[place] ^= 1;
    fs::write(&path, content).unwrap();
}

/// Where something stands.
fn places<'c>(content: &'c [u8], what: &'c [u8]) -> impl Iterator<Item = usize> {
    let windows = content.windows(what.len()).enumerate();
    windows.filter_map(move |(place, window)| (window == what).then_some(place))
}

/// Changes a letter of the kind of an event, which stands in the row of its
/// commit: nowhere is it nearer after the id of its run.
fn change_event(world: &World, run: &str, kind: &str) {
    let id: Vec<u8> = run.replace('-', "").as_bytes().chunks(2).map(hex).collect();
    let kind = format!("\"{kind}\"");
    change_at(world, |content| {
        let ids: Vec<_> = places(content, &id).collect();
        let distance = |place: &usize| {
            let before = ids.iter().rev().find(|id| *id < place);
            before.map_or(usize::MAX, |id| place - id)
        };
        let nearest = places(content, kind.as_bytes()).min_by_key(distance);
        nearest.map(|quote| quote + 1)
    });
}

fn hex(digits: &[u8]) -> u8 {
    u8::from_str_radix(std::str::from_utf8(digits).unwrap(), 16).unwrap()
}

/// How many runs of a list have completed, and which of them is named as
/// damaged.
fn list(answer: &Answer) -> (usize, Option<String>) {
    let list = answer.json();
    let items = list["items"].as_array().unwrap().iter();
    let n_completed = items.filter(|run| run["status"] == "completed").count();
    let damaged = list["damaged"][0]["id"].as_str().map(str::to_owned);
    (n_completed, damaged)
}

#[test]
fn a_run_that_cannot_be_read_ends_resume_and_no_other_run() {
    for kind in ["gate_opened", "run_created"] {
        let world = world_with_two_at_a_gate();
        let waiting = ["runs", "--status", "waiting_for_approval", "-o", "json"];
        let waiting = world.baton(&waiting).exits(0).json();
        change_event(&world, waiting["items"][0]["id"].as_str().unwrap(), kind);
        assert_refused(world.baton(&["resume", "--yes-gates"]));
        let left = fs::read_dir(world.data()).unwrap();
        let left: Vec<_> = left.map(|entry| entry.unwrap().file_name()).collect();
        let is_open = |name: &&std::ffi::OsString| *name == "baton.sock" || *name == "baton.db-wal";
        assert_eq!(left.iter().find(is_open), None, "{kind}: {left:?}");
        let (n_completed, _) = list(&world.baton(&["runs", "-o", "json"]).exits(0));
        assert_eq!(n_completed, 4, "{kind}");
    }
}

#[test]
fn a_damaged_row_of_a_run_hides_no_other_run() {
    let world = world_with_two_at_a_gate();
    change(&world, ROW_OF_A_RUN);
    let answer = world.baton(&["runs", "-o", "json"]).exits(74);
    let (_, damaged) = list(&answer);
    let damaged = damaged.unwrap();
    assert_eq!(answer.json()["items"].as_array().unwrap().len(), 4);
    let table = world.baton(&["runs"]).exits(74);
    assert!(
        table.stdout.contains("4 of 5 executions"),
        "{}",
        table.stdout
    );
    for answer in [answer, table] {
        answer.says(&[
            "error[storage_damaged]",
            &damaged,
            "baton.db",
            "baton doctor",
        ]);
    }
    let resumed = world.baton(&["resume", "--yes-gates"]);
    let after = world.baton(&["runs", "--status", "completed", "-o", "json"]);
    let (n_completed, is_listed) = list(&after);
    if is_listed.is_some() {
        // One that had completed already.
        resumed.exits(0);
    } else {
        resumed
            .exits(74)
            .says(&["error[storage_damaged]", &damaged]);
    }
    assert_eq!(n_completed, 4);
    assert_refused(world.baton(&["show", &damaged]));
}
