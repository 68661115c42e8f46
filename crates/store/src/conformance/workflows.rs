//! Stored workflows: made, changed, found by their names, deleted.

use std::sync::Arc;

use super::sample::{
    claim, new_run, new_workflow, run_id, standing, time, workflow_id, workflow_update,
};
use crate::contract::{Created, FullStore, WorkflowCreated, WorkflowUpdated};
use crate::error::StoreError;
use crate::execution_list::ExecutionFilter;
use crate::workflow::{LastExecution, NewWorkflow, WorkflowRow, WorkflowStatus};

async fn stored(store: &impl FullStore, number: u32) -> Option<WorkflowRow> {
    store.workflow(workflow_id(number)).await.unwrap()
}

async fn create(store: &impl FullStore, numbers: impl IntoIterator<Item = u32>) {
    for number in numbers {
        let created = store.create_workflow(new_workflow(number)).await;
        assert_eq!(created, Ok(WorkflowCreated::New), "{number}");
    }
}

/// Every field, and nothing in place of what is not there.
pub async fn a_stored_workflow_is_read_back_whole(store: &impl FullStore) {
    let full = new_workflow(1);
    let mut bare = new_workflow(2);
    bare.row.facts.key = None;
    bare.row.facts.description = None;
    bare.row.facts.tags.clear();
    bare.row.facts.is_valid = false;
    bare.row.facts.status = WorkflowStatus::Archived;
    bare.row.project_id = None;
    bare.row.definition = Some(Arc::from(""));
    let mut odd = new_workflow(3);
    "a'b\"c`d\0é\r\n%_😀".clone_into(&mut odd.row.facts.name);
    odd.row.facts.tags = vec![String::new(), "x, \"y\"".to_owned(), "é".repeat(500)];
    odd.row.definition = Some("line: \"\u{1F600}\"\r\n".repeat(9_000).into());
    for new in [full, bare, odd] {
        let row = new.row.clone();
        assert_eq!(store.create_workflow(new).await, Ok(WorkflowCreated::New));
        assert_eq!(store.workflow(row.id).await, Ok(Some(row)));
    }
    assert_eq!(stored(store, 9).await, None);
}

/// Nothing of such a workflow is stored.
pub async fn a_workflow_that_contradicts_itself_is_refused(store: &impl FullStore) {
    type Spoil = fn(&mut NewWorkflow);
    let spoilt: [(&str, Spoil); 6] = [
        ("no text", |new| new.row.definition = None),
        ("revision 2", |new| new.row.revision = 2),
        ("no project", |new| new.row.project_id = Some(String::new())),
        ("a tag twice", |new| {
            new.row.facts.tags = vec!["a".to_owned(); 2];
        }),
        ("a claim twice", |new| new.claims = vec![claim("k"); 2]),
        ("a run", |new| {
            new.row.last_execution = Some(LastExecution {
                run: run_id(1),
                status: baton_model::ExecutionStatus::Running,
                created_at: time(1),
                started_at: None,
                completed_at: None,
            });
        }),
    ];
    for (what, spoil) in spoilt {
        let mut new = new_workflow(1);
        spoil(&mut new);
        let answer = store.create_workflow(new).await;
        assert!(
            matches!(answer, Err(StoreError::Refused(_))),
            "{what}: {answer:?}"
        );
        assert_eq!(stored(store, 1).await, None, "{what}");
    }
    create(store, [1]).await;
    let mut update = workflow_update(1, 1);
    update.facts.tags = vec!["a".to_owned(); 2];
    let answer = store.update_workflow(update).await;
    assert!(matches!(answer, Err(StoreError::Refused(_))), "{answer:?}");
    assert_eq!(stored(store, 1).await, Some(new_workflow(1).row));
}

