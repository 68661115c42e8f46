//! Follows a run to its end: shows what happens, asks what it waits for, and
//! hands Ctrl+C on as cancellation.
//!
//! When the process that works on the run goes away, this one takes its place.

mod news;

use std::ops::ControlFlow;
use std::pin::pin;
use std::process::ExitCode;
use std::time::Duration;

use baton_model::ErrorCode;
use baton_server::v1::dto::Execution;
use serde_json::{Value, json};
use tokio::time::Instant;

use self::news::{Interrupts, News};
use crate::args::{Options, Output};
use crate::client::ApiError;
use crate::exit::{self, Failure};
use crate::render::progress::{Progress, Reply, View};
use crate::render::{document, execution};
use crate::session::Session;
use crate::sse::{Message, Stream};

/// How often a run that this process left by itself is taken up again.
const LEFT_MAX: u32 = 3;
/// Time until something is asked again that could not be done.
const AGAIN: Duration = Duration::from_secs(2);
/// How long somebody who leaves waits for an answer, and for a last look.
const LEAVING: Duration = Duration::from_secs(2);
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

/// Follows a run that was just started to its end, closes the session, and
/// prints what came of it.
pub(crate) async fn to_the_end(
    options: &Options,
    gates: Gates,
    mut session: Session,
    started: anyhow::Result<Execution>,
) -> anyhow::Result<ExitCode> {
    let execution = match started {
        Ok(execution) => execution,
        Err(error) => {
            session.close().await;
            return Err(error);
        }
    };
    let followed = one(&Follow::new(options, gates), &mut session, &execution).await;
    session.close().await;
    let followed = followed?;
    document::print(options.output, &followed.execution)?;
    Ok(ExitCode::from(followed.exit))
}

/// Follows one run to its end, and shows people how it ended.
pub(crate) async fn one(
    follow: &Follow,
    session: &mut Session,
    execution: &Execution,
) -> anyhow::Result<Followed> {
    let path = format!("/workflow-executions/{}", execution.id);
    let mut view = View::new(execution);
    let mut news = News::listen()?;
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
                if session.is_remote() {
                    view.note("the server does not answer; tried again for a minute");
                }
                if session.host.is_some() {
                    n_left += 1;
                    expect_sound(session, &path, n_left).await?;
                }
                let taken_over = news.unless_left(&mut view, take_over(session, &path));
                match taken_over.await {
                    Some(taken_over) => taken_over?,
                    None => break Ending::Parked,
                }
            }
            ending => break ending,
        }
    };
    view.close();
    if matches!(ending, Ending::Ended) {
        await_hooks(session, execution, &mut news.interrupts).await?;
    }
    if matches!(ending, Ending::Parked) {
        return Ok(parked(session, execution).await);
    }
    let execution: Execution = session.get(&path).await?;
    if follow.output == Output::Table {
        document::out(&execution::summary(&execution))?;
    }
    let is_completed = execution.status == "completed";
    let exit = if is_completed { 0 } else { exit::FAILED };
    Ok(Followed { execution, exit })
}

/// Finds the way to the run again, and has it worked on.
async fn take_over(session: &mut Session, path: &str) -> anyhow::Result<()> {
    session.reopen().await?;
    if session.is_remote() {
        // Servers take up runs by themselves.
        return Ok(());
    }
    let _taken_up: Execution = session.post(&format!("{path}/take-up"), &json!({})).await?;
    Ok(())
}

