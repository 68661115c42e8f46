//! `baton create FILE`: stores a workflow.

use std::process::ExitCode;

use baton_server::v1::dto::workflows::{PatchRequest, Workflow};

use super::{Mistakes, check, head, patch, store};
use crate::args::{Create, Options};
use crate::cmd::open;
use crate::input::Source;
use crate::render::{document, library};
use crate::session::{Need, Session};

pub(crate) async fn create(options: &Options, args: &Create) -> anyhow::Result<ExitCode> {
    let mut source = Source::definition(&args.file)?;
    if let Some(name) = &args.name {
        source.text = head::renamed(&source, name)?;
    }
    check(&source, Mistakes::when(args.draft))?;
    let mut session = open(options, Need::Decide).await?;
    let stored = keep(&mut session, source, args).await;
    session.close().await;
    let stored = stored?;
    document::answer(options.output, &stored, || {
        library::stored("Stored", &stored)
    })?;
    Ok(ExitCode::SUCCESS)
}

async fn keep(session: &mut Session, source: Source, args: &Create) -> anyhow::Result<Workflow> {
    let mistakes = Mistakes::when(args.draft);
    let stored = store(session, source.text, args.project.clone(), mistakes).await?;
    if args.tags.is_empty() {
        return Ok(stored);
    }
    let tags = PatchRequest {
        tags: Some(args.tags.clone()),
        ..PatchRequest::default()
    };
    patch(session, &stored.id, &tags).await
}
