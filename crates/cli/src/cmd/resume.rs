//! `baton resume [RUN]`: goes on with what an earlier process left behind.

use std::process::ExitCode;

use baton_server::v1::dto::{Execution, Page};

use super::follow::{self, Follow, Gates};
use crate::args::{Options, Resume};
use crate::client::{Api, escape};
use crate::data::DataDir;
use crate::exit;
use crate::render::document;
use crate::session::{Need, Session};

/// States of runs that have not ended.
const UNFINISHED: &str = "pending,running,waiting_for_approval,waiting_for_input,paused";

pub(crate) async fn resume(options: &Options, args: &Resume) -> anyhow::Result<ExitCode> {
    let data = DataDir::open(options.data_dir.as_deref())?;
    let session = Session::open(&data, options.config.as_deref(), Need::Execute).await?;
    let runs = match find(&session.api, args.run.as_deref()).await {
        Ok(runs) => runs,
        Err(error) => {
            session.close().await;
            return Err(error);
        }
    };
    let gates = if args.yes_gates {
        Gates::Approve
    } else {
        Gates::Ask
    };
    let follow = Follow {
        options: options.clone(),
        data,
        gates,
    };
    if runs.is_empty() {
        document::out("No executions to resume");
        session.close().await;
        return Ok(ExitCode::SUCCESS);
    }
    follow_all(follow, session, runs).await
}

/// One run, or all that have not ended, oldest first.
async fn find(api: &Api, run: Option<&str>) -> anyhow::Result<Vec<Execution>> {
    if let Some(run) = run {
        let path = format!("/workflow-executions/{}", escape(run));
        return Ok(vec![api.get(&path).await?]);
    }
    let path = format!("/workflow-executions?limit=200&status={UNFINISHED}");
    let page: Page<Execution> = api.get(&path).await?;
    let mut runs = page.items;
    runs.reverse();
    Ok(runs)
}

/// Takes all up at once, and shows one after the other.
async fn follow_all(
    follow: Follow,
    mut session: Session,
    runs: Vec<Execution>,
) -> anyhow::Result<ExitCode> {
    for run in runs.iter().filter(|run| run.completed_at.is_none()) {
        let path = format!("/workflow-executions/{}/resume", run.id);
        let _taken_up: Execution = session.api.post(&path, &serde_json::json!({})).await?;
    }
    let mut worst = 0;
    for run in runs {
        let path = format!("/workflow-executions/{}", run.id);
        let run: Execution = session.api.get(&path).await?;
        let (back, code) = follow::one(&follow, session, run).await?;
        session = back;
        worst = worst.max(code);
        if code == exit::PARKED {
            break;
        }
    }
    session.close().await;
    Ok(ExitCode::from(worst))
}
