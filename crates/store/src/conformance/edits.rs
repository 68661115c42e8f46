//! Steps that come and go while their run goes on.

use baton_model::StepStatus;
use uuid::Uuid;

use super::sample::{commit, create_runs, run_id, settled, step, stored};
use crate::contract::{RunQuery, RunStore};
use crate::error::StoreError;
use crate::rows::{Commit, StepRow, StepUpdate};

/// A step with an id unlike those of the samples.
fn new_step(order_index: u32, name: &str, depends_on: &[&str]) -> StepRow {
    StepRow {
        id: Uuid::from_u128(u128::from(order_index) + 1_000),
        ..step(order_index, name, depends_on)
    }
}

/// In one commit; they stay in the order of their places, and a step that is
/// replaced keeps its id and nothing else.
pub async fn steps_come_go_and_are_replaced(store: &(impl RunStore + RunQuery)) {
    create_runs(store, [1, 2]).await;
    let other = stored(store, run_id(2)).await;
    let mut replacement = new_step(1, "review", &["test"]);
    replacement.agent = None;
    replacement.stage_name.push_str(", again");
    let (test, ship) = (
        new_step(2, "test", &["build"]),
        new_step(9, "ship", &["review"]),
    );
    let edit = Commit {
        added_steps: vec![ship.clone(), test.clone(), replacement.clone()],
        ..commit(run_id(1), 1)
    };
    store.commit(edit).await.unwrap();
    replacement.id = step(1, "review", &[]).id;
    let build = step(0, "build", &[]);
    let expected = [build, replacement.clone(), test, ship.clone()];
    assert_eq!(store.steps(run_id(1)).await.unwrap(), expected);

    let edit = Commit {
        removed_steps: vec![2, 0],
        ..commit(run_id(1), 2)
    };
    store.commit(edit).await.unwrap();
    let left = store.steps(run_id(1)).await.unwrap();
    assert_eq!(left, [replacement, ship]);
    assert_eq!(stored(store, run_id(2)).await, other);
}

/// Also within the commit that removes it, and two may change places.
pub async fn a_removed_stage_may_come_back_elsewhere(store: &(impl RunStore + RunQuery)) {
    create_runs(store, [1]).await;
    let build = new_step(7, "build", &[]);
    let edit = Commit {
        removed_steps: vec![0],
        added_steps: vec![build.clone()],
        ..commit(run_id(1), 1)
    };
    store.commit(edit).await.unwrap();
    let review = step(1, "review", &["build"]);
    let steps = store.steps(run_id(1)).await.unwrap();
    assert_eq!(steps, [review.clone(), build.clone()]);

    let edit = Commit {
        added_steps: vec![new_step(1, "build", &[]), new_step(7, "review", &[])],
        ..commit(run_id(1), 2)
    };
    store.commit(edit).await.unwrap();
    let mut expected = [step(1, "build", &[]), step(7, "review", &[])];
    (expected[0].id, expected[1].id) = (review.id, build.id);
    assert_eq!(store.steps(run_id(1)).await.unwrap(), expected);
}

/// In the same commit and in later ones; not once they are gone.
pub async fn edited_steps_change_like_others(store: &(impl RunStore + RunQuery)) {
    create_runs(store, [1]).await;
    let edit = Commit {
        removed_steps: vec![0],
        added_steps: vec![new_step(2, "test", &[])],
        steps: vec![settled(2)],
        ..commit(run_id(1), 1)
    };
    store.commit(edit).await.unwrap();
    let steps = store.steps(run_id(1)).await.unwrap();
    assert_eq!(steps[1].progress, settled(2));
    let change = |index| Commit {
        steps: vec![StepUpdate::untouched(index)],
        ..commit(run_id(1), 2)
    };
    let answer = store.commit(change(0)).await;
    assert!(matches!(answer, Err(StoreError::Refused(_))), "{answer:?}");
    store.commit(change(2)).await.unwrap();
    let steps = store.steps(run_id(1)).await.unwrap();
    assert_eq!(steps[1].progress.status, StepUpdate::untouched(2).status);
    assert_eq!(steps[1].progress.inputs, settled(2).inputs);

    let begun = |order_index| StepUpdate {
        status: StepStatus::Running,
        dispatch: 1,
        ..StepUpdate::untouched(order_index)
    };
    let begin = |order_index| Commit {
        steps: vec![begun(order_index)],
        ..commit(run_id(1), 3)
    };
    let answer = store.commit(begin(0)).await;
    assert!(matches!(answer, Err(StoreError::Refused(_))), "{answer:?}");
    store.commit(begin(1)).await.unwrap();
    let steps = store.steps(run_id(1)).await.unwrap();
    assert_eq!(steps[0].progress, begun(1));
}

/// Not even what fits of them.
pub async fn edits_that_contradict_the_rows_store_nothing(store: &(impl RunStore + RunQuery)) {
    create_runs(store, [1]).await;
    let before = stored(store, run_id(1)).await;
    let mut misplaced = new_step(2, "test", &[]);
    misplaced.progress.order_index = 3;
    let test = new_step(2, "test", &[]);
    let edits = [
        ("no such step", vec![0, 5], vec![]),
        ("removed twice", vec![0, 0], vec![]),
        ("added twice", vec![], vec![test.clone(), test.clone()]),
        (
            "removed and added",
            vec![0],
            vec![new_step(0, "build", &[])],
        ),
        (
            "a stage twice",
            vec![],
            vec![test, new_step(3, "build", &[])],
        ),
        ("another index", vec![], vec![misplaced]),
    ];
    for (what, removed_steps, added_steps) in edits {
        let edit = Commit {
            removed_steps,
            added_steps,
            ..commit(run_id(1), 1)
        };
        let answer = store.commit(edit).await;
        assert!(
            matches!(answer, Err(StoreError::Refused(_))),
            "{what}: {answer:?}"
        );
        assert_eq!(stored(store, run_id(1)).await, before, "{what}");
    }
}
