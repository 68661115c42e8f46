//! Lists of 10,000 stored workflows, of which each has ten runs: how long one
//! page takes when nobody else asks.
//!
//! `cargo bench -p baton-store-sql --bench workflows`

#![expect(clippy::print_stdout, reason = "a bench prints its figures")]
#![expect(clippy::unwrap_used, reason = "a bench that fails fails")]

use std::future::Future;
use std::time::{Duration, Instant};

use baton_store::conformance::sample::{new_run, new_workflow, workflow_id};
use baton_store::{
    RunStore, SortOrder, WorkflowFilter, WorkflowPlace, WorkflowSort, WorkflowStatus, WorkflowStore,
};
use baton_store_sql::{Durability, SqliteOptions, SqliteStore};

const N_WORKFLOWS: u32 = 10_000;
const RUNS_OF_EACH: u32 = 10;
const ROUNDS: usize = 200;

#[tokio::main]
async fn main() {
    let directory = tempfile::tempdir().unwrap();
    let options = SqliteOptions {
        durability: Durability::Normal,
    };
    let store = SqliteStore::open(directory.path(), options).unwrap();
    fill(&store).await;
    println!("{N_WORKFLOWS} workflows, {RUNS_OF_EACH} runs of each\n");
    println!("{:<34} {:>9} {:>9}", "", "median", "p95");
    let all = WorkflowFilter {
        limit: 50,
        ..WorkflowFilter::default()
    };
    let deep = store
        .workflows(WorkflowFilter {
            limit: 200,
            ..all.clone()
        })
        .await
        .unwrap();
    for (what, filter) in questions(&all, deep.next) {
        report(what, || {
            let page = store.workflows(filter.clone());
            async { drop(page.await.unwrap()) }
        })
        .await;
    }
    report("one workflow", || {
        let workflow = store.workflow(workflow_id(5_000));
        async { drop(workflow.await.unwrap().unwrap()) }
    })
    .await;
    delete_one_with_many_runs(&store).await;
    store.close().await.unwrap();
}

/// All that a deletion holds up: each run has to forget its workflow.
async fn delete_one_with_many_runs(store: &SqliteStore) {
    const N_RUNS: u32 = 20_000;
    let workflow = workflow_id(N_WORKFLOWS);
    store
        .create_workflow(new_workflow(N_WORKFLOWS))
        .await
        .unwrap();
    for number in 0..N_RUNS {
        let mut run = new_run(N_WORKFLOWS * RUNS_OF_EACH + number);
        run.execution.workflow_id = Some(workflow);
        store.create_run(run.into()).await.unwrap();
    }
    let start = Instant::now();
    let deleted = store.delete_workflows(&[workflow]).await.unwrap();
    assert_eq!(deleted, [workflow]);
    let took = start.elapsed().as_secs_f64() * 1_000.0;
    println!("deleting one with {N_RUNS} runs: {took:.0} ms");
}

/// What is asked for, in words and as a filter.
fn questions(
    all: &WorkflowFilter,
    later: Option<WorkflowPlace>,
) -> Vec<(&'static str, WorkflowFilter)> {
    let with = |change: fn(&mut WorkflowFilter)| {
        let mut filter = all.clone();
        change(&mut filter);
        filter
    };
    vec![
        ("the first page", all.clone()),
        (
            "a later page",
            WorkflowFilter {
                after: later,
                ..all.clone()
            },
        ),
        ("by name", with(|filter| filter.sort = WorkflowSort::Name)),
        (
            "oldest change first",
            with(|filter| {
                filter.sort = WorkflowSort::UpdatedAt;
                filter.order = SortOrder::Ascending;
            }),
        ),
        (
            "of one state",
            with(|filter| filter.statuses = vec![WorkflowStatus::Published]),
        ),
        (
            "of a rare tag",
            with(|filter| filter.tags = vec!["rare".to_owned()]),
        ),
        (
            "of a tag that all have",
            with(|filter| filter.tags = vec!["green".to_owned()]),
        ),
        (
            "a search that finds most",
            with(|filter| filter.search = Some("workflow".to_owned())),
        ),
        (
            "a search that finds nothing",
            with(|filter| filter.search = Some("nowhere".to_owned())),
        ),
        ("200 at once", with(|filter| filter.limit = 200)),
    ]
}

async fn fill(store: &SqliteStore) {
    for number in 0..N_WORKFLOWS {
        let mut new = new_workflow(number);
        if number % 100 == 0 {
            new.row.facts.tags.push("rare".to_owned());
        }
        if number % 3 == 0 {
            new.row.facts.status = WorkflowStatus::Published;
        }
        new.row.definition = Some("# a line of a definition\n".repeat(80).into());
        store.create_workflow(new).await.unwrap();
    }
    for number in 0..N_WORKFLOWS * RUNS_OF_EACH {
        let mut run = new_run(number);
        run.execution.workflow_id = Some(workflow_id(number % N_WORKFLOWS));
        run.execution.definition = None;
        store.create_run(run.into()).await.unwrap();
    }
}

async fn report<F: Future<Output = ()>>(what: &str, call: impl Fn() -> F) {
    let mut times = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        let start = Instant::now();
        call().await;
        times.push(start.elapsed());
    }
    times.sort();
    let at = |percent: usize| times.get(ROUNDS * percent / 100).copied();
    let shown = |time: Option<Duration>| {
        let millis = time.unwrap_or_default().as_secs_f64() * 1_000.0;
        format!("{millis:.2} ms")
    };
    println!("{what:<34} {:>9} {:>9}", shown(at(50)), shown(at(95)));
}
