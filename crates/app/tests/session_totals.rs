//! What sessions have told before, as it is looked for in runs of skills: found,
//! and not at any price.

#[path = "support/one_agent.rs"]
mod one_agent;

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use baton_agents::{AttemptControl, AttemptRequest, Recovery, StageDispatcher};
use baton_app::project_runs::{Provider, StartProjectRun};
use baton_app::projects::NewProject;
use baton_app::{App, Caller};
use baton_model::{AttemptReport, ExecutionStatus, Failure, FailureLabel, Object, Usage};
use baton_runtime::{Runtime, SystemClock};
use baton_store::conformance::sample;
use baton_store::faulty::Method;
use baton_store::{FaultyStore, MemoryStore, RunStore, StoredEvent};
use tempfile::TempDir;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::timeout;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_mins(1);

/// As many runs are looked at.
const LOOKED_AT_MAX: u32 = 1_000;

const SESSION: &str = "of-everybody";

/// An agent that says what it was told, and works until it is ended.
struct Endless(UnboundedSender<AttemptRequest>);

#[async_trait]
impl StageDispatcher for Endless {
    fn needs_slot(&self) -> bool {
        false
    }

    async fn run(&self, request: AttemptRequest, control: AttemptControl) -> AttemptReport {
        match self.0.send(request) {
            // The test may have seen enough.
            Ok(()) | Err(_) => {}
        }
        control.cancel.cancelled().await;
        AttemptReport::Failed(Failure::new(FailureLabel::CANCELLED, "it was cancelled"))
    }

    async fn recover(&self, _: AttemptRequest, _: AttemptControl, _: u64) -> Recovery {
        Recovery::Lost
    }
}

/// An engine with one project.
struct Engine {
    app: App,
    runtime: Runtime,
    store: Arc<FaultyStore<MemoryStore>>,
    project: String,
    begun: UnboundedReceiver<AttemptRequest>,
    _directory: TempDir,
}

impl Engine {
    async fn start() -> Outcome<Self> {
        let store = Arc::new(FaultyStore::new(MemoryStore::new()));
        let (sender, begun) = unbounded_channel();
        let agent = Arc::new(Endless(sender));
        let (app, runtime) = one_agent::start(&store, agent, Arc::new(SystemClock), 1);
        let directory = tempfile::tempdir()?;
        let new = NewProject {
            path: directory.path().display().to_string(),
            name: None,
        };
        let project = app.add_project(&Caller::local(), new).await?.project.id;
        Ok(Self {
            app,
            runtime,
            store,
            project,
            begun,
            _directory: directory,
        })
    }

    /// Stores a run of a skill that ended at second `number` and knows a session,
    /// of which it may have heard a total.
    async fn ended(&self, number: u32, session: &str, cost_micros: Option<u64>) -> Outcome<()> {
        let mut new = sample::new_run(number);
        "specflow".clone_into(&mut new.execution.workflow_key);
        new.execution.project_id = Some(self.project.clone());
        let parameters = Object::from_iter([("skill".to_owned(), "flow.ok".into())]);
        new.execution.parameters = Arc::new(parameters);
        new.execution.status = ExecutionStatus::Completed;
        new.execution.completed_at = Some(sample::time(number));
        let total = cost_micros.map(|cost| {
            format!(
                r#"{{"type":"stage_spent","stage":"skill","dispatch":1,"usage":{{}},
                    "session_total":{{"cost_micros":{cost}}}}}"#
            )
        });
        let completed = format!(
            r#"{{"type":"stage_completed","stage":"skill","dispatch":1,"session":"{session}"}}"#
        );
        let bodies = total.into_iter().chain([completed]);
        let event = |(seq, body): (u64, String)| StoredEvent {
            body: body.into(),
            ..sample::event(seq)
        };
        new.events = (1..).zip(bodies).map(event).collect();
        new.execution.version = new.events.len() as u64;
        self.store.inner().create_run(new.into()).await?;
        Ok(())
    }

    /// Starts a run that goes on with a session; what its agent is told of it, and
    /// how often events were read for that.
    async fn go_on(&mut self, session: &str) -> Outcome<(Option<u64>, u64)> {
        let n_before = self.store.calls(Method::Events);
        let start = StartProjectRun {
            project: self.project.clone(),
            skill: "Go on.".to_owned(),
            timeout_ms: None,
            session: Some(session.to_owned()),
            provider: Provider::Claude,
            idempotency_key: None,
        };
        let run = self.app.start_project_run(&Caller::local(), start).await?;
        let begun = timeout(PATIENCE, self.begun.recv()).await?;
        let told = begun.ok_or("nobody begins")?.session_total;
        let n_reads = self.store.calls(Method::Events) - n_before;
        self.app
            .cancel_run(&Caller::local(), run.id(), None)
            .await?;
        self.app.ended(run.id()).await?;
        Ok((told.and_then(|usage: Usage| usage.cost_micros), n_reads))
    }

    async fn stop(self) {
        self.runtime.stop(Duration::from_secs(5)).await;
    }
}

#[tokio::test]
async fn a_session_that_no_run_knows_is_looked_for_once_in_each_that_has_ended() -> Outcome<()> {
    const N_ENDED: u32 = 100;
    let mut engine = Engine::start().await?;
    for number in 1..=N_ENDED {
        engine
            .ended(number, &format!("of-{number}"), Some(7))
            .await?;
    }
    let (told, n_reads) = engine.go_on("of-a-terminal").await?;
    assert_eq!(told, None);
    assert!(n_reads >= u64::from(N_ENDED), "{n_reads}");
    for session in ["of-a-terminal", "of-another", "of-3"] {
        let (told, n_reads) = engine.go_on(session).await?;
        assert_eq!(told, (session == "of-3").then_some(7), "{session}");
        assert!(n_reads < u64::from(N_ENDED) / 2, "{session}: {n_reads}");
    }
    engine.stop().await;
    Ok(())
}

#[tokio::test]
async fn whoever_ended_last_and_knows_a_session_knows_all_that_it_has_told() -> Outcome<()> {
    const N_ENDED: u32 = 100;
    for told in [None, Some(9)] {
        let mut engine = Engine::start().await?;
        for number in 1..=N_ENDED {
            engine.ended(number, SESSION, Some(1)).await?;
        }
        engine.ended(N_ENDED + 1, SESSION, told).await?;
        let (found, n_reads) = engine.go_on(SESSION).await?;
        assert_eq!(found, told);
        assert!(n_reads < u64::from(N_ENDED) / 2, "{n_reads}");
        engine.stop().await;
    }
    Ok(())
}

#[tokio::test]
async fn a_session_is_looked_for_in_so_many_runs_and_no_more() -> Outcome<()> {
    for (n_later, expected) in [(LOOKED_AT_MAX - 1, Some(5)), (LOOKED_AT_MAX, None)] {
        let mut engine = Engine::start().await?;
        engine.ended(1, SESSION, Some(5)).await?;
        for number in 2..2 + n_later {
            engine.ended(number, "of-others", None).await?;
        }
        assert_eq!(engine.go_on(SESSION).await?.0, expected, "{n_later}");
        engine.stop().await;
    }
    Ok(())
}
