//! `baton approve` and `baton reject`.

use std::process::ExitCode;

use baton_app::gates::Verdict;
use baton_server::v1::dto::{Execution, ReasonRequest, Step};

use super::{close_after_change, open, path_of};
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
    let decided = match post(&mut session, args, verb).await {
        Ok(step) => document::answer(options.output, &step, || {
            format!("{done}: {}", step.stage_id)
        }),
        Err(error) => {
            session.close().await;
            return Err(error);
        }
    };
    close_after_change(session, &args.run).await;
    decided?;
    Ok(ExitCode::SUCCESS)
}

async fn post(session: &mut Session, args: &Decide, verb: &str) -> anyhow::Result<Step> {
    let gate = match &args.stage {
        Some(stage) => Some(stage.clone()),
        None => only_open_gate(session, &args.run).await?,
    };
    let gate = gate.map(|stage| format!("/{}", escape(&stage)));
    let path = format!(
        "{}/gates{}/{verb}",
        path_of(&args.run),
        gate.unwrap_or_default()
    );
    let body = ReasonRequest {
        reason: args.reason.clone(),
    };
    session.post(&path, &body).await
}

/// The gate that is meant when none is named. It is named to the API, for a
/// decision may be the last thing the process that is asked waits for: when it
/// leaves without an answer, the next is asked again, and finds the gate
/// decided. None: the API says what is the matter.
async fn only_open_gate(session: &mut Session, run: &str) -> anyhow::Result<Option<String>> {
    let execution: Execution = session.get(&path_of(run)).await?;
    let steps = execution.steps.into_iter().flatten();
    let mut open = steps.filter(|step| step.status == "waiting_for_approval");
    let first = open.next().map(|step| step.stage_id);
    Ok(first.filter(|_| open.next().is_none()))
}
