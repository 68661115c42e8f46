//! Follows a run to its end: shows what happens, answers gates, and hands
//! Ctrl+C on as cancellation.
//!
//! When the process that works on the run goes away, this one takes its place.

use std::process::ExitCode;

use baton_server::v1::dto::Execution;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use crate::args::Options;
use crate::client::{Api, ApiError};
use crate::data::DataDir;
use crate::exit;
use crate::render::progress::{Progress, View};
use crate::render::{document, execution};
use crate::session::{Need, Session};
use crate::sse::{Message, Stream};

/// What becomes of gates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Gates {
    /// Ask whoever sits at the terminal; without one, wait for somebody.
    Ask,
    /// Approve them.
    Approve,
}

/// How runs are followed.
pub(crate) struct Follow {
    pub(crate) options: Options,
    pub(crate) data: DataDir,
    pub(crate) gates: Gates,
}

/// Why following came to an end.
enum Ending {
    /// The run has ended.
    Ended,
    /// The user left the run as it is.
    Parked,
    /// The process that works on the run has gone.
    ServerGone,
}

/// Follows one run, leaves the directory in order, and says how to exit.
pub(crate) async fn to_the_end(
    follow: Follow,
    session: Session,
    execution: Execution,
) -> anyhow::Result<ExitCode> {
    let (session, code) = one(&follow, session, execution).await?;
    session.close().await;
    Ok(ExitCode::from(code))
}

/// Follows one run; gives the session back, for the next.
pub(crate) async fn one(
    follow: &Follow,
    mut session: Session,
    execution: Execution,
) -> anyhow::Result<(Session, u8)> {
    let id = execution.id.clone();
    let mut view = View::new(&execution);
    let mut interrupts = Interrupts::listen();
    let mut place = String::new();
    loop {
        let mut watch = Watch {
            api: session.api.clone(),
            id: &id,
            gates: follow.gates,
            view: &mut view,
            interrupts: &mut interrupts,
            place: &mut place,
        };
        match watch.follow().await? {
            Ending::Ended => break,
            Ending::Parked => {
                view.close();
                document::err(&format!("parked; go on with: baton resume {id}"));
                return Ok((session, exit::PARKED));
            }
            Ending::ServerGone => {
                session.close().await;
                session = Session::open(&follow.data, None, Need::Execute).await?;
                let path = format!("/workflow-executions/{id}/resume");
                let _taken_up: Execution = session.api.post(&path, &json!({})).await?;
            }
        }
    }
    view.close();
    let ended: Execution = session
        .api
        .get(&format!("/workflow-executions/{id}"))
        .await?;
    document::answer(follow.options.output, &ended, || execution::summary(&ended))?;
    let code = if ended.status == "completed" {
        0
    } else {
        exit::FAILED
    };
    Ok((session, code))
}

/// One connection to one run.
struct Watch<'w> {
    api: Api,
    id: &'w str,
    gates: Gates,
    view: &'w mut View,
    interrupts: &'w mut Interrupts,
    place: &'w mut String,
}

impl Watch<'_> {
    async fn follow(&mut self) -> anyhow::Result<Ending> {
        let path = format!(
            "/workflow-executions/{}/stream?after={}",
            self.id,
            self.after()
        );
        let mut stream = match self.api.open(&path).await {
            Ok(response) => Stream::new(response),
            Err(ApiError::Broken(_)) => return Ok(Ending::ServerGone),
            Err(refused) => return Err(refused.into()),
        };
        loop {
            tokio::select! {
                message = stream.next() => match message {
                    Ok(Some(message)) => {
                        self.take(&message).await?;
                        if message.event == "execution_completed" {
                            return Ok(Ending::Ended);
                        }
                    }
                    Ok(None) | Err(ApiError::Broken(_)) => return Ok(Ending::ServerGone),
                    Err(refused) => return Err(refused.into()),
                },
                n_interrupts = self.interrupts.next() => {
                    if n_interrupts > 1 {
                        return Ok(Ending::Parked);
                    }
                    self.cancel().await?;
                }
                answer = self.view.answer() => self.decide(answer).await?,
            }
        }
    }

    fn after(&self) -> &str {
        if self.place.is_empty() {
            "0.0"
        } else {
            self.place
        }
    }

    async fn take(&mut self, message: &Message) -> anyhow::Result<()> {
        self.place.clone_from(&message.id);
        self.view.show(message);
        if message.event == "stage_waiting_for_approval" && self.gates == Gates::Approve {
            let stage = message
                .data
                .get("stage_id")
                .and_then(Value::as_str)
                .unwrap_or_default();
            self.post(
                &gate_path(stage, "approve"),
                &json!({ "reason": "--yes-gates" }),
            )
            .await?;
        }
        Ok(())
    }

    async fn cancel(&mut self) -> anyhow::Result<()> {
        self.view
            .note("cancelling; press Ctrl+C again to leave the run as it is");
        self.post("cancel", &json!({ "reason": "interrupted" }))
            .await
    }

    async fn decide(&mut self, (stage, approved): (String, bool)) -> anyhow::Result<()> {
        let verb = if approved { "approve" } else { "reject" };
        self.post(&gate_path(&stage, verb), &json!({})).await
    }

    /// Asks something of the run. What came too late is no failure: the
    /// stream says what happened instead.
    async fn post(&mut self, what: &str, body: &Value) -> anyhow::Result<()> {
        let path = format!("/workflow-executions/{}/{what}", self.id);
        match self.api.post::<Value>(&path, body).await {
            Ok(_) => Ok(()),
            Err(ApiError::Refused(problem)) if problem.status == 409 => {
                self.view.note(&problem.detail);
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
    }
}

fn gate_path(stage: &str, verb: &str) -> String {
    format!("gates/{}/{verb}", crate::client::escape(stage))
}

/// Ctrl+C and SIGTERM, counted. SIGTERM parks at once.
struct Interrupts {
    signals: mpsc::Receiver<u32>,
    count: u32,
}

impl Interrupts {
    fn listen() -> Self {
        let (sender, signals) = mpsc::channel(4);
        let on_term = sender.clone();
        tokio::spawn(async move {
            while tokio::signal::ctrl_c().await.is_ok() && sender.send(1).await.is_ok() {}
        });
        tokio::spawn(async move {
            use tokio::signal::unix::{SignalKind, signal};
            let Ok(mut term) = signal(SignalKind::terminate()) else {
                return;
            };
            while term.recv().await.is_some() && on_term.send(2).await.is_ok() {}
        });
        Self { signals, count: 0 }
    }

    async fn next(&mut self) -> u32 {
        match self.signals.recv().await {
            Some(weight) => {
                self.count += weight;
                self.count
            }
            None => std::future::pending().await,
        }
    }
}
