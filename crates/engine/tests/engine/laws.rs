//! The laws of BLUEPRINT §3 as properties over random graphs and histories.
//!
//! `Run::command` checks on each step that replay equals live, that the same
//! input gives the same output and that `apply` takes what `decide` proposes.

use std::time::Duration;

use baton_engine::{Effect, Outcome, pending_effects};
use baton_model::plan::{FailurePolicy, OnCrash, PlannedStage, Release, RetryPolicy};
use baton_model::{AttemptReport, Command, Completion, Failure, FailureLabel, StepStatus};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::harness::{Run, gate, id, plan, stage};

/// A random acyclic graph: stage `i` depends on some of the stages before it.
fn graph(policies: bool) -> impl Strategy<Value = Vec<PlannedStage>> {
    let one = (
        any::<u16>(),
        0..10_u8,
        0..4_u8,
        0..3_u8,
        1..3_u32,
        any::<bool>(),
        0..8_u8,
    );
    vec(one, 1..12).prop_map(move |specs| {
        let mut stages = Vec::new();
        for (place, spec) in specs.into_iter().enumerate() {
            let (edges, kind, policy, crash, attempts_max, timed, condition) = spec;
            let names: Vec<String> = (0..place)
                .filter(|earlier| edges >> (earlier % 16) & 3 == 3)
                .map(|earlier| format!("s{earlier}"))
                .collect();
            let depends_on: Vec<&str> = names.iter().map(String::as_str).collect();
            let name = format!("s{place}");
            let is_gate = policies && kind == 0;
            let mut planned = if is_gate {
                gate(&name, &depends_on)
            } else {
                stage(&name, &depends_on)
            };
            if policies {
                planned.on_failure = [
                    FailurePolicy::Halt,
                    FailurePolicy::Continue,
                    FailurePolicy::SkipDependents,
                    FailurePolicy::Block,
                ][usize::from(policy)];
                planned.on_crash =
                    [OnCrash::Resume, OnCrash::Retry, OnCrash::Fail][usize::from(crash)];
                planned.retry = RetryPolicy {
                    attempts_max,
                    ..RetryPolicy::default()
                };
                planned.timeout = timed.then(|| Duration::from_secs(10));
                planned.release = if kind == 1 {
                    Release::Passed
                } else {
                    Release::Settled
                };
                planned.condition = match condition {
                    0 => Some("${{ false }}".to_owned()),
                    1 => Some("${{ stages.s0.status == 'success' }}".to_owned()),
                    2 => Some("${{ parameters.missing > 1 }}".to_owned()),
                    _ => None,
                };
            }
            stages.push(planned);
        }
        stages
    })
}

/// What may happen next, chosen by number so that shrinking works.
fn happen(run: &mut Run, choice: u8, pick: u8) -> Option<Command> {
    let running = run.running();
    let stage = (!running.is_empty()).then(|| running[usize::from(pick) % running.len()].clone());
    let gates: Vec<_> = run
        .state
        .open_gates()
        .map(|gate| run.state.planned(gate).id.clone())
        .collect();
    let gate = (!gates.is_empty()).then(|| gates[usize::from(pick) % gates.len()].clone());
    let settle = |report| {
        let stage = stage.clone()?;
        let dispatch = run.dispatch_of(&stage);
        Some(Command::SettleAttempt {
            stage,
            dispatch,
            report,
        })
    };
    match choice {
        0..=3 => Some(Command::StartStages {
            stages: run.startable(),
        }),
        4..=7 => settle(AttemptReport::Completed(Completion::default())),
        8 => settle(AttemptReport::Failed(Failure::new(
            FailureLabel::EXIT,
            "it broke",
        ))),
        9 => settle(AttemptReport::Failed(Failure::new(
            FailureLabel::AUTH_FAILURE,
            "no",
        ))),
        10 => {
            let stage = stage?;
            Some(Command::LoseAttempt {
                dispatch: run.dispatch_of(&stage),
                stage,
            })
        }
        11 => {
            run.wait();
            None
        }
        12 => gate.map(|stage| Command::ApproveGate {
            stage,
            by: "ann".into(),
            reason: None,
        }),
        13 => gate.map(|stage| Command::RejectGate {
            stage,
            by: "ann".into(),
            reason: None,
        }),
        14 if pick < 16 => Some(Command::CancelRun {
            by: "ann".into(),
            reason: None,
        }),
        _ => Some(Command::Advance),
    }
}

