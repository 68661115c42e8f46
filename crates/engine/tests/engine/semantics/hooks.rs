//! Hooks are carried out beside the run, each once; a failing hook never
//! fails the run.

use baton_engine::{Effect, Outcome, is_idle};
use baton_model::plan::{HookAction, HookPoint};
use baton_model::{Command, ExecutionStatus, FailureLabel, HookKey, Plan};

use crate::harness::{Run, plan, stage};

fn notify(target: &str) -> HookAction {
    HookAction::Notify {
        target: target.to_owned(),
        message: Some("${{ workflow.name }}".to_owned()),
    }
}

fn hooked() -> Plan {
    let mut plan = plan(vec![stage("a", &[])]);
    let run = HookAction::Run {
        argv: vec!["echo".to_owned(), "${{ run.id }}".to_owned()],
    };
    plan.hooks.on_start = vec![run, notify("log:start")];
    plan.hooks.on_complete = vec![notify("log:complete")];
    plan.hooks.on_failure = vec![notify("log:failure")];
    plan
}

fn called(run: &Run) -> Vec<(HookPoint, u32)> {
    let hooks = run.effects.iter().filter_map(|effect| match effect {
        Effect::RunHook(hook) => Some((hook.key.point, hook.key.place)),
        Effect::Dispatch(_) | Effect::CancelAttempt { .. } => None,
    });
    hooks.collect()
}

fn finish(run: &mut Run, point: HookPoint, error: Option<&str>) -> Outcome {
    let end = u32::from(point != HookPoint::OnStart);
    finish_of(run, end, point, error)
}

/// After which end of the run the hook was called.
fn finish_of(run: &mut Run, end: u32, point: HookPoint, error: Option<&str>) -> Outcome {
    let place = 0;
    run.command(&Command::FinishHook {
        hook: HookKey { end, point, place },
        error: error.map(str::to_owned),
    })
}

#[test]
fn each_point_has_its_hooks() {
    let start = [(HookPoint::OnStart, 0), (HookPoint::OnStart, 1)];
    let mut run = Run::new(hooked());
    assert_eq!(called(&run), start);
    run.start();
    run.complete("a");
    assert_eq!(called(&run)[2..], [(HookPoint::OnComplete, 0)]);

    let mut run = Run::new(hooked());
    run.start();
    run.fail("a", FailureLabel::EXIT);
    assert_eq!(called(&run)[2..], [(HookPoint::OnFailure, 0)]);

    let mut run = Run::new(hooked());
    run.cancel();
    assert_eq!(called(&run), start, "a cancelled run has not failed");
}

#[test]
fn a_hook_that_is_slow_is_not_called_again_at_the_end() {
    let mut run = Run::new(hooked());
    run.start();
    run.complete("a");
    let calls = called(&run);
    assert_eq!(calls.len(), 3, "{calls:?}");
}

#[test]
fn texts_are_interpolated_word_by_word() {
    let run = Run::new(hooked());
    let Some(Effect::RunHook(hook)) = run.effects.first() else {
        panic!("a hook is called")
    };
    let id = run.state.id().to_string();
    let argv = vec!["echo".to_owned(), id];
    assert_eq!(hook.action, Ok(HookAction::Run { argv }));
}

#[test]
fn a_failing_hook_never_fails_the_run() {
    let mut run = Run::new(hooked());
    let failed = finish(&mut run, HookPoint::OnStart, Some("no such program"));
    assert_eq!(failed, Outcome::Accepted);
    run.start();
    run.complete("a");
    assert_eq!(run.state.status(), ExecutionStatus::Completed);
    let failed = finish(&mut run, HookPoint::OnComplete, Some("nobody is there"));
    assert_eq!(failed, Outcome::Accepted, "also after the end");
    assert_eq!(run.state.status(), ExecutionStatus::Completed);
}

#[test]
fn a_hook_that_is_reported_twice_changes_nothing() {
    let mut run = Run::new(hooked());
    assert_eq!(
        finish(&mut run, HookPoint::OnStart, None),
        Outcome::Accepted
    );
    assert_eq!(
        finish(&mut run, HookPoint::OnStart, None),
        Outcome::AlreadyDone
    );
    let early = finish(&mut run, HookPoint::OnComplete, None);
    assert_eq!(early, Outcome::AlreadyDone);
}

#[test]
fn a_run_is_not_left_alone_before_its_hooks_are_done() {
    let mut run = Run::new(hooked());
    run.finish_hooks();
    run.start();
    run.complete("a");
    assert!(!is_idle(&run.state));
    run.finish_hooks();
    assert!(is_idle(&run.state));
}

#[test]
fn each_end_of_a_run_has_its_hooks() {
    let mut plan = hooked();
    plan.settings.reopenable = true;
    let mut run = Run::new(plan);
    run.finish_hooks();
    run.start();
    run.complete("a");
    run.reopen("a", "again");
    run.start();
    run.complete("a");
    let ends: Vec<u32> = run
        .effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::RunHook(hook) if hook.key.point == HookPoint::OnComplete => Some(hook.key.end),
            _ => None,
        })
        .collect();
    assert_eq!(ends, [1, 2], "the hook of the first end was still at work");
    let point = HookPoint::OnComplete;
    assert_eq!(finish_of(&mut run, 1, point, None), Outcome::Accepted);
    assert_eq!(finish_of(&mut run, 1, point, None), Outcome::AlreadyDone);
    assert!(!is_idle(&run.state));
    assert_eq!(finish_of(&mut run, 2, point, None), Outcome::Accepted);
    assert!(is_idle(&run.state));
}
