//! Follows a run to its end: shows what happens, asks what it waits for, and
//! hands Ctrl+C on as cancellation.
//!
//! When the process that works on the run goes away, this one takes its place.

use std::collections::VecDeque;

use baton_model::ErrorCode;
use baton_server::v1::dto::Execution;
use serde_json::{Value, json};
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::args::{Options, Output};
use crate::client::ApiError;
use crate::exit::{self, Failure};
use crate::render::progress::{Progress, Reply, View};
use crate::render::{document, execution};
use crate::session::Session;
use crate::sse::{Message, Stream};

/// How often a run that this process left by itself is taken up again.
const LEFT_MAX: u32 = 3;
/// As many events as are to be had at once.
const EVENTS_MAX: u32 = 10_000;

/// What becomes of gates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Gates {
    /// Ask whoever sits at the terminal; without one, wait for somebody.
    Ask,
    /// Approve them.
    Approve,
}

impl Gates {
    /// As `--yes-gates` says.
    pub(crate) fn when(yes_gates: bool) -> Self {
        if yes_gates { Self::Approve } else { Self::Ask }
    }
}

/// How runs are followed.
pub(crate) struct Follow {
    output: Output,
    gates: Gates,
}

/// How following a run came out.
pub(crate) struct Followed {
    /// The run as it is now.
    pub(crate) execution: Execution,
    pub(crate) exit: u8,
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

impl Follow {
    pub(crate) fn new(options: &Options, gates: Gates) -> Self {
        Self {
            output: options.output,
            gates,
        }
    }
}

/// Follows one run to its end, and shows people how it ended.
pub(crate) async fn one(
    follow: &Follow,
    session: &mut Session,
    execution: &Execution,
) -> anyhow::Result<Followed> {
    let path = format!("/workflow-executions/{}", execution.id);
    let mut view = View::new(execution);
    let mut news = News {
        interrupts: Interrupts::listen()?,
        place: "0.0".to_owned(),
        unsent: VecDeque::new(),
    };
    let mut n_left = 0;
    let ending = loop {
        let mut watch = Watch {
            session,
            path: &path,
            gates: follow.gates,
            view: &mut view,
            news: &mut news,
        };
        match watch.follow().await? {
            Ending::ServerGone => {
                if session.host.is_some() {
                    n_left += 1;
                    expect_sound(session, &path, n_left).await?;
                }
                session.reopen().await?;
                let _taken_up: Execution =
                    session.post(&format!("{path}/take-up"), &json!({})).await?;
            }
            ending => break ending,
        }
    };
    view.close();
    if matches!(ending, Ending::Ended) {
        await_hooks(session, execution, &mut news.interrupts).await?;
    }
    let execution: Execution = session.get(&path).await?;
    if matches!(ending, Ending::Parked) {
        document::err(&format!(
            "parked; go on with: baton resume {}",
            execution.id
        ));
        let exit = exit::PARKED;
        return Ok(Followed { execution, exit });
    }
    if follow.output == Output::Table {
        document::out(&execution::summary(&execution));
    }
    let is_completed = execution.status == "completed";
    let exit = if is_completed { 0 } else { exit::FAILED };
    Ok(Followed { execution, exit })
}

/// This process works on the run itself and has left it as it is. When its log
/// is damaged, no other process will do better.
async fn expect_sound(session: &mut Session, path: &str, n_left: u32) -> anyhow::Result<()> {
    let _events: Value = session
        .get(&format!("{path}/events?limit={EVENTS_MAX}"))
        .await?;
    if n_left > LEFT_MAX {
        let message = "the run cannot go on; baton doctor says more".to_owned();
        return Err(Failure::of(ErrorCode::StorageDamaged, message));
    }
    Ok(())
}

/// Lets what is done beside the run come to its end, where this process does
/// it. The user need not wait for that: whoever works on runs next does it.
async fn await_hooks(
    session: &Session,
    execution: &Execution,
    interrupts: &mut Interrupts,
) -> anyhow::Result<()> {
    let Some(host) = &session.host else {
        return Ok(());
    };
    let run = execution.id.parse()?;
    if !host.app.is_worked_on(run).await? {
        return Ok(());
    }
    document::err(
        "carrying out its hooks; Ctrl+C leaves them to the next baton that works on runs",
    );
    tokio::select! {
        settled = host.app.settled(run) => Ok(settled?),
        _ = interrupts.next() => Ok(()),
    }
}

/// What outlives the connection to one server.
struct News {
    interrupts: Interrupts,
    /// How far the run's stream was read.
    place: String,
    /// What no server is known to have taken: paths below the run, and bodies.
    unsent: VecDeque<(String, Value)>,
}

/// One connection to one run.
struct Watch<'w> {
    session: &'w Session,
    path: &'w str,
    gates: Gates,
    view: &'w mut View,
    news: &'w mut News,
}

