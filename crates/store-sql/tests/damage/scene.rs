//! A database with some runs, everything it answers, and randomness that can
//! be had again.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use baton_model::{ExecutionStatus, RunId, WorkflowId};
use baton_store::conformance::sample::{
    commit, create_runs, line, new_workflow, run_id, settled, standing, workflow_id,
};
use baton_store::{
    Commit, ExecutionFilter, LogFilter, RunQuery, RunStore, StoreError, WorkflowFilter,
    WorkflowStore,
};
use baton_store_sql::{SqliteOptions, SqliteStore};
use tempfile::TempDir;

pub(crate) const N_RUNS: u32 = 6;

pub(crate) fn open(path: &Path) -> Result<Arc<SqliteStore>, StoreError> {
    SqliteStore::open(path, SqliteOptions::default())
}

/// A generator (splitmix64) whose seed is printed. `TEST_SEED` sets it.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new() -> Self {
        let given = std::env::var("TEST_SEED").ok();
        let seed = given.map_or_else(
            || {
                let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
                u64::from(now.subsec_nanos()) ^ (now.as_secs() << 30)
            },
            |seed| seed.parse().unwrap(),
        );
        println!("TEST_SEED={seed}");
        Self(seed)
    }

    /// 0 to `n` - 1.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((mixed ^ (mixed >> 31)) % n as u64).unwrap()
    }
}

/// How many times, when there is little time and when there is much.
pub(crate) fn rounds(few: usize, many: usize) -> usize {
    if std::env::var_os("BATON_LONG").is_some() {
        many
    } else {
        few
    }
}

pub(crate) fn runs() -> impl Iterator<Item = RunId> {
    (1..=N_RUNS).map(run_id)
}

/// Other ids than those of the runs.
pub(crate) fn workflows() -> impl Iterator<Item = WorkflowId> {
    (1..=N_RUNS)
        .step_by(2)
        .map(|number| workflow_id(100 + number))
}

async fn create_workflow(store: &SqliteStore, number: u32) {
    let mut new = new_workflow(100 + number);
    new.row.definition = Some(format!("id: w-{number}\n{}", "# long\n".repeat(600)).into());
    store.create_workflow(new).await.unwrap();
}

/// A commit that changes a row of every kind.
fn big_commit(run: RunId, version: u64) -> Commit {
    let mut changes = commit(run, version);
    changes.events[0].body =
        format!(r#"{{"seq":{version},"text":"{}"}}"#, "long ".repeat(900)).into();
    changes.execution = Some(standing(ExecutionStatus::Running));
    changes.steps = vec![settled(0)];
    changes
}

/// What happens one after the other; each step is one transaction.
pub(crate) async fn step(store: &SqliteStore, number: u32) {
    let run = run_id(number % N_RUNS + 1);
    let round = number / N_RUNS;
    match round {
        0 => create_runs(store, [number % N_RUNS + 1]).await,
        1 if number.is_multiple_of(2) => create_workflow(store, number % N_RUNS + 1).await,
        _ if number.is_multiple_of(2) => {
            let lines = (1..=3).map(|seq| line(u64::from(round - 2) * 3 + seq, "build", 1));
            store.append_logs(run, None, lines.collect()).await.unwrap();
        }
        _ => store.commit(big_commit(run, round.into())).await.unwrap(),
    }
}

/// Steps that fill a few dozen pages.
pub(crate) const N_STEPS: u32 = 5 * N_RUNS;

/// A directory with a store that was closed.
pub(crate) async fn closed() -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path()).unwrap();
    for number in 0..N_STEPS {
        step(&store, number).await;
    }
    store.close().await.unwrap();
    directory
}

/// Everything a store answers: each question with its answer.
pub(crate) async fn answers(store: &SqliteStore) -> Vec<(String, Result<String, StoreError>)> {
    let mut answers = Vec::new();
    let mut note = |question: String, answer: Result<String, StoreError>| {
        answers.push((question, answer));
    };
    let all = ExecutionFilter {
        limit: 200,
        ..ExecutionFilter::default()
    };
    let page = store.executions(all).await;
    let page = page.and_then(|page| match page.damaged.first() {
        Some(damaged) => Err(StoreError::Corrupt(damaged.what.clone())),
        None => Ok(format!("{page:?}")),
    });
    note("executions".to_owned(), page);
    // As for the lines of logs, nothing else says how many there are.
    let order = store.all_events(0, u32::MAX).await;
    let order = order.and_then(|events| {
        match events
            .iter()
            .find_map(|ordered| ordered.event.as_ref().err())
        {
            Some(what) => Err(StoreError::Corrupt(what.clone())),
            None => Ok(format!("{events:?}")),
        }
    });
    note("lines of all events".to_owned(), order);
    let open = store.open_runs(None, 200).await;
    note("open runs".to_owned(), open.map(|open| format!("{open:?}")));
    note_workflows(store, &mut note).await;
    for run in runs() {
        let execution = store.execution(run).await;
        note(
            format!("execution {run}"),
            execution.map(|row| format!("{row:?}")),
        );
        let steps = store.steps(run).await;
        note(
            format!("steps {run}"),
            steps.map(|steps| format!("{steps:?}")),
        );
        // Who owns the run is decided anew at each start.
        let log = store.load_run(run).await.map(|log| log.events);
        note(
            format!("events {run}"),
            log.map(|events| format!("{events:?}")),
        );
        let filter = LogFilter {
            limit: u32::MAX,
            ..LogFilter::default()
        };
        let lines = store.logs(run, filter).await;
        note(
            format!("lines {run}"),
            lines.map(|lines| format!("{lines:?}")),
        );
    }
    answers
}

async fn note_workflows(
    store: &SqliteStore,
    note: &mut impl FnMut(String, Result<String, StoreError>),
) {
    let all = WorkflowFilter {
        limit: 200,
        ..WorkflowFilter::default()
    };
    let page = store.workflows(all).await;
    let page = page.and_then(|page| match page.damaged.first() {
        Some(damaged) => Err(StoreError::Corrupt(damaged.what.clone())),
        None => Ok(format!("{page:?}")),
    });
    note("workflows".to_owned(), page);
    for workflow in workflows() {
        let row = store.workflow(workflow).await;
        note(
            format!("workflow {workflow}"),
            row.map(|row| format!("{row:?}")),
        );
    }
}

/// What a directory answers, or why it is refused.
pub(crate) async fn answers_of(
    directory: &Path,
) -> Result<Vec<(String, Result<String, StoreError>)>, StoreError> {
    let store = open(directory)?;
    let answers = answers(&store).await;
    // A damaged file may refuse this, too.
    let (Ok(()) | Err(_)) = store.close().await;
    Ok(answers)
}

pub(crate) fn database(directory: &Path) -> PathBuf {
    directory.join("baton.db")
}

pub(crate) fn log(directory: &Path) -> PathBuf {
    directory.join("baton.db-wal")
}

/// A copy of the files as they are at this moment, as after a power cut.
pub(crate) fn snapshot(directory: &Path) -> TempDir {
    let copy = tempfile::tempdir().unwrap();
    for file in [database(directory), log(directory)] {
        if file.exists() {
            fs::copy(&file, copy.path().join(file.file_name().unwrap())).unwrap();
        }
    }
    copy
}
