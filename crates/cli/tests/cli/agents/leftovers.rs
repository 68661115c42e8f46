//! Whatever real agents do and however their runs end: nothing of them stays.

use std::sync::Mutex;

use nix::sys::signal::Signal;

use super::world::{StandIns, workflow};
use crate::support::{Dice, eventually, has_long};

/// Runs that are worked on at once.
const N_AT_ONCE: usize = 8;

fn n_runs() -> usize {
    if has_long() { 1_000 } else { 40 }
}

/// One kind of run: what its agent does, and how the run ends.
struct Kind {
    mode: &'static str,
    settings: &'static str,
    is_cancelled: bool,
    exit: i32,
}

const fn kind(mode: &'static str, settings: &'static str, is_cancelled: bool, exit: i32) -> Kind {
    Kind {
        mode,
        settings,
        is_cancelled,
        exit,
    }
}

const KINDS: [Kind; 8] = [
    kind("ok", "", false, 0),
    kind("forks", "", false, 0),
    kind("killed", "", false, 1),
    kind("hangs", "start_timeout = \"300ms\"", false, 1),
    kind("closes", "idle_timeout = \"300ms\"", false, 1),
    kind("lingers", "linger = \"100ms\"", false, 0),
    kind("mute", "", true, 1),
    kind("stubborn", "", true, 1),
];

fn world() -> StandIns {
    let stand_ins = StandIns::new();
    let references = KINDS.map(|kind| format!("agent:{}", kind.mode));
    let agents: Vec<_> = references
        .iter()
        .zip(&KINDS)
        .map(|(reference, kind)| (reference.as_str(), "claude", kind.mode, kind.settings))
        .collect();
    stand_ins.agents(&agents);
    for (reference, kind) in references.iter().zip(&KINDS) {
        let text = workflow(&[(kind.mode, &[], reference)]);
        stand_ins.world.file(&format!("{}.yaml", kind.mode), text);
    }
    std::fs::create_dir(stand_ins.world.data()).unwrap();
    let limits = "[limits]\nprocesses = 8\n";
    std::fs::write(stand_ins.world.data().join("config.toml"), limits).unwrap();
    stand_ins
}

fn one(stand_ins: &StandIns, kind: &Kind) {
    let world = &stand_ins.world;
    let mut live = world.start(&["run", &format!("{}.yaml", kind.mode)]);
    let run = live.run();
    if kind.is_cancelled {
        live.until(" | session ");
        world.baton(&["cancel", &run, "--yes"]).exits(0);
    }
    live.end().exits(kind.exit);
}

#[test]
fn nothing_is_left_of_many_runs_of_real_agents() {
    let stand_ins = world();
    let mut serve = stand_ins.world.start(&["serve"]);
    serve.until("took up");
    let mut dice = Dice::new();
    let kinds: Vec<&Kind> = (0..n_runs())
        .map(|_| &KINDS[usize::try_from(dice.below(KINDS.len() as u64)).unwrap()])
        .collect();
    let n_runs = kinds.len();
    let waiting = Mutex::new(kinds);
    std::thread::scope(|scope| {
        for _ in 0..N_AT_ONCE {
            scope.spawn(|| {
                loop {
                    let Some(kind) = waiting.lock().unwrap().pop() else {
                        return;
                    };
                    one(&stand_ins, kind);
                }
            });
        }
    });
    assert_eq!(stand_ins.starts().len(), n_runs);
    stand_ins.world.assert_nothing_lives();
    eventually("no files of attempts are left", || {
        let attempts = std::fs::read_dir(stand_ins.world.data().join("attempts"));
        attempts.map_or(0, Iterator::count) == 0
    });
    serve.signal(Signal::SIGTERM);
    serve.end().exits(0);
}
