//! Hooks: carried out at their points, noted, and never in the way.

use baton_model::plan::{HookAction, HookPoint, Hooks};
use baton_model::{Event, ExecutionStatus, FailureLabel, Plan};
use baton_store::RunQuery;

use crate::agents::Act;
use crate::plans::{plan, stage};
use crate::world::World;

fn program(argv: &[&str]) -> HookAction {
    HookAction::Run {
        argv: argv.iter().map(|word| (*word).to_owned()).collect(),
    }
}

fn with_hooks(hooks: Hooks) -> Plan {
    Plan {
        hooks,
        ..plan(vec![stage("a", &[])])
    }
}

fn all(action: &HookAction) -> Hooks {
    Hooks {
        on_start: vec![action.clone()],
        on_complete: vec![action.clone()],
        on_failure: vec![action.clone()],
    }
}

async fn noted(world: &World, run: baton_model::RunId, n_hooks: usize) -> Vec<(HookPoint, bool)> {
    let finished = |events: &[Event]| -> Vec<(HookPoint, bool)> {
        let hooks = events.iter().filter_map(|event| match event {
            Event::HookFinished { point, error, .. } => Some((*point, error.is_none())),
            _ => None,
        });
        hooks.collect()
    };
    for _ in 0..100 {
        let hooks = finished(&world.events(run).await);
        if hooks.len() >= n_hooks {
            return hooks;
        }
        world.settle().await;
    }
    panic!("never: {:?}", world.events(run).await);
}

#[tokio::test(start_paused = true)]
async fn hooks_are_called_at_the_start_and_at_the_end() {
    let world = World::new();
    let hooks = all(&program(&[
        "tell",
        "${{ run.id }}",
        "${{ stages.a.status }}",
    ]));
    let run = world.run(with_hooks(hooks)).await;
    assert_eq!(world.end(run).await, ExecutionStatus::Completed);
    let noted = noted(&world, run, 2).await;
    assert_eq!(
        noted,
        [(HookPoint::OnStart, true), (HookPoint::OnComplete, true)]
    );
    let book = world.agents.book();
    let last = book.hooks.last().unwrap();
    let id = run.to_string();
    assert_eq!(last.action, Ok(program(&["tell", &id, "completed"])));
    assert_eq!(last.status, ExecutionStatus::Completed);
}

#[tokio::test(start_paused = true)]
async fn a_failing_hook_never_fails_the_run() {
    let world = World::new();
    let run = world.run(with_hooks(all(&program(&["false"])))).await;
    assert_eq!(world.end(run).await, ExecutionStatus::Completed);
    let noted = noted(&world, run, 2).await;
    assert_eq!(
        noted,
        [(HookPoint::OnStart, false), (HookPoint::OnComplete, false)]
    );
}

#[tokio::test(start_paused = true)]
async fn a_failed_run_calls_its_own_hook() {
    let world = World::new();
    world.agents.script("a", [Act::fail(FailureLabel::EXIT)]);
    let run = world.run(with_hooks(all(&program(&["tell"])))).await;
    assert_eq!(world.end(run).await, ExecutionStatus::Failed);
    let noted = noted(&world, run, 2).await;
    assert_eq!(
        noted,
        [(HookPoint::OnStart, true), (HookPoint::OnFailure, true)]
    );
}

#[tokio::test(start_paused = true)]
async fn a_hook_of_an_ended_run_outlives_its_server() {
    let mut world = World::new();
    world.agents.book().hooks_hang = true;
    let run = world.run(with_hooks(all(&program(&["hang"])))).await;
    assert_eq!(world.end(run).await, ExecutionStatus::Completed);
    let open = world.store.inner().execution(run).await.unwrap().unwrap();
    assert_eq!(open.attention, baton_store::Attention::Working);
    world.agents.book().hooks_hang = false;
    world.restart().await;
    let noted = noted(&world, run, 2).await;
    assert_eq!(noted.len(), 2);
    let done = world.store.inner().execution(run).await.unwrap().unwrap();
    assert_eq!(done.attention, baton_store::Attention::Done);
}
