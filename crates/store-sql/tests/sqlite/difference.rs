//! The same random calls to the store in memory and to the one in a file must
//! give the same answers.

#[path = "difference/workflows.rs"]
mod workflows;

use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use baton_model::{ExecutionStatus, RunId, StepStatus};
use baton_store::conformance::clock::TestClock;
use baton_store::conformance::sample::{
    claim, commit, event, line, new_run, run_id, server, settled, stage, step, stored, time,
    workflow_id,
};
use baton_store::{
    Attention, Commit, ExecutionFilter, ExecutionSort, ExecutionUpdate, FullStore, Lease,
    LeaseTerm, LogFilter, MemoryStore, NewRun, PageKey, RunStore, SortOrder, StepRow, StepUpdate,
    WorkflowStore,
};
use baton_store_sql::SqliteStore;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::{FileFailurePersistence, TestCaseError};

use super::empty_store_with_clock;
use workflows::{WORKFLOWS, WorkflowCall, workflow_call};

/// Few, so that calls meet.
const RUNS: u32 = 6;
const SERVERS: u32 = 3;

/// A call to a store. Versions and log numbers are given as a distance from
/// the right ones, which are only known when the call is made.
#[derive(Clone, Debug)]
enum Call {
    Create(Box<NewRun>, Option<Held>),
    Commit(Box<Commit>, Distance, Option<Held>),
    AppendLogs(u32, u64, Distance, Option<Held>),
    Wait(u64),
    Lease(LeaseCall),
    Look(Look),
    Workflow(WorkflowCall),
}

#[derive(Clone, Debug)]
enum LeaseCall {
    Acquire(u32, LeaseTerm),
    Renew(Held, Duration),
    Release(Held),
    ClaimRuns(Held, u32),
    ClaimRun(Held, u32),
    TakeWakeups(Held, u32),
    Owned(Held, Option<u32>, u32),
}

#[derive(Clone, Debug)]
enum Look {
    Open(Option<u32>, u32),
    List(ExecutionFilter),
    Logs(u32, LogFilter),
    Events(u32, u64, u32),
    AllEvents(u64, u32),
    Like(String),
}

/// One of the leases that were acquired, the latest more often than others.
#[derive(Clone, Copy, Debug)]
struct Held {
    is_latest: bool,
    index: Index,
}

impl Held {
    /// The lease among those there were; one nobody was given when there are none.
    fn among(self, leases: &[Lease]) -> Lease {
        let none = Lease {
            server: server(0),
            epoch: 0,
        };
        match leases {
            [.., last] if self.is_latest => *last,
            [] => none,
            leases => *self.index.get(leases),
        }
    }
}

fn held() -> impl Strategy<Value = Held> {
    (any::<bool>(), any::<Index>()).prop_map(|(is_latest, index)| Held { is_latest, index })
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
        2 => (create(), option::of(held()))
            .prop_map(|(run, owner)| Call::Create(Box::new(run), owner)),
        6 => (commits(), distance(), option::of(held())).prop_map(|(changes, distance, fence)| {
            Call::Commit(Box::new(changes), distance, fence)
        }),
        2 => (0..RUNS, 0..4_u64, distance(), option::of(held()))
            .prop_map(|(run, lines, distance, fence)| {
                Call::AppendLogs(run, lines, distance, fence)
            }),
        1 => (0..4_u64).prop_map(Call::Wait),
        6 => lease_call().prop_map(Call::Lease),
        5 => look().prop_map(Call::Look),
        6 => workflow_call().prop_map(Call::Workflow),
    ]
}

