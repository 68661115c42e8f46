//! A start is run, stage, iteration, attempt and dispatch; every start raises
//! the dispatch, which fences late answers.

use baton_engine::Outcome;
use baton_model::{Command, FailureLabel};

use super::retried;
use crate::harness::{Run, bringing, id, plan};

#[test]
fn every_start_raises_the_dispatch_and_only_the_last_one_is_heard() {
    let mut run = Run::new(plan(vec![retried("a", 2)]));
    let starts: [fn(&mut Run); 5] = [
        |run| run.start(),
        |run| {
            run.lose("a");
        },
        |run| {
            run.ask("a", "Which?");
            run.answer("a", "Which?", "that");
            run.start();
        },
        |run| {
            run.fail("a", FailureLabel::EXIT);
            run.wait();
            run.start();
        },
        |run| {
            run.lose("a");
        },
    ];
    for (n_before, start) in (0..).zip(starts) {
        start(&mut run);
        assert_eq!(run.dispatch_of(&id("a")), n_before + 1);
        for dispatch in 0..=n_before {
            let late = Command::SettleAttempt {
                stage: id("a"),
                dispatch,
                report: bringing(serde_json::json!({}), None),
            };
            assert_eq!(run.command(&late), Outcome::AlreadyDone);
        }
    }
}

#[test]
fn any_text_of_255_bytes_is_a_stage() {
    let name = "ü".repeat(127) + "!";
    let mut run = Run::new(plan(vec![crate::harness::stage(&name, &[])]));
    run.start();
    run.complete(&name);
    assert!(run.state.status().is_terminal());
}
