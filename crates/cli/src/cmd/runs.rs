//! `baton runs`: lists runs, page by page.

use std::process::ExitCode;

use baton_model::ErrorCode;
use baton_server::v1::dto::{DamagedRun, Execution, LogLine, Page};
use serde::Serialize;

use super::{logs, open, show};
use crate::args::{Logs, Options, RunSort, Runs};
use crate::client::escape;
use crate::exit::{self, Failure};
use crate::render::{document, execution, progress};
use crate::session::{Need, Session};

pub(crate) async fn runs(options: &Options, args: &Runs) -> anyhow::Result<ExitCode> {
    if let Some(run) = &args.run {
        return one(options, run, args.logs).await;
    }
    let mut session = open(options, Need::Read).await?;
    let page = session.get::<Page<Execution>>(&path(args)).await;
    session.close().await;
    let page = page?;
    document::answer(options.output, &page, || execution::list(&page))?;
    let exits = page.damaged.iter().map(complain_of);
    Ok(ExitCode::from(exits.max().unwrap_or(0)))
}

fn path(args: &Runs) -> String {
    let sort_by = match args.sort {
        RunSort::Created => "created_at",
        RunSort::Started => "started_at",
        RunSort::Completed => "completed_at",
    };
    let sort_order = if args.reverse { "asc" } else { "desc" };
    let mut path = format!(
        "/workflow-executions?limit={}&sort_by={sort_by}&sort_order={sort_order}",
        args.limit
    );
    for (name, value) in [
        ("status", &args.status),
        ("workflow", &args.workflow),
        ("workflow_id", &args.workflow_id),
        ("project_id", &args.project),
        ("search", &args.search),
        ("started_after", &args.started_after),
        ("started_before", &args.started_before),
        ("cursor", &args.cursor),
    ] {
        if let Some(value) = value {
            path.extend(["&", name, "=", &escape(value)]);
        }
    }
    path
}

/// Says what is the matter with a run that belongs in a list; how to exit.
pub(super) fn complain_of(damaged: &DamagedRun) -> u8 {
    let error = Failure::of(ErrorCode::StorageDamaged, &damaged.message);
    exit::complain(&error)
}

/// One run; with its log in the same document when that is asked for, too.
async fn one(options: &Options, run: &str, with_logs: bool) -> anyhow::Result<ExitCode> {
    if !with_logs {
        return show::run(options, run).await;
    }
    let mut session = open(options, Need::Read).await?;
    let all = detail_and_lines(&mut session, run).await;
    session.close().await;
    let all = all?;
    document::answer(options.output, &all, || {
        let lines = all.logs.iter().map(progress::log_line);
        let texts: Vec<String> = [execution::detail(&all.execution), String::new()]
            .into_iter()
            .chain(lines)
            .collect();
        texts.join("\n")
    })?;
    Ok(ExitCode::SUCCESS)
}

#[derive(Serialize)]
struct DetailAndLines {
    execution: Execution,
    logs: Vec<LogLine>,
}

async fn detail_and_lines(session: &mut Session, run: &str) -> anyhow::Result<DetailAndLines> {
    let path = format!("/workflow-executions/{}", escape(run));
    let execution: Execution = session.get(&path).await?;
    let args = Logs {
        run: execution.id.clone(),
        stage: None,
        tail: None,
        after: 0,
        dispatch: None,
        follow: false,
    };
    let logs = logs::read(session, &args).await?;
    Ok(DetailAndLines { execution, logs })
}
