//! How fast the store commits: one client alone, and many at once; and how
//! long it takes to open.
//!
//! Prints `BENCH <name> <value> <unit>` lines below a table.

#![expect(clippy::print_stdout, reason = "what it measures is printed")]

#[path = "floor/report.rs"]
mod report;

use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use baton_model::ExecutionStatus;
use baton_store::conformance::sample::{commit, new_run, run_id, settled, standing};
use baton_store::{Commit, RunQuery, RunStore, StoreError};
use baton_store_sql::{SqliteOptions, SqliteStore};
use report::{Report, median};
use tokio::task::JoinSet;

const CLIENTS: u32 = 64;
const WINDOW: Duration = Duration::from_secs(2);

fn main() -> Result<(), Box<dyn Error>> {
    let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .build()?;
    let report = runtime.block_on(measure(directory.path()))?;
    println!("{report}");
    Ok(())
}

async fn measure(directory: &Path) -> Result<Report, Box<dyn Error>> {
    let mut report = Report::new("store: SQLite, WAL, synchronous=FULL, one event and one step");
    let begin = Instant::now();
    let store = SqliteStore::open(directory, SqliteOptions::default())?;
    report.add("store_create_file", millis(begin), "ms");

    let latencies = commits_of(Arc::clone(&store), 1_000_000).await?;
    report.add("store_commits_1", per_second(latencies.len()), "commits/s");
    report.add("store_commit_p50_1", median(latencies), "ms");

    let mut clients = JoinSet::new();
    for client in 0..CLIENTS {
        clients.spawn(commits_of(Arc::clone(&store), client));
    }
    let mut latencies = Vec::new();
    while let Some(client) = clients.join_next().await {
        latencies.extend(client??);
    }
    report.add("store_commits_64", per_second(latencies.len()), "commits/s");
    report.add("store_commit_p50_64", median(latencies), "ms");

    store.close().await?;
    let begin = Instant::now();
    let store = SqliteStore::open(directory, SqliteOptions::default())?;
    report.add("store_open", millis(begin), "ms");
    let row = store.execution(run_id(1)).await?;
    report.add("store_open_and_read", millis(begin), "ms");
    if row.is_none() {
        return Err("a run that was stored is not there".into());
    }
    store.close().await?;
    Ok(report)
}

/// Commits to one run, one after the other, for [`WINDOW`]; how long each
/// took, in milliseconds.
async fn commits_of(store: Arc<SqliteStore>, number: u32) -> Result<Vec<f64>, StoreError> {
    store.create_run(new_run(number).into()).await?;
    let begin = Instant::now();
    let mut latencies = Vec::new();
    for version in 1.. {
        if begin.elapsed() > WINDOW {
            break;
        }
        let changes = Commit {
            execution: Some(standing(ExecutionStatus::Running)),
            steps: vec![settled(0)],
            ..commit(run_id(number), version)
        };
        let asked = Instant::now();
        store.commit(changes).await?;
        latencies.push(millis(asked));
    }
    Ok(latencies)
}

fn millis(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1_000.0
}

fn per_second(commits: usize) -> f64 {
    u32::try_from(commits).map_or(f64::INFINITY, f64::from) / WINDOW.as_secs_f64()
}
