//! `baton cancel RUN`: ends a run and waits until nothing of it works any more.

use std::process::ExitCode;

use baton_server::v1::dto::{Execution, ReasonRequest};

use super::open;
use crate::args::{Cancel, Options};
use crate::client::escape;
use crate::confirm::is_confirmed;
use crate::render::document;
use crate::session::{Need, Session};
use crate::sse::Stream;

pub(crate) async fn cancel(options: &Options, args: &Cancel) -> anyhow::Result<ExitCode> {
    let mut session = open(options, Need::Decide).await?;
    let cancelled = cancel_and_wait(&mut session, args).await;
    session.close().await;
    let Some(execution) = cancelled? else {
        document::err("Cancellation aborted");
        return Ok(ExitCode::SUCCESS);
    };
    document::answer(options.output, &execution, || {
        let steps = execution.steps.as_deref().unwrap_or_default();
        let n_steps = steps
            .iter()
            .filter(|step| step.status == "cancelled")
            .count();
        format!(
            "Cancelled {} ({n_steps} of {} stages)",
            execution.id,
            steps.len()
        )
    })?;
    Ok(ExitCode::SUCCESS)
}

async fn cancel_and_wait(
    session: &mut Session,
    args: &Cancel,
) -> anyhow::Result<Option<Execution>> {
    let path = format!("/workflow-executions/{}", escape(&args.run));
    let execution: Execution = session.get(&path).await?;
    if !args.yes && execution.completed_at.is_none() && !confirmed(&execution)? {
        return Ok(None);
    }
    let body = ReasonRequest {
        reason: args.reason.clone(),
    };
    loop {
        let _accepted: Execution = session.post(&format!("{path}/cancel"), &body).await?;
        wait_while_served(session, &path).await?;
        let execution: Execution = session.get(&path).await?;
        if execution.completed_at.is_some() {
            return Ok(Some(execution));
        }
        session.reopen().await?;
    }
}

/// Waits until the run has ended, or the process that works on it has gone.
async fn wait_while_served(session: &Session, path: &str) -> anyhow::Result<()> {
    let watched = async {
        let mut stream = Stream::new(session.api.open(&format!("{path}/stream")).await?);
        while stream.next().await?.is_some() {}
        Ok(())
    };
    match watched.await {
        Err(error) if !session.is_abandoned(&error) => Err(error.into()),
        Ok(()) | Err(_) => Ok(()),
    }
}

fn confirmed(execution: &Execution) -> anyhow::Result<bool> {
    let question = format!("Cancel {} ({})?", execution.workflow_name, execution.id);
    is_confirmed("this ends a run", &question)
}
