//! `baton approve` and `baton reject`.

use std::process::ExitCode;

use baton_app::runs::Verdict;
use baton_server::v1::dto::{Execution, ReasonRequest, Step};

use super::open;
use crate::args::{Decide, Options};
use crate::client::escape;
use crate::render::document;
use crate::session::{Need, Session};

pub(crate) async fn decide(
    options: &Options,
    args: &Decide,
    verdict: Verdict,
) -> anyhow::Result<ExitCode> {
    let mut session = open(options, Need::Decide).await?;
    let (verb, done) = match verdict {
        Verdict::Approve => ("approve", "Gate approved"),
        Verdict::Reject => ("reject", "Gate rejected"),
    };
    let gate = args
        .stage
        .as_deref()
        .map(|stage| format!("/{}", escape(stage)));
    let path = format!(
        "/workflow-executions/{}/gates{}/{verb}",
        escape(&args.run),
        gate.unwrap_or_default()
    );
    let body = ReasonRequest {
        reason: args.reason.clone(),
    };
    let decided = session.post::<Step>(&path, &body).await;
    let is_left_alone = session.host.is_some() && !has_ended(&mut session, &args.run).await;
    session.close().await;
    let step = decided?;
    document::answer(options.output, &step, || {
        format!("{done}: {}", step.stage_id)
    })?;
    if is_left_alone {
        document::err(&format!(
            "nobody works on the run now; go on with: baton resume {}",
            step.execution_id
        ));
    }
    Ok(ExitCode::SUCCESS)
}

/// Whether the decision was the last thing the run waited for. When that
/// cannot be found out, a word too many does no harm.
async fn has_ended(session: &mut Session, run: &str) -> bool {
    let path = format!("/workflow-executions/{}", escape(run));
    let execution = session.get::<Execution>(&path).await;
    execution.is_ok_and(|execution| execution.completed_at.is_some())
}
