//! Stages that change while their run goes on, and runs that repeat others.

use baton_engine::Outcome;
use baton_model::plan::PlannedStage;
use baton_model::{
    AttemptReport, Command, Completion, Edit, Event, ExecutionStatus, FailureLabel, Plan, RunId,
    StageId,
};
use baton_runtime::NewRunSpec;
use baton_store::RunQuery;
use serde_json::{Value, json};

use crate::agents::{Act, End};
use crate::plans::{gate, given, id, plan, stage};
use crate::world::{World, approve, spec};

fn insert(stage: PlannedStage) -> Edit {
    Edit::Insert {
        stage: Box::new(stage),
    }
}

fn edit(edits: Vec<Edit>) -> Command {
    Command::EditGraph {
        edits,
        by: "ann".to_owned(),
        reason: None,
    }
}

async fn rows(world: &World, run: RunId) -> Vec<(u32, StageId, u32)> {
    let steps = world.store.inner().steps(run).await.unwrap();
    steps
        .into_iter()
        .map(|step| (step.order_index, step.stage, step.batch_index))
        .collect()
}

#[tokio::test(start_paused = true)]
async fn stages_come_change_and_go_while_the_run_goes_on() {
    let world = World::new();
    let stages = vec![gate("ok", &[]), stage("b", &["ok"]), stage("c", &["b"])];
    let run = world.run(plan(stages)).await;
    world.settle().await;
    let edits = vec![
        insert(stage("new", &["ok"])),
        Edit::Update {
            stage: Box::new(stage("c", &["new"])),
        },
        Edit::Delete { stage: id("b") },
    ];
    assert_eq!(world.command(run, edit(edits)).await, Ok(Outcome::Accepted));
    let expected = [(0, id("ok"), 0), (2, id("c"), 2), (3, id("new"), 1)];
    assert_eq!(rows(&world, run).await, expected);
    assert_eq!(
        world.command(run, approve("ok")).await,
        Ok(Outcome::Accepted)
    );
    assert_eq!(world.end(run).await, ExecutionStatus::Completed);
    assert_eq!(world.agents.order(), ["new", "c"]);
}

#[tokio::test(start_paused = true)]
async fn a_list_with_one_bad_edit_changes_nothing() {
    let world = World::new();
    let run = world
        .run(plan(vec![stage("a", &[]), gate("ok", &["a"])]))
        .await;
    world.settle().await;
    let before = world.events(run).await;
    for bad in [
        Edit::Delete { stage: id("a") },
        Edit::Delete {
            stage: id("nobody"),
        },
        insert(stage("ok", &[])),
        insert(stage("x", &["x"])),
        insert(stage("x", &["nobody"])),
    ] {
        let refused = world
            .command(run, edit(vec![insert(stage("new", &[])), bad]))
            .await;
        assert!(refused.is_err(), "{refused:?}");
    }
    assert_eq!(world.events(run).await, before);
}

#[tokio::test(start_paused = true)]
async fn an_agent_may_plan_the_rest_of_its_run() {
    let world = World::new();
    let proposed = serde_json::to_value(insert(stage("planned", &["a"]))).unwrap();
    let plans = AttemptReport::Completed(Completion {
        proposed_edits: vec![proposed],
        ..Completion::default()
    });
    world.agents.script("a", [Act::end(End::Report(plans))]);
    let run = world.run(plan(vec![stage("a", &[])])).await;
    assert_eq!(world.end(run).await, ExecutionStatus::Completed);
    assert_eq!(world.agents.order(), ["a", "planned"]);
    let edited = world
        .events(run)
        .await
        .into_iter()
        .find_map(|event| match event {
            Event::GraphEdited { by, .. } => Some(by),
            _ => None,
        });
    assert_eq!(edited.as_deref(), Some("stage:a"));
}

#[tokio::test(start_paused = true)]
async fn edits_that_make_no_sense_are_a_wrong_output() {
    let world = World::new();
    let plans = AttemptReport::Completed(Completion {
        proposed_edits: vec![json!("nonsense")],
        ..Completion::default()
    });
    world.agents.script("a", [Act::end(End::Report(plans))]);
    let run = world.run(plan(vec![stage("a", &[])])).await;
    assert_eq!(world.end(run).await, ExecutionStatus::Failed);
    assert_eq!(world.label(run, "a").await.as_deref(), Some("bad_output"));
}

async fn repeat(world: &World, run: RunId, from: &str) -> (RunId, Plan) {
    let rerun = world.runtime.rerun_of(run, Some(&id(from))).await.unwrap();
    let spec = NewRunSpec {
        rerun_of: Some(run),
        reused: rerun.reused,
        ..spec(rerun.plan.clone())
    };
    (world.create(spec).await.unwrap().unwrap(), rerun.plan)
}

#[tokio::test(start_paused = true)]
async fn a_rerun_reuses_what_came_before_its_stage() {
    let world = World::new();
    let outputs = json!({ "n": 7 }).as_object().unwrap().clone();
    world.agents.script("a", [Act::end(End::Complete(outputs))]);
    world
        .agents
        .script("b", [Act::fail(FailureLabel::EXIT), Act::complete()]);
    let b = PlannedStage {
        inputs: vec![given("number", "${{ stages.a.outputs.n }}")],
        ..stage("b", &["a"])
    };
    let run = world
        .run(plan(vec![stage("a", &[]), b, stage("c", &["b"])]))
        .await;
    assert_eq!(world.end(run).await, ExecutionStatus::Failed);
    let (again, _) = repeat(&world, run, "b").await;
    assert_eq!(world.end(again).await, ExecutionStatus::Completed);
    assert_eq!(world.agents.order(), ["a", "b", "b", "c"]);
    let steps = world.store.inner().steps(again).await.unwrap();
    assert_eq!(steps[0].progress.outputs.as_deref(), Some(r#"{"n":7}"#));
    let given: Value = serde_json::from_str(steps[1].progress.inputs.as_deref().unwrap()).unwrap();
    assert_eq!(given, json!({ "number": 7 }));
}
