//! `baton reopen RUN STAGE`: a stage that has ended runs again.

use std::process::ExitCode;

use baton_server::v1::dto::{ReopenRequest, Step};

use super::{close_after_change, open, path_of};
use crate::args::{Options, Reopen};
use crate::client::escape;
use crate::render::document;
use crate::session::Need;

pub(crate) async fn reopen(options: &Options, args: &Reopen) -> anyhow::Result<ExitCode> {
    let mut session = open(options, Need::Decide).await?;
    let path = format!(
        "{}/steps/{}/reopen",
        path_of(&args.run),
        escape(&args.stage)
    );
    let look = format!("baton events {}", args.run);
    let body = ReopenRequest {
        feedback: args.feedback.clone(),
    };
    let reopened = match session.post_once::<Step>(&path, &look, &body).await {
        Ok(step) => document::answer(options.output, &step, || {
            format!("Opened again: {} #{}", step.stage_id, step.iteration)
        }),
        Err(error) => {
            session.close().await;
            return Err(error);
        }
    };
    close_after_change(session, &args.run).await;
    reopened?;
    Ok(ExitCode::SUCCESS)
}