/// The run that the user leaves. Nobody is waited for any more: when it cannot
/// be had as it is now, it is shown as it was.
async fn parked(session: &Session, before: &Execution) -> Followed {
    let path = format!("/workflow-executions/{}", before.id);
    let now = tokio::time::timeout(LEAVING, session.api.get::<Execution>(&path)).await;
    let execution = if let Ok(Ok(now)) = now {
        now
    } else {
        document::err("nobody answers; this is the run as it was in the beginning");
        before.clone()
    };
    document::err(&format!(
        "parked; go on with: baton resume {}",
        execution.id
    ));
    let exit = exit::PARKED;
    Followed { execution, exit }
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
        let path = format!("{}/stream?after={}", self.path, self.news.place);
        let opened = self.session.api.open(&path);
        let Some(opened) = self.news.unless_left(self.view, opened).await else {
            return Ok(Ending::Parked);
        };
        let mut stream = Stream::new(opened?);
        loop {
            if self.deliver().await?.is_break() {
                return Ok(Ending::Parked);
            }
            let again_at = self.news.again_at;
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
                    if self.news.interrupt(n_interrupts, self.view).is_break() {
                        return Ok(Ending::Parked);
                    }
                }
                reply = self.view.reply() => self.pass_on(reply),
                () = reached(again_at) => {}
            }
        }
    }

    fn take(&mut self, message: &Message) {
        self.news.place.clone_from(&message.id);
        self.view.show(message);
        if message.event == "stage_waiting_for_approval" && self.gates == Gates::Approve {
            let stage = message.data.get("stage_id").and_then(Value::as_str);
            let path = gate_path(stage.unwrap_or_default(), "approve");
            self.news.ask(path, json!({ "reason": "--yes-gates" }));
        }
    }

    fn pass_on(&mut self, reply: Reply) {
        match reply {
            Reply::Gate {
                stage,
                iteration,
                approve,
            } => {
                let verb = if approve { "approve" } else { "reject" };
                let body = json!({ "iteration": iteration });
                self.news.ask(gate_path(&stage, verb), body);
            }
            Reply::Answers {
                stage,
                dispatch,
                answers,
            } => {
                let path = format!("steps/{}/answer", crate::client::escape(&stage));
                let body = json!({ "answers": answers, "dispatch": dispatch });
                self.news.ask(path, body);
            }
        }
    }

    /// Asks the run for what is to be asked, unless the user leaves before
    /// there is an answer. What came too late is no failure: the stream says
    /// what happened instead. What cannot be done now is asked again later.
    async fn deliver(&mut self) -> Result<ControlFlow<()>, ApiError> {
        if self.news.again_at.is_some_and(|at| Instant::now() < at) {
            return Ok(ControlFlow::Continue(()));
        }
        while let Some((what, body)) = self.news.unsent.front().cloned() {
            let path = format!("{}/{what}", self.path);
            // Deciding or cancelling twice changes nothing, so no key is needed.
            let mut asked = pin!(self.session.api.post::<Value>(&path, &body, None));
            let answer = self.news.unless_left(self.view, asked.as_mut()).await;
            let Some(asked) = answer else {
                // What was asked for just before may still be done.
                drop(tokio::time::timeout(LEAVING, asked).await);
                return Ok(ControlFlow::Break(()));
            };
            match asked {
                Ok(_) => {}
                Err(ApiError::Refused(problem)) if matches!(problem.status, 403 | 409) => {
                    self.view.note(&problem.detail);
                }
                Err(ApiError::Refused(problem)) if matches!(problem.status, 503 | 507) => {
                    self.put_off(&problem.detail);
                    return Ok(ControlFlow::Continue(()));
                }
                Err(error) => return Err(error),
            }
            self.news.again_at = None;
            self.news.unsent.pop_front();
        }
        Ok(ControlFlow::Continue(()))
    }

    /// Keeps what could not be done, and says so the first time.
    fn put_off(&mut self, why: &str) {
        if self.news.again_at.is_none() {
            let wait = AGAIN.as_secs();
            self.view
                .note(&format!("{why}; tried again every {wait} s"));
        }
        self.news.again_at = Some(Instant::now() + AGAIN);
    }
}

/// Waits for a moment; for ever when there is none.
async fn reached(moment: Option<Instant>) {
    match moment {
        Some(moment) => tokio::time::sleep_until(moment).await,
        None => std::future::pending().await,
    }
}

fn gate_path(stage: &str, verb: &str) -> String {
    format!("gates/{}/{verb}", crate::client::escape(stage))
}
