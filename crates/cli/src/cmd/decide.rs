//! `baton approve` and `baton reject`.

use std::process::ExitCode;

use baton_app::runs::Verdict;
use baton_server::v1::dto::{ReasonRequest, Step};

use super::open;
use crate::args::{Decide, Options};
use crate::client::escape;
use crate::render::document;
use crate::session::Need;

pub(crate) async fn decide(
    options: &Options,
    args: &Decide,
    verdict: Verdict,
) -> anyhow::Result<ExitCode> {
    let session = open(options, Need::Decide).await?;
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
    let decided = session.api.post::<Step>(&path, &body).await;
    session.close().await;
    let step = decided?;
    document::answer(options.output, &step, || {
        format!("{done}: {}", step.stage_id)
    })?;
    Ok(ExitCode::SUCCESS)
}