/// Of one person; others may use it, too. The id comes before the name.
pub async fn a_name_is_given_once(store: &impl FullStore) {
    create(store, [1, 2]).await;
    let mut same = new_workflow(3);
    same.row.facts.name = new_workflow(1).row.facts.name;
    let taken = Ok(WorkflowCreated::NameTaken(workflow_id(1)));
    assert_eq!(store.create_workflow(same.clone()).await, taken);
    assert_eq!(stored(store, 3).await, None);
    "ada".clone_into(&mut same.row.created_by);
    let created = store.create_workflow(same.clone()).await;
    assert_eq!(created, Ok(WorkflowCreated::New));
    let answer = store.create_workflow(same).await;
    assert_eq!(answer, Err(StoreError::Conflict { expected: 0 }));

    let mut update = workflow_update(2, 1);
    update.facts.name = new_workflow(1).row.facts.name;
    let taken = Ok(WorkflowUpdated::NameTaken(workflow_id(1)));
    assert_eq!(store.update_workflow(update.clone()).await, taken);
    assert_eq!(stored(store, 2).await, Some(new_workflow(2).row));
    // Its own name is free for it, and a name is free again once it is given up.
    let mut own = workflow_update(1, 1);
    own.facts.name = new_workflow(1).row.facts.name;
    let done = Ok(WorkflowUpdated::Done);
    assert_eq!(store.update_workflow(own).await, done);
    assert_eq!(store.update_workflow(workflow_update(1, 2)).await, done);
    assert_eq!(store.update_workflow(update).await, done);
}

/// What is not given of the text stays; a stale change stores nothing.
pub async fn a_change_counts_revisions(store: &impl FullStore) {
    create(store, [1]).await;
    let update = workflow_update(1, 1);
    let updated = store.update_workflow(update.clone()).await;
    assert_eq!(updated, Ok(WorkflowUpdated::Done));
    let before = new_workflow(1).row;
    let expected = WorkflowRow {
        facts: update.facts.clone(),
        updated_at: update.at,
        revision: 2,
        ..before
    };
    assert_eq!(stored(store, 1).await, Some(expected.clone()));
    for stale in [0, 1, 3] {
        let answer = store.update_workflow(workflow_update(1, stale)).await;
        assert_eq!(answer, Err(StoreError::Conflict { expected: stale }));
    }
    assert_eq!(stored(store, 1).await, Some(expected.clone()));
    let mut text = workflow_update(1, 2);
    text.definition = Some(Arc::from("another\n"));
    let updated = store.update_workflow(text).await;
    assert_eq!(updated, Ok(WorkflowUpdated::Done));
    let found = stored(store, 1).await.unwrap();
    assert_eq!(
        (found.definition.as_deref(), found.revision),
        (Some("another\n"), 3)
    );
    let missing = store.update_workflow(workflow_update(2, 1)).await;
    assert_eq!(missing, Err(StoreError::NotFound));
}

/// A repeated creation finds the workflow it created, until that is deleted.
pub async fn a_claim_names_the_workflow_that_holds_it(store: &impl FullStore) {
    let with_key = |number| NewWorkflow {
        claims: vec![claim("key")],
        ..new_workflow(number)
    };
    let created = store.create_workflow(with_key(1)).await;
    assert_eq!(created, Ok(WorkflowCreated::New));
    let existing = Ok(WorkflowCreated::Existing(workflow_id(1)));
    assert_eq!(store.create_workflow(with_key(2)).await, existing);
    assert_eq!(store.create_workflow(with_key(1)).await, existing);
    assert_eq!(stored(store, 2).await, None);
    // Runs have keys of their own.
    let mut run = new_run(1);
    run.claims = vec![claim("key")];
    assert_eq!(store.create_run(run.into()).await, Ok(Created::New));
    let deleted = store.delete_workflows(&[workflow_id(1)]).await;
    assert_eq!(deleted, Ok(vec![workflow_id(1)]));
    let created = store.create_workflow(with_key(2)).await;
    assert_eq!(created, Ok(WorkflowCreated::New));
}

/// Many at once; what was not there is left out.
pub async fn deleted_workflows_are_named(store: &impl FullStore) {
    create(store, 1..=4).await;
    let ids = [4, 9, 1, 4].map(workflow_id);
    let deleted = store.delete_workflows(&ids).await;
    assert_eq!(deleted, Ok(vec![workflow_id(4), workflow_id(1)]));
    for (number, is_there) in [(1, false), (2, true), (3, true), (4, false)] {
        assert_eq!(stored(store, number).await.is_some(), is_there);
    }
    assert_eq!(store.delete_workflows(&ids).await, Ok(vec![]));
    assert_eq!(store.delete_workflows(&[]).await, Ok(vec![]));
    create(store, [1]).await;
}

