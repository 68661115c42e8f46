//! The laws of BLUEPRINT §3 as properties over random graphs and histories.
//!
//! `Run::command` and its ledger check on each step that replay equals live,
//! that the same input gives the same output, that `apply` takes what `decide`
//! proposes, that nothing is handed out twice or never, that nothing that has
//! completed starts again, and that the run can go on.

use std::cell::RefCell;
use std::collections::BTreeSet;

use baton_engine::{Effect, Outcome, StageRequest, pending_effects, table};
use baton_model::event::ReusedStage;
use baton_model::{Command, Plan, StepStatus};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::json;

use crate::harness::{Run, plan, stage};
use crate::ledger::Seen;
use crate::random::{Happening, beginnings, command, finish, graph, happenings};

/// Lets things happen to a run, each command twice.
fn play((plan, reused): (Plan, Vec<ReusedStage>), history: &[(Happening, u8)]) -> Run {
    let mut run = Run::reusing(plan, reused);
    for (happening, pick) in history {
        let Some(command) = command(&run, happening, *pick) else {
            run.wait();
            continue;
        };
        let outcome = run.command(&command);
        if matches!(happening, Happening::Late) {
            assert_ne!(outcome, Outcome::Accepted, "a late answer changes nothing");
        }
        let repeated = run.command(&command);
        assert!(
            repeated != Outcome::Accepted || may_be_repeated(&run, &command),
            "a repeated command changes nothing: {command:?}"
        );
    }
    run
}

/// Once a reopened stage has ended, reopening it is a new wish.
fn may_be_repeated(run: &Run, command: &Command) -> bool {
    match command {
        Command::ReopenStage { stage, .. } => run.of(stage.as_str()).iteration > 1,
        Command::StartStages { .. } => true,
        _ => false,
    }
}

/// What an agent or a hook is told, without what time changes: the plan is
/// the run's newest.
fn told(request: &StageRequest, plan: &Plan) -> StageRequest {
    StageRequest {
        plan: plan.clone().into(),
        ..request.clone()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases.max(600), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_every_run_stays_sound_and_ends(begin in beginnings(), history in happenings()) {
        let mut run = play(begin, &history);
        finish(&mut run);
        prop_assert!(run.state.status().is_terminal(), "{}", run.summary());
        let log = run.log.len();
        let by = || "ann".to_owned();
        run.command(&Command::Advance);
        run.command(&Command::CancelRun { by: by(), reason: None });
        run.command(&Command::PauseRun { by: by(), reason: None });
        run.command(&Command::ResumeRun { by: by() });
        run.finish_hooks();
        let nothing_new = run.log.len() == log;
        prop_assert!(nothing_new, "a run that has ended accepts nothing");
        if !run.state.plan().settings.reopenable {
            for (happening, pick) in &history {
                if let Some(command) = command(&run, happening, *pick) {
                    run.command(&command);
                }
            }
            prop_assert_eq!(run.log.len(), log, "a run that has ended accepts nothing");
        }
    }

    #[test]
    fn any_order_of_successful_answers_ends_in_the_same_state(
        stages in graph(),
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

    /// Of two hundred numbers between 0 and 1, some are always read as their
    /// neighbours by a reader that is a little careless.
    #[test]
    fn numbers_of_agents_are_replayed_to_the_last_bit(
        fractions in vec(0.0..1.0_f64, 200),
        others in vec(proptest::num::f64::NORMAL, 20),
    ) {
        let mut run = Run::new(plan(vec![stage("a", &[])]));
        run.start();
        run.complete_with("a", json!({ "fractions": fractions, "others": others }));
    }

    #[test]
    fn what_is_pending_follows_from_the_state_alone(begin in beginnings(), history in happenings()) {
        let run = play(begin, &history);
        let newest = run.state.plan();
        let asked: Vec<StageRequest> = run.effects.iter().filter_map(|effect| match effect {
            Effect::Dispatch(request) => Some(told(request, newest)),
            Effect::CancelAttempt { .. } | Effect::RunHook(_) => None,
        }).collect();
        let mut n_dispatched = 0;
        for effect in pending_effects(&run.state) {
            match effect {
                // One that is being ended is not asked again, only looked for.
                Effect::Dispatch(request) => {
                    n_dispatched += 1;
                    let is_stopping = run.state.stage(request.index).stopping.is_some();
                    prop_assert!(is_stopping || asked.contains(&told(&request, newest)), "{request:?}");
                }
                Effect::CancelAttempt { .. } => {
                    prop_assert!(run.effects.contains(&effect), "{effect:?} was never asked for");
                }
                Effect::RunHook(hook) => {
                    let is_same = |other: &Effect| matches!(other, Effect::RunHook(other)
                        if other.key == hook.key);
                    prop_assert!(run.effects.iter().any(is_same), "{hook:?} was never asked for");
                }
            }
        }
        let running = run.state.stages().filter(|(.., stage)| stage.status == StepStatus::Running);
        prop_assert_eq!(running.count(), n_dispatched);
    }
}

#[test]
fn the_transitions_that_happen_are_those_of_the_table() {
    const SEED: [u8; 32] = [3; 32];
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &SEED);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let seen = RefCell::new(BTreeSet::<Seen>::new());
    let histories = (beginnings(), happenings());
    for _ in 0..1_500 {
        let (begin, history) = histories.new_tree(&mut runner).unwrap().current();
        let mut run = play(begin, &history);
        finish(&mut run);
        seen.borrow_mut().append(&mut run.ledger.transitions);
    }
    let seen = seen.into_inner();
    let listed: BTreeSet<Seen> = table::transitions().collect();
    let unlisted: Vec<_> = seen.difference(&listed).collect();
    assert!(unlisted.is_empty(), "not in the table: {unlisted:?}");
    let unseen: Vec<_> = listed.difference(&seen).collect();
    assert!(unseen.is_empty(), "never seen (seed {SEED:?}): {unseen:?}");
}
