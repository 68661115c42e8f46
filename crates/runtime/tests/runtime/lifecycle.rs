//! A run from its creation to its end.

use std::time::Duration;

use baton_engine::{Outcome, Rejection};
use baton_model::plan::PlannedStage;
use baton_model::{Command, Event, ExecutionStatus, FailureLabel, RunId};
use baton_runtime::RuntimeError;
use baton_store::{RunQuery, StoreError};
use serde_json::json;
use uuid::Uuid;

use crate::agents::{Act, End};
use crate::plans::{attempts, diamond, gate, given, id, plan, stage};
use crate::world::{World, approve, cancel, claim, reject, spec};

#[tokio::test(start_paused = true)]
async fn a_sequence_runs_in_order_and_hands_on_what_it_brings_back() {
    let world = World::new();
    let outputs = json!({ "n": 7 }).as_object().unwrap().clone();
    world.agents.script("a", [Act::end(End::Complete(outputs))]);
    let b = PlannedStage {
        inputs: vec![given("number", "${{ stages.a.outputs.n }}")],
        ..stage("b", &["a"])
    };
    let run = world.run(plan(vec![stage("a", &[]), b])).await;
    assert_eq!(world.end(run).await, ExecutionStatus::Completed);
    assert_eq!(world.agents.order(), ["a", "b"]);
    let steps = world.store.inner().steps(run).await.unwrap();
    assert_eq!(steps[1].progress.inputs.as_deref(), Some(r#"{"number":7}"#));
}

#[tokio::test(start_paused = true)]
async fn a_diamond_works_on_both_sides_at_once() {
    let world = World::new();
    for side in ["left", "right"] {
        let slow = Act::complete().taking(Duration::from_secs(5));
        world.agents.script(side, [slow]);
    }
    let run = world.run(diamond()).await;
    assert_eq!(world.end(run).await, ExecutionStatus::Completed);
    assert_eq!(world.elapsed(), Duration::from_secs(5));
    assert_eq!(world.agents.order(), ["top", "left", "right", "bottom"]);
}

#[tokio::test(start_paused = true)]
async fn an_approved_gate_lets_the_rest_go_on() {
    let world = World::new();
    let run = world
        .run(plan(vec![gate("ok", &[]), stage("after", &["ok"])]))
        .await;
    world.settle().await;
    assert_eq!(world.agents.order(), [""; 0]);
    assert_eq!(
        world.command(run, approve("ok")).await,
        Ok(Outcome::Accepted)
    );
    assert_eq!(world.end(run).await, ExecutionStatus::Completed);
    let repeated = world.command(run, approve("ok")).await;
    assert_eq!(repeated, Ok(Outcome::AlreadyDone));
}

#[tokio::test(start_paused = true)]
async fn a_rejected_gate_ends_the_run_and_what_still_works() {
    let world = World::new();
    world.agents.script("beside", [Act::hang()]);
    let run = world
        .run(plan(vec![
            gate("ok", &[]),
            stage("after", &["ok"]),
            stage("beside", &[]),
        ]))
        .await;
    assert_eq!(
        world.command(run, reject("ok")).await,
        Ok(Outcome::Accepted)
    );
    assert_eq!(world.end(run).await, ExecutionStatus::Failed);
    assert_eq!(world.agents.n_dispatched("after"), 0);
    assert_eq!(world.agents.book().cancelled.len(), 1);
    let row = world.store.inner().execution(run).await.unwrap().unwrap();
    assert!(row.error_message.unwrap().contains("not yet"));
}

#[tokio::test(start_paused = true)]
async fn a_retry_waits_its_time() {
    let world = World::new();
    world
        .agents
        .script("a", [Act::fail(FailureLabel::EXIT), Act::complete()]);
    let twice = PlannedStage {
        retry: attempts(2),
        ..stage("a", &[])
    };
    let run = world.run(plan(vec![twice])).await;
    assert_eq!(world.end(run).await, ExecutionStatus::Completed);
    assert_eq!(world.agents.n_dispatched("a"), 2);
    let waited = world.elapsed().as_secs_f64();
    assert!((9.0..=11.0).contains(&waited), "{waited} s");
}

#[tokio::test(start_paused = true)]
async fn a_stage_out_of_time_is_cancelled_and_tried_again() {
    let world = World::new();
    world.agents.script("a", [Act::hang(), Act::complete()]);
    let timed = PlannedStage {
        timeout: Some(Duration::from_mins(1)),
        retry: attempts(2),
        ..stage("a", &[])
    };
    let run = world.run(plan(vec![timed])).await;
    assert_eq!(world.end(run).await, ExecutionStatus::Completed);
    let cancelled: Vec<u32> = {
        let book = world.agents.book();
        book.cancelled.iter().map(|key| key.dispatch).collect()
    };
    assert_eq!(cancelled, [1]);
    let retried = world.events(run).await.into_iter().any(|event| {
        matches!(event, Event::StageRetrying { failure, .. } if failure.label == FailureLabel::TIMEOUT)
    });
    assert!(retried);
    assert!(world.elapsed() >= Duration::from_secs(69));
}

#[tokio::test(start_paused = true)]
async fn cancelling_ends_everything_and_watchers_see_the_end() {
    let world = World::new();
    for name in ["a", "b"] {
        world.agents.script(name, [Act::hang()]);
    }
    let stages = vec![
        stage("a", &[]),
        stage("b", &[]),
        stage("c", &["a"]),
        gate("ok", &[]),
    ];
    let run = world.run(plan(stages)).await;
    world.settle().await;
    let mut progress = world.runtime.watch(run);
    assert_eq!(world.command(run, cancel()).await, Ok(Outcome::Accepted));
    let end = progress
        .wait_for(|progress| progress.ended.is_some())
        .await
        .unwrap()
        .to_owned();
    assert_eq!(end.ended, Some(ExecutionStatus::Cancelled));
    assert_eq!(world.end(run).await, ExecutionStatus::Cancelled);
    let row = world.store.inner().execution(run).await.unwrap().unwrap();
    assert_eq!(end.event_seq, row.version);
    assert_eq!(world.agents.book().cancelled.len(), 2);
    assert_eq!(world.elapsed(), Duration::from_millis(1));
    assert_eq!(world.command(run, cancel()).await, Ok(Outcome::AlreadyDone));
}

#[tokio::test(start_paused = true)]
async fn commands_that_do_not_fit_are_refused_with_a_reason() {
    let world = World::new();
    world.agents.script("a", [Act::hang()]);
    let run = world.run(plan(vec![stage("a", &[])])).await;
    let refused = world.command(run, approve("a")).await;
    let reason = Rejection::NotAGate(id("a"));
    assert_eq!(refused, Err(RuntimeError::Rejected(reason)));
    let nobody = RunId::new(Uuid::nil());
    let missing = world.command(nobody, Command::Advance).await;
    assert_eq!(missing, Err(RuntimeError::NotFound(nobody)));
}

#[tokio::test(start_paused = true)]
async fn an_agent_that_is_not_found_fails_its_stage_as_unreachable() {
    let world = World::new();
    let lost = PlannedStage {
        kind: crate::plans::agent("agent:nobody"),
        retry: attempts(2),
        ..stage("a", &[])
    };
    let run = world.run(plan(vec![lost])).await;
    assert_eq!(world.end(run).await, ExecutionStatus::Failed);
    let label = world.label(run, "a").await;
    assert_eq!(label.as_deref(), Some("unreachable"));
    assert!(world.elapsed() >= Duration::from_secs(9), "it was retried");
}

#[tokio::test(start_paused = true)]
async fn a_dispatcher_that_panics_fails_its_attempt_only() {
    let world = World::new();
    world
        .agents
        .script("a", [Act::end(End::Panic), Act::complete()]);
    let twice = PlannedStage {
        retry: attempts(2),
        ..stage("a", &[])
    };
    let run = world.run(plan(vec![twice])).await;
    assert_eq!(world.end(run).await, ExecutionStatus::Completed);
}

#[tokio::test(start_paused = true)]
async fn of_two_runs_with_one_claim_only_the_first_is_created() {
    let world = World::new();
    let claimed = || {
        let mut spec = spec(diamond());
        spec.claims = vec![claim("k")];
        spec
    };
    let (one, other) = tokio::join!(world.create(claimed()), world.create(claimed()),);
    let (one, other) = (one.unwrap(), other.unwrap());
    let run = one.or(other).unwrap();
    assert_eq!(one.and(other), Err(run), "the other names the first");
    assert_eq!(world.end(run).await, ExecutionStatus::Completed);
    assert_eq!(world.create(claimed()).await, Ok(Err(run)));
    assert_eq!(world.agents.order().len(), 4);
}

#[tokio::test(start_paused = true)]
async fn an_id_that_is_taken_is_a_conflict_and_harms_nobody() {
    let world = World::new();
    world.agents.script("top", [Act::hang()]);
    let (first, mut second) = (spec(diamond()), spec(diamond()));
    second.id = first.id;
    let run = world.create(first).await.unwrap().unwrap();
    let taken = world.create(second).await;
    let conflict = StoreError::Conflict { expected: 0 };
    assert_eq!(taken, Err(RuntimeError::Store(conflict)));
    world.command(run, cancel()).await.unwrap();
    assert_eq!(world.end(run).await, ExecutionStatus::Cancelled);
    assert_eq!(world.agents.order(), ["top"]);
}

#[tokio::test(start_paused = true)]
async fn a_creator_who_goes_away_leaves_a_run_that_goes_on() {
    let world = World::new();
    let spec = spec(diamond());
    let run = spec.id;
    {
        let mut creating = std::pin::pin!(world.create(spec));
        let polled = futures_util::poll!(&mut creating);
        assert!(polled.is_pending());
    }
    world.settle().await;
    assert_eq!(world.end(run).await, ExecutionStatus::Completed);
}

#[tokio::test(start_paused = true)]
async fn a_thousand_runs_at_once_all_end() {
    let world = World::with_processes(8);
    let mut runs = Vec::new();
    for _ in 0..1_000 {
        runs.push(world.run(diamond()).await);
    }
    for run in runs {
        assert_eq!(world.end(run).await, ExecutionStatus::Completed);
    }
    assert_eq!(world.agents.order().len(), 4_000);
    assert_eq!(world.loads(), 0, "a run that goes on is never read again");
}

#[tokio::test(start_paused = true)]
async fn a_runtime_that_has_stopped_takes_nothing_more() {
    let world = World::new();
    let run = world.run(plan(vec![gate("ok", &[])])).await;
    world.stop().await;
    let created = world.create(spec(diamond())).await;
    assert_eq!(created, Err(RuntimeError::Closed));
    let approved = world.command(run, approve("ok")).await;
    assert_eq!(approved, Err(RuntimeError::Closed));
}
