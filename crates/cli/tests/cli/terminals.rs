//! Two terminals on one data directory: one works, the other one is its
//! client, and takes its place when it goes.

use nix::sys::signal::Signal;

use crate::support::{Live, World, workflow};

const GATE: &str = "type: gate\n    gate: { message: Go on? }";

/// A world with a gate in front of one stage, and a workflow that blocks.
fn world() -> World {
    let world = World::new();
    let stages: [(&str, &[&str], &str); 2] = [("check", &[], GATE), ("a", &[], "")];
    let gated = workflow(&stages).replace(
        "depends_on: []\n    roles",
        "depends_on: [check]\n    roles",
    );
    world.file("gated.yaml", gated);
    world.file("blocked.yaml", workflow(&[("b", &[], "")]));
    world.file("quick.yaml", workflow(&[("a", &[], "")]));
    world.pipe("go");
    let blocked = "echo up >&2; read -r line <\"$TEST_ROOT/go\"; echo \"$line\"";
    world.agents(&[("a", "echo done"), ("b", blocked)]);
    world
}

fn waiting(world: &World) -> (Live, String) {
    let mut live = world.start(&["run", "gated.yaml"]);
    let run = live.run();
    live.until("baton approve");
    (live, run)
}

#[test]
fn a_gate_is_approved_from_a_second_terminal() {
    let world = world();
    let (live, run) = waiting(&world);
    let shown = world.baton(&["show", &run]).exits(0).stdout;
    assert!(shown.contains("waiting_for_approval"), "{shown}");
    let answer = world
        .baton(&["approve", &run, "--reason", "looks good"])
        .exits(0);
    assert_eq!(answer.stdout, "Gate approved: check\n");
    assert_eq!(answer.stderr, "");
    live.end()
        .exits(0)
        .says(&["check: approved", "a: completed"]);
    let execution = world.show(&run);
    let gate = &execution["steps"][0]["gate"];
    assert!(gate.to_string().contains("looks good"), "{gate:#}");
}

#[test]
fn a_rejected_gate_fails_the_run_and_says_why() {
    let world = world();
    let (live, run) = waiting(&world);
    world
        .baton(&["reject", &run, "check", "--reason", "not on a Friday"])
        .exits(0);
    let answer = live.end().exits(1);
    assert!(answer.stdout.contains("check"), "{}", answer.stdout);
    assert!(
        answer.stdout.contains("not on a Friday"),
        "{}",
        answer.stdout
    );
}

#[test]
fn a_decision_needs_nobody_who_works_on_the_run() {
    let world = world();
    let (live, run) = waiting(&world);
    live.signal(Signal::SIGTERM);
    live.end().exits(75).says(&["baton resume", &run]);
    world
        .baton(&["approve", &run])
        .exits(0)
        .says(&["baton resume", &run]);
    assert_eq!(world.show(&run)["steps"][1]["status"], "pending");
    world
        .baton(&["resume", &run])
        .exits(0)
        .says(&["a: completed"]);
}

#[test]
fn deciding_twice_changes_nothing() {
    let world = world();
    world.file("gated.yaml", {
        let stages: [(&str, &[&str], &str); 2] = [("check", &[], GATE), ("b", &[], "")];
        workflow(&stages).replace(
            "depends_on: []\n    roles",
            "depends_on: [check]\n    roles",
        )
    });
    let (mut live, run) = waiting(&world);
    world.baton(&["approve", &run, "check"]).exits(0);
    live.until("b | up");
    let before = world.show(&run);
    world.baton(&["approve", &run, "check"]).exits(0);
    world
        .baton(&["reject", &run, "check"])
        .exits(5)
        .says(&["error[illegal_state]", "check"]);
    world
        .baton(&["approve", &run])
        .exits(5)
        .says(&["no gate", "running"]);
    assert_eq!(world.show(&run), before);
    world.tell("go");
    live.end().exits(0);
}

#[test]
fn what_is_not_there_cannot_be_decided() {
    let world = world();
    let (live, run) = waiting(&world);
    let nobody = "01a1fc1a-2744-759b-9029-10459db5b2e5";
    world
        .baton(&["approve", nobody])
        .exits(4)
        .says(&["error[not_found]", nobody]);
    world.baton(&["approve", "ffff"]).exits(4).says(&["ffff"]);
    world
        .baton(&["approve", "abc"])
        .exits(4)
        .says(&["at least 4"]);
    world
        .baton(&["approve", &run, "nowhere"])
        .exits(4)
        .says(&["nowhere"]);
    world.baton(&["approve", &run, "a"]).exits(5).says(&["`a`"]);
    world
        .baton(&["logs", &run, "nowhere"])
        .exits(4)
        .says(&["nowhere"]);
    world.baton(&["approve", &run[28..]]).exits(0);
    live.end().exits(0);
}

