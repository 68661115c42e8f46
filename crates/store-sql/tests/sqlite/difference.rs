//! The same random calls to the store in memory and to the one in a file must
//! give the same answers.

use std::fmt::Debug;

use baton_model::{ExecutionStatus, StepStatus};
use baton_store::conformance::sample::{
    claim, commit, event, line, new_run, pending, run_id, settled, stage, stored, time,
};
use baton_store::{
    Commit, ExecutionFilter, ExecutionUpdate, LogFilter, MemoryStore, NewRun, PageKey, RunQuery,
    RunStore, StepUpdate,
};
use baton_store_sql::SqliteStore;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::{FileFailurePersistence, TestCaseError};

use super::empty_store;

/// Few, so that calls meet.
const RUNS: u32 = 6;

/// A call to a store. Versions and log numbers are given as a distance from
/// the right ones, which are only known when the call is made.
#[derive(Clone, Debug)]
enum Call {
    Create(Box<NewRun>),
    Commit(Box<Commit>, Distance),
    AppendLogs(u32, u64, Distance),
    List(ExecutionFilter),
    Logs(u32, LogFilter),
    Events(u32, u64, u32),
    Like(String),
}

#[derive(Clone, Copy, Debug)]
enum Distance {
    Right,
    Behind,
    Ahead,
}

impl Distance {
    fn from(self, right: u64) -> u64 {
        match self {
            Self::Right => right,
            Self::Behind => right.saturating_sub(1),
            Self::Ahead => right + 1,
        }
    }
}

fn distance() -> impl Strategy<Value = Distance> {
    prop_oneof![
        8 => Just(Distance::Right),
        1 => Just(Distance::Behind),
        1 => Just(Distance::Ahead),
    ]
}

fn call() -> impl Strategy<Value = Call> {
    prop_oneof![
        2 => create().prop_map(|run| Call::Create(Box::new(run))),
        6 => (commits(), distance())
            .prop_map(|(changes, distance)| Call::Commit(Box::new(changes), distance)),
        2 => (0..RUNS, 0..4_u64, distance())
            .prop_map(|(run, lines, distance)| Call::AppendLogs(run, lines, distance)),
        2 => filter().prop_map(Call::List),
        1 => (0..RUNS, log_filter()).prop_map(|(run, filter)| Call::Logs(run, filter)),
        1 => (0..RUNS, 0..8_u64, 0..4_u32)
            .prop_map(|(run, after, limit)| Call::Events(run, after, limit)),
        1 => "[0-5]{4,9}|[0-9a-gA-F]{0,5}".prop_map(Call::Like),
    ]
}

fn create() -> impl Strategy<Value = NewRun> {
    let claims = proptest::collection::vec(select(&["a", "b", "c", "d"][..]), 0..3);
    let run = (0..RUNS, 0..4_u32, claims, any::<bool>(), any::<Index>());
    run.prop_map(|(number, second, claims, is_tidy, steps)| {
        let mut run = new_run(number);
        run.execution.created_at = time(second);
        run.claims = claims.into_iter().map(claim).collect();
        if is_tidy {
            "tidy".clone_into(&mut run.execution.workflow_key);
            run.execution.definition = None;
        }
        // Now and then without its first step, which is refused.
        if steps.index(8) == 0 {
            run.steps.remove(0);
        }
        run
    })
}

fn commits() -> impl Strategy<Value = Commit> {
    let update = proptest::option::of((select(ExecutionStatus::ALL), any::<Option<u16>>()));
    let steps = proptest::collection::vec(step_update(), 0..3);
    let parts = (0..RUNS, 0..4_u64, 0..9_u32, update, steps);
    parts.prop_map(|(run, n_events, second, update, steps)| Commit {
        at: time(second),
        events: (0..n_events).map(event).collect(),
        execution: update.map(|(status, text)| ExecutionUpdate {
            status,
            started_at: text.map(|text| time(text.into())),
            completed_at: None,
            error_message: text.map(|text| text.to_string()),
        }),
        steps,
        ..commit(run_id(run), 0)
    })
}

