//! `kill -9` at any moment: nothing that was done is done again, and the run
//! ends like one that nobody disturbed.

use std::collections::BTreeMap;
use std::fs;

use serde_json::Value;

use crate::support::{Dice, World, has_long, workflow};

/// Lines an undisturbed run prints after its first.
const N_LINES: u64 = 18;
/// Rounds of each lane; all lanes together are killed at least ten times.
fn n_rounds() -> u64 {
    if has_long() { 40 } else { 4 }
}

/// A sequence, a diamond and a stage beside them.
const STAGES: [(&str, &[&str], &str); 6] = [
    ("first", &[], ""),
    ("left", &["first"], ""),
    ("right", &["first"], ""),
    ("join", &["left", "right"], ""),
    ("last", &["join"], ""),
    ("beside", &[], ""),
];

/// Notes its start and its end in one ledger, and works a moment in between.
const SCRIPT: &str = r#"
ledger=$TEST_ROOT/$BATON_RUN_ID
name="$BATON_STAGE_ID $BATON_ATTEMPT ${BATON_ATTEMPT_DIR##*-}"
echo "start $name" >>"$ledger"
echo working >&2
sleep 0.05
echo "end $name" >>"$ledger"
printf '{"text": "%s(%s)"}' "$BATON_STAGE_ID" "$BATON_INPUT_FROM"
"#;

const LAST: &str = "last(join(left(first())right(first())))";

fn world() -> World {
    let world = World::new();
    world.file("w.yaml", workflow(&STAGES));
    world.agents(&STAGES.map(|(id, _, _)| (id, SCRIPT)));
    world
}

/// Lines of the ledger, counted.
fn ledger(world: &World, run: &str) -> BTreeMap<String, u32> {
    let text = fs::read_to_string(world.root().join(run)).unwrap_or_default();
    let mut counts = BTreeMap::new();
    for line in text.lines() {
        *counts.entry(line.to_owned()).or_default() += 1;
    }
    counts
}

/// How often each stage was started, by stage.
fn starts(ledger: &BTreeMap<String, u32>, stage: &str) -> u32 {
    let prefix = format!("start {stage} ");
    let of_stage = ledger.iter().filter(|(line, _)| line.starts_with(&prefix));
    of_stage.map(|(_, count)| count).sum()
}

fn completed_stages(execution: &Value) -> Vec<String> {
    let steps = execution["steps"].as_array().unwrap().iter();
    let completed = steps.filter(|step| step["status"] == "completed");
    completed
        .map(|step| step["stage_id"].as_str().unwrap().to_owned())
        .collect()
}

/// What is killed together with `baton`.
#[derive(Clone, Copy, PartialEq)]
enum Blast {
    BatonAlone,
    EverySupervisorAndAgent,
}

/// One run, killed twice at random lines, then left to end.
fn round(dice: &mut Dice, blast: Blast) {
    let world = world();
    let mut live = world.start(&["run", "w.yaml"]);
    let run = live.run();
    let mut finished = Vec::new();
    for _ in 0..2 {
        let n_lines = dice.below(N_LINES);
        println!("killed after {n_lines} lines");
        for _ in 0..n_lines {
            live.line();
        }
        live.kill();
        if blast == Blast::EverySupervisorAndAgent {
            world.kill_attempts();
        }
        // What agents of the dead process still start is another matter.
        for stage in completed_stages(&world.show(&run)) {
            finished.push((starts(&ledger(&world, &run), &stage), stage));
        }
        live = world.start(&["resume", &run]);
        live.run();
    }
    live.end().exits(0);
    assert_undisturbed(&world, &run);
    let ledger = ledger(&world, &run);
    for (n_starts, stage) in finished {
        assert_eq!(starts(&ledger, &stage), n_starts, "{stage} ran again");
    }
    assert!(ledger.values().all(|count| *count == 1), "{ledger:?}");
    if blast == Blast::BatonAlone {
        for (stage, _, _) in STAGES {
            assert_eq!(starts(&ledger, stage), 1, "{stage} in {ledger:?}");
        }
    }
    world.assert_nothing_lives();
}

#[track_caller]
fn assert_undisturbed(world: &World, run: &str) {
    let execution = world.show(run);
    assert_eq!(execution["status"], "completed");
    for step in execution["steps"].as_array().unwrap() {
        assert_eq!(step["status"], "completed", "{step:#}");
        assert_eq!(step["attempt"], 1, "{step:#}");
    }
    assert_eq!(execution["steps"][4]["outputs"]["text"], LAST);
}

/// Several runs at once: most of the time they wait.
fn lanes(blast: Blast) {
    let mut dice = Dice::new();
    std::thread::scope(|scope| {
        for _ in 0..2 {
            let mut dice = dice.fork();
            scope.spawn(move || (0..n_rounds()).for_each(|_| round(&mut dice, blast)));
        }
    });
}

#[test]
fn agents_outlive_a_killed_baton_and_are_settled_once() {
    lanes(Blast::BatonAlone);
}

#[test]
fn attempts_that_died_with_baton_run_again() {
    lanes(Blast::EverySupervisorAndAgent);
}

#[test]
fn a_stage_that_dies_with_the_machine_every_time_is_given_up() {
    let world = World::new();
    let once = "error_policy: { retry: { max_attempts: 1 } }";
    world.file("w.yaml", workflow(&[("a", &[], once)]));
    world.pipe("never");
    let script = "echo start >>\"$TEST_ROOT/ledger\"; echo up >&2; read -r x <\"$TEST_ROOT/never\"";
    world.agents(&[("a", script)]);
    let mut run = String::new();
    for n_starts in 1..=4 {
        let mut live = match n_starts {
            1 => world.start(&["run", "w.yaml"]),
            _ => world.start(&["resume", &run]),
        };
        run = live.run();
        // Each start is shown again by those who come later.
        for _ in 0..n_starts {
            live.until("a | up");
        }
        live.kill();
        world.kill_attempts();
    }
    let answer = world.baton(&["resume", &run, "-o", "json"]).exits(1);
    assert_eq!(answer.json()["steps"][0]["error_label"], "crash");
    let ledger = fs::read_to_string(world.root().join("ledger")).unwrap();
    assert_eq!(ledger.lines().count(), 4, "once, and three times again");
}
