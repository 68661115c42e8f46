//! `baton duplicate WORKFLOW`: a copy under another name.

use std::process::ExitCode;

use baton_server::v1::dto::workflows::{DuplicateRequest, Workflow};

use crate::args::{Duplicate, Options};
use crate::cmd::open;
use crate::cmd::subject::path_of_workflow;
use crate::render::{document, library};
use crate::session::Need;

pub(crate) async fn duplicate(options: &Options, args: &Duplicate) -> anyhow::Result<ExitCode> {
    let mut session = open(options, Need::Decide).await?;
    let path = format!("{}/duplicate", path_of_workflow(&args.workflow));
    let request = DuplicateRequest {
        new_name: args.name.clone(),
    };
    let copied = session
        .post_once::<Workflow>(&path, "baton list", &request)
        .await;
    session.close().await;
    let copy = copied?;
    document::answer(options.output, &copy, || library::stored("Stored", &copy))?;
    Ok(ExitCode::SUCCESS)
}
