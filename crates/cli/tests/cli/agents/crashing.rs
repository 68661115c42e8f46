//! Servers that die while agents work: what was paid for is not paid again.

use serde_json::Value;

use super::world::{StandIns, workflow};
use crate::support::eventually;

fn completed(run: &Value) -> usize {
    let steps = run["steps"].as_array().unwrap().iter();
    steps.filter(|step| step["status"] == "completed").count()
}

/// One stage has ended, one is in the middle; the server is gone, and its
/// agent with it or not.
fn in_the_middle(dies: impl Fn(&StandIns)) -> (StandIns, Value) {
    let stand_ins = StandIns::new();
    stand_ins.agents(&[
        ("agent:works", "claude", "ok", ""),
        ("agent:meets", "claude", "pipe", ""),
    ]);
    let world = &stand_ins.world;
    let stages: [(&str, &[&str], &str); 3] = [
        ("first", &[], "agent:works"),
        ("second", &["first"], "agent:meets"),
        ("third", &["second"], "agent:works"),
    ];
    world.file("w.yaml", workflow(&stages));
    world.pipe("pipe");
    let mut live = world.start(&["run", "w.yaml"]);
    let run = live.run();
    live.until("second | up");
    live.kill();
    dies(&stand_ins);
    let mut resumed = world.start(&["resume", &run]);
    if stand_ins.n_starts_of("Work on second.") == 1 && world.agents_alive().is_empty() {
        eventually("it is started again", || {
            stand_ins.n_starts_of("Work on second.") > 1
        });
    }
    world.tell("pipe");
    while resumed.line().is_some() {}
    resumed.end().exits(0);
    let shown = world.show(&run);
    (stand_ins, shown)
}

#[test]
fn an_agent_that_lives_on_is_adopted_and_nothing_is_bought_twice() {
    let (stand_ins, run) = in_the_middle(|_| {});
    assert_eq!(completed(&run), 3, "{run:#}");
    for stage in ["first", "second", "third"] {
        let words = format!("Work on {stage}.");
        assert_eq!(stand_ins.n_starts_of(&words), 1, "{stage}");
    }
    assert_eq!(run["usage"]["cost_usd"], 0.0375);
    stand_ins.world.assert_nothing_lives();
}

#[test]
fn an_agent_that_died_with_its_server_goes_on_in_its_session() {
    let (stand_ins, run) = in_the_middle(|stand_ins| stand_ins.world.kill_attempts());
    assert_eq!(completed(&run), 3, "{run:#}");
    assert_eq!(stand_ins.n_starts_of("Work on first."), 1);
    assert_eq!(stand_ins.n_starts_of("Work on third."), 1);
    let starts = stand_ins.starts();
    let second: Vec<_> = starts
        .iter()
        .filter(|start| start.prompt.contains("Work on second."))
        .collect();
    let [begun, resumed] = second.as_slice() else {
        panic!("{second:#?}");
    };
    assert_eq!(begun.session, resumed.session);
    assert!(resumed.is_resume);
    assert!(resumed.prompt.starts_with("You were interrupted"));
    stand_ins.world.assert_nothing_lives();
}
