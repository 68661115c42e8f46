//! Calls of agents and runs in rounds, on a whole engine: what becomes of a
//! call that nobody waits for any more, and of times when the clock goes back.

#[path = "support/one_agent.rs"]
mod one_agent;

use std::error::Error;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::task::Poll;
use std::time::Duration;

use async_trait::async_trait;
use baton_agents::{AttemptControl, AttemptRequest, Recovery, StageDispatcher};
use baton_app::invoke::{Invoke, InvokeError};
use baton_app::rounds::{Advanced, Say, StartRounds, Step};
use baton_app::{App, Caller, builtin};
use baton_model::{
    AttemptReport, ExecutionStatus, Failure, FailureLabel, Object, Timestamp, Value,
};
use baton_runtime::{Clock, Runtime};
use baton_store::{ExecutionFilter, RunStore};
use baton_store_sql::{SqliteOptions, SqliteStore};
use tempfile::TempDir;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::timeout;

type Outcome = Result<(), Box<dyn Error + Send + Sync>>;

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_mins(1);
/// Times at which a call is given up, counted in polls of it.
const POLLS_MAX: usize = 6;

/// An agent that says when it begins, and works until it is ended.
struct Endless {
    adapter: &'static str,
    begun: UnboundedSender<AttemptRequest>,
}

