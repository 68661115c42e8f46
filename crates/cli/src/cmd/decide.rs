//! `baton approve` and `baton reject`.

use std::process::ExitCode;

use baton_app::gates::Verdict;
use baton_server::v1::dto::{ReasonRequest, Step};

use super::{close_after_change, open, path_of};
use crate::args::{Decide, Options};
use crate::client::escape;
use crate::render::document;
use crate::session::Need;

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
        "{}/gates{}/{verb}",
        path_of(&args.run),
        gate.unwrap_or_default()
    );
    let body = ReasonRequest {
        reason: args.reason.clone(),
    };
    let decided = match session.post::<Step>(&path, &body).await {
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