/// Drives a run to its end: answers everything, waits for every timer.
fn finish(run: &mut Run) {
    for _ in 0..10_000 {
        run.start();
        if let Some(stage) = run.running().first() {
            let stage = stage.as_str().to_owned();
            run.complete(&stage);
        } else if !run.wait() {
            return;
        }
    }
    panic!("the run never ends: {}", run.summary());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_every_run_stays_sound_and_ends(
        stages in graph(true),
        happenings in vec((0..16_u8, any::<u8>()), 0..60),
    ) {
        let mut run = Run::new(plan(stages));
        for (choice, pick) in happenings {
            if let Some(command) = happen(&mut run, choice, pick) {
                run.command(&command);
                let repeated = run.command(&command);
                let changes_again = matches!(command, Command::StartStages { .. });
                prop_assert!(
                    changes_again || repeated != Outcome::Accepted,
                    "a repeated command changes nothing: {command:?}"
                );
            }
        }
        finish(&mut run);
        prop_assert!(run.state.status().is_terminal(), "{}", run.summary());
        let log = run.log.len();
        for command in [Command::Advance, Command::CancelRun { by: "x".into(), reason: None }] {
            run.command(&command);
        }
        prop_assert_eq!(run.log.len(), log, "a run that has ended accepts nothing");
    }

    #[test]
    fn any_order_of_successful_answers_ends_in_the_same_state(
        stages in graph(false),
        one in vec(any::<u8>(), 64),
        other in vec(any::<u8>(), 64),
    ) {
        let end = |picks: Vec<u8>| {
            let mut run = Run::new(plan(stages.clone()));
            for pick in picks.into_iter().cycle().take(10_000) {
                run.start();
                let running = run.running();
                if running.is_empty() { break }
                let stage = running[usize::from(pick) % running.len()].as_str().to_owned();
                run.complete(&stage);
            }
            run.summary()
        };
        prop_assert_eq!(end(one), end(other));
    }

    #[test]
    fn what_is_pending_follows_from_the_state_alone(
        stages in graph(true),
        happenings in vec((0..12_u8, any::<u8>()), 0..40),
    ) {
        let mut run = Run::new(plan(stages));
        for (choice, pick) in happenings {
            if let Some(command) = happen(&mut run, choice, pick) {
                run.command(&command);
            }
        }
        for effect in pending_effects(&run.state) {
            prop_assert!(run.effects.contains(&effect), "{effect:?} was never asked for");
        }
        let running = run.state.stages().filter(|(.., stage)| stage.status == StepStatus::Running);
        let dispatched = |effect: &Effect| matches!(effect, Effect::Dispatch(_));
        prop_assert_eq!(
            running.count(),
            pending_effects(&run.state).iter().filter(|effect| dispatched(effect)).count()
        );
    }
}

#[test]
fn ten_thousand_stages_are_decided_in_linear_time() {
    let mut wide = plan(
        (0..10_000)
            .map(|place| stage(&format!("s{place}"), &[]))
            .collect(),
    );
    wide.settings.stages_at_once_max = 1_000;
    let (mut state, _) = baton_engine::create(
        baton_model::RunId::new(uuid::Uuid::nil()),
        baton_model::event::RunCreated {
            format: 1,
            plan: std::sync::Arc::new(wide),
            seed: 1,
            created_by: "tester".to_owned(),
        },
        Default::default(),
    )
    .unwrap();
    let mut n_events = 0;
    while !state.status().is_terminal() {
        let stages: Vec<_> = baton_engine::startable(&state)
            .map(|index| state.planned(index).id.clone())
            .collect();
        let first = stages.first().cloned().unwrap_or(id("none"));
        let started = Command::StartStages {
            stages: stages.clone(),
        };
        n_events += baton_engine::transition(&mut state, &started, Default::default())
            .unwrap()
            .events
            .len();
        assert_ne!(first, id("none"));
        for stage in stages {
            let report = AttemptReport::Completed(Completion::default());
            let settle = Command::SettleAttempt {
                stage,
                dispatch: 1,
                report,
            };
            n_events += baton_engine::transition(&mut state, &settle, Default::default())
                .unwrap()
                .events
                .len();
        }
    }
    assert_eq!(
        n_events, 20_001,
        "one start and one end for each stage, and the end of the run"
    );
}
