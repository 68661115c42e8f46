//! `baton pause RUN`: nothing of a run starts until it is resumed.

use std::process::ExitCode;

use baton_server::v1::dto::{Execution, ReasonRequest};

use super::{open, path_of};
use crate::args::{Options, Pause};
use crate::render::document;
use crate::render::execution::short;
use crate::session::Need;

pub(crate) async fn pause(options: &Options, args: &Pause) -> anyhow::Result<ExitCode> {
    let mut session = open(options, Need::Decide).await?;
    let path = format!("{}/pause", path_of(&args.run));
    let body = ReasonRequest {
        reason: args.reason.clone(),
    };
    let paused = session.post::<Execution>(&path, &body).await;
    session.close().await;
    let execution = paused?;
    document::answer(options.output, &execution, || {
        format!(
            "Paused {id}; go on with: baton resume {id}{}",
            at_work(&execution),
            id = short(&execution.id)
        )
    })?;
    Ok(ExitCode::SUCCESS)
}

/// What still works: a pause ends nothing.
fn at_work(execution: &Execution) -> String {
    let steps = execution.steps.iter().flatten();
    let running = steps.filter(|step| step.status == "running");
    let names: Vec<&str> = running.map(|step| step.stage_id.as_str()).collect();
    match names.as_slice() {
        [] => String::new(),
        _ => format!("\n  still at work: {}", names.join(", ")),
    }
}
