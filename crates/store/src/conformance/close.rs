//! The end of a store.

use std::fmt::Debug;
use std::time::Duration;

use baton_model::Timestamp;

use super::projects::project;
use super::sample::{
    commit, create_runs, line, new_run, new_workflow, run_id, server, workflow_id, workflow_update,
};
use super::tokens::token;
use crate::contract::{FullStore, RunQuery, RunStore};
use crate::error::StoreError;
use crate::execution_list::ExecutionFilter;
use crate::lease::LeaseTerm;
use crate::rows::LogFilter;
use crate::token::TokenHash;
use crate::workflow::WorkflowFilter;

/// Neither writes nor reads.
pub async fn a_closed_store_answers_nothing(store: &impl FullStore) {
    create_runs(store, [1]).await;
    let lease = store
        .acquire_lease(server(1), LeaseTerm::Exclusive)
        .await
        .unwrap();
    store.close().await.unwrap();
    let run = run_id(1);
    unavailable(&store.create_run(new_run(2).into()).await);
    unavailable(&store.commit(commit(run, 1)).await);
    let lines = vec![line(1, "build", 1)];
    unavailable(&store.append_logs(run, None, lines).await);
    unavailable(&store.load_run(run).await);
    unavailable(&store.open_runs(None, 1).await);
    unavailable(&store.owned_runs(&lease, None, 1).await);
    unavailable(&store.acquire_lease(server(2), LeaseTerm::Exclusive).await);
    unavailable(&store.renew_lease(&lease, Duration::MAX).await);
    unavailable(&store.release_lease(&lease).await);
    unavailable(&store.claim_runs(&lease, 1).await);
    unavailable(&store.claim_run(&lease, run).await);
    unavailable(&store.take_wakeups(&lease, 1).await);
    unavailable(&store.execution(run).await);
    unavailable(&store.steps(run).await);
    unavailable(&store.executions(ExecutionFilter::default()).await);
    unavailable(&store.runs_like("0000").await);
    unavailable(&store.events(run, 0, 1).await);
    unavailable(&store.all_events(0, 1).await);
    unavailable(&store.last_position().await);
    unavailable(&store.logs(run, LogFilter::default()).await);
    unavailable(&store.last_log_seq(run).await);
    unavailable(&store.last_claim("start").await);
    let workflow = workflow_id(1);
    unavailable(&store.create_workflow(new_workflow(1)).await);
    unavailable(&store.update_workflow(workflow_update(1, 1)).await);
    unavailable(&store.delete_workflows(&[workflow]).await);
    unavailable(&store.workflow(workflow).await);
    unavailable(&store.workflows(WorkflowFilter::default()).await);
    unavailable(&store.workflows_named("a").await);
    unavailable(&store.workflows_like("0000").await);
    unavailable(&store.create_token(token("a", 1)).await);
    unavailable(&store.tokens().await);
    let touched = store.touch_token(TokenHash([1; 32]), Timestamp::default());
    unavailable(&touched.await);
    unavailable(&store.delete_token("a").await);
    unavailable(&store.create_project(project("1", "a", "/a")).await);
    unavailable(&store.projects().await);
    unavailable(&store.delete_project("1").await);
}

fn unavailable<T: Debug>(answer: &Result<T, StoreError>) {
    assert!(
        matches!(answer, Err(StoreError::Unavailable(_))),
        "{answer:?}"
    );
}

/// Whoever closes last need not know that somebody did before.
pub async fn a_store_may_be_closed_twice(store: &(impl RunStore + RunQuery)) {
    let (first, second) = futures_util::future::join(store.close(), store.close()).await;
    assert_eq!(
        (first, second, store.close().await),
        (Ok(()), Ok(()), Ok(()))
    );
}
