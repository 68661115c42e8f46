//! `baton resume [RUN]`: goes on with what was paused, or what an earlier
//! process left behind.

use std::process::ExitCode;

use baton_server::v1::dto::{Execution, Items, Page};

use super::follow::{self, Follow, Gates};
use crate::args::{Options, Output, Resume};
use crate::client::escape;
use crate::data::DataDir;
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
    let data = DataDir::open(options.data_dir.as_deref())?;
    let mut session = Session::open(&data, options.config.as_deref(), Need::Execute).await?;
    let runs = match find(&mut session, args.run.as_deref()).await {
        Ok(runs) => runs,
        Err(error) => {
            session.close().await;
            return Err(error);
        }
    };
    let follow = Follow::new(options, Gates::when(args.yes_gates));
    if args.run.is_none() && runs.is_empty() && options.output == Output::Table {
        document::out(&nothing_to_resume(&mut session).await);
    }
    let verb = if args.run.is_some() { RESUME } else { TAKE_UP };
    let ended = follow_all(&follow, session, (runs, verb)).await?;
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

/// One run, or all that go on by themselves, oldest first.
async fn find(session: &mut Session, run: Option<&str>) -> anyhow::Result<Vec<Execution>> {
    if let Some(run) = run {
        let path = format!("/workflow-executions/{}", escape(run));
        return Ok(vec![session.get(&path).await?]);
    }
    let mut runs = Vec::new();
    let mut cursor = String::new();
    loop {
        let path = format!("/workflow-executions?limit=200&status={GOES_ON}{cursor}");
        let page: Page<Execution> = session.get(&path).await?;
        runs.extend(page.items);
        match page.next_cursor {
            Some(next) => cursor = format!("&cursor={}", escape(&next)),
            None => break,
        }
    }
    runs.reverse();
    Ok(runs)
}

/// How the runs came out.
struct AllEnded {
    runs: Vec<Execution>,
    /// The worst of their exit codes.
    exit: u8,
}

/// Takes all up at once, and shows one after the other.
async fn follow_all(
    follow: &Follow,
    mut session: Session,
    (runs, verb): (Vec<Execution>, &str),
) -> anyhow::Result<AllEnded> {
    for run in runs.iter().filter(|run| run.completed_at.is_none()) {
        let path = format!("/workflow-executions/{}/{verb}", run.id);
        let _taken_up: Execution = session.post(&path, &serde_json::json!({})).await?;
    }
    let mut all = AllEnded {
        runs: Vec::new(),
        exit: 0,
    };
    for run in runs {
        let followed = match follow::one(follow, &mut session, &run).await {
            Ok(followed) => followed,
            // The others go on all the same.
            Err(error) => {
                all.exit = all.exit.max(exit::complain(&error));
                continue;
            }
        };
        all.exit = all.exit.max(followed.exit);
        all.runs.push(followed.execution);
        if followed.exit == exit::PARKED {
            break;
        }
    }
    if verb == TAKE_UP && all.exit != exit::PARKED {
        settle_ended(&session).await?;
    }
    session.close().await;
    Ok(all)
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