fn lease_call() -> impl Strategy<Value = LeaseCall> {
    use LeaseCall::{Acquire, ClaimRun, ClaimRuns, Owned, Release, Renew, TakeWakeups};
    let term = prop_oneof![
        1 => Just(LeaseTerm::Exclusive),
        4 => seconds().prop_map(LeaseTerm::For),
    ];
    prop_oneof![
        2 => (0..SERVERS, term).prop_map(|(server, term)| Acquire(server, term)),
        1 => (held(), seconds()).prop_map(|(lease, duration)| Renew(lease, duration)),
        1 => held().prop_map(Release),
        3 => (held(), 0..4_u32).prop_map(|(lease, limit)| ClaimRuns(lease, limit)),
        3 => (held(), 0..RUNS).prop_map(|(lease, run)| ClaimRun(lease, run)),
        2 => (held(), 0..4_u32).prop_map(|(lease, limit)| TakeWakeups(lease, limit)),
        1 => (held(), option::of(0..RUNS), 0..4_u32)
            .prop_map(|(lease, after, limit)| Owned(lease, after, limit)),
    ]
}

fn look() -> impl Strategy<Value = Look> {
    prop_oneof![
        1 => (option::of(0..RUNS), 0..4_u32).prop_map(|(after, limit)| Look::Open(after, limit)),
        2 => filter().prop_map(Look::List),
        1 => (0..RUNS, log_filter()).prop_map(|(run, filter)| Look::Logs(run, filter)),
        1 => (0..RUNS, 0..8_u64, 0..4_u32)
            .prop_map(|(run, after, limit)| Look::Events(run, after, limit)),
        1 => (0..20_u64, 0..5_u32).prop_map(|(after, limit)| Look::AllEvents(after, limit)),
        1 => "[0-5]{4,9}|[0-9a-gA-F]{0,5}".prop_map(Look::Like),
    ]
}

fn seconds() -> impl Strategy<Value = Duration> {
    (0..6_u64).prop_map(Duration::from_secs)
}

fn create() -> impl Strategy<Value = NewRun> {
    let claims = vec(select(&["a", "b", "c", "d"][..]), 0..3);
    let run = (0..RUNS, 0..4_u32, claims, any::<bool>(), any::<Index>());
    let project = option::of(select(&["shop", "web"][..]));
    let run = (run, option::of(0..WORKFLOWS), project);
    run.prop_map(
        |((number, second, claims, is_tidy, steps), workflow, project)| {
            let mut run = new_run(number);
            run.execution.workflow_id = workflow.map(workflow_id);
            run.execution.project_id = project.map(str::to_owned);
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
        },
    )
}

fn commits() -> impl Strategy<Value = Commit> {
    let steps = vec(step_update(), 0..3);
    let parts = (
        0..RUNS,
        0..4_u64,
        0..9_u32,
        option::of(update()),
        edits(),
        steps,
    );
    parts.prop_map(|(run, n_events, second, execution, edits, steps)| Commit {
        at: time(second),
        events: (0..n_events).map(event).collect(),
        execution,
        removed_steps: edits.0,
        added_steps: edits.1,
        steps,
        ..commit(run_id(run), 0)
    })
}

fn update() -> impl Strategy<Value = ExecutionUpdate> {
    let parts = (
        select(ExecutionStatus::ALL),
        select(Attention::ALL),
        any::<Option<u16>>(),
    );
    parts.prop_map(|(status, attention, text)| ExecutionUpdate {
        status,
        started_at: text.map(|text| time(text.into())),
        completed_at: text
            .filter(|text| text % 2 == 0)
            .map(|text| time(text.into())),
        error_message: text.map(|text| text.to_string()),
        attention,
        wake_at: text.map(|text| time(text.into())),
    })
}

/// Mostly none; steps that go and steps that come.
fn edits() -> impl Strategy<Value = (Vec<u32>, Vec<StepRow>)> {
    let names = select(&["build", "review", "test"][..]);
    let added = (0..4_u32, names).prop_map(|(index, name)| step(index, name, &[]));
    prop_oneof![
        3 => Just((Vec::new(), Vec::new())),
        1 => (vec(0..4_u32, 0..2), vec(added, 0..3)),
    ]
}

