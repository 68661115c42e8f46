//! Whatever agents leave behind, and however their runs end: nothing stays.

use std::sync::Mutex;

use nix::sys::signal::Signal;

use crate::support::{Dice, World, eventually, has_long, processes, state_of, workflow};

/// Every way out of a process group, a session and a parent.
const DAEMONS: &str = "
    setsid sleep 1000 >/dev/null 2>&1 &
    nohup sleep 1000 >/dev/null 2>&1 &
    (sh -c 'sleep 1000 & sleep 1000' >/dev/null 2>&1 &)
    trap '' TERM
    sh -c 'while :; do sleep 1; done' >/dev/null 2>&1 &
";
/// Runs that are worked on at once.
const N_AT_ONCE: usize = 20;

fn n_runs() -> usize {
    if has_long() { 200 } else { 60 }
}

/// One kind of run: its agent, and how it ends.
struct Kind {
    name: &'static str,
    is_cancelled: bool,
    exit: i32,
}

const KINDS: [Kind; 5] = [
    Kind {
        name: "quick",
        is_cancelled: false,
        exit: 0,
    },
    Kind {
        name: "daemons",
        is_cancelled: false,
        exit: 0,
    },
    Kind {
        name: "slow",
        is_cancelled: false,
        exit: 1,
    },
    Kind {
        name: "blocked",
        is_cancelled: true,
        exit: 1,
    },
    Kind {
        name: "stubborn",
        is_cancelled: true,
        exit: 1,
    },
];

fn world() -> World {
    let world = World::new();
    for kind in &KINDS {
        let timeout = if kind.name == "slow" { "1s" } else { "1m" };
        let policy =
            format!("error_policy: {{ timeout: {timeout}, retry: {{ max_attempts: 1 }} }}");
        let text = workflow(&[(kind.name, &[], &policy)]);
        world.file(&format!("{}.yaml", kind.name), text);
    }
    let daemons = format!("{DAEMONS} echo done");
    let stubborn = format!("{DAEMONS} echo up >&2; while :; do sleep 1; done");
    world.agents(&[
        ("quick", "echo done"),
        ("daemons", &daemons),
        ("slow", "sleep 1000 & wait"),
        ("blocked", "echo up >&2; sleep 1000"),
        ("stubborn", &stubborn),
    ]);
    std::fs::create_dir(world.data()).unwrap();
    std::fs::write(
        world.data().join("config.toml"),
        "[limits]\nprocesses = 20\n",
    )
    .unwrap();
    world
}

fn one(world: &World, kind: &Kind) {
    let mut live = world.start(&["run", &format!("{}.yaml", kind.name)]);
    let run = live.run();
    if kind.is_cancelled {
        live.until(" | up");
        world.baton(&["cancel", &run, "--yes"]).exits(0);
    }
    live.end().exits(kind.exit);
}

#[test]
fn nothing_is_left_of_many_runs() {
    let world = world();
    let mut serve = world.start(&["serve"]);
    serve.until("took up");
    let mut dice = Dice::new();
    let kinds: Vec<&Kind> = (0..n_runs())
        .map(|_| &KINDS[usize::try_from(dice.below(KINDS.len() as u64)).unwrap()])
        .collect();
    let waiting = Mutex::new(kinds);
    std::thread::scope(|scope| {
        for _ in 0..N_AT_ONCE {
            scope.spawn(|| {
                loop {
                    let Some(kind) = waiting.lock().unwrap().pop() else {
                        return;
                    };
                    one(&world, kind);
                }
            });
        }
    });
    world.assert_nothing_lives();
    let server = serve.pid().as_raw();
    eventually("no child of the server is a zombie", || {
        n_children(server) == 0
    });
    eventually("no files of attempts are left", || {
        let attempts = std::fs::read_dir(world.data().join("attempts"));
        attempts.map_or(0, Iterator::count) == 0
    });
    serve.signal(Signal::SIGTERM);
    serve.end().exits(0);
}

/// Children of a process, zombies included.
fn n_children(parent: i32) -> usize {
    let mut n_children = 0;
    processes(|pid| {
        n_children += usize::from(state_of(pid).is_some_and(|(_, of)| of == parent));
        false
    });
    n_children
}