/// They keep all else, go on, and are found no more by the workflow.
pub async fn runs_outlive_their_workflow(store: &impl FullStore) {
    create(store, [1, 2]).await;
    for (number, workflow) in [(1, 1), (2, 2), (3, 1)] {
        let mut run = new_run(number);
        run.execution.workflow_id = Some(workflow_id(workflow));
        store.create_run(run.into()).await.unwrap();
    }
    store.delete_workflows(&[workflow_id(1)]).await.unwrap();
    for (number, workflow) in [(1, None), (2, Some(workflow_id(2))), (3, None)] {
        let mut expected = new_run(number).execution;
        expected.workflow_id = workflow;
        let found = store.execution(run_id(number)).await;
        assert_eq!(found, Ok(Some(expected)));
    }
    let of_workflow = ExecutionFilter {
        workflow_id: Some(workflow_id(1)),
        ..ExecutionFilter::default()
    };
    let page = store.executions(of_workflow).await.unwrap();
    assert_eq!((page.items, page.total_count), (vec![], 0));
    let mut end = super::sample::commit(run_id(1), 1);
    end.execution = Some(standing(baton_model::ExecutionStatus::Completed));
    assert_eq!(store.commit(end).await, Ok(()));
}

/// The one that was stored last, however the others stand.
pub async fn a_workflow_shows_its_newest_run(store: &impl FullStore) {
    create(store, [1, 2]).await;
    for (number, second) in [(1, 5), (2, 9), (3, 9), (4, 7)] {
        let mut run = new_run(number);
        run.execution.workflow_id = Some(workflow_id(1));
        run.execution.created_at = time(second);
        store.create_run(run.into()).await.unwrap();
    }
    let mut end = super::sample::commit(run_id(3), 1);
    let failed = standing(baton_model::ExecutionStatus::Failed);
    end.execution = Some(failed.clone());
    store.commit(end).await.unwrap();
    let expected = LastExecution {
        run: run_id(3),
        status: failed.status,
        created_at: time(9),
        started_at: failed.started_at,
        completed_at: failed.completed_at,
    };
    let found = stored(store, 1).await.unwrap();
    assert_eq!(found.last_execution, Some(expected.clone()));
    assert_eq!(stored(store, 2).await.unwrap().last_execution, None);
    let page = store.workflows(super::shelf::all(10)).await.unwrap();
    let shown = page.items.iter().map(|row| row.last_execution.clone());
    assert_eq!(shown.collect::<Vec<_>>(), [None, Some(expected)]);
}

/// A name comes before a key of the same letters.
pub async fn a_workflow_is_found_by_its_name_or_its_key(store: &impl FullStore) {
    for (number, name, key) in [
        (1, "Release", Some("release")),
        (2, "release", Some("tidy")),
        (3, "Tidy", Some("tidy")),
        (4, "nothing yet", None),
        (5, "Tidy up", Some("tidy")),
        (6, "Tidy more", Some("tidy")),
    ] {
        let mut new = new_workflow(number);
        name.clone_into(&mut new.row.facts.name);
        new.row.facts.key = key.map(str::to_owned);
        store.create_workflow(new).await.unwrap();
    }
    for (name, expected) in [
        ("release", &[2][..]),
        ("Release", &[1]),
        ("tidy", &[6, 5, 3]),
        ("TIDY", &[]),
        ("", &[]),
        ("%", &[]),
        ("' OR true --", &[]),
    ] {
        let expected: Vec<_> = expected.iter().copied().map(workflow_id).collect();
        assert_eq!(store.workflows_named(name).await, Ok(expected), "{name}");
    }
}

/// As for runs.
pub async fn a_workflow_is_found_by_either_end_of_its_id(store: &impl FullStore) {
    create(store, [0x1234_5678, 0xabcd_ef01, 0xabcd_0f01]).await;
    for (fragment, expected) in [
        ("12345678", &[0x1234_5678][..]),
        ("45678", &[0x1234_5678]),
        ("12345678000000000000000012345678", &[0x1234_5678]),
        ("abcd", &[0xabcd_ef01, 0xabcd_0f01]),
        ("ef01", &[0xabcd_ef01]),
        ("3456", &[]),
        ("ABCD", &[]),
        ("abcg", &[]),
        ("ab", &[]),
        ("", &[]),
    ] {
        let expected: Vec<_> = expected.iter().copied().map(workflow_id).collect();
        assert_eq!(
            store.workflows_like(fragment).await,
            Ok(expected),
            "{fragment}"
        );
    }
}