fn step_update() -> impl Strategy<Value = StepUpdate> {
    let index = prop_oneof![9 => 0..2_u32, 1 => 2..4_u32];
    let inputs = option::of(select(&["{}", r#"{"in":2}"#][..]));
    let parts = (
        index,
        select(StepStatus::ALL),
        any::<bool>(),
        any::<u32>(),
        inputs,
    );
    parts.prop_map(|(index, status, is_settled, attempt, inputs)| StepUpdate {
        status,
        attempt,
        inputs: inputs.map(Arc::from),
        ..if is_settled {
            settled(index)
        } else {
            StepUpdate::untouched(index)
        }
    })
}

fn filter() -> impl Strategy<Value = ExecutionFilter> {
    let statuses = vec(select(ExecutionStatus::ALL), 0..3);
    let workflow = option::of(select(&["release", "tidy", "Cut a release"][..]));
    let after = option::of((0..4_u32, 0..RUNS));
    let workflow_id = option::of((0..WORKFLOWS).prop_map(workflow_id));
    let project = option::weighted(0.3, select(&["shop", "web"][..]));
    let search = option::weighted(0.3, select(&["RELEASE", "d", "x"][..]));
    let started = || option::weighted(0.3, any::<u16>().prop_map(|second| time(second.into())));
    let sort = select(
        &[
            ExecutionSort::CreatedAt,
            ExecutionSort::StartedAt,
            ExecutionSort::CompletedAt,
        ][..],
    );
    let order = select(&[SortOrder::Ascending, SortOrder::Descending][..]);
    let parts = (statuses, workflow, workflow_id, after, 0..4_u32);
    let parts = (parts, project, search, started(), started(), sort, order);
    parts.prop_map(
        |(parts, project, search, started_after, started_before, sort, order)| {
            let (statuses, workflow, workflow_id, after, limit) = parts;
            ExecutionFilter {
                statuses,
                workflow_id,
                workflow: workflow.map(str::to_owned),
                project_id: project.map(str::to_owned),
                search: search.map(str::to_owned),
                started_after,
                started_before,
                sort,
                order,
                after: after.map(|(second, run)| PageKey {
                    at: time(second),
                    id: run_id(run),
                }),
                limit,
            }
        },
    )
}

fn log_filter() -> impl Strategy<Value = LogFilter> {
    let of_stage = option::of(select(&["build", "review"][..]));
    let parts = (
        of_stage,
        option::of(0..3_u32),
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

/// A store, and the leases it gave out.
struct Side<'a, S> {
    store: &'a S,
    leases: Vec<Lease>,
}

impl<'a, S: FullStore> Side<'a, S> {
    const fn new(store: &'a S) -> Self {
        Self {
            store,
            leases: Vec::new(),
        }
    }

    fn fence(&self, held: Option<Held>) -> Option<Lease> {
        held.map(|held| held.among(&self.leases))
    }

    async fn answer(&mut self, call: &Call) -> String {
        match call {
            Call::Create(run, owner) => {
                let run = NewRun {
                    owner: self.fence(*owner),
                    ..NewRun::clone(run)
                };
                text(&self.store.create_run(run.into()).await)
            }
            Call::Commit(changes, distance, fence) => {
                let changes = Commit {
                    fence: self.fence(*fence),
                    ..Commit::clone(changes)
                };
                self.commit(changes, *distance).await
            }
            Call::AppendLogs(run, n_lines, distance, fence) => {
                let fence = self.fence(*fence);
                self.append_logs(run_id(*run), *n_lines, *distance, fence)
                    .await
            }
            Call::Wait(_) => String::new(),
            Call::Lease(call) => self.lease(call).await,
            Call::Look(look) => self.look(look).await,
            Call::Workflow(call) => workflows::answer(self.store, call).await,
        }
    }

    async fn lease(&mut self, call: &LeaseCall) -> String {
        let store = self.store;
        let lease = |held: &Held| held.among(&self.leases);
        match call {
            LeaseCall::Acquire(number, term) => {
                let acquired = store.acquire_lease(server(*number), *term).await;
                self.leases.extend(acquired.iter());
                text(&acquired)
            }
            LeaseCall::Renew(held, duration) => {
                text(&store.renew_lease(&lease(held), *duration).await)
            }
            LeaseCall::Release(held) => text(&store.release_lease(&lease(held)).await),
            LeaseCall::ClaimRuns(held, limit) => {
                text(&store.claim_runs(&lease(held), *limit).await)
            }
            LeaseCall::ClaimRun(held, run) => {
                text(&store.claim_run(&lease(held), run_id(*run)).await)
            }
            LeaseCall::Owned(held, after, limit) => {
                let after = after.map(run_id);
                text(&store.owned_runs(&lease(held), after, *limit).await)
            }
            LeaseCall::TakeWakeups(held, limit) => {
                text(&store.take_wakeups(&lease(held), *limit).await)
            }
        }
    }

    async fn look(&self, look: &Look) -> String {
        let store = self.store;
        match look {
            Look::Open(after, limit) => text(&store.open_runs(after.map(run_id), *limit).await),
            Look::List(filter) => text(&store.executions(filter.clone()).await),
            Look::Logs(run, filter) => text(&store.logs(run_id(*run), filter.clone()).await),
            Look::Events(run, after, limit) => {
                text(&store.events(run_id(*run), *after, *limit).await)
            }
            Look::AllEvents(after, limit) => {
                let events = text(&store.all_events(*after, *limit).await);
                format!("{events} of {}", text(&store.last_position().await))
            }
            Look::Like(fragment) => text(&store.runs_like(fragment).await),
        }
    }

    async fn commit(&self, mut changes: Commit, distance: Distance) -> String {
        let stored = self.store.execution(changes.run).await.unwrap();
        let version = distance.from(stored.map_or(0, |row| row.version));
        changes.expected_version = version;
        for event in &mut changes.events {
            event.seq += version + 1;
        }
        text(&self.store.commit(changes).await)
    }

    async fn append_logs(
        &self,
        run: RunId,
        n_lines: u64,
        distance: Distance,
        fence: Option<Lease>,
    ) -> String {
        let last = distance.from(self.store.last_log_seq(run).await.unwrap());
        let lines = (1..=n_lines).map(|n| {
            let (stage, dispatch) = if n % 2 == 0 {
                ("build", 1)
            } else {
                ("review", 2)
            };
            line(last + n, stage, dispatch)
        });
        text(&self.store.append_logs(run, fence, lines.collect()).await)
    }
}

async fn compare(
    clock: &TestClock,
    memory: &MemoryStore,
    sqlite: &SqliteStore,
    calls: Vec<Call>,
) -> Result<(), TestCaseError> {
    let (mut memory, mut sqlite) = (Side::new(memory), Side::new(sqlite));
    for call in &calls {
        if let Call::Wait(seconds) = call {
            clock.advance(*seconds);
        }
        prop_assert_eq!(
            memory.answer(call).await,
            sqlite.answer(call).await,
            "{:?}",
            call
        );
    }
    let (memory, sqlite) = (memory.store, sqlite.store);
    for number in 0..RUNS {
        let run = run_id(number);
        prop_assert_eq!(stored(memory, run).await, stored(sqlite, run).await);
        prop_assert_eq!(memory.load_run(run).await, sqlite.load_run(run).await);
    }
    for workflow in (0..WORKFLOWS).map(workflow_id) {
        prop_assert_eq!(
            memory.workflow(workflow).await,
            sqlite.workflow(workflow).await
        );
    }
    prop_assert_eq!(
        memory.open_runs(None, RUNS).await,
        sqlite.open_runs(None, RUNS).await
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
    fn both_stores_give_the_same_answers(calls in vec(call(), 1..60)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let clock = Arc::new(TestClock::default());
        let (sqlite, _directory) = empty_store_with_clock(Arc::clone(&clock) as _);
        let memory = MemoryStore::with_clock(Arc::clone(&clock) as _);
        runtime.block_on(compare(&clock, &memory, &sqlite, calls))?;
    }
}
