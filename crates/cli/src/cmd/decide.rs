//! `baton approve` and `baton reject`.

use std::process::ExitCode;

use baton_app::gates::Verdict;
use baton_server::v1::dto::{DecisionRequest, Execution, Step};

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
    let execution: Execution = session.get(&path_of(&args.run)).await?;
    let seen = seen_gate(&execution, args.stage.as_deref());
    let stage = args.stage.as_deref();
    let stage = stage.or(seen.map(|gate| gate.stage_id.as_str()));
    let gate = stage.map(|stage| format!("/{}", escape(stage)));
    let path = format!(
        "{}/gates{}/{verb}",
        path_of(&args.run),
        gate.unwrap_or_default()
    );
    let body = DecisionRequest {
        reason: args.reason.clone(),
        iteration: seen.map(|gate| gate.iteration),
    };
    session.post(&path, &body).await
}

/// The gate that is meant, as it is now: the only open one when none is named.
/// It is named to the API with its iteration, for a decision may be the last
/// thing the process that is asked waits for: when it leaves without an answer,
/// the next is asked again, and finds the gate decided, or opened again for
/// other work. None: the API says what is the matter.
fn seen_gate<'e>(execution: &'e Execution, stage: Option<&str>) -> Option<&'e Step> {
    let mut steps = execution.steps.iter().flatten();
    if let Some(stage) = stage {
        return steps.find(|step| step.stage_id == stage);
    }
    let mut open = steps.filter(|step| step.status == "waiting_for_approval");
    let first = open.next();
    first.filter(|_| open.next().is_none())
}
