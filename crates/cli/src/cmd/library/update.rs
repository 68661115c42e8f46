//! `baton update WORKFLOW [FILE]`: a stored workflow gets a new text, another
//! status, other tags.

use std::process::ExitCode;

use baton_server::v1::dto::workflows::{PatchRequest, Workflow};

use super::{Mistakes, check, patch, replace};
use crate::args::{NewStatus, Options, Update};
use crate::cmd::{open, subject};
use crate::input::Source;
use crate::render::{document, library};
use crate::session::{Need, Session};

pub(crate) async fn update(options: &Options, args: &Update) -> anyhow::Result<ExitCode> {
    let source = match &args.file {
        Some(file) => Some(Source::definition(file)?),
        None => None,
    };
    if let Some(source) = &source {
        check(source, Mistakes::when(args.draft))?;
    }
    let mut session = open(options, Need::Decide).await?;
    let updated = change(&mut session, args, source).await;
    session.close().await;
    let updated = updated?;
    document::answer(options.output, &updated, || {
        library::stored("Updated", &updated)
    })?;
    Ok(ExitCode::SUCCESS)
}

async fn change(
    session: &mut Session,
    args: &Update,
    source: Option<Source>,
) -> anyhow::Result<Workflow> {
    let mut workflow = subject::stored(session, &args.workflow).await?;
    if let Some(source) = source {
        let mistakes = Mistakes::when(args.draft);
        workflow = replace(session, &workflow.id, source.text, mistakes).await?;
    }
    let has_tags = args.no_tags || !args.tags.is_empty();
    let changes = PatchRequest {
        status: args.status.map(|status| word(status).to_owned()),
        tags: has_tags.then(|| args.tags.clone()),
        revision: None,
    };
    if changes.status.is_some() || changes.tags.is_some() {
        workflow = patch(session, &workflow.id, &changes).await?;
    }
    Ok(workflow)
}

const fn word(status: NewStatus) -> &'static str {
    match status {
        NewStatus::Draft => "draft",
        NewStatus::Published => "published",
        NewStatus::Archived => "archived",
    }
}
