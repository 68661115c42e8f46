//! The calls about stored workflows.

use baton_store::conformance::sample::{claim, new_workflow, time, workflow_id, workflow_update};
use baton_store::{
    FullStore, NewWorkflow, SortOrder, SortValue, WorkflowFacts, WorkflowFilter, WorkflowPlace,
    WorkflowSort, WorkflowStatus, WorkflowUpdate,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::{Distance, distance, text};

/// Few, so that calls meet.
pub(super) const WORKFLOWS: u32 = 5;

#[derive(Clone, Debug)]
pub(super) enum WorkflowCall {
    Create(Box<NewWorkflow>),
    Update(Box<WorkflowUpdate>, Distance),
    Delete(Vec<u32>),
    List(WorkflowFilter),
    Named(&'static str),
    Like(String),
}

pub(super) fn workflow_call() -> impl Strategy<Value = WorkflowCall> {
    use WorkflowCall::{Create, Delete, Like, List, Named, Update};
    prop_oneof![
        4 => create().prop_map(|new| Create(Box::new(new))),
        3 => (update(), distance())
            .prop_map(|(update, distance)| Update(Box::new(update), distance)),
        1 => vec(0..WORKFLOWS, 0..3).prop_map(Delete),
        5 => filter().prop_map(List),
        1 => name().prop_map(Named),
        1 => "[0-4]{4,9}|[0-9a-gA-F]{0,5}".prop_map(Like),
    ]
}

fn name() -> impl Strategy<Value = &'static str> {
    select(&["a", "B", "É", "é", "ab"][..])
}

fn tags() -> impl Strategy<Value = Vec<String>> {
    // Now and then one twice, which is refused.
    let tag = select(&["x", "y", "x_y", ""][..]);
    vec(tag.prop_map(str::to_owned), 0..3)
}

fn facts() -> impl Strategy<Value = WorkflowFacts> {
    let status = select(WorkflowStatus::ALL);
    let parts = (
        name(),
        option::of(name()),
        option::of(name()),
        status,
        tags(),
    );
    parts.prop_map(|(name, key, description, status, tags)| WorkflowFacts {
        key: key.map(str::to_owned),
        name: name.to_owned(),
        description: description.map(str::to_owned),
        status,
        tags,
        is_valid: key.is_some(),
        ..new_workflow(0).row.facts
    })
}

fn create() -> impl Strategy<Value = NewWorkflow> {
    let claims = vec(select(&["a", "b", "c"][..]), 0..2);
    let project = option::of(select(&["p", "q", ""][..]));
    let parts = (0..WORKFLOWS, 0..4_u32, facts(), project, claims);
    parts.prop_map(|(number, second, facts, project, claims)| {
        let mut new = new_workflow(number);
        new.row.facts = facts;
        new.row.project_id = project.map(str::to_owned);
        new.row.created_at = time(second);
        new.row.updated_at = time(second);
        if second == 3 {
            "ada".clone_into(&mut new.row.created_by);
        }
        new.claims = claims.into_iter().map(claim).collect();
        new
    })
}

fn update() -> impl Strategy<Value = WorkflowUpdate> {
    let definition = option::of(select(&["", "text"][..]));
    let parts = (0..WORKFLOWS, 0..6_u32, facts(), definition);
    parts.prop_map(|(number, second, facts, definition)| WorkflowUpdate {
        at: time(second),
        facts,
        definition: definition.map(Into::into),
        ..workflow_update(number, 0)
    })
}

fn filter() -> impl Strategy<Value = WorkflowFilter> {
    let sort = select(
        &[
            WorkflowSort::Name,
            WorkflowSort::CreatedAt,
            WorkflowSort::UpdatedAt,
        ][..],
    );
    let order = select(&[SortOrder::Ascending, SortOrder::Descending][..]);
    let place = prop_oneof![
        name().prop_map(|name| SortValue::Name(name.to_lowercase())),
        (0..6_u32).prop_map(|second| SortValue::Time(time(second))),
    ];
    let after = option::of((place, 0..WORKFLOWS));
    let search = option::of(select(&["a", "É", "A\nB", ""][..]));
    let project = option::of(select(&["p", ""][..]));
    let statuses = vec(select(WorkflowStatus::ALL), 0..3);
    let parts = (
        (sort, order, after),
        (search, project),
        statuses,
        tags(),
        0..4_u32,
    );
    parts.prop_map(
        |((sort, order, after), (search, project), statuses, tags, limit)| WorkflowFilter {
            search: search.map(str::to_owned),
            statuses,
            tags,
            project_id: project.map(str::to_owned),
            sort,
            order,
            after: after.map(|(value, number)| WorkflowPlace {
                value,
                id: workflow_id(number),
            }),
            limit,
        },
    )
}

pub(super) async fn answer(store: &impl FullStore, call: &WorkflowCall) -> String {
    match call {
        WorkflowCall::Create(new) => text(&store.create_workflow(NewWorkflow::clone(new)).await),
        WorkflowCall::Update(update, distance) => {
            let stored = store.workflow(update.id).await.unwrap();
            let update = WorkflowUpdate {
                expected_revision: distance.from(stored.map_or(0, |row| row.revision)),
                ..WorkflowUpdate::clone(update)
            };
            text(&store.update_workflow(update).await)
        }
        WorkflowCall::Delete(numbers) => {
            let ids: Vec<_> = numbers.iter().copied().map(workflow_id).collect();
            text(&store.delete_workflows(&ids).await)
        }
        WorkflowCall::List(filter) => text(&store.workflows(filter.clone()).await),
        WorkflowCall::Named(name) => text(&store.workflows_named(name).await),
        WorkflowCall::Like(fragment) => text(&store.workflows_like(fragment).await),
    }
}