#[test]
fn a_part_of_an_id_that_fits_two_runs_is_refused() {
    let world = world();
    let ids: Vec<String> = (0..2)
        .map(|_| world.start(&["run", "quick.yaml"]))
        .map(|mut live| {
            let run = live.run();
            live.end().exits(0);
            run
        })
        .collect();
    // Ids begin with the time, so those of one minute begin alike.
    let answer = world.baton(&["show", &ids[0][..6]]).exits(5);
    answer.says(&["fits several runs", &ids[0], &ids[1]]);
}

#[test]
fn the_second_run_is_a_client_and_takes_over_when_the_first_ends() {
    let world = world();
    let (first, first_run) = waiting(&world);
    let mut second = world.start(&["run", "blocked.yaml"]);
    let second_run = second.run();
    second.until("b | up");
    assert_eq!(world.n_runs(), 2);
    world.baton(&["approve", &first_run]).exits(0);
    first.end().exits(0);
    world.tell("go");
    second.end().exits(0).says(&["b: completed"]);
    assert_eq!(world.show(&second_run)["steps"][0]["outputs"]["text"], "go");
    assert_eq!(world.show(&second_run)["steps"][0]["attempt"], 1);
    world.assert_nothing_lives();
}

#[test]
fn the_second_run_takes_over_when_the_first_is_killed() {
    let world = world();
    let (first, first_run) = waiting(&world);
    let mut second = world.start(&["run", "blocked.yaml"]);
    second.run();
    second.until("b | up");
    first.kill();
    world.tell("go");
    second.end().exits(0).says(&["b: completed"]);
    world.baton(&["approve", &first_run]).exits(0);
    world.baton(&["resume"]).exits(0);
    assert_eq!(world.show(&first_run)["status"], "completed");
}

#[test]
fn many_runs_at_once_all_end() {
    let world = world();
    let runs: Vec<Live> = (0..8)
        .map(|_| world.start(&["run", "quick.yaml"]))
        .collect();
    for run in runs {
        run.end().exits(0);
    }
    assert_eq!(world.n_runs(), 8);
}

/// Process id of whoever holds the directory, as it signed the lock.
fn holder(world: &World) -> Option<String> {
    let signed = std::fs::read_to_string(world.data().join("baton.lock")).ok()?;
    Some(signed.trim().to_owned()).filter(|pid| !pid.is_empty())
}

#[test]
fn one_holder_after_another_dies_and_every_run_ends() {
    let world = world();
    let script = "echo \"$BATON_RUN_ID\" >>\"$TEST_ROOT/ledger\"; sleep 0.2; echo done";
    world.agents(&[("a", script)]);
    let mut alive: Vec<Live> = Vec::new();
    let mut n_killed = 0;
    for _ in 0..4 {
        let mut started: Vec<Live> = (0..4)
            .map(|_| world.start(&["run", "quick.yaml"]))
            .collect();
        for live in &mut started {
            live.run();
        }
        alive.append(&mut started);
        let pid = holder(&world);
        let is_holder = |live: &Live| Some(live.pid().to_string()) == pid;
        if let Some(place) = alive.iter().position(is_holder) {
            alive.swap_remove(place).kill();
            n_killed += 1;
        }
    }
    assert!(n_killed > 0);
    for live in alive {
        live.end().exits(0);
    }
    world.baton(&["resume"]).exits(0);
    let completed = world
        .baton(&["runs", "--status", "completed", "-o", "json"])
        .exits(0);
    assert_eq!(completed.json()["total_count"], 16);
    let ledger = std::fs::read_to_string(world.root().join("ledger")).unwrap();
    assert_eq!(ledger.lines().count(), 16, "each stage was started once");
    world.assert_nothing_lives();
}

#[test]
fn a_served_directory_is_not_served_twice() {
    let world = world();
    let mut serve = world.start(&["serve"]);
    serve.until("took up");
    let pid = serve.pid().to_string();
    world
        .baton(&["serve"])
        .exits(5)
        .says(&["served already", &pid]);
    world.baton(&["run", "quick.yaml"]).exits(0);
    let (client, run) = waiting(&world);
    client.signal(Signal::SIGTERM);
    client.end().exits(75);
    world.baton(&["approve", &run]).exits(0);
    world.baton(&["resume", &run]).exits(0);
    serve.signal(Signal::SIGTERM);
    serve.end().exits(0);
}
