//! Runs that wait for a person: what they take of memory, and how long a
//! restart among them takes to hand the first stage to its agent.

use std::sync::Arc;
use std::time::{Duration, Instant};

use baton_app::rows::ExecutionFilter;
use baton_model::ExecutionStatus;
use tokio::task::JoinSet;

use crate::bell::Bell;
use crate::engine::{Engine, Outcome};
use crate::say;

const N_RUNS: usize = 100_000;
/// Runs submitted at once.
const AT_ONCE: usize = 256;

const WAITS: &str = "\
workflow: { id: waits, name: Waits }
stages:
  - { id: ok, name: Ok, type: gate, gate: { timeout: 30d } }
  - { id: after, name: After, depends_on: [ok], roles: { primary: { artifact: 'agent:none' } } }
";
const WORKS: &str = "\
workflow: { id: works, name: Works }
stages:
  - { id: work, name: Work, roles: { primary: { artifact: 'agent:none' } } }
";

pub(crate) async fn measure(disk: &str) -> Outcome<()> {
    let directory = Arc::new(tempfile::tempdir_in(disk)?);
    let bell = Arc::new(Bell::default());
    let engine = Engine::start_in(Arc::clone(&directory), Arc::clone(&bell) as _)?;
    submit_many(&engine).await?;
    all_wait(&engine).await?;
    say("waiting_rss", resident_mib()?, "MiB");
    engine.submit(&Arc::from(WORKS)).await?;
    bell.rung.notified().await;
    engine.stop().await?;
    drop(engine);

    let bell = Arc::new(Bell::default());
    let begin = Instant::now();
    let engine = Engine::start_in(directory, Arc::clone(&bell) as _)?;
    let (taken_up, ()) = tokio::join!(engine.runtime.take_up_all(), bell.rung.notified());
    let elapsed_ms = begin.elapsed().as_secs_f64() * 1_000.0;
    taken_up?;
    say("waiting_restart", elapsed_ms, "ms");
    say("waiting_rss_after", resident_mib()?, "MiB");
    engine.stop().await
}

async fn submit_many(engine: &Engine) -> Outcome<()> {
    let workflow: Arc<str> = Arc::from(WAITS);
    let mut submitted = JoinSet::new();
    for _ in 0..N_RUNS {
        if submitted.len() == AT_ONCE
            && let Some(done) = submitted.join_next().await
        {
            done??;
        }
        let (engine, workflow) = (engine.clone(), Arc::clone(&workflow));
        submitted.spawn(async move { engine.submit(&workflow).await });
    }
    while let Some(done) = submitted.join_next().await {
        done??;
    }
    Ok(())
}

async fn all_wait(engine: &Engine) -> Outcome<()> {
    let filter = ExecutionFilter {
        statuses: vec![ExecutionStatus::WaitingForApproval],
        limit: 1,
        ..ExecutionFilter::default()
    };
    loop {
        let found = engine.app.runs(filter.clone(), None).await?;
        if found.total_count == N_RUNS as u64 {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Resident memory of this process.
fn resident_mib() -> Outcome<f64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .ok_or("the kernel does not say how much memory is resident")?;
    let kib: f64 = line.trim().trim_end_matches(" kB").parse()?;
    Ok(kib / 1_024.0)
}
