//! At most three stages of a run work at once, or as many as it says; the rest
//! queues, first come first served. The limit of a server is its runtime's.

use baton_model::{Command, StageId};

use super::batched;
use crate::harness::{Run, id, plan, stage};

const NAMES: [&str; 5] = ["a", "b", "c", "d", "e"];

fn five() -> Vec<baton_model::plan::PlannedStage> {
    NAMES.iter().map(|name| stage(name, &[])).collect()
}

#[test]
fn three_stages_work_at_once_by_default() {
    let mut run = Run::new(plan(five()));
    run.start();
    assert_eq!(run.running(), [id("a"), id("b"), id("c")]);
    run.complete("b");
    run.start();
    assert_eq!(run.running(), [id("a"), id("c"), id("d")]);
}

#[test]
fn a_run_may_say_how_many() {
    for limit in [1, 2, 5, 9] {
        let mut plan = plan(five());
        plan.settings.stages_at_once_max = limit;
        let mut run = Run::new(plan);
        run.start();
        assert_eq!(run.running().len(), NAMES.len().min(limit as usize));
    }
}

#[test]
fn a_run_without_room_for_anything_has_room_for_one() {
    let mut plan = plan(five());
    plan.settings.stages_at_once_max = 0;
    let mut run = Run::new(plan);
    run.start();
    assert_eq!(run.running(), [id("a")]);
}

#[test]
fn who_was_ready_first_starts_first() {
    let mut plan = plan(vec![
        stage("a", &[]),
        stage("late", &["a"]),
        stage("b", &[]),
        stage("c", &[]),
    ]);
    plan.settings.stages_at_once_max = 1;
    let mut run = Run::new(plan);
    run.start();
    run.complete("a");
    assert_eq!(run.startable(), [id("b")]);
    run.start();
    run.complete("b");
    run.start();
    assert_eq!(run.running(), [id("c")]);
}

#[test]
fn an_open_question_takes_no_room() {
    let mut plan = plan(five());
    plan.settings.stages_at_once_max = 1;
    let mut run = Run::new(plan);
    run.start();
    run.ask("a", "Which?");
    assert_eq!(run.startable(), [id("b")]);
}

#[test]
fn starting_what_may_not_start_changes_nothing() {
    let mut run = Run::new(plan(vec![stage("a", &[]), stage("b", &["a"])]));
    let stages: Vec<StageId> = vec![id("b"), id("nowhere")];
    run.command(&Command::StartStages { stages });
    assert_eq!(run.summary(), "pending a:pending b:pending");
}

#[test]
fn a_stage_named_twice_starts_once() {
    let mut run = Run::new(plan(five()));
    let stages = vec![id("a"), id("a"), id("gone"), id("b")];
    run.command(&Command::StartStages { stages });
    assert_eq!(run.running(), [id("a"), id("b")]);
}

#[test]
fn what_a_pause_holds_back_cannot_be_started_by_name() {
    let mut run = Run::new(batched(vec![stage("a", &[]), stage("b", &["a"])]));
    run.start();
    run.pause();
    run.complete("a");
    let stages = vec![id("b")];
    run.command(&Command::StartStages { stages });
    assert_eq!(run.summary(), "paused a:completed b:pending");
}
