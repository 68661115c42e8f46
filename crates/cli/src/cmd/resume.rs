//! `baton resume [RUN]`: goes on with what was paused, or what an earlier
//! process left behind.

use std::process::ExitCode;

use baton_server::v1::dto::{Execution, Items, Page};

use super::follow::{self, Follow, Gates};
use super::runs::complain_of;
use super::{open, path_of};
use crate::args::{Options, Output, Resume};
use crate::client::escape;
use crate::exit;
use crate::render::document;
use crate::session::{Need, Session};

/// States of runs that go on as soon as somebody works on them. A run that
/// was paused goes on only when it is named.
const GOES_ON: &str = "pending,running,waiting_for_approval,waiting_for_input";

/// What is asked for a run that was named.
const RESUME: &str = "resume";
/// What is asked for a run that was not: it stays paused if it is.
const TAKE_UP: &str = "take-up";

pub(crate) async fn resume(options: &Options, args: &Resume) -> anyhow::Result<ExitCode> {
    let mut session = open(options, Need::Execute).await?;
    let follow = Follow::new(options, Gates::when(args.yes_gates));
    // Whatever goes wrong, the directory is left in order.
    let ended = match &args.run {
        Some(run) => Box::pin(one(&follow, &mut session, run)).await,
        None => Box::pin(all(options, &follow, &mut session)).await,
    };
    session.close().await;
    let ended = ended?;
    // One run was asked for, or all: the document says the same.
    if args.run.is_none() {
        document::print(options.output, &Items { items: ended.runs })?;
    } else {
        for run in &ended.runs {
            document::print(options.output, run)?;
        }
    }
    Ok(ExitCode::from(ended.exit))
}

/// Goes on with a run that was named.
async fn one(follow: &Follow, session: &mut Session, run: &str) -> anyhow::Result<Ended> {
    let run: Execution = session.get(&path_of(run)).await?;
    if run.completed_at.is_none() {
        ask_for(session, &run, RESUME).await?;
    }
    let mut ended = Ended::default();
    ended.follow(follow, session, &run).await;
    Ok(ended)
}

/// Goes on with all runs that go on by themselves: takes all up at once, and
/// shows one after the other. One that cannot go on keeps no other from it.
async fn all(options: &Options, follow: &Follow, session: &mut Session) -> anyhow::Result<Ended> {
    let mut ended = Ended::default();
    let runs = find(session, &mut ended).await?;
    if runs.is_empty() && options.output == Output::Table {
        document::out(&nothing_to_resume(session).await)?;
    }
    let mut taken_up = Vec::new();
    for run in runs {
        match ask_for(session, &run, TAKE_UP).await {
            Ok(()) => taken_up.push(run),
            Err(error) => ended.complain(&error),
        }
    }
    for run in taken_up {
        ended.follow(follow, session, &run).await;
        if ended.exit == exit::PARKED {
            return Ok(ended);
        }
    }
    settle_ended(session).await?;
    Ok(ended)
}

async fn ask_for(session: &mut Session, run: &Execution, verb: &str) -> anyhow::Result<()> {
    let path = format!("{}/{verb}", path_of(&run.id));
    let _taken_up: Execution = session.post(&path, &serde_json::json!({})).await?;
    Ok(())
}

/// Paused runs are not what was asked for, but perhaps what was meant.
async fn nothing_to_resume(session: &mut Session) -> String {
    let path = "/workflow-executions?limit=1&status=paused";
    let n_paused = session
        .get::<Page<Execution>>(path)
        .await
        .map_or(0, |page| page.total_count);
    match n_paused {
        0 => "No executions to resume".to_owned(),
        1 => "No executions to resume; 1 is paused and goes on when it is named".to_owned(),
        _ => format!("No executions to resume; {n_paused} are paused and go on when named"),
    }
}

/// All runs that go on by themselves, oldest first.
async fn find(session: &mut Session, ended: &mut Ended) -> anyhow::Result<Vec<Execution>> {
    let mut runs = Vec::new();
    let mut cursor = String::new();
    loop {
        let path = format!("/workflow-executions?limit=200&status={GOES_ON}{cursor}");
        let page: Page<Execution> = session.get(&path).await?;
        runs.extend(page.items);
        for damaged in &page.damaged {
            ended.exit = ended.exit.max(complain_of(damaged));
        }
        match page.next_cursor {
            Some(next) => cursor = format!("&cursor={}", escape(&next)),
            None => break,
        }
    }
    runs.reverse();
    Ok(runs)
}

/// How the runs came out.
#[derive(Default)]
struct Ended {
    runs: Vec<Execution>,
    /// The worst of their exit codes.
    exit: u8,
}

impl Ended {
    /// Follows a run to its end.
    async fn follow(&mut self, follow: &Follow, session: &mut Session, run: &Execution) {
        match follow::one(follow, session, run).await {
            Ok(followed) => {
                self.exit = self.exit.max(followed.exit);
                self.runs.push(followed.execution);
            }
            Err(error) => self.complain(&error),
        }
    }

    /// Something is the matter with one run; the others go on all the same.
    fn complain(&mut self, error: &anyhow::Error) {
        self.exit = self.exit.max(exit::complain(error));
    }
}

/// Lets hooks of ended runs that were left to the next process come to their
/// end; Ctrl+C leaves them once more.
async fn settle_ended(session: &Session) -> anyhow::Result<()> {
    let Some(host) = &session.host else {
        return Ok(());
    };
    tokio::select! {
        settled = host.app.settle_ended() => Ok(settled?),
        pressed = tokio::signal::ctrl_c() => Ok(pressed?),
    }
}
