//! Projects: registered, listed, taken out again, and the runs that belong to
//! them.

use baton_model::{ExecutionStatus, Timestamp};

use super::lists::{filter, ids, next, page};
use super::sample::{claim, commit, new_run, run_id, standing};
use crate::contract::{Created, FullStore, ProjectCreated, RunQuery, RunStore};
use crate::error::StoreError;
use crate::execution_list::ExecutionFilter;
use crate::project::ProjectRow;
use crate::rows::NewRun;

pub(super) fn project(id: &str, name: &str, path: &str) -> ProjectRow {
    ProjectRow {
        id: id.to_owned(),
        name: name.to_owned(),
        path: path.to_owned(),
        created_by: "local".to_owned(),
        created_at: Timestamp::from_micros(7),
    }
}

async fn create(store: &impl FullStore, project: &ProjectRow) {
    let created = store.create_project(project.clone()).await;
    assert_eq!(created, Ok(ProjectCreated::New), "{project:?}");
}

/// Every part of a project comes back; names need not differ.
pub async fn projects_are_read_back_whole_and_in_order(store: &impl FullStore) {
    assert_eq!(store.projects().await, Ok(Vec::new()));
    let projects = [
        project("2", "shop", "/srv/a 'b' \"c\" $HOME"),
        project("3", "shop", "/srv/ä"),
        project("1", "web; DROP TABLE projects", "/srv/web"),
    ];
    for project in projects.iter().rev() {
        create(store, project).await;
    }
    assert_eq!(store.projects().await, Ok(projects.to_vec()));
}

/// Neither an id nor a path is there twice.
pub async fn a_path_belongs_to_one_project(store: &impl FullStore) {
    create(store, &project("1", "a", "/srv/a")).await;
    let same_path = store.create_project(project("2", "b", "/srv/a")).await;
    assert_eq!(same_path, Ok(ProjectCreated::PathTaken("1".to_owned())));
    for path in ["/srv/a", "/srv/b"] {
        let same_id = store.create_project(project("1", "b", path)).await;
        assert_eq!(same_id, Err(StoreError::Conflict { expected: 0 }));
    }
    assert_eq!(
        store.projects().await,
        Ok(vec![project("1", "a", "/srv/a")])
    );
    create(store, &project("2", "a", "/srv/A")).await;
}

/// Id, name and path have at least one byte, and bounds.
pub async fn a_project_is_whole(store: &impl FullStore) {
    let long = "x".repeat(4097);
    for wrong in [
        project("", "a", "/srv/a"),
        project("1", "", "/srv/a"),
        project("1", "a", ""),
        project(&long, "a", "/srv/a"),
        project("1", &long, "/srv/a"),
        project("1", "a", &long),
    ] {
        let refused = store.create_project(wrong).await;
        assert!(
            matches!(refused, Err(StoreError::Refused(_))),
            "{refused:?}"
        );
    }
    create(store, &project("1", "a", &long[1..])).await;
}

/// A project that was taken out has gone, and its path is free; its runs stay
/// what they are.
pub async fn a_deleted_project_has_gone(store: &impl FullStore) {
    create(store, &project("1", "a", "/srv/a")).await;
    create(store, &project("2", "b", "/srv/b")).await;
    let mut run = new_run(1);
    run.execution.project_id = Some("1".to_owned());
    store.create_run(run.into()).await.unwrap();
    assert_eq!(store.delete_project("1").await, Ok(true));
    assert_eq!(store.delete_project("1").await, Ok(false));
    assert_eq!(
        store.projects().await,
        Ok(vec![project("2", "b", "/srv/b")])
    );
    let row = store.execution(run_id(1)).await.unwrap().unwrap();
    assert_eq!(row.project_id.as_deref(), Some("1"));
    create(store, &project("3", "a", "/srv/a")).await;
}

/// A project, states, a workflow, and the runs these find, newest first.
type OfProject<'a> = (&'a str, &'a [ExecutionStatus], Option<&'a str>, &'a [u32]);

/// In pages, counted, and narrowed by the other filters.
pub async fn runs_of_a_project_are_listed(store: &(impl RunStore + RunQuery)) {
    for (number, project) in [(1, "a"), (2, "b"), (3, "a"), (4, "a"), (6, "'; --")] {
        let mut run = new_run(number);
        run.execution.project_id = Some(project.to_owned());
        store.create_run(run.into()).await.unwrap();
    }
    store.create_run(new_run(5).into()).await.unwrap();
    let mut changes = commit(run_id(3), 1);
    changes.execution = Some(standing(ExecutionStatus::Failed));
    store.commit(changes).await.unwrap();
    let (failed, pending) = (ExecutionStatus::Failed, ExecutionStatus::Pending);
    let cases: [OfProject<'_>; 8] = [
        ("a", &[], None, &[4, 3, 1]),
        ("a", &[failed], None, &[3]),
        ("a", &[failed, pending], None, &[4, 3, 1]),
        ("a", &[], Some("release"), &[4, 3, 1]),
        ("a", &[failed], Some("Cut a release"), &[3]),
        ("a", &[], Some("tidy"), &[]),
        ("'; --", &[], None, &[6]),
        ("", &[], None, &[]),
    ];
    for (project, statuses, name, expected) in cases {
        let wanted = ExecutionFilter {
            statuses: statuses.to_vec(),
            workflow: name.map(str::to_owned),
            project_id: Some(project.to_owned()),
            ..filter(2)
        };
        let first = page(store, &wanted).await;
        let mut rows = first.items.clone();
        if first.has_more {
            rows.extend(page(store, &next(&first, &wanted)).await.items);
        }
        let expected: Vec<_> = expected.iter().copied().map(run_id).collect();
        assert_eq!(ids(&rows), expected, "{wanted:?}");
        assert_eq!(first.total_count, expected.len() as u64, "{wanted:?}");
    }
}

/// Those that have ended make room, those of other projects take none, and
/// whoever asks for a run again gets it.
pub async fn a_project_has_no_more_runs_at_once_than_it_may(store: &(impl RunStore + RunQuery)) {
    let run = |number: u32, project: &str| {
        let mut run = new_run(number);
        run.execution.project_id = Some(project.to_owned());
        run.claims = vec![claim(&number.to_string())];
        run.project_runs_max = Some(2);
        run
    };
    for (number, project, expected) in [
        (1, "a", Created::New),
        (2, "a", Created::New),
        (3, "a", Created::ProjectFull(2)),
        (4, "b", Created::New),
    ] {
        let created = store.create_run(run(number, project).into()).await;
        assert_eq!(created, Ok(expected), "{number}");
    }
    assert_eq!(store.execution(run_id(3)).await, Ok(None));
    let mut again = run(5, "a");
    again.claims = vec![claim("1")];
    let created = store.create_run(again.into()).await;
    assert_eq!(created, Ok(Created::Existing(run_id(1))));
    let taken = NewRun {
        claims: Vec::new(),
        ..run(2, "a")
    };
    let taken = store.create_run(taken.into()).await;
    assert_eq!(taken, Err(StoreError::Conflict { expected: 0 }));
    let unbounded = NewRun {
        project_runs_max: None,
        ..run(6, "a")
    };
    assert_eq!(store.create_run(unbounded.into()).await, Ok(Created::New));
    for (ended, expected) in [(1, Created::ProjectFull(2)), (2, Created::New)] {
        let mut changes = commit(run_id(ended), 1);
        changes.execution = Some(standing(ExecutionStatus::Cancelled));
        store.commit(changes).await.unwrap();
        let created = store.create_run(run(3, "a").into()).await;
        assert_eq!(created, Ok(expected), "{ended}");
    }
}