#[async_trait]
impl StageDispatcher for Endless {
    fn adapter(&self) -> &'static str {
        self.adapter
    }

    fn needs_slot(&self) -> bool {
        true
    }

    async fn run(&self, request: AttemptRequest, control: AttemptControl) -> AttemptReport {
        match self.begun.send(request) {
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

/// A clock that is set back by a minute each time it is looked at.
struct Backwards(AtomicI64);

impl Clock for Backwards {
    fn now(&self) -> Timestamp {
        let micros = self.0.fetch_sub(60_000_000, Ordering::SeqCst);
        Timestamp::from_micros(micros)
    }
}

/// An engine with a place for one agent.
struct Engine {
    app: App,
    runtime: Runtime,
    store: Arc<SqliteStore>,
    begun: UnboundedReceiver<AttemptRequest>,
    _directory: TempDir,
}

impl Engine {
    fn start(
        adapter: &'static str,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, Box<dyn Error + Send + Sync>> {
        let directory = tempfile::tempdir()?;
        let store = SqliteStore::open(directory.path(), SqliteOptions::default())?;
        let (sender, begun) = unbounded_channel();
        let agent = Arc::new(Endless {
            adapter,
            begun: sender,
        });
        let (app, runtime) = one_agent::start(&store, agent, clock, 1);
        Ok(Self {
            app,
            runtime,
            store,
            begun,
            _directory: directory,
        })
    }

    /// Waits until somebody begins.
    async fn begins(&mut self) -> Result<AttemptRequest, Box<dyn Error + Send + Sync>> {
        let begun = timeout(PATIENCE, self.begun.recv()).await?;
        Ok(begun.ok_or("nobody begins")?)
    }

    /// Waits until so many runs were cancelled.
    async fn cancelled(&self, n_runs: usize) -> Outcome {
        // Before the first look, so that no commit falls in between.
        let mut commits = self.runtime.watch_all();
        let all = async {
            loop {
                let filter = ExecutionFilter {
                    statuses: vec![ExecutionStatus::Cancelled],
                    limit: 100,
                    ..ExecutionFilter::default()
                };
                if self.app.runs(filter, None).await?.items.len() == n_runs {
                    return Ok(());
                }
                commits.changed().await?;
            }
        };
        let in_time = timeout(PATIENCE, all).await;
        in_time.unwrap_or_else(|_elapsed| Err(format!("not {n_runs} runs were cancelled").into()))
    }

    async fn stop(self) -> Outcome {
        self.runtime.stop(Duration::from_secs(5)).await;
        self.store.close().await?;
        Ok(())
    }
}

fn call(time_max: Duration) -> Invoke {
    Invoke {
        agent: "baron".to_owned(),
        workflow_type: "plan".to_owned(),
        context: Object::from_iter([("x".to_owned(), 1.into())]),
        parameters: Object::new(),
        time_max,
    }
}

/// Polls a future until it was not ready so often, and lets it go then.
async fn given_up<T>(n_polls: usize, future: impl Future<Output = T>) {
    let mut future = pin!(future);
    let mut n_left = n_polls;
    std::future::poll_fn(|context| {
        let is_ready = future.as_mut().poll(context).is_ready();
        n_left = n_left.saturating_sub(1);
        if is_ready || n_left == 0 {
            return Poll::Ready(());
        }
        Poll::Pending
    })
    .await;
}

#[tokio::test]
async fn the_time_of_a_call_counts_what_it_waits_for_a_place() -> Outcome {
    let mut engine = Engine::start("command", Arc::new(baton_runtime::SystemClock))?;
    let app = engine.app.clone();
    let first = tokio::spawn(async move { app.invoke(&Caller::local(), call(PATIENCE)).await });
    engine.begins().await?;
    let short = call(Duration::from_millis(20));
    let caller = Caller::local();
    let second = engine.app.invoke(&caller, short);
    let second = timeout(PATIENCE, second).await?;
    let Err(InvokeError::Failed(failure)) = second else {
        return Err(format!("{second:?}").into());
    };
    assert_eq!(failure.label, FailureLabel::TIMEOUT);
    engine.cancelled(1).await?;
    first.abort();
    engine.cancelled(2).await?;
    engine.stop().await
}

#[tokio::test]
async fn whoever_gives_up_a_call_leaves_no_agent_at_work() -> Outcome {
    let mut engine = Engine::start("command", Arc::new(baton_runtime::SystemClock))?;
    for n_polls in 1..=POLLS_MAX {
        let called = engine.app.clone();
        let caller = Caller::local();
        let given_up = given_up(n_polls, called.invoke(&caller, call(PATIENCE)));
        tokio::select! {
            () = given_up => {}
            begun = engine.begins() => drop(begun?),
        }
        engine.cancelled(n_polls).await?;
        while engine.begun.try_recv().is_ok() {}
    }
    engine.stop().await
}

#[tokio::test]
async fn an_agent_behind_a_hub_is_not_called_for_others() -> Outcome {
    let engine = Engine::start("hub", Arc::new(baton_runtime::SystemClock))?;
    let answer = engine.app.invoke(&Caller::local(), call(PATIENCE)).await;
    let Err(InvokeError::Unknown(message)) = answer else {
        return Err(format!("{answer:?}").into());
    };
    assert!(message.contains("agent:baron"), "{message}");
    engine.stop().await
}

fn start() -> Option<StartRounds> {
    let description = Value::from("long enough to be taken");
    Some(StartRounds {
        workflow: builtin::find("plan")?,
        door: "test",
        parameters: Object::from_iter([("feature_description".to_owned(), description)]),
        name_parameter: "feature_id",
        name_of: Box::new(|number| format!("{number:03}-x")),
    })
}

/// The limits and dues of the text are for agents of this server.
#[tokio::test]
async fn a_hub_has_its_own_time_and_owes_no_output() -> Outcome {
    for (adapter, is_local) in [("hub", false), ("command", true)] {
        let mut engine = Engine::start(adapter, Arc::new(baton_runtime::SystemClock))?;
        let caller = Caller::local();
        let start = start().ok_or("no workflow")?;
        let run = engine.app.start_rounds(&caller, start).await?.run;
        let request = engine.begins().await?;
        assert_eq!(request.artifact, "hub:baron");
        assert_eq!(request.time_left.is_some(), is_local, "{adapter}");
        let is_due = request.outputs.iter().any(|output| output.required);
        assert_eq!(is_due, is_local, "{adapter}");
        engine.app.cancel_run(&caller, run, None).await?;
        engine.cancelled(1).await?;
        engine.stop().await?;
    }
    Ok(())
}

#[tokio::test]
async fn nothing_happens_to_a_run_before_it_was_created() -> Outcome {
    let clock = Backwards(AtomicI64::new(1_770_000_000_000_000));
    let engine = Engine::start("command", Arc::new(clock))?;
    let caller = Caller::local();
    let start = start().ok_or("no workflow")?;
    let mut rounds = engine.app.start_rounds(&caller, start).await?;
    for step in [Step::Bring, Step::Approve, Step::Bring, Step::Approve] {
        assert!(rounds.updated_at >= rounds.created_at, "{rounds:?}");
        let say = Say {
            step,
            words: None,
            details: Object::new(),
        };
        let door = (rounds.run, "test");
        match engine.app.advance_rounds(&caller, door, say).await? {
            Advanced::Done(now) => rounds = *now,
            Advanced::Refused(now) => return Err(format!("{step:?}: {now:?}").into()),
        }
    }
    assert_eq!(rounds.status, ExecutionStatus::Completed);
    assert!(rounds.completed_at >= Some(rounds.created_at), "{rounds:?}");
    assert!(rounds.updated_at >= rounds.created_at, "{rounds:?}");
    assert_eq!(rounds.moves.len(), 5, "{rounds:?}");
    let mut before = rounds.created_at;
    for step in &rounds.moves {
        assert!(step.at >= before, "{step:?} in {rounds:?}");
        before = step.at;
    }
    engine.stop().await
}