impl Watch<'_> {
    async fn follow(&mut self) -> anyhow::Result<Ending> {
        match self.read().await {
            Err(error) if self.session.is_abandoned(&error) => Ok(Ending::ServerGone),
            read => Ok(read?),
        }
    }

    async fn read(&mut self) -> Result<Ending, ApiError> {
        self.deliver().await?;
        let path = format!("{}/stream?after={}", self.path, self.news.place);
        let mut stream = Stream::new(self.session.api.open(&path).await?);
        loop {
            tokio::select! {
                message = stream.next() => match message? {
                    Some(message) => {
                        self.take(&message);
                        if message.event == "execution_completed" {
                            return Ok(Ending::Ended);
                        }
                    }
                    None => return Ok(Ending::ServerGone),
                },
                n_interrupts = self.news.interrupts.next() => {
                    if n_interrupts > 1 {
                        return Ok(Ending::Parked);
                    }
                    self.view
                        .note("cancelling; press Ctrl+C again to leave the run as it is");
                    self.ask("cancel".to_owned(), json!({ "reason": "interrupted" }));
                }
                reply = self.view.reply() => self.pass_on(reply),
            }
            self.deliver().await?;
        }
    }

    fn take(&mut self, message: &Message) {
        self.news.place.clone_from(&message.id);
        self.view.show(message);
        if message.event == "stage_waiting_for_approval" && self.gates == Gates::Approve {
            let stage = message.data.get("stage_id").and_then(Value::as_str);
            let path = gate_path(stage.unwrap_or_default(), "approve");
            self.ask(path, json!({ "reason": "--yes-gates" }));
        }
    }

    fn pass_on(&mut self, reply: Reply) {
        match reply {
            Reply::Gate { stage, approve } => {
                let verb = if approve { "approve" } else { "reject" };
                self.ask(gate_path(&stage, verb), json!({}));
            }
            Reply::Answers { stage, answers } => {
                let path = format!("steps/{}/answer", crate::client::escape(&stage));
                self.ask(path, json!({ "answers": answers }));
            }
        }
    }

    fn ask(&mut self, what: String, body: Value) {
        self.news.unsent.push_back((what, body));
    }

    /// Asks the run for what is to be asked. What came too late is no
    /// failure: the stream says what happened instead.
    async fn deliver(&mut self) -> Result<(), ApiError> {
        while let Some((what, body)) = self.news.unsent.front() {
            let path = format!("{}/{what}", self.path);
            // Deciding or cancelling twice changes nothing, so no key is needed.
            match self.session.api.post::<Value>(&path, body, None).await {
                Ok(_) => {}
                Err(ApiError::Refused(problem)) if problem.status == 409 => {
                    self.view.note(&problem.detail);
                }
                Err(error) => return Err(error),
            }
            self.news.unsent.pop_front();
        }
        Ok(())
    }
}

fn gate_path(stage: &str, verb: &str) -> String {
    format!("gates/{}/{verb}", crate::client::escape(stage))
}

/// Ctrl+C and SIGTERM, counted. SIGTERM parks at once.
struct Interrupts {
    pressed: Signal,
    terminated: Signal,
    count: u32,
}

impl Interrupts {
    fn listen() -> std::io::Result<Self> {
        Ok(Self {
            pressed: signal(SignalKind::interrupt())?,
            terminated: signal(SignalKind::terminate())?,
            count: 0,
        })
    }

    async fn next(&mut self) -> u32 {
        self.count += tokio::select! {
            _ = self.pressed.recv() => 1,
            _ = self.terminated.recv() => 2,
        };
        self.count
    }
}