fn step_update() -> impl Strategy<Value = StepUpdate> {
    let index = prop_oneof![9 => 0..2_u32, 1 => Just(2_u32)];
    let parts = (index, select(StepStatus::ALL), any::<bool>(), any::<u32>());
    parts.prop_map(|(index, status, is_settled, attempt)| StepUpdate {
        status,
        attempt,
        ..if is_settled {
            settled(index)
        } else {
            pending(index)
        }
    })
}

fn filter() -> impl Strategy<Value = ExecutionFilter> {
    let statuses = proptest::collection::vec(select(ExecutionStatus::ALL), 0..3);
    let workflow = proptest::option::of(select(&["release", "tidy", "Cut a release"][..]));
    let after = proptest::option::of((0..4_u32, 0..RUNS));
    (statuses, workflow, after, 0..4_u32).prop_map(|(statuses, workflow, after, limit)| {
        ExecutionFilter {
            statuses,
            workflow: workflow.map(str::to_owned),
            after: after.map(|(second, run)| PageKey {
                created_at: time(second),
                id: run_id(run),
            }),
            limit,
        }
    })
}

fn log_filter() -> impl Strategy<Value = LogFilter> {
    let of_stage = proptest::option::of(select(&["build", "review"][..]));
    let parts = (
        of_stage,
        proptest::option::of(0..3_u32),
        0..6_u64,
        0..5_u32,
        any::<bool>(),
    );
    parts.prop_map(|(of_stage, dispatch, after, limit, from_end)| LogFilter {
        stage: of_stage.map(stage),
        dispatch,
        after,
        limit,
        from_end,
    })
}

/// An answer as text. Of an error only the kind counts: the words of `SQLite`
/// are its own.
fn text<T: Debug, E: Debug>(answer: &Result<T, E>) -> String {
    match answer {
        Ok(value) => format!("{value:?}"),
        Err(error) => {
            let words = format!("{error:?}");
            words.split('(').next().unwrap_or_default().to_owned()
        }
    }
}

async fn answer(store: &(impl RunStore + RunQuery), call: &Call) -> String {
    match call {
        Call::Create(run) => text(&store.create_run(NewRun::clone(run)).await),
        Call::Commit(changes, distance) => {
            let mut changes = Commit::clone(changes);
            let stored = store.execution(changes.run).await.unwrap();
            let version = distance.from(stored.map_or(0, |row| row.version));
            changes.expected_version = version;
            for event in &mut changes.events {
                event.seq += version + 1;
            }
            text(&store.commit(changes).await)
        }
        Call::AppendLogs(run, n_lines, distance) => {
            let last = distance.from(store.last_log_seq(run_id(*run)).await.unwrap());
            let lines = (1..=*n_lines).map(|n| {
                let (stage, dispatch) = if n % 2 == 0 {
                    ("build", 1)
                } else {
                    ("review", 2)
                };
                line(last + n, stage, dispatch)
            });
            text(&store.append_logs(run_id(*run), lines.collect()).await)
        }
        Call::List(filter) => text(&store.executions(filter.clone()).await),
        Call::Logs(run, filter) => text(&store.logs(run_id(*run), filter.clone()).await),
        Call::Events(run, after, limit) => text(&store.events(run_id(*run), *after, *limit).await),
        Call::Like(fragment) => text(&store.runs_like(fragment).await),
    }
}

async fn compare(
    memory: &MemoryStore,
    sqlite: &SqliteStore,
    calls: Vec<Call>,
) -> Result<(), TestCaseError> {
    for call in &calls {
        prop_assert_eq!(
            answer(memory, call).await,
            answer(sqlite, call).await,
            "{:?}",
            call
        );
    }
    for number in 0..RUNS {
        let run = run_id(number);
        prop_assert_eq!(stored(memory, run).await, stored(sqlite, run).await);
        prop_assert_eq!(memory.load_events(run).await, sqlite.load_events(run).await);
    }
    prop_assert_eq!(
        memory.unfinished_runs().await,
        sqlite.unfinished_runs().await
    );
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 64,
        // Where the seed of a failure is kept, beside being printed.
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(
            "tests/sqlite/difference.seeds",
        ))),
        ..ProptestConfig::default()
    })]

    #[test]
    fn both_stores_give_the_same_answers(calls in proptest::collection::vec(call(), 1..60)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let (sqlite, _directory) = empty_store();
        runtime.block_on(compare(&MemoryStore::new(), &sqlite, calls))?;
    }
}
