//! Runs that have ended: whether a million of them make the next one slower to
//! start, to finish and to list than a thousand do.

use std::sync::Arc;
use std::time::Instant;

use baton_agents::{SimulatedConfig, SimulatedDispatcher};
use baton_app::rows::ExecutionFilter;
use baton_model::{ExecutionStatus, RunId, StageId, StepStatus, Timestamp};
use baton_store::{
    Attention, ExecutionRow, NewRun, StepRow, StepUpdate, Store, StoredEvent, Trigger,
};
use tempfile::TempDir;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::engine::{Engine, Outcome};
use crate::{median, say};

const SMALL: u64 = 1_000;
const LARGE: u64 = 1_000_000;
/// Rows handed to the store at once.
const AT_ONCE: usize = 4_096;
/// Small and large take turns, so that a disturbance meets both.
const BLOCKS: usize = 20;
const MEASURED_AT_ONCE: usize = 20;
/// What a run of the past has left in its log.
const N_EVENTS: u64 = 4;
const EVENT_BYTES: usize = 120;

const WORKS: &str = "\
workflow: { id: works, name: Works }
stages:
  - { id: work, name: Work, roles: { primary: { artifact: 'agent:none' } } }
";

pub(crate) async fn measure(disk: &str) -> Outcome<()> {
    let small = filled(disk, SMALL).await?;
    let large = filled(disk, LARGE).await?;
    // What was filled in is no load of the runs that are measured.
    nix::unistd::sync();
    let (small, large) = (opened(&small)?, opened(&large)?);
    let (mut beside, mut figures) = (Figures::default(), Figures::default());
    for _ in 0..BLOCKS {
        beside.take(&small).await?;
        figures.take(&large).await?;
    }
    beside.say("small");
    figures.say("large");
    small.stop().await?;
    large.stop().await
}

/// A database with so many runs that have ended.
async fn filled(disk: &str, n_runs: u64) -> Outcome<Arc<TempDir>> {
    let directory = Arc::new(tempfile::tempdir_in(disk)?);
    let engine = opened(&directory)?;
    fill(&engine.store, 0..n_runs).await?;
    engine.stop().await?;
    Ok(directory)
}

fn opened(directory: &Arc<TempDir>) -> Outcome<Engine> {
    let agent = Arc::new(SimulatedDispatcher::new(SimulatedConfig::default()));
    Engine::start_in(Arc::clone(directory), agent)
}

/// How long each run took, in milliseconds.
#[derive(Default)]
struct Figures {
    starts: Vec<f64>,
    ends: Vec<f64>,
    lists: Vec<f64>,
}

impl Figures {
    async fn take(&mut self, engine: &Engine) -> Outcome<()> {
        for _ in 0..MEASURED_AT_ONCE {
            let begin = Instant::now();
            let run = engine.submit(&Arc::from(WORKS)).await?;
            self.starts.push(milliseconds(begin));
            engine.ended(run).await?;
            self.ends.push(milliseconds(begin));
            let begin = Instant::now();
            engine.app.runs(ExecutionFilter::default(), None).await?;
            self.lists.push(milliseconds(begin));
        }
        Ok(())
    }

    fn say(self, size: &str) {
        say(&format!("history_{size}_start"), median(self.starts), "ms");
        say(&format!("history_{size}_end"), median(self.ends), "ms");
        say(&format!("history_{size}_list"), median(self.lists), "ms");
    }
}

fn milliseconds(begin: Instant) -> f64 {
    begin.elapsed().as_secs_f64() * 1_000.0
}

/// Stores runs that have ended. Their numbers are what they are told apart by.
async fn fill(store: &Arc<dyn Store>, numbers: std::ops::Range<u64>) -> Outcome<()> {
    let mut stored = JoinSet::new();
    for number in numbers {
        if stored.len() == AT_ONCE
            && let Some(done) = stored.join_next().await
        {
            done??;
        }
        let (store, run) = (Arc::clone(store), ended(number)?);
        stored.spawn(async move { store.create_run(run.into()).await });
    }
    while let Some(done) = stored.join_next().await {
        done??;
    }
    Ok(())
}

/// A run of one stage that has ended, as the rows it leaves behind. Nobody
/// reads what is in its events.
fn ended(number: u64) -> Outcome<NewRun> {
    let at = Timestamp::from_micros(i64::try_from(number)?);
    let body = "x".repeat(EVENT_BYTES);
    let events = (1..=N_EVENTS).map(|seq| StoredEvent {
        seq,
        at,
        kind: "stage_completed".into(),
        body: body.as_str().into(),
    });
    Ok(NewRun {
        execution: ExecutionRow {
            id: RunId::new(Uuid::from_u64_pair(number, number)),
            workflow_id: None,
            workflow_key: "works".to_owned(),
            workflow_name: "Works".to_owned(),
            workflow_version: "1.0.0".to_owned(),
            definition_hash: String::new(),
            definition: Some(Arc::from(WORKS)),
            status: ExecutionStatus::Completed,
            parameters: Arc::default(),
            trigger: Trigger::Api,
            project_id: None,
            directory: None,
            created_by: "bench".to_owned(),
            created_at: at,
            updated_at: at,
            started_at: Some(at),
            completed_at: Some(at),
            error_message: None,
            attention: Attention::Done,
            wake_at: None,
            version: N_EVENTS,
        },
        steps: vec![step(number, at)?],
        events: events.collect(),
        claims: Vec::new(),
        owner: None,
        project_runs_max: None,
    })
}

fn step(number: u64, at: Timestamp) -> Outcome<StepRow> {
    Ok(StepRow {
        id: Uuid::from_u64_pair(number, u64::MAX),
        order_index: 0,
        stage: StageId::new("work")?,
        stage_name: "Work".to_owned(),
        stage_type: "agent".into(),
        batch_index: 0,
        depends_on: Vec::new(),
        agent: Some("agent:none".to_owned()),
        progress: StepUpdate {
            status: StepStatus::Completed,
            attempt: 1,
            dispatch: 1,
            outputs: Some(Arc::from("{}")),
            started_at: Some(at),
            completed_at: Some(at),
            ..StepUpdate::untouched(0)
        },
    })
}
